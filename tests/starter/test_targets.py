"""Targets out of today's figures, as people would write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.starter.targets import MILESTONES, SCHEDULE, goals, milestones, rounded_up


@pytest.mark.parametrize(
    ("number", "rounded"),
    [(0, 0), (7.3, 8), (20, 20), (20.1, 25), (61.6, 65), (100, 100), (101, 110), (1357.4, 1400), (6300.000000000001, 6300)],
)
def test_a_number_is_rounded_up_to_what_people_write(number: float, rounded: int) -> None:
    assert rounded_up(number) == rounded


@pytest.mark.parametrize(
    ("today", "wanted"),
    [
        (1234, (1400, 1700, 2200)),
        (56, (65, 75, 100)),
        (12, (14, 16, 25)),
        (1, (2, 3, 4)),
        (0, (1, 2, 3)),
    ],
)
def test_what_grows_should_grow_by_a_tenth_a_month(today: int, wanted: tuple[int, ...]) -> None:
    assert goals(today) == wanted


@given(st.integers(0, 10**8))
def test_each_goal_is_more_than_the_one_before_and_no_more_than_it_must(today: int) -> None:
    found = goals(today)
    assert len(found) == len(SCHEDULE)
    assert all(before < after for before, after in zip((today, *found), found, strict=False))
    months = [days / 30 for days in SCHEDULE]
    assert all(goal <= max(today * 1.1**month * 1.1 + 5, today + 3) for goal, month in zip(found, months, strict=True))


def test_milestones_are_the_next_round_numbers() -> None:
    assert milestones(1234) == (2000, 5000, 10000, 20000, 50000)
    assert milestones(0) == (10, 20, 50, 100, 200)
    assert milestones(2000) == (5000, 10000, 20000, 50000, 100000)


@given(st.integers(0, 10**8))
def test_milestones_rise_and_lie_ahead(today: int) -> None:
    found = milestones(today)
    assert len(found) == MILESTONES
    assert all(before < after for before, after in zip((today, *found), found, strict=False))
