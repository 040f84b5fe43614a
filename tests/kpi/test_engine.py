"""The engine as a whole: rows, alerts and status."""

from datetime import UTC, date, datetime

import pytest

from exporter.kpi import AlertState, Row, State, Status, evaluate
from support.kpi import NOW, Remembered, catalog_of, kpi, part, row_of, rows_of, sample, snapshot


def alert(name, when, **fields):
    return {"name": name, "priority": "P1", "when": when, "action": "Look.", **fields}


def facts(value):
    return snapshot(part(sample("a", value)))


def one(value, **fields):
    return row_of(kpi(value={"metric": "a"}, **fields), facts(value))


def test_a_row_in_full():
    stars = kpi(
        "stars",
        title="GitHub stars",
        unit="count",
        value={"metric": "a"},
        targets=[{"by": "2026-01-28", "at_least": 200}, {"by": "27d after launch", "at_least": 500}],
        alerts=[alert("StarsLow", {"below_target": 0.5}, priority="P2")],
    )
    assert row_of(stars, facts(150)) == Row(
        project="acme",
        kpi="stars",
        segment="",
        title="GitHub stars",
        unit="count",
        value=150,
        target=200,
        target_time=datetime(2026, 1, 28, 23, 59, 59, tzinfo=UTC),
        goal=500,
        goal_time=datetime(2026, 2, 11, 23, 59, 59, tzinfo=UTC),
        attainment=0.75,
        status=Status.BEHIND,
        source="github",
        time=NOW,
        why="",
        alerts=(AlertState("StarsLow", "P2", State.OK),),
    )


def test_rows_follow_the_catalog():
    kpis = [kpi(name) for name in ("c", "a", "b")]
    assert [key for key, _ in rows_of(kpis)] == ["c", "a", "b"]


def test_project_and_launch_of_the_configuration_replace_those_of_the_catalog():
    catalog = catalog_of(kpi(value={"metric": "a"}, targets=[{"by": "7d after launch", "at_least": 1}]))
    mine = snapshot(part(sample("a", 5)), project="mine")
    [row] = evaluate(catalog, [mine, facts(9)], NOW, project="mine", launch=date(2026, 3, 1))
    assert (row.project, row.value, row.target_time) == ("mine", 5, datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("value", "fields", "status"),
    [
        (5, {}, "tracked"),
        (5, {"targets": [{"at_least": 5}]}, "on_target"),
        (4, {"targets": [{"at_least": 5}]}, "behind"),
        (5, {"targets": [{"at_most": 5}]}, "on_target"),
        (6, {"targets": [{"at_most": 5}]}, "behind"),
        (5, {"targets": [{"at_least": 5}], "alerts": [alert("A", {"above": 4})]}, "alert"),
        (5, {"alerts": [alert("A", {"above": 4}, priority="P3")]}, "alert"),
        (5, {"targets": [{"at_least": 5}], "alerts": [alert("A", {"above": 5})]}, "on_target"),
        (5, {"alerts": [alert("A", {"drop": {"points": 1, "over": "1d"}})]}, "tracked"),
    ],
)
def test_status(value, fields, status):
    assert one(value, **fields).status == status


def test_without_value_the_status_is_no_data_whatever_is_set():
    row = row_of(kpi(value={"metric": "a"}, targets=[{"at_most": 5}], alerts=[alert("A", {"below": 9})]))
    assert (row.status, row.attainment, row.target) == ("no_data", None, 5)
    assert row.alerts == (AlertState("A", "P1", State.NO_DATA),)


def test_a_milestone_is_no_bad_news():
    stars = kpi(
        value={"metric": "a"}, targets=[{"at_least": 900}], alerts=[alert("Milestone", {"crosses": [1000]}, priority="P3")]
    )
    row = row_of(stars, facts(1000), history=Remembered(highest=999))
    assert (row.status, row.alerts[0].state) == ("on_target", "firing")


def test_a_fall_is_an_alert_when_history_shows_it():
    users = kpi("users", value={"metric": "a"}, alerts=[alert("UsersFell", {"drop": {"ratio": 0.2, "over": "1d"}})])
    assert row_of(users, facts(70), history=Remembered(before=100)).status == "alert"
    assert row_of(users, facts(70)).alerts[0].state == "needs_history"


def test_only_a_row_that_rests_on_the_past_is_asked_for_as_recorded():
    asked = []

    class Asked(Remembered):
        def derived(self, kpi, segment):
            asked.append((kpi, segment))

    kpis = [kpi("stars", value={"metric": "a"}), kpi("pace", value={"growth": {"kpi": "stars", "over": "7d"}})]
    rows_of(kpis, facts(5), history=Asked())
    assert asked == [("pace", "")]


def names(row):
    return [state.name for state in row.alerts]


def test_alerts_watch_the_rows_they_name():
    """ "*" is each segment, declared or not; it is neither the total nor the total over another window."""
    bugs = kpi(
        "bugs",
        window="7d",
        value={"metric": "a", "where": {"window": "7d"}, "by": "priority"},
        targets=[{"at_most": 1, "window": "28d"}],
        alerts=[
            alert("Each", {"above": 9}, segments=["*"]),
            alert("Total", {"above": 9}),
            alert("Urgent", {"above": 9}, segments=["P0", "28d"]),
            alert("Both", {"above": 9}, segments=["", "*"]),
        ],
    )
    rows = rows_of(bugs, snapshot(part(*(sample("a", 1, window="7d", priority=priority) for priority in ("P0", "P1")))))
    assert {segment: names(row) for (_, segment), row in rows.items()} == {
        "": ["Total", "Both"],
        "P0": ["Each", "Urgent", "Both"],
        "P1": ["Each", "Both"],
        "28d": ["Urgent"],
    }


def test_a_hard_limit_is_an_alert_after_those_written():
    bugs = kpi(
        "bugs",
        direction="down",
        value={"metric": "a", "by": "priority"},
        max_allowed=36,
        segments=[{"name": "P3", "max_allowed": 20}],
        alerts=[alert("Written", {"above": 99})],
    )
    rows = rows_of(bugs, snapshot(part(sample("a", 21, priority="P3"))))
    assert rows["bugs", ""].alerts[0].name == "Written"
    assert [(state.priority, state.state) for state in rows["bugs", ""].alerts[1:]] == [("P3", "ok")]
    assert [(state.priority, state.state) for state in rows["bugs", "P3"].alerts] == [("P3", "firing")]
    assert rows["bugs", "P3"].status == "alert"


def test_an_alert_may_fire_while_the_target_is_met():
    """The alert is on its own limit, the target on another; the worse of the two is the status."""
    row = one(5, targets=[{"at_least": 1}], alerts=[alert("TooMany", {"above": 4})])
    assert (row.status, row.attainment) == ("alert", 5)
