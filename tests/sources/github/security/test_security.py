"""Security: what is open, what was raised in 30 days, how long fixes took; by tool and severity, from facts that are kept."""

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.security import SecurityReader
from support.github import PLANTED, Repository
from support.github.alerts import SECRET, Alert
from support.github.one_topic import OneTopic, one_topic
from support.tools import NOW
from support.upstream import Answer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOOLS = ["dependabot", "code_scanning", "secret_scanning"]


def ago(days: float) -> datetime:
    return NOW - days * DAY


def fill(topic: OneTopic, *alerts: Alert) -> None:
    topic.rest.alerts[topic.github.repositories[0]] = list(alerts)


def counts(told: dict[str, float], name: str) -> dict[str, float]:
    """The samples of a metric that are not 0, by their labels."""
    start = f"github_security_alerts_{name}{{"
    return {key.removeprefix(start).rstrip("}"): value for key, value in told.items() if key.startswith(start) and value}


def fixes(topic: OneTopic, now: datetime = NOW) -> dict[str, float]:
    """The times to a fix in hours."""
    start = "github_security_alert_fix_seconds{"
    return {key.removeprefix(start).rstrip("}"): value / 3600 for key, value in topic.pooled(now).items()}


def test_alerts_of_all_tools_count_by_tool_and_severity(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path, security_tools=TOOLS) as topic:
        fill(
            topic,
            Alert(1, "critical", ago(1)),
            Alert(2, "critical", ago(100)),
            Alert(3, "low", ago(40)),
            Alert(1, "high", ago(2), tool="code_scanning"),
            Alert(2, None, ago(2), tool="code_scanning"),
            Alert(1, None, ago(3), tool="secret_scanning"),
        )
        told = topic.refresh()
    assert counts(told, "open") == {
        "dependabot,critical": 2,
        "dependabot,low": 1,
        "code_scanning,high": 1,
        "code_scanning,unrated": 1,
        "secret_scanning,unrated": 1,
    }
    assert counts(told, "newly_opened") == {
        "dependabot,critical": 1,
        "code_scanning,high": 1,
        "code_scanning,unrated": 1,
        "secret_scanning,unrated": 1,
    }


def test_a_severity_without_alerts_is_known_to_have_none(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path) as topic:
        severities = ("critical", "high", "low", "medium")
        assert topic.refresh() == {
            f"github_security_alerts_{name}{{dependabot,{severity}}}": 0
            for name in ("newly_opened", "open")
            for severity in severities
        }
        assert topic.pooled() == {}


def test_severities_that_a_tool_never_gives_are_not_told(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path, security_tools=["secret_scanning"]) as topic:
        assert list(topic.refresh()) == [
            "github_security_alerts_newly_opened{secret_scanning,unrated}",
            "github_security_alerts_open{secret_scanning,unrated}",
        ]


@pytest.mark.parametrize(
    "alert",
    [
        Alert(1, "high", ago(9), "dismissed", ago(1)),
        Alert(1, "high", ago(9), "auto_dismissed", ago(1)),
        Alert(1, "high", ago(9), "dismissed", ago(1), tool="code_scanning"),
        Alert(1, "high", ago(9), None, tool="code_scanning"),
        Alert(1, None, ago(9), "resolved", ago(1), "false_positive", "secret_scanning"),
        Alert(1, None, ago(9), "resolved", ago(1), "wont_fix", "secret_scanning"),
        Alert(1, None, ago(9), "resolved", ago(1), "used_in_tests", "secret_scanning"),
    ],
)
def test_what_was_dismissed_is_neither_open_nor_fixed_but_was_raised(alert: Alert, tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path, security_tools=[alert.tool]) as topic:
        fill(topic, alert)
        told = topic.refresh()
        assert counts(told, "open") == {}
        assert list(counts(told, "newly_opened").values()) == [1]
        assert fixes(topic) == {}


def test_the_time_to_a_fix_is_told_by_severity_over_all_tools(tmp_path: Path) -> None:
    """Critical fixes took 2, 4 and 12 hours, so on average 6; a secret was revoked after 3."""
    with one_topic(SecurityReader, tmp_path, security_tools=TOOLS) as topic:
        fill(
            topic,
            Alert(1, "critical", ago(10), "fixed", ago(10) + 2 * HOUR),
            Alert(2, "critical", ago(20), "fixed", ago(20) + 4 * HOUR),
            Alert(3, "critical", ago(5)),
            Alert(1, "critical", ago(30), "fixed", ago(30) + 12 * HOUR, tool="code_scanning"),
            Alert(1, None, ago(8), "resolved", ago(8) + 3 * HOUR, "revoked", "secret_scanning"),
        )
        topic.refresh()
        assert fixes(topic) == {
            "critical,mean": 6,
            "critical,median": 4,
            "critical,p90": pytest.approx(10.4),
            "unrated,mean": 3,
            "unrated,median": 3,
            "unrated,p90": 3,
        }


def test_the_time_to_a_fix_is_pooled_over_repositories(tmp_path: Path) -> None:
    """The mean of 1, 1 and 7 hours is 3; the mean of the means of the repositories would be 4."""
    one, two = Repository("acme/one"), Repository("acme/two")
    with one_topic(SecurityReader, tmp_path, one, two) as topic:
        topic.rest.alerts[one] = [Alert(n, "high", ago(9), "fixed", ago(9) + HOUR) for n in (1, 2)]
        topic.rest.alerts[two] = [Alert(1, "high", ago(9), "fixed", ago(9) + 7 * HOUR)]
        topic.refresh(repository=one)
        topic.refresh(repository=two)
        assert fixes(topic)["high,mean"] == 3


@pytest.mark.parametrize(("days", "told"), [(89.99, {"high,mean", "high,median", "high,p90"}), (90, set())])
def test_fixes_of_the_last_90_days_count_however_old_the_alert(days: float, told: set[str], tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path) as topic:
        fill(topic, Alert(1, "high", ago(900), "fixed", ago(days)))
        topic.refresh()
        assert set(fixes(topic)) == told


def test_windows_roll_on_between_two_readings(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path, slow_interval="6h") as topic:
        fill(topic, Alert(1, "high", ago(30) + HOUR), Alert(2, "high", ago(91), "fixed", ago(90) + HOUR))
        assert counts(topic.refresh(), "newly_opened") == {"dependabot,high": 1}
        assert fixes(topic)["high,mean"] == 25
        topic.asked()
        later = NOW + HOUR
        assert counts(topic.refresh(later), "newly_opened") == {}
        assert fixes(topic, later) == {}
        assert topic.asked() == []


def test_an_alert_that_changed_or_went_away_is_told_as_it_is_at_the_next_reading(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path, slow_interval="6h") as topic:
        reopened, gone = Alert(1, "low", ago(5), "fixed", ago(1)), Alert(2, "high", ago(5))
        fill(topic, reopened, gone)
        topic.refresh()
        reopened.state, reopened.closed_at = "open", None
        fill(topic, reopened)
        assert counts(topic.refresh(NOW + 6 * HOUR), "open") == {"dependabot,low": 1}
        assert fixes(topic, NOW + 6 * HOUR) == {}


def test_a_restart_asks_nothing_but_for_a_tool_that_is_new(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path) as topic:
        fill(topic, Alert(1, "low", ago(5)), Alert(1, "low", ago(5), tool="code_scanning"))
        first = topic.refresh()
        topic.asked()
        topic.restart()
        assert topic.refresh(NOW + HOUR) == first
        assert topic.asked() == []
        topic.restart(security_tools=["dependabot", "code_scanning"])
        assert counts(topic.refresh(NOW + HOUR), "open") == {"dependabot,low": 1, "code_scanning,low": 1}
        assert [request.path for request in topic.asked()] == ["/repos/acme/widget/code-scanning/alerts"]
        topic.restart(security_tools=["code_scanning"])
        assert counts(topic.refresh(NOW + HOUR), "open") == {"code_scanning,low": 1}


def test_a_tool_that_cannot_be_read_fails_the_topic_and_is_never_0(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path, security_tools=TOOLS) as topic:
        topic.rest.failing["acme/widget", "code-scanning/alerts"] = Answer.json({"message": "not enabled"}, 403)
        with pytest.raises(UpstreamError) as caught:
            topic.refresh()
        assert caught.value.reason is Reason.AUTH


def test_what_was_read_before_a_failure_is_not_asked_for_again(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path, security_tools=["dependabot", "code_scanning"]) as topic:
        topic.rest.failing["acme/widget", "code-scanning/alerts"] = Answer.json({}, 404)
        with pytest.raises(UpstreamError):
            topic.refresh()
        topic.rest.failing.clear()
        topic.asked()
        topic.refresh(NOW + HOUR)
        assert [request.path for request in topic.asked()] == ["/repos/acme/widget/code-scanning/alerts"]


@pytest.mark.parametrize("tool", TOOLS)
def test_all_pages_are_read(tool: Any, tmp_path: Path) -> None:
    severity = None if tool == "secret_scanning" else "medium"
    with one_topic(SecurityReader, tmp_path, security_tools=[tool]) as topic:
        fill(topic, *(Alert(n, severity, ago(n / 10), tool=tool) for n in range(1, 251)))
        assert list(counts(topic.refresh(), "open").values()) == [250]
        queries = [{**request.query} for request in topic.asked()]
    assert len(queries) == 3
    name = "after" if tool == "dependabot" else "page"
    assert [name in query for query in queries] == [False, True, True]
    assert all(query["per_page"] == ["100"] for query in queries)
    if tool == "secret_scanning":
        assert all(query["hide_secret"] == ["true"] for query in queries)


def test_an_alert_that_moved_onto_the_next_page_counts_once(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path, security_tools=["code_scanning"]) as topic:
        same = Alert(1, "high", ago(1), tool="code_scanning")
        fill(topic, same, same)
        assert counts(topic.refresh(), "open") == {"code_scanning,high": 1}


def test_no_person_no_text_and_no_secret_is_told_logged_or_kept(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), one_topic(SecurityReader, tmp_path, security_tools=TOOLS) as topic:
        fill(
            topic,
            Alert(1, "high", ago(9), "dismissed", ago(1)),
            Alert(1, "high", ago(9), "dismissed", ago(1), tool="code_scanning"),
            Alert(1, None, ago(9), "resolved", ago(1), "revoked", "secret_scanning"),
        )
        assert "planted" not in repr(topic.refresh()) + repr(topic.pooled())
        assert ["if-none-match" in request.headers for request in topic.asked()] == [False] * 3
        topic.refresh(NOW + 7 * HOUR)
        assert ["if-none-match" in request.headers for request in topic.asked()] == [False] * 3
        topic.store.close()
    assert not any("planted" in repr(record.__dict__) for record in caplog.records)
    for path in tmp_path.rglob("*"):
        assert b"planted" not in path.read_bytes()
        assert SECRET.encode() not in path.read_bytes()


def test_closed_alerts_that_no_window_reaches_are_not_kept(tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path) as topic:
        fill(
            topic,
            Alert(1, "high", ago(200), "fixed", ago(100)),
            Alert(2, "high", ago(200), "dismissed", ago(1)),
            Alert(3, "high", ago(200)),
        )
        topic.refresh()
        assert list(topic.store.rows("SELECT number FROM alert")) == [(3,)]


GOOD = {
    "number": 1,
    "state": "open",
    "created_at": "2026-01-01T00:00:00Z",
    "fixed_at": None,
    "security_vulnerability": {"severity": "low"},
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": PLANTED},
        {"number": -1},
        {"state": 1},
        {"created_at": PLANTED},
        {"created_at": None},
        {"fixed_at": PLANTED},
        {"security_vulnerability": {"severity": PLANTED}},
        {"security_vulnerability": {"severity": None}},
        {"security_vulnerability": None},
        {"state": "fixed", "fixed_at": "2025-12-31T00:00:00Z"},
    ],
)
def test_what_is_no_alert_is_refused_without_being_quoted(wrong: dict[str, Any], tmp_path: Path) -> None:
    with one_topic(SecurityReader, tmp_path) as topic:
        topic.rest.failing["acme/widget", "dependabot/alerts"] = Answer.json([GOOD])
        assert counts(topic.refresh(), "open") == {"dependabot,low": 1}
        topic.rest.failing["acme/widget", "dependabot/alerts"] = Answer.json([GOOD, {**GOOD, "number": 2, **wrong}])
        with pytest.raises(UpstreamError) as caught:
            topic.refresh(NOW + 7 * HOUR)
        assert caught.value.reason is Reason.MALFORMED
        assert PLANTED not in str(caught.value)
        assert counts(topic.kept(), "open") == {"dependabot,low": 1}
