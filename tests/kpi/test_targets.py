"""Targets: which one is in force, and how near a value comes."""

import math
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.catalog.model import Target
from exporter.kpi.targets import aim_of, attainment
from support.kpi import LAUNCH, NOW


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def target(**fields):
    return Target.model_validate(fields)


WEEKS = [
    target(by="13d after launch", at_least=250),
    target(by="2026-01-21", at_least=150),
    target(by="2026-02-15", at_least=500),
]


@pytest.mark.parametrize(
    ("now", "number"),
    [
        ("2025-12-01T00:00", 150),
        ("2026-01-21T00:00", 150),
        ("2026-01-21T23:59:59.999999", 150),
        ("2026-01-22T00:00", 250),
        ("2026-01-28T12:00", 250),
        ("2026-01-29T00:00", 500),
        ("2026-02-15T12:00", 500),
        ("2030-01-01T00:00", 500),
    ],
)
def test_in_force_is_the_earliest_target_whose_day_is_not_past(now, number):
    aim = aim_of(WEEKS, LAUNCH, at(now))
    assert (aim.target.number, aim.goal.number) == (number, 500)


def test_days_are_those_of_utc():
    """Evening of the 21st in New York is the 22nd in UTC."""
    evening = datetime(2026, 1, 21, 20, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert aim_of(WEEKS, LAUNCH, evening).target.number == 250


def test_a_standing_target_holds_at_all_times():
    standing = [target(at_most=0.05)]
    aim = aim_of(standing, LAUNCH, NOW)
    assert (aim.target, aim.goal, aim.target.deadline(LAUNCH)) == (standing[0], standing[0], None)


def test_a_standing_target_takes_over_when_the_schedule_has_ended():
    both = [target(at_least=400), *WEEKS]
    assert aim_of(both, LAUNCH, at("2026-02-15T12:00")).target.number == 500
    after = aim_of(both, LAUNCH, at("2026-02-16T00:00"))
    assert (after.target.number, after.goal.number) == (400, 500)


def test_without_targets_there_is_no_aim():
    aim = aim_of([], LAUNCH, NOW)
    assert (aim.target, aim.goal) == (None, None)


@pytest.mark.parametrize(
    ("bound", "value", "ratio"),
    [
        ({"at_least": 200}, 350, 1.75),
        ({"at_least": 500}, 250, 0.5),
        ({"at_least": 4}, 4, 1),
        ({"at_least": 4}, -1, 0),
        ({"at_most": 10}, 8, 1.2),
        ({"at_most": 10}, 10, 1),
        ({"at_most": 10}, 15, 0.5),
        ({"at_most": 10}, 0, 2),
        ({"at_most": 10}, 99, 0),
        ({"at_most": 0}, 0, 1),
        ({"at_most": 0}, 1, 0),
        ({"at_least": 0}, 0, 1),
        ({"at_least": -5}, -6, 0),
    ],
)
def test_attainment(bound, value, ratio):
    assert attainment(target(**bound), value) == ratio


def test_attainment_stays_finite():
    assert attainment(target(at_least=5e-324), 1e308) < float("inf")
    assert attainment(target(at_most=5e-324), -1e308) < float("inf")


BOUND = st.floats(min_value=1e-9, max_value=1e12)
NUMBER = st.floats(min_value=-1e15, max_value=1e15)
SIDE = st.sampled_from(["at_least", "at_most"])


@given(SIDE, BOUND, NUMBER, NUMBER)
def test_attainment_never_falls_when_the_value_gets_better(side, bound, one, other):
    worse, better = sorted((one, other), reverse=side == "at_most")
    goal = target(**{side: bound})
    assert attainment(goal, worse) <= attainment(goal, better)


@given(SIDE, BOUND)
def test_attainment_is_1_at_the_bound(side, bound):
    assert attainment(target(**{side: bound}), bound) == 1


@given(SIDE, BOUND, NUMBER)
def test_a_target_is_met_just_when_attainment_reaches_1(side, bound, value):
    goal = target(**{side: bound})
    assert goal.met_by(value) == (attainment(goal, value) >= 1)


@given(SIDE, BOUND, st.sampled_from([0.0, float("inf")]))
def test_the_nearest_floats_beside_the_bound_are_told_apart(side, bound, towards):
    value = math.nextafter(bound, towards)
    goal = target(**{side: bound})
    assert goal.met_by(value) == (attainment(goal, value) >= 1)


DATED = st.builds(
    lambda days, number: target(by=f"{days}d after launch", at_least=number), st.integers(0, 400), st.integers(1, 9)
)
TARGETS = st.lists(st.one_of(DATED, st.just(target(at_least=5))), min_size=1, max_size=8)
MOMENT = st.datetimes(min_value=datetime(2025, 6, 1), max_value=datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def last_day(goal):
    return goal.by.on(LAUNCH) if goal.by else None


@given(TARGETS, MOMENT)
def test_the_target_in_force_is_past_only_when_all_are(targets, now):
    in_force = last_day(aim_of(targets, LAUNCH, now).target)
    if in_force is not None and in_force < now.date():
        assert all(day is not None and day < now.date() for day in map(last_day, targets))


@given(TARGETS, MOMENT, MOMENT)
def test_a_later_moment_never_moves_the_target_back(targets, one, other):
    before, after = (last_day(aim_of(targets, LAUNCH, now).target) for now in sorted((one, other)))
    assert after is None or (before is not None and before <= after)


@given(TARGETS, MOMENT)
def test_the_goal_is_never_before_the_target_in_force(targets, now):
    aim = aim_of(targets, LAUNCH, now)
    dated = last_day(aim.target)
    assert dated is None or dated <= last_day(aim.goal)
