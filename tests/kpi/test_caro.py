"""A worked example: the sample dashboard of the caro guide, with the shipped catalog and the figures printed on it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from exporter.catalog import load
from exporter.kpi import evaluate
from exporter.sources.registry import declared_metrics
from support.kpi import entered

FIGURES = {
    "active_weekly_users": 250,
    "downloads": 350,
    "activation_rate": 0.78,
    "retention_rate__1": 0.70,
    "commands_generated": 2000,
    "command_success_rate": 0.87,
    "error_rate": 0.032,
    "crash_rate": 0.0005,
    "open_bugs": 12,
    "open_bugs__P0": 0,
    "open_bugs__P1": 2,
    "open_bugs__P2": 5,
    "open_bugs__P3": 5,
    "test_coverage": 0.84,
    "response_time_p95__simple": 0.045,
    "response_time_p95__medium": 0.315,
    "response_time_p95__complex": 0.850,
    "memory_usage_p95": 42_000_000,
    "github_stars": 1200,
    "discord_members": 680,
    "contributors": 22,
}
DASHBOARD = datetime(2026, 1, 20, 20, 45, tzinfo=UTC)
WEEK_2 = datetime(2026, 1, 27, 12, 0, tzinfo=UTC)


def rows_on(now, **changed):
    catalog = load("caro", declared_metrics(), base=Path())
    figures = entered(date(2026, 1, 20), **(FIGURES | changed))
    snapshots = [type(figures)("caro", figures.source, figures.declared, figures.parts)]
    return {(row.kpi, row.segment): row for row in evaluate(catalog, snapshots, now)}


def key(figure):
    id_, _, segment = figure.partition("__")
    return id_, segment


@pytest.mark.parametrize("now", [DASHBOARD, WEEK_2])
def test_every_figure_is_shown_as_entered(now):
    rows = rows_on(now)
    assert {name: rows[key(name)].value for name in FIGURES} == FIGURES
    assert {rows[key(name)].source for name in FIGURES} == {"manual"}


@pytest.mark.parametrize("now", [DASHBOARD, WEEK_2])
def test_every_tick_of_the_dashboard_is_on_target(now):
    """Contributors alone have no tick: 22 of the 25 that are due on 11 February."""
    rows = rows_on(now)
    assert {name: rows[key(name)].status for name in FIGURES if name != "contributors"} == dict.fromkeys(
        FIGURES.keys() - {"contributors"}, "on_target"
    )
    assert (rows["contributors", ""].status, rows["contributors", ""].attainment) == ("behind", 0.88)


@pytest.mark.parametrize("now", [DASHBOARD, WEEK_2])
def test_no_alert_fires(now):
    states = [state for row in rows_on(now).values() for state in row.alerts]
    assert len(states) > 15
    assert {state.state for state in states} <= {"ok", "no_data", "needs_history"}


def test_on_20_january_the_targets_of_week_1_hold():
    rows = rows_on(DASHBOARD)
    downloads = rows["downloads", ""]
    assert (downloads.target, downloads.attainment) == (200, 1.75)
    assert downloads.target_time == datetime(2026, 1, 21, 23, 59, 59, tzinfo=UTC)
    assert rows["active_weekly_users", ""].target == 150
    assert rows["commands_generated", ""].target == 1200


def test_in_week_2_users_and_commands_are_just_on_target():
    rows = rows_on(WEEK_2)
    users, commands = rows["active_weekly_users", ""], rows["commands_generated", ""]
    assert (users.target, users.attainment, users.status) == (250, 1, "on_target")
    assert (commands.target, commands.attainment, commands.status) == (2000, 1, "on_target")


def test_users_are_half_way_to_the_goal():
    users = rows_on(WEEK_2)["active_weekly_users", ""]
    assert users.value / users.goal == 0.5
    assert users.goal_time == datetime(2026, 2, 15, 23, 59, 59, tzinfo=UTC)


def test_figures_that_rest_on_others_follow():
    rows = rows_on(WEEK_2)
    assert rows["churn_rate", ""].value == pytest.approx(0.3)
    assert rows["community_size", ""].value == 1902


def test_the_first_p0_bug_is_an_alert():
    row = rows_on(WEEK_2, open_bugs__P0=1)["open_bugs", "P0"]
    assert row.status == "alert"
    assert [(state.name, state.priority) for state in row.alerts if state.state == "firing"] == [("CaroP0BugOpen", "P0")]


def test_the_same_figures_are_short_of_the_plan_after_the_beta():
    rows = rows_on(datetime(2026, 3, 1, tzinfo=UTC))
    assert (rows["active_weekly_users", ""].target, rows["active_weekly_users", ""].status) == (500, "behind")
    assert (rows["github_stars", ""].target, rows["github_stars", ""].status) == (1400, "behind")
