"""The whole text of /metrics, over every source at once."""

import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from exporter.collect.collector import Collector
from exporter.collect.families import reload_families
from exporter.collect.setup import Options, load_setup
from exporter.collect.state import State
from exporter.sources.github.topics import READERS
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
        setup = load_setup(Options(world.configuration(folder, upstream.url, timeout="30s", read=READERS, use=True), {}))
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
    assert declared_metrics().keys() - families == set()


HOUR, DAY = 3600.0, 86400.0

COUNTED_BY_HAND: dict[str, dict[str, float]] = {
    # Labels without project and repository, in the order of their names, and the value; those of caro-cli/docs are all 0.
    "github_issues_open": {"bug,P0": 0, "bug,P1": 2, "bug,P2": 5, "bug,P3": 4, "bug,none": 1, "other,none": 9},
    "github_issues_open_labelled": {"documentation": 1, "good first issue": 1},
    "github_issues_newly_opened": {"24h": 2, "7d": 4, "30d": 9, "90d": 11},
    "github_issues_newly_closed": {"24h": 1, "7d": 2, "30d": 3, "90d": 5},
    "github_issues_unanswered": {"open": 2, "closed": 1},
    # Half an hour, 1, 2, 3, 4 and 6 hours.
    "github_issue_first_response_seconds": {"mean": 2.75 * HOUR, "median": 2.5 * HOUR, "p90": 5 * HOUR},
    # In time: five; late: the one after six hours; never: three.
    "github_issue_answered_in_time_ratio": {"": 5 / 9},
    # Of seven that were due, those open for 2 h and 24 h.
    "github_issue_resolved_in_time_ratio": {"": 2 / 7},
    "github_issue_resolved_ratio": {"30d": 3 / 9, "90d": 5 / 11},
    "github_issue_community_resolved_ratio": {"": 1 / 2},
    "github_issue_follow_up_success_ratio": {"": 3 / 4},
    "github_security_issue_response_seconds": {"mean": 6 * HOUR, "median": 6 * HOUR, "p90": 6 * HOUR},
    "github_pull_requests": {"open": 4, "closed": 3, "merged": 40},
    "github_pull_requests_newly_closed": {"human,merged": 1, "human,unmerged": 1, "bot,merged": 1, "bot,unmerged": 0},
    "github_pull_requests_awaiting_review": {"": 1},
    # 1, 3 and 5 hours.
    "github_pull_request_first_review_seconds": {"mean": 3 * HOUR, "median": 3 * HOUR, "p90": 4.6 * HOUR},
    "github_pull_request_merge_seconds": {"mean": DAY, "median": DAY, "p90": DAY},
    "github_pull_requests_by_mergeability": {"mergeable": 3, "conflicting": 1, "unknown": 0},
    "github_discussions_by_category": {"Ideas": 1, "Q&A": 2},
    "github_discussion_posts": {"24h": 0, "7d": 1, "30d": 3},
    "github_discussion_participants": {"30d": 3},
    "github_discussion_participants_new": {"30d": 1},
    "github_discussion_answered_ratio": {"": 1 / 2},
    "github_repository_stars": {"": 1100 + 100},
    "github_stars_new": {"24h": 2, "7d": 5, "30d": 12},
    # Grace, Margaret and Ada; Margaret for the first time; Linus and Ada before; of these Ada again.
    "github_contributors": {"": 4},
    "github_contributors_active": {"30d": 3},
    "github_contributors_first_time": {"30d": 1},
    "github_contributors_previous": {"30d": 2},
    "github_contributors_retained": {"30d": 1},
    "github_traffic_views": {"1d": 70, "14d": 900},
    "github_security_alerts_open": {"low,dependabot": 0, "medium,dependabot": 1, "high,dependabot": 0, "critical,dependabot": 0},
    "github_security_alert_fix_seconds": {"high,mean": 2 * DAY, "high,median": 2 * DAY, "high,p90": 2 * DAY},
    "github_comments": {"": 1},
}


@pytest.mark.parametrize("name", COUNTED_BY_HAND)
def test_the_facts_of_github_are_those_counted_by_hand(page: Page, name: str) -> None:
    told: Counter[str] = Counter()
    for labels, value in samples_of(page, name):
        told[",".join(text for label, text in sorted(labels.items()) if label not in ("project", "repository"))] += value
    assert dict(told) == pytest.approx(COUNTED_BY_HAND[name])


def test_the_kpis_of_github_are_those_counted_by_hand(page: Page) -> None:
    kpis = {"open_bugs", "bugs_opened", "bugs_closed", "time_to_fix", "time_to_fix_median", "github_stars", "binary_size"}
    told = {(labels["kpi"], labels["segment"]): value for labels, value in samples_of(page, "kpi_value") if labels["kpi"] in kpis}
    assert told == {
        **{("open_bugs", segment): n for segment, n in {"": 12, "P0": 0, "P1": 2, "P2": 5, "P3": 4}.items()},
        **{("bugs_opened", segment): n for segment, n in {"": 2, "P0": 0, "P1": 1, "P2": 1, "P3": 0}.items()},
        **{("bugs_closed", segment): n for segment, n in {"": 1, "P0": 0, "P1": 1, "P2": 0, "P3": 0}.items()},
        ("time_to_fix", "P0"): 2 * HOUR,
        ("time_to_fix", "P1"): (42 * HOUR + 24 * HOUR) / 2,
        ("time_to_fix", "P2"): 10 * DAY,
        ("time_to_fix", "P3"): 10 * DAY,
        # The third of 2 h, 24 h, 42 h, 10 d and 10 d.
        ("time_to_fix_median", ""): 42 * HOUR,
        ("github_stars", ""): 1200,
        ("binary_size", ""): 8_808_038,
        ("binary_size", "macos"): 8_808_038,
        ("binary_size", "linux"): 7_808_038,
    }


def samples_of(page: Page, name: str) -> list[tuple[dict[str, str], float]]:
    """Labels and values of the samples of a metric."""
    families = text_string_to_metric_families(page.text.decode())
    return [(sample.labels, sample.value) for family in families for sample in family.samples if sample.name == name]


def test_nobody_and_no_secret_is_in_it(page: Page) -> None:
    names = [person for email in PEOPLE for person in (email, email.split("@")[0].rpartition("+")[2])]
    for planted in (*names, TOKEN, BOT_TOKEN, PLANTED, "planted", "Planted"):
        assert planted.encode() not in page.text
        assert planted.encode() not in page.openmetrics
