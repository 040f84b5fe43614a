import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.git.contributors import Activity, absence_factor, activity, commits_since, pooled

DAY = 86400
NOW = 1_000 * DAY
START, BEFORE = NOW - 30 * DAY, NOW - 60 * DAY
ADA, BOB, CLEO = b"a", b"b", b"c"


def days_ago(*days: float) -> list[int]:
    return sorted(int(NOW - day * DAY) for day in days)


def test_the_example_of_chaoss_has_an_absence_factor_of_two() -> None:
    assert absence_factor([1000, 433, 343, 332, 202, 90, 42, 33]) == 2


@pytest.mark.parametrize(
    ("commits", "factor"),
    [([5], 1), ([1, 1], 1), ([1, 1, 1], 2), ([1, 1, 1, 1], 2), ([1, 9], 1), ([3, 2, 2], 2), ([0, 4, 0], 1)],
)
def test_the_absence_factor_is_reached_with_half_of_the_commits(commits: list[int], factor: int) -> None:
    assert absence_factor(commits) == factor


@pytest.mark.parametrize("commits", [[], [0, 0]])
def test_without_commits_there_is_no_absence_factor(commits: list[int]) -> None:
    assert absence_factor(commits) is None


@given(st.lists(st.integers(0, 1000), min_size=1).filter(any))
def test_the_people_of_the_absence_factor_made_half_and_one_fewer_did_not(commits: list[int]) -> None:
    factor = absence_factor(commits)
    ranked = sorted(commits, reverse=True)
    assert factor is not None
    assert 2 * sum(ranked[:factor]) >= sum(ranked) > 2 * sum(ranked[: factor - 1])


def test_active_are_those_with_a_commit_in_the_window() -> None:
    counted = activity({ADA: days_ago(3), BOB: days_ago(29.9), CLEO: days_ago(31)}, START, BEFORE)
    assert counted.active == 2


def test_the_window_is_open_at_its_beginning() -> None:
    assert activity({ADA: days_ago(30)}, START, BEFORE) == Activity(0, 0, previous=1, retained=0, absence_factor=None)
    assert activity({ADA: days_ago(60)}, START, BEFORE) == Activity(0, 0, previous=0, retained=0, absence_factor=None)


def test_first_timers_have_no_commit_before_the_window() -> None:
    counted = activity({ADA: days_ago(3), BOB: days_ago(3, 900), CLEO: days_ago(31)}, START, BEFORE)
    assert counted.first_time == 1


def test_retained_are_those_of_the_window_before_who_came_back() -> None:
    counted = activity({ADA: days_ago(3, 40), BOB: days_ago(40), CLEO: days_ago(3)}, START, BEFORE)
    assert (counted.previous, counted.retained) == (2, 1)


def test_a_commit_from_the_future_counts_as_made_now() -> None:
    assert activity({ADA: days_ago(-400)}, START, BEFORE) == Activity(1, 1, previous=0, retained=0, absence_factor=1)


def test_the_absence_factor_is_that_of_the_window() -> None:
    counted = activity({ADA: days_ago(*range(100, 200)), BOB: days_ago(1, 2), CLEO: days_ago(3)}, START, BEFORE)
    assert counted.absence_factor == 1


def test_nobody_gives_zeros() -> None:
    assert activity({}, START, BEFORE) == Activity(0, 0, 0, 0, None)


def test_a_person_in_two_repositories_is_one() -> None:
    assert pooled([{ADA: [30, 50]}, {ADA: [10, 40], BOB: [20]}]) == {ADA: [10, 30, 40, 50], BOB: [20]}


@given(st.lists(st.integers(0, 100)), st.integers(-1, 101))
def test_commits_since_counts_the_later_ones(times: list[int], start: int) -> None:
    assert commits_since(sorted(times), start) == sum(time > start for time in times)
