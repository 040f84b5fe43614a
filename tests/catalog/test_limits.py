"""Hard limits make alerts of their own."""

from datetime import timedelta

import pytest

from exporter.catalog.model import Alert
from support.catalogs import catalog_of

KPI = """
project: acme-tools
launch: 2026-01-15
kpis:
  - id: open_bugs
    title: Open bugs
    definition: Bugs that are open.
    unit: count
    direction: {direction}
    tier: kpi
    category: quality
    {rest}
"""


def rules(rest: str, direction: str = "down") -> tuple[Alert, ...]:
    catalog = catalog_of(KPI.format(direction=direction, rest=rest))
    return catalog.rules(catalog.kpis[0])


def written(when: str, rest: str = "") -> str:
    return f"alerts: [{{name: Bugs, priority: P1, action: Act., when: {when}, {rest}}}]"


def test_a_limit_makes_a_digest_alert_named_after_project_and_kpi() -> None:
    (alert,) = rules("max_allowed: 36")
    assert (alert.name, alert.priority, alert.receivers) == ("AcmeToolsOpenBugsOverLimit", "P3", ("email-digest",))
    assert (alert.when.above, alert.hold, alert.segments) == (36, timedelta(hours=1), ("",))
    assert alert.action.endswith(".")


def test_the_limit_of_a_segment_makes_an_alert_on_that_segment() -> None:
    (alert,) = rules("segments: [{name: very old, max_allowed: 5}, {name: P1}]")
    assert (alert.name, alert.segments, alert.when.above) == ("AcmeToolsOpenBugsVeryOldOverLimit", ("very old",), 5)


def test_where_more_is_better_the_limit_is_the_least_there_may_be() -> None:
    (alert,) = rules("max_allowed: 36", direction="up")
    assert (alert.when.above, alert.when.below) == (None, 36)


def test_a_kpi_without_limit_has_its_written_alerts_only() -> None:
    assert [alert.name for alert in rules(written("{above: 9}"))] == ["Bugs"]


@pytest.mark.parametrize(
    ("direction", "when"), [("down", "{above: 5}"), ("down", "{above: 0}"), ("up", "{below: 5}"), ("up", "{below: 9}")]
)
def test_a_limit_that_a_written_alert_reaches_first_makes_none(direction: str, when: str) -> None:
    assert [alert.name for alert in rules(f"max_allowed: 5\n    {written(when)}", direction)] == ["Bugs"]


def test_an_alert_on_each_segment_reaches_the_limits_of_all_of_them() -> None:
    segments = "segments: [{name: P0, max_allowed: 5}, {name: P1, max_allowed: 9}]"
    on_each = written("{above: 5}", "segments: ['*']")
    alerts = rules(f"{segments}\n    {on_each}")
    assert [alert.name for alert in alerts] == ["Bugs"]


@pytest.mark.parametrize(
    ("direction", "when"),
    [
        pytest.param("down", "{above: 9}", id="later"),
        pytest.param("up", "{below: 4}", id="later, up"),
        pytest.param("down", "{below: 5}", id="other side"),
        pytest.param("up", "{above: 5}", id="other side, up"),
        pytest.param("down", "{above: 5}, segments: [P0]", id="other segment"),
    ],
)
def test_a_written_alert_that_does_not_reach_the_limit_first_leaves_it(direction: str, when: str) -> None:
    alerts = rules(f"max_allowed: 5\n    segments: [{{name: P0}}]\n    {written(when)}", direction)
    assert [alert.name for alert in alerts] == ["Bugs", "AcmeToolsOpenBugsOverLimit"]
