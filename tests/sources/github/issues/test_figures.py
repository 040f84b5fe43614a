"""Where windows end, what is due, whose time counts: the edges of the definitions."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from exporter.sources.github import GitHubConfig
from exporter.sources.github.issues.figures import Figures
from exporter.sources.github.issues.table import Issue
from exporter.sources.github.issues.thread import Thread
from exporter.sources.github.topic import Seen
from support.tools import NOW

LABELS = {"bug": "LA_bug", "P0": "LA_p0", "P2": "LA_p2", "security": "LA_security", "documentation": "LA_docs"}
HOUR, DAY = 3600, 86_400


def at(**length: float) -> int:
    """Seconds since 1970, so long before now."""
    return int((NOW - timedelta(**length)).timestamp())


def issue(created: int, **more: Any) -> Issue:
    rest = {"closed": None, "reopened": None, "by_bot": False, "cross_references": 0, "labels": (), "undecided": False}
    return Issue(number=1, created=created, updated=created, **{**rest, "thread": Thread(), **more})


def figures(*issues: Issue, now: datetime = NOW, **config: Any) -> dict[str, float]:
    """The samples as `name{label,…}: value`."""
    added = Figures(GitHubConfig(repositories=("acme/tool",), token="planted", **config), now)
    added.add(Seen("acme/tool", 1, now, label_ids=LABELS), issues)
    samples = [*added.of_repository("acme/tool"), *added.of_all()]
    told = {}
    for sample in samples:
        rest = ",".join(value for label, value in sample.labels if label != "repository")
        told[f"{sample.name.removeprefix('github_')}{{{rest}}}"] = sample.value
    assert len(told) == len(samples)
    return told


def test_a_window_begins_just_after_its_start() -> None:
    told = figures(issue(at(days=7)), issue(at(days=7) + 1), issue(at(days=0)))
    assert told["issues_newly_opened{7d}"] == 2
    assert told["issues_newly_opened{24h}"] == 1


def test_of_nothing_there_are_counts_of_zero_and_no_times_and_no_shares() -> None:
    told = figures()
    assert set(told.values()) == {0}
    assert not any("seconds" in name or "ratio" in name for name in told)


def test_every_priority_is_told() -> None:
    told = figures(issue(at(hours=1), labels=("LA_bug", "LA_p2", "LA_p0")), issue(at(hours=1), labels=("LA_p0",)))
    opened = {name: value for name, value in told.items() if name.startswith("bugs_newly_opened") and "24h" in name}
    assert {name.partition("{")[2].partition(",")[0]: value for name, value in opened.items()} == {
        "P0": 1,
        "P1": 0,
        "P2": 0,
        "P3": 0,
        "none": 0,
    }


def test_an_unanswered_issue_counts_against_the_deadline_once_it_has_passed() -> None:
    assert "issue_answered_in_time_ratio{}" not in figures(issue(at(hours=4)))
    assert figures(issue(at(hours=4) - 1))["issue_answered_in_time_ratio{}"] == 0


@pytest.mark.parametrize(("business_days", "waited"), [(False, 3 * DAY), (True, DAY)])
def test_weekends_can_be_left_out_of_response_times(business_days: bool, waited: float) -> None:
    """From Friday noon to Monday noon; now is Tuesday noon."""
    friday, monday = at(days=4), at(days=1)
    told = figures(issue(friday, thread=Thread(monday, False, 1)), business_days=business_days)
    assert told["issue_first_response_seconds{mean}"] == waited


def test_only_issues_whose_time_is_up_count_for_the_resolution_rate() -> None:
    due = timedelta(days=2)
    assert "issue_resolved_in_time_ratio{}" not in figures(issue(at(days=2) + 1, closed=at(hours=1)), resolution_sla=due)
    told = figures(
        issue(at(days=2)),
        issue(at(days=9), closed=at(days=7)),
        issue(at(days=9), closed=at(days=7) + 1),
        resolution_sla=due,
    )
    assert told["issue_resolved_in_time_ratio{}"] == 1 / 3


def test_an_answer_by_a_maintainer_counts_for_security_reports_alone() -> None:
    thread = Thread(at(days=3), False, 2, at(days=1), True)
    told = figures(issue(at(days=4), labels=("LA_security",), thread=thread))
    assert told["security_issue_response_seconds{mean}"] == 3 * DAY
    assert told["issue_first_response_seconds{mean}"] == DAY
    assert "security_issue_response_seconds{mean}" not in figures(issue(at(days=4), thread=thread))


def test_nobody_owes_a_bot_an_answer() -> None:
    told = figures(issue(at(days=1), by_bot=True))
    assert told["issues_newly_opened{7d}"] == 1
    assert told["issues_unanswered{open}"] == 0
    assert "issue_oldest_unanswered_timestamp_seconds{}" not in told


def test_what_the_community_answered_and_a_maintainer_had_to_end_is_escalated() -> None:
    community, joined, maintainer = Thread(1, False, 1), Thread(1, False, 2, 2, True), Thread(1, True, 1, 1, True)
    closed = [issue(at(days=5), closed=at(days=1), thread=thread) for thread in (community, joined, maintainer)]
    told = figures(*closed)
    assert told["issue_escalated_ratio{}"] == 1 / 2
    assert told["issue_community_resolved_ratio{}"] == 1 / 3
    assert told["issue_first_contact_resolved_ratio{}"] == 2 / 3
