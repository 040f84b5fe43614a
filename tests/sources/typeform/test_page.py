"""The page docs/sources/typeform.md says what the source does."""

import re
from pathlib import Path

import pytest
import yaml

from exporter.document import parse, validate
from exporter.sources.typeform import SOURCE, TypeformConfig
from exporter.sources.typeform.page import SIZE
from exporter.sources.typeform.service import GAP, MOST_PAGES
from exporter.sources.typeform.source import OVERLAP

PAGE = (Path(__file__).parents[3] / "docs" / "sources" / "typeform.md").read_text(encoding="utf-8")


def test_each_metric_stands_in_the_table_with_its_labels() -> None:
    rows = {row.split("`")[1]: row for row in PAGE.splitlines() if row.startswith("| `survey_")}
    assert list(rows) == [metric.name for metric in SOURCE.metrics]
    for metric in SOURCE.metrics:
        assert set(re.findall(r"`(\w+)`", rows[metric.name])[1:]) == set(metric.labels) - {"survey", "window"}


def test_the_example_is_a_valid_configuration() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    written = yaml.safe_load(example)["typeform"]
    del written["token_file"]
    config = validate(parse(yaml.safe_dump({**written, "token": "planted"}), "typeform.md"), TypeformConfig)
    assert config.forms[0].survey == "developer_experience"


@pytest.mark.parametrize("path", re.findall(r"\]\((\.\./[^)]+)\)", PAGE))
def test_a_link_leads_somewhere(path: str) -> None:
    assert (Path(__file__).parents[3] / "docs" / "sources" / path).resolve().exists()


def test_bounds_and_paces_are_the_real_ones() -> None:
    assert f"{MOST_PAGES * SIZE:,} responses in a quarter" in PAGE
    assert f"one more for each {SIZE:,} responses, never more than two a second" in PAGE
    assert 1 / GAP == 2
    assert "of the hour before it" in PAGE
    assert OVERLAP.total_seconds() == 3600
