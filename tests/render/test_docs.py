"""The reference pages that are rendered from code."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from exporter.cli import main
from exporter.cli.reference import commands_page
from exporter.collect import own_metrics
from exporter.render.docs import pages
from exporter.sources.registry import declared_metrics

ROOT = Path(__file__).parents[2]
PAGES = {**pages(), "docs/commands.md": commands_page(main)}


def test_the_pages_are_those_that_were_committed() -> None:
    result = CliRunner().invoke(main, ["render", "docs", "--check", f"--into={ROOT}"])
    assert (result.exit_code, result.output) == (0, ""), "run kpi-exporter render docs"


def test_every_metric_stands_on_the_page_of_metrics() -> None:
    page = pages()["docs/metrics.md"]
    own = (*own_metrics.KPI_METRICS, *own_metrics.SELF_METRICS, *own_metrics.RELOAD_METRICS)
    names = [*declared_metrics(), *(metric.name for metric in own)]
    assert [name for name in names if f"`{name}`" not in page] == []


def test_a_page_that_differs_is_shown_and_not_written(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["render", "docs", "--check", f"--into={tmp_path}"])
    assert result.exit_code == 1
    assert "+# Metrics" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", PAGES)
def test_pages_are_written_where_they_are_missing(tmp_path: Path, name: str) -> None:
    assert CliRunner().invoke(main, ["render", "docs", f"--into={tmp_path}"]).exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8") == PAGES[name]
