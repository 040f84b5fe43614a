"""The whole text of /metrics, over every source at once."""

import re
import subprocess
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.collect.collector import Collector
from exporter.collect.families import reload_families
from exporter.collect.setup import Options, load_setup
from exporter.collect.state import State
from exporter.sources.registry import declared_metrics
from exporter.web.page import Page
from support.github import PLANTED, TOKEN
from support.tools import NOW
from support.upstream import Upstream
from support.world import BOT_TOKEN, PEOPLE, World

GOLDEN = Path(__file__).parents[1] / "fixtures" / "golden" / "metrics.txt"

VARYING = (
    (re.compile(r"(kpi_exporter_build_info\{).*(\} 1\.0)"), r'\1python="VERSION",version="VERSION"\2'),
    (re.compile(r"(kpi_exporter_source_duration_seconds\{.*\} ).*"), r"\1SECONDS"),
)


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    folder = tmp_path_factory.mktemp("world")
    with Upstream(world := World(NOW)) as upstream:
        setup = load_setup(Options(world.configuration(folder, upstream.url, timeout="30s"), {}))
        with State(setup.config.state_dir) as state:
            collector = Collector(setup, state, clock=lambda: NOW)
            collector.refresh()
            snapshots = collector.snapshots(NOW)
            families = [*collector.families(snapshots, collector.rows(snapshots, NOW)), *reload_families(True, NOW)]
            collector.close()
    return Page.of(families)


def test_it_is_the_text_that_was_reviewed(page: Page, update_golden: bool) -> None:
    text = page.text.decode()
    for pattern, replacement in VARYING:
        text, count = pattern.subn(replacement, text)
        assert count
    if update_golden:
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text(), "run pytest with --update-golden, then review the difference"


def test_promtool_finds_nothing_wrong_with_it(page: Page) -> None:
    checked = subprocess.run(["promtool", "check", "metrics"], input=page.text, capture_output=True, check=False)
    assert (checked.returncode, checked.stderr.decode() + checked.stdout.decode()) == (0, "")


def test_every_declared_metric_is_in_it(page: Page) -> None:
    families = {family.name for family in text_string_to_metric_families(page.text.decode())}
    # The world has one label configured nowhere, so that one metric alone stays silent.
    assert declared_metrics().keys() - families == {"github_issues_open_labelled"}


def test_nobody_and_no_secret_is_in_it(page: Page) -> None:
    names = [person for email in PEOPLE for person in (email, email.split("@")[0].rpartition("+")[2])]
    for planted in (*names, TOKEN, BOT_TOKEN, PLANTED, "planted", "Planted"):
        assert planted.encode() not in page.text
        assert planted.encode() not in page.openmetrics
