"""How many messages there are, and when, on a real Alertmanager: grouping, windows, the end of an alert."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from support.programs import Alertmanager, eventually
from support.routing import ROOT, alert, config_of, notified, overheard
from support.upstream import Answer, Upstream

CONFIG = (ROOT / "alertmanager" / "alertmanager.yml").read_text()

CHANNELS = """\
root: team
smtp: {{smarthost: "smtp.example.org:25", from: alerts@example.org}}
{more}
channels:
  slack: {{team: {{channel: "#team", api_url_file: /secrets/slack}}}}
  digest: {{weekly: {{to: [team@example.org], weekday: {weekday}, start: "{start}", end: "{end}", zone: {zone}}}}}
"""
QUIET = 3.0
"""Seconds in which a message that is due would have come: three rounds of the waits under test."""


def noon() -> tuple[str, str]:
    """A zone where it is noon, give or take an hour, and the day of the week there: far from midnight at any hour of the test."""
    behind = datetime.now(UTC).hour - 12
    return f"Etc/GMT{behind:+d}", (datetime.now(UTC) - timedelta(hours=behind)).strftime("%A").lower()


def windowed(*, is_open: bool, more: str = "") -> str:
    """A configuration whose digest is sent about noon, or else in the first hours of the day."""
    zone, weekday = noon()
    start, end = ("06:00", "18:00") if is_open else ("01:00", "02:00")
    return config_of(CHANNELS.format(zone=zone, weekday=weekday, start=start, end=end, more=more))


def office(*, is_open: bool) -> str:
    """A configuration with business hours that are now, or are over."""
    zone, weekday = noon()
    hours = 'start: "06:00", end: "18:00"' if is_open else 'start: "01:00", end: "02:00"'
    return windowed(is_open=True, more=f"business_hours: {{weekdays: [{weekday}], {hours}, zone: {zone}}}")


def bad_day(project: str) -> list[dict[str, Any]]:
    """Thirty alerts: two urgent KPIs, one of which in three segments, and 26 that are less so."""
    urgent = [("Slow", "latency", segment) for segment in ("simple", "medium", "complex")] + [("Crashes", "crash_rate", "")]
    pages = [
        alert(name, "pagerduty", "slack-alerts", project=project, kpi=kpi, segment=segment, priority="P0")
        for name, kpi, segment in urgent
    ]
    rest = [
        alert(f"Low{n:02}", "slack-alerts", "email-team", project=project, kpi=f"k{n}", priority=f"P{1 + n % 2}")
        for n in range(26)
    ]
    return [*pages, *rest]


def test_thirty_alerts_of_a_project_are_one_message_a_channel_and_one_page_an_urgent_kpi(tmp_path: Path) -> None:
    with Upstream(lambda _: Answer()) as upstream, Alertmanager(tmp_path, overheard(CONFIG, upstream.url)) as running:
        running.post_alerts(bad_day("caro"))
        eventually(lambda: len(upstream.requests) >= 4)
        time.sleep(QUIET)
    told = [(receiver, len(names)) for receiver, _, names in notified(upstream.requests)]
    assert sorted(told) == [("email-team", 26), ("pagerduty", 1), ("pagerduty", 3), ("slack-alerts", 30)]


def test_each_project_is_a_message_of_its_own(tmp_path: Path) -> None:
    with Upstream(lambda _: Answer()) as upstream, Alertmanager(tmp_path, overheard(CONFIG, upstream.url)) as running:
        running.post_alerts([alert("Low", "slack-alerts", project=project, priority="P1") for project in ("bolt", "caro")])
        eventually(lambda: len(upstream.requests) == 2)
    assert notified(upstream.requests) == [("slack-alerts", "firing", ["Low"])] * 2


def test_the_end_of_an_alert_is_told_where_its_beginning_was(tmp_path: Path) -> None:
    low = alert("Low", "slack-alerts", "social-media", project="bolt", priority="P1")
    with Upstream(lambda _: Answer()) as upstream, Alertmanager(tmp_path, overheard(CONFIG, upstream.url)) as running:
        running.post_alerts([low])
        eventually(lambda: len(upstream.requests) == 2)
        running.post_alerts([{**low, "startsAt": "2026-01-27T12:00:00Z", "endsAt": "2026-01-27T13:00:00Z"}])
        eventually(lambda: len(upstream.requests) == 3)
        time.sleep(QUIET)
    assert sorted(notified(upstream.requests)) == [
        ("slack-alerts", "firing", ["Low"]),
        ("slack-alerts", "resolved", ["Low"]),
        ("social-media", "firing", ["Low"]),
    ]


def test_the_digest_is_one_message_a_project_and_tells_no_end(tmp_path: Path) -> None:
    low = [alert(name, "weekly", project="caro", kpi=name, priority="P3") for name in ("A", "B")]
    with (
        Upstream(lambda _: Answer()) as upstream,
        Alertmanager(tmp_path, overheard(windowed(is_open=True), upstream.url)) as running,
    ):
        running.post_alerts(low)
        eventually(lambda: len(upstream.requests) == 1)
        running.post_alerts([{**one, "startsAt": "2026-01-27T12:00:00Z", "endsAt": "2026-01-27T13:00:00Z"} for one in low])
        time.sleep(QUIET)
    assert notified(upstream.requests) == [("weekly", "firing", ["A", "B"])]


@pytest.mark.parametrize(
    ("closed", "opened", "priority", "channel"),
    [
        (windowed(is_open=False), windowed(is_open=True), "P3", "weekly"),
        (office(is_open=False), office(is_open=True), "P2", "team"),
    ],
    ids=["digest", "business hours"],
)
def test_outside_its_window_nothing_is_sent_and_nothing_is_lost(
    tmp_path: Path, closed: str, opened: str, priority: str, channel: str
) -> None:
    low = alert("Low", channel, project="caro", kpi="k", priority=priority)
    with Upstream(lambda _: Answer()) as upstream, Alertmanager(tmp_path, overheard(closed, upstream.url)) as running:
        running.post_alerts([low])
        time.sleep(QUIET)
        before = notified(upstream.requests)
        (tmp_path / "alertmanager.yml").write_text(overheard(opened, upstream.url))
        assert running.status("/-/reload", "POST") == 200
        eventually(lambda: len(upstream.requests) == 1)
    assert (before, notified(upstream.requests)) == ([], [(channel, "firing", ["Low"])])


@pytest.mark.parametrize("priority", ["P0", "P1"])
def test_what_is_urgent_waits_for_no_business_hours(tmp_path: Path, priority: str) -> None:
    low = alert("Low", "team", project="caro", kpi="k", priority=priority)
    with (
        Upstream(lambda _: Answer()) as upstream,
        Alertmanager(tmp_path, overheard(office(is_open=False), upstream.url)) as running,
    ):
        running.post_alerts([low])
        eventually(lambda: len(upstream.requests) == 1)
    assert notified(upstream.requests) == [("team", "firing", ["Low"])]
