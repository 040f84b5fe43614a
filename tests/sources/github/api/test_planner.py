"""How the quotas of GitHub are made to last."""

import math
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.github.api.planner import CORE, GRAPHQL, Planner
from support.tools import NOW

HOUR = timedelta(hours=1)
INTERVAL = timedelta(minutes=15)


def planner(remaining: float = 5000, *, limit: float = 5000, reserve: float = 0.1, reset: datetime = NOW + HOUR) -> Planner:
    """One that has been told of the points of the token `a`."""
    made = Planner(reserve)
    made.heard("a", GRAPHQL, limit, remaining, reset, NOW)
    return made


def minutes(moment: datetime | None) -> float | None:
    return None if moment is None else (moment - NOW).total_seconds() / 60


# The reserve


def test_what_is_left_above_the_reserve_may_be_spent() -> None:
    assert planner(700, reserve=0.1).room("a", GRAPHQL, NOW) == 200
    assert planner(700, reserve=0).room("a", GRAPHQL, NOW) == 700
    assert planner(700, reserve=0.9).room("a", GRAPHQL, NOW) == 0


def test_a_query_that_would_touch_the_reserve_waits_for_the_renewal() -> None:
    told = planner(520)
    assert told.free_at("a", GRAPHQL, 20, NOW) == NOW
    assert told.free_at("a", GRAPHQL, 21, NOW) == NOW + HOUR


def test_what_was_spent_is_gone_even_before_an_answer_says_so() -> None:
    told = planner(520)
    told.spent("a", GRAPHQL, 15)
    assert told.room("a", GRAPHQL, NOW) == 5


def test_after_the_renewal_all_of_it_is_there_again() -> None:
    assert planner(0).room("a", GRAPHQL, NOW + HOUR) == 4500
    assert planner(0).free_at("a", GRAPHQL, 100, NOW + HOUR) == NOW + HOUR


def test_each_quota_is_by_itself() -> None:
    told = planner(0)
    told.heard("a", CORE, 5000, 5000, NOW + HOUR, NOW)
    told.heard("b", GRAPHQL, 5000, 1500, NOW + HOUR, NOW)
    assert (told.room("a", GRAPHQL, NOW), told.room("a", CORE, NOW), told.room("b", GRAPHQL, NOW)) == (0, 4500, 1000)


@pytest.mark.parametrize("limit", [0, None])
def test_a_server_without_limits_is_asked_at_will(limit: float | None) -> None:
    told = Planner(0.1)
    told.heard("a", GRAPHQL, limit, 0, NOW + HOUR, NOW)
    told.spent("a", GRAPHQL, 10**6)
    assert told.room("a", GRAPHQL, NOW) == math.inf
    assert told.free_at("a", GRAPHQL, 10**6, NOW) == NOW
    assert told.next_refresh(INTERVAL, NOW) is None


def test_a_query_that_costs_more_than_may_ever_be_spent_is_sent_while_nothing_is_used() -> None:
    assert planner(20, limit=20).free_at("a", GRAPHQL, 25, NOW) == NOW
    assert planner(19, limit=20).free_at("a", GRAPHQL, 25, NOW) == NOW + HOUR


def test_a_renewal_that_is_past_by_the_clock_here_is_expected_in_a_minute() -> None:
    told = planner(0, reset=NOW - HOUR)
    assert told.free_at("a", GRAPHQL, 1, NOW) == NOW + timedelta(minutes=1)


# What queries cost


def test_before_any_answer_a_unit_is_taken_to_cost_a_point() -> None:
    assert planner().expected("repositories", 25) == 25
    assert planner().expected("quota", 0) == 1


def test_the_cost_of_a_kind_of_query_is_learnt_from_its_answers() -> None:
    told = planner()
    told.learnt("repositories", 25, 21)
    assert told.expected("repositories", 25) == 22
    assert told.expected("repositories", 5) == 5
    assert told.expected("pages", 40) == 40


def test_the_cost_of_a_query_for_nothing_teaches_nothing() -> None:
    told = planner()
    told.learnt("quota", 0, 1)
    assert told.expected("quota", 4) == 4


@given(st.floats(0.01, 4), st.lists(st.integers(1, 100), min_size=1, max_size=20), st.integers(1, 100))
def test_a_query_never_costs_more_than_is_expected(unit: float, sizes: list[int], size: int) -> None:
    """GitHub's price is that of the units together, rounded, at least 1."""
    told = planner()
    for answered in sizes:
        told.learnt("kind", answered, max(1, round(unit * answered)))
    assert told.expected("kind", size) >= max(1, round(unit * size)) or unit * size < 1


# When the next refresh may begin


@pytest.mark.parametrize(
    ("cost", "left", "expected"),
    [
        (900, 4500, None),  # every 12 minutes would do
        (1125, 4500, None),  # just every 15 minutes
        (1500, 4500, 20),
        (1500, 3000, 30),
        (1500, 1500, 60),
        (1500, 1, 60),
        (1500, 0, 60),
        (0, 0, None),
    ],
)
def test_refreshes_are_as_far_apart_as_makes_the_points_last_the_hour(cost: float, left: float, expected: float | None) -> None:
    told = planner(left + 500 + cost)
    told.spent("a", GRAPHQL, cost)
    assert minutes(told.next_refresh(INTERVAL, NOW)) == expected


def test_what_earlier_refreshes_cost_does_not_count() -> None:
    told = planner(500 + 1500)
    told.spent("a", GRAPHQL, 1000)
    told.begin()
    assert told.next_refresh(INTERVAL, NOW) is None


def test_the_points_of_several_tokens_add_up() -> None:
    told = planner(500 + 3000)
    told.heard("b", GRAPHQL, 5000, 500 + 1500, NOW + HOUR / 2, NOW)
    told.spent("a", GRAPHQL, 2000)
    # 1000 points an hour of the one, 3000 of the other.
    assert minutes(told.next_refresh(INTERVAL, NOW)) == pytest.approx(30)


def test_requests_to_the_rest_api_put_nothing_off() -> None:
    told = planner()
    told.heard("a", CORE, 5000, 500, NOW + HOUR, NOW)
    told.spent("a", CORE, 4000)
    assert told.next_refresh(INTERVAL, NOW) is None


def test_the_rest_of_a_refresh_that_had_to_stop_is_waited_for() -> None:
    told = planner()
    told.waits(NOW + timedelta(minutes=50))
    assert minutes(told.next_refresh(INTERVAL, NOW)) == 50
    told.begin()
    assert told.next_refresh(INTERVAL, NOW) is None


@given(
    limit=st.integers(0, 12_500),
    share_left=st.floats(0, 1),
    reserve=st.floats(0, 0.9),
    cost=st.floats(0, 20_000),
    seconds=st.integers(-10_000, 4_000),
)
def test_the_next_refresh_is_ahead_and_not_after_the_renewal(
    limit: int, share_left: float, reserve: float, cost: float, seconds: int
) -> None:
    reset = NOW + timedelta(seconds=seconds)
    told = planner(limit * share_left, limit=limit, reserve=reserve, reset=reset)
    told.spent("a", GRAPHQL, cost)
    following = told.next_refresh(INTERVAL, NOW)
    assert following is None or NOW < following <= max(reset, NOW + timedelta(minutes=1))


@given(limit=st.integers(1, 12_500), reserve=st.floats(0, 0.9), costs=st.lists(st.integers(1, 100), max_size=200))
def test_no_query_that_may_be_sent_touches_the_reserve(limit: int, reserve: float, costs: list[int]) -> None:
    told, left = planner(limit, limit=limit, reserve=reserve), limit
    for cost in costs:
        if cost <= limit - reserve * limit and told.free_at("a", GRAPHQL, cost, NOW) == NOW:
            left -= cost
            told.spent("a", GRAPHQL, cost)
    assert left > reserve * limit - 1e-6


# Hours of refreshes


class SharedQuota:
    """The points of a token that another program uses too, `others` of them a minute."""

    def __init__(self, others: float) -> None:
        self.now = NOW
        self.remaining = 5000.0
        self.reset = NOW + HOUR
        self.lowest = 5000.0
        self._others = others

    def wait_until(self, moment: datetime) -> None:
        while self.now < moment:
            end = min(moment, self.reset)
            self.remaining -= self._others * (end - self.now).total_seconds() / 60
            self.now = end
            if end == self.reset:
                self.remaining, self.reset = 5000.0, end + HOUR

    def ask(self, points: float) -> None:
        self.remaining -= points
        self.lowest = min(self.lowest, self.remaining)
        self.wait_until(self.now + timedelta(seconds=3))


def minutes_between_refreshes(quota: SharedQuota, queries: int, planner: Planner) -> list[float]:
    """The distances of the refreshes of six hours, each of which sends queries over 25 repositories that cost 21 points."""
    begun: list[datetime] = []
    while quota.now < NOW + 6 * HOUR:
        begun.append(quota.now)
        planner.begin()
        for _ in range(queries):
            free_at = planner.free_at("a", GRAPHQL, planner.expected("repositories", 25), quota.now)
            if free_at > quota.now:
                planner.waits(free_at)
                break
            quota.ask(21)
            planner.spent("a", GRAPHQL, 21)
            planner.heard("a", GRAPHQL, 5000, quota.remaining, quota.reset, quota.now)
            planner.learnt("repositories", 25, 21)
        quota.wait_until(max(planner.next_refresh(INTERVAL, quota.now) or quota.now, quota.now + INTERVAL))
    return [(later - earlier).total_seconds() / 60 for earlier, later in pairwise(begun)]


@pytest.mark.parametrize(
    ("queries", "others", "shortest", "longest"),
    [
        (4, 10, 15, 16),  # plenty: the interval is kept
        (40, 0, 17, 18),  # 840 points a refresh, of 4500 an hour
        (40, 20, 17, 19),
        (40, 40, 17, 25),
        (60, 0, 18, 26),
        (60, 30, 25, 35),
    ],
)
def test_hours_beside_another_program_stretch_the_distance_evenly_and_leave_the_reserve(
    queries: int, others: float, shortest: float, longest: float
) -> None:
    quota = SharedQuota(others)
    distances = minutes_between_refreshes(quota, queries, Planner(0.1))
    assert shortest <= min(distances) <= max(distances) <= longest
    assert quota.lowest >= 500
