"""From a figure to a phone: exporter, Prometheus and Alertmanager with the project's own artefacts, and loopback pagers.

The tests are chapters of one day, in their order: each finds the alerts of those before it. Alertmanager is as slow to repeat
itself as in truth, so whatever is told twice is told twice by mistake.
"""

import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from support.alerting import DASHBOARDS, HURRY, PLANTED, RUNBOOKS, Alerting
from support.github import Issue, Star
from support.github.world import LONG_AGO
from support.pagers import Notice
from support.programs import eventually
from support.upstream import Answer

QUIET = 8.0
"""Seconds in which Alertmanager looks at every group again: what is not told by then is not told."""


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Alerting]:
    with Alerting(tmp_path_factory.mktemp("alerting")) as alerting:
        yield alerting


@dataclass(frozen=True)
class Expected:
    """An alert, the channels that must hear of it, and what they must read."""

    alert: str
    priority: str
    summary: str
    value: str
    limit: str
    target: str
    action: str
    respond: str
    channels: tuple[str, ...]

    @property
    def runbook(self) -> str:
        return f"{RUNBOOKS}/{self.alert}.md"

    @property
    def whole(self) -> tuple[str, ...]:
        """What stands in a message of its own, where there is room for everything."""
        dashboard = f"{DASHBOARDS}/d/kpi-detail?var-project={self.summary.partition(':')[0]}&var-kpi="
        told = (f"{self.priority} {self.summary}", self.value, self.limit, self.target, self.action, self.respond)
        return (*told, self.runbook, dashboard)

    @property
    def line(self) -> tuple[str, ...]:
        """What stands on its line in a message of several alerts."""
        return (self.summary, self.value, self.runbook)


ALONE = [
    Expected(
        *("BoltDocumentationIssuesHigh", "P1", "bolt: Documentation issues above 5", "7", "above 5", "none"),
        *("Those who own the documentation", "within 1 d", ("slack-docs",)),
    ),
    Expected(
        *("CaroCsatLow", "P2", "caro: Customer satisfaction below 70 %", "62 %", "below 70 %", "at least 80 %"),
        *("Ask users what annoys them", "within 1 week", ("slack-alerts",)),
    ),
    Expected(
        *("AuxChurnHigh", "P2", "aux: Churn rate above 10 %", "15 %", "above 10 %", "none"),
        *("Product asks those who left", "within 1 week", ("slack-alerts",)),
    ),
]
"""One alert of each project; nothing else fires."""

TOGETHER = [
    Expected(
        *("CaroCrashRateHigh", "P0", "caro: Crash rate above 1 %", "2 %", "above 1 %", "at most 0.1 %"),
        *("Read the newest crash reports", "now", ("pagerduty", "slack-alerts")),
    ),
    Expected(
        *("CaroP1BugsOverLimit", "P1", "caro: Open bugs (P1) above 5", "6", "above 5", "at most 2"),
        *("Triage the P1 bugs today", "within 24 h", ("slack-alerts", "email-team")),
    ),
    Expected(
        *("AuxCommandSuccessRateLow", "P0", "aux: Command success rate below 90 %", "85 %", "below 90 %", "at least 95 %"),
        *("Engineering triages the failed commands", "now", ("pagerduty", "slack-alerts")),
    ),
    Expected(
        *("AuxResponseTimeHigh", "P1", "aux: Mean response time above 300 ms", "500ms", "above 300 ms", "at most 150ms"),
        *("Engineering looks for what made commands slow", "within 24 h", ("slack-alerts", "email-team")),
    ),
]
"""Higher priorities. At slack-alerts they are one message a project, elsewhere each has its own."""

MILESTONES = [
    Expected(
        *("BoltGithubStarsMilestone", "P3", "bolt: GitHub stars past a milestone", "1050", "1,000", "at least"),
        *("Tell the team and the world", "the weekly digest", ("slack-team",)),
    ),
    Expected(
        *("CaroGithubStarsMilestone", "P3", "caro: GitHub stars past a milestone", "1310", "1,300", "at least"),
        *("Tell the community", "the weekly digest", ("email-team", "discord-announcements")),
    ),
]

PAGED = ("CaroCrashRateHigh", "AuxCommandSuccessRateLow")
"""Alerts of the first half of the day that somebody was woken for."""

BAD_DAY = {
    "bolt": {
        ("sentiment_score", ""): 2,
        ("first_response_time", ""): 90_000,
        ("documentation_issues", ""): 20,
        ("contributor_churn_rate", ""): 0.9,
        **{("benchmark_regression", segment): 0.15 for segment in ("latency", "memory", "allocations", "other")},
    },
    "caro": {
        ("csat", ""): 0.2,
        ("activation_rate", ""): 0.1,
        ("retention_rate", "1"): 0.1,
        ("command_success_rate", ""): 0.3,
        **{("response_time_p95", segment): 60 for segment in ("simple", "medium", "complex")},
    },
    "aux": {
        ("command_success_rate", ""): 0.1,
        ("response_time_avg", ""): 9,
        ("response_time_p95", ""): 20,
        ("churn_rate", ""): 0.8,
        ("retry_rate", ""): 0.9,
        **dict.fromkeys(
            (
                (kpi, "")
                for kpi in (
                    "total_installations",
                    "weekly_active_installations",
                    "monthly_active_users",
                    "daily_commands",
                    "unique_domains",
                    "active_countries",
                    "documentation_languages",
                    "cloud_integrations",
                    "os_coverage",
                )
            ),
            1,
        ),
    },
}
"""Figures of a day on which everything is bad at once."""

ESCALATING = Expected(
    *("BoltFirstResponseTimeHigh", "P0", "bolt: First response time above 4 h", "5h 0m 0s", "above 4 h", "at most 4h 0m 0s"),
    *("Answer the issues and discussions", "within 30 min", ("slack-urgent", "email-maintainers")),
)
"""Escalates after half an hour."""

DOCUMENTATION_ESCALATED = "BoltDocumentationIssuesHighEscalated"
"""Is due a day later, so it is pending all day long."""


def messages(day: Alerting, after: datetime, *, but: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Where something was told after a moment, and what, those left out that say a certain word."""
    told = [message for message in day.all_told() if message.at > after and not any(word in message.text for word in but)]
    return [(message.channel if isinstance(message, Notice) else message.to[0], message.text[:400]) for message in told]


def pages(day: Alerting, alert: str) -> list[tuple[str, str]]:
    """What PagerDuty was told of an alert: what it wants, and of which incident."""
    return [(notice.action, notice.incident) for notice in day.pagers.of("pagerduty", f"{RUNBOOKS}/{alert}.md")]


def muted(day: Alerting, alert: str) -> bool:
    """Whether Alertmanager holds an alert and keeps it to itself because of another one."""
    held = day.held(alert)
    return held is not None and bool(held["status"]["inhibitedBy"])


def test_on_a_good_day_only_the_watchdog_is_heard(day: Alerting) -> None:
    assert day.arrives("watchdog", "Watchdog")
    time.sleep(QUIET / 2)
    assert (day.firing(), day.all_told()) == ({"Watchdog"}, [])


def test_an_alert_reaches_its_channels_with_all_that_it_has_to_say(day: Alerting) -> None:
    day.figures["bolt"].set("documentation_issues", 7)
    day.figures["caro"].set("csat", 0.62)
    day.figures["aux"].set("churn_rate", 0.15)
    for alert in ALONE:
        for channel in alert.channels:
            assert day.arrives(channel, *alert.whole).at > day.started
    assert sorted(channel for channel, _ in messages(day, day.started)) == ["slack-alerts", "slack-alerts", "slack-docs"]


def test_every_priority_reaches_its_channels(day: Alerting) -> None:
    crash = {"timestamp": datetime.now(UTC) - timedelta(hours=1), "platform": "linux", "version": "1.0.0"}
    day.warehouse.insert("crashes", [crash] * 5)
    day.caro.issues.extend(Issue(("bug", priority)) for priority in ["P1"] * 4 + ["P3"] * 17)
    day.figures["aux"].set_all({("command_success_rate", ""): 0.85, ("response_time_avg", ""): 0.5})
    for alert in TOGETHER:
        for channel in alert.channels:
            words = alert.line if channel == "slack-alerts" else alert.whole
            assert day.arrives(channel, *words).at > day.started


def test_a_milestone_is_news_for_those_who_announce_it(day: Alerting) -> None:
    day.caro.stars.extend([Star(LONG_AGO)] * 110)
    day.bolt.stars.extend([Star(LONG_AGO)] * 100)
    for alert in MILESTONES:
        for channel in alert.channels:
            assert day.arrives(channel, *alert.whole).at > day.started
    draft = day.arrives("social-media", "BoltGithubStarsMilestone")
    assert isinstance(draft, Notice)
    assert (draft.body["status"], draft.body["commonAnnotations"]["value"]) == ("firing", "1050")


def test_while_nothing_changes_nobody_is_told_again(day: Alerting) -> None:
    moment = datetime.now(UTC)
    time.sleep(QUIET)
    assert messages(day, moment) == []
    assert [pages(day, alert)[1:] for alert in PAGED] == [[], []]


def test_an_alertmanager_killed_in_the_middle_loses_nothing_and_repeats_nothing(day: Alerting) -> None:
    written = day.remembered()
    eventually(day.remembered, lambda at: at > written)
    killed = datetime.now(UTC)
    day.alertmanager.stop(signal.SIGKILL)
    day.figures["aux"].set_all({("response_time_avg", ""): 0.2, ("retry_rate", ""): 0.3})
    watched = {"AuxResponseTimeHigh", "AuxRetryRateHigh"}
    eventually(lambda: day.firing() & watched, lambda firing: firing == {"AuxRetryRateHigh"})
    day.alertmanager.__enter__()

    # What began and what ended while nobody was there is told.
    assert day.arrives("slack-alerts", "aux: Retry rate above 10 %", "30 %").at > killed
    assert day.arrives("email-team", "Resolved: aux: Mean response time above 300 ms").at > killed
    assert day.arrives("pagerduty", "PrometheusNotificationsFailing").at > killed
    time.sleep(QUIET)
    assert messages(day, killed, but=("Retry rate", "Mean response time", "PrometheusNotificationsFailing")) == []
    assert [len(pages(day, alert)) for alert in PAGED] == [1, 1]


def test_a_prometheus_that_starts_again_resolves_nothing_and_forgets_no_time(day: Alerting) -> None:
    stopped, since = datetime.now(UTC), day.pending_since(DOCUMENTATION_ESCALATED)
    assert since is not None
    day.prometheus.restart()
    # What it had waited counts; only the time in which nobody looked does not.
    back = eventually(lambda: day.pending_since(DOCUMENTATION_ESCALATED), lambda at: at is not None and at < stopped)
    assert back is not None
    assert since <= back < since + (datetime.now(UTC) - stopped) + timedelta(seconds=3)
    firing = {alert.alert for alert in (*TOGETHER, *ALONE)} - {"AuxResponseTimeHigh"}
    assert eventually(day.firing, lambda now: firing <= now)
    time.sleep(QUIET)
    assert messages(day, stopped, but=("Weekly digest",)) == []


def test_an_escalation_comes_when_it_is_due_and_takes_the_place_of_the_first(day: Alerting) -> None:
    day.figures["bolt"].set("first_response_time", 5 * 3600)
    first = [day.arrives(channel, *ESCALATING.whole) for channel in ESCALATING.channels]
    page = day.arrives("pagerduty", f"P0 escalated: {ESCALATING.summary}", *ESCALATING.whole[1:])
    # Both are told a second after they fire; the rest is the pace of scrapes and evaluations.
    due = (timedelta(minutes=30) - timedelta(minutes=5)) / HURRY
    assert page.at - first[0].at > due - timedelta(seconds=3)
    for channel in ESCALATING.channels:
        assert day.arrives(channel, f"P0 escalated: {ESCALATING.summary}").at > first[0].at
    assert muted(day, ESCALATING.alert)
    assert not muted(day, f"{ESCALATING.alert}Escalated")


def test_the_worst_news_of_a_kpi_mutes_the_lesser(day: Alerting) -> None:
    day.figures["bolt"].set_all({("benchmark_regression", "latency"): 0.25, ("benchmark_regression", "memory"): 0.08})
    assert day.arrives("slack-urgent", "bolt: Benchmark regression (latency) above 20 %", "25 %").at > day.started
    assert day.arrives("github-issue", "BoltBenchmarkMajorRegression", "latency").at > day.started
    # What is muted is the lesser alert of the same segment, not that of another one.
    assert day.arrives("slack-team", "bolt: Benchmark regression (memory) above 5 %", "8 %").at > day.started
    assert day.arrives("github-issue", "BoltBenchmarkMemoryRegression", "memory").at > day.started
    assert muted(day, "BoltBenchmarkLatencyRegression")
    assert [day.told(channel, "BoltBenchmarkLatencyRegression") for channel in ("slack-team", "github-issue")] == [[], []]


def test_a_source_that_is_down_mutes_its_kpis_and_no_others(day: Alerting) -> None:
    day.github.fault = Answer(500)
    down = [day.arrives(channel, "A source cannot be read", "bolt", "github") for channel in ("slack-alerts", "email-team")]
    # People enter both figures; GitHub would know the first one.
    day.figures["bolt"].set_all({("contributor_churn_rate", ""): 0.5, ("benchmark_regression", "allocations"): 0.04})
    assert day.arrives("slack-team", "bolt: Benchmark regression (allocations) above 1 %").at > down[0].at
    assert eventually(lambda: muted(day, "BoltContributorChurnHigh"))
    assert [day.told(channel, "churn") for channel in ("slack-team", "email-leadership")] == [[], []]

    day.github.fault = None
    assert day.arrives("email-team", "Resolved", "A source cannot be read", "bolt").at > down[1].at
    # The figure is still bad, and now it may be told.
    for channel in ("slack-team", "email-leadership"):
        assert day.arrives(channel, "bolt: Contributor churn above 40 %", "50 %").at > down[1].at


def test_the_end_of_an_alert_is_told_to_those_who_heard_of_it(day: Alerting) -> None:
    day.mend()
    for alert in (*PAGED, ESCALATING.alert):
        (opened, incident), (closed, same) = eventually(lambda alert=alert: pages(day, alert), lambda told: len(told) > 1)
        assert (opened, closed, same) == ("trigger", "resolve", incident)
    for channel, summary in (
        ("email-team", "caro: Open bugs (P1) above 5"),
        ("email-maintainers", "bolt: First response time above 4 h"),
        ("slack-docs", "bolt: Documentation issues above 5"),
        ("slack-alerts", "aux: Churn rate above 10 %"),
        ("slack-alerts", "caro: Customer satisfaction below 70 %"),
    ):
        assert day.arrives(channel, "Resolved", summary).at > day.started
    assert day.arrives("github-issue", "resolved", "BoltBenchmarkMajorRegression").at > day.started


def test_a_bad_day_is_few_messages(day: Alerting) -> None:
    spoilt = datetime.now(UTC)
    for project, figures in BAD_DAY.items():
        day.figures[project].set_all(figures)
    assert eventually(day.firing_instances, lambda count: count >= 30) >= 30
    assert day.arrives("slack-alerts", "aux: ", " alerts", "and 4 more").at > spoilt
    assert day.arrives("email-devrel", "P0 bolt: Community sentiment below 6").at > spoilt
    time.sleep(QUIET)
    told = [channel for channel, _ in messages(day, spoilt, but=("Weekly digest",))]
    # Each page is taken on its own, escalations among them; all else is one message a project, or two where figures came apart.
    assert told.count("pagerduty") <= 4
    assert len(told) <= 20, told


def test_the_digest_goes_out_in_its_window_only(day: Alerting) -> None:
    digest = eventually(lambda: day.told("email-digest"), patience=100)[0]
    held = day.held("CaroOpenBugsP3OverLimit")
    assert held is not None
    # It had fired long before, and nobody was told.
    assert datetime.fromisoformat(held["startsAt"]) < day.opens - timedelta(seconds=10)
    assert day.opens <= digest.at < day.opens + timedelta(seconds=20)
    assert all(
        words in digest.text
        for words in ("Weekly digest of caro", "Open bugs (P3)", "21", f"{RUNBOOKS}/CaroOpenBugsP3OverLimit.md")
    )


def test_nothing_that_is_secret_was_told(day: Alerting) -> None:
    texts = [message.text for message in day.all_told()]
    texts += [path.read_text() for path in day.folder.rglob("*.log")]
    assert len(texts) > 40
    assert [secret for secret in PLANTED if any(secret in text for text in texts)] == []
