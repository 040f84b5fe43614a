"""Statistics, shares and working time."""

import statistics as reference
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.github.figures import DAY, percentile, seconds_between, share, statistics

numbers = st.lists(st.floats(0, 1e9), min_size=1, max_size=50)


def test_of_nothing_there_is_no_statistic() -> None:
    assert list(statistics([])) == []


def test_mean_median_and_p90() -> None:
    assert dict(statistics([30, 10, 20, 100])) == {"mean": 40, "median": 25, "p90": pytest.approx(79)}


@given(numbers)
def test_the_median_is_the_usual_one(values: list[float]) -> None:
    assert percentile(sorted(values), 0.5) == pytest.approx(reference.median(values))


@given(numbers, st.floats(0, 1))
def test_a_percentile_lies_among_the_values(values: list[float], part: float) -> None:
    ordered = sorted(values)
    assert ordered[0] - 1e-6 <= percentile(ordered, part) <= ordered[-1] + 1e-6


def test_the_share_of_nothing_is_unknown() -> None:
    assert share(0, 0) is None
    assert share(1, 4) == 0.25


def moment(day: int, hour: int = 0) -> float:
    """A moment of November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [
        (moment(20, 12), moment(20, 18), 6 * 3600),
        (moment(20, 18), moment(23, 6), 12 * 3600),
        (moment(21), moment(22, 23), 0),
        (moment(21, 5), moment(23, 1), 3600),
        (moment(16), moment(30), 10 * DAY),
    ],
    ids=["within a day", "over a weekend", "within a weekend", "out of a weekend", "two weeks"],
)
def test_working_time_leaves_weekends_out(start: float, end: float, worked: float) -> None:
    assert seconds_between(start, end, business_days=True) == worked
    assert seconds_between(start, end, business_days=False) == end - start


@given(st.integers(0, 2 * 10**9), st.integers(0, 10**7), st.integers(0, 10**7))
def test_working_times_add_up(start: int, first: int, second: int) -> None:
    whole = seconds_between(start, start + first + second, business_days=True)
    parts = [(start, start + first), (start + first, start + first + second)]
    assert whole == sum(seconds_between(a, b, business_days=True) for a, b in parts) <= first + second
