"""The past that is computed on the way: growth, peaks and the line through it."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from exporter.backfill.remembered import Remembered, grown, projected
from exporter.backfill.span import DAY, HOUR, Span
from exporter.catalog.model import Catalog
from exporter.kpi.row import Row
from support.kpi import catalog_of, kpi

CATALOG = catalog_of(
    kpi("stars"),
    kpi("growth", unit="ratio", value={"growth": {"kpi": "stars", "over": "7d"}}),
    kpi("ahead", value={"forecast": {"kpi": "stars", "ahead": "10d", "over": "14d"}}),
    kpi("worse", value={"forecast": {"kpi": "stars", "ahead": "10d", "over": "14d", "scenario": "pessimistic"}}),
)


def past(values: Sequence[float | None], catalog: Catalog = CATALOG, resolution: int = DAY) -> Remembered:
    """The past of stars that were worth this at each knot; the last one is now."""
    remembered = Remembered(catalog, Span(0, (len(values) - 1) * resolution, resolution=resolution))
    for knot, value in enumerate(values):
        remembered.learn(knot, [Row("acme", "stars", "", "Stars", "count", value=value)])
    return remembered


def test_a_figure_holds_until_the_next_knot() -> None:
    remembered = past([1, 2, 3])
    ages = {hours: remembered.value("stars", "", timedelta(hours=hours)) for hours in (0, 1, 24, 25, 48)}
    assert ages == {0: 3, 1: 2, 24: 2, 25: 1, 48: 1}


def test_before_the_span_and_of_other_rows_nothing_is_known() -> None:
    remembered = past([1, 2, 3])
    assert remembered.value("stars", "", timedelta(hours=49)) is None
    assert remembered.value("stars", "P0", timedelta(0)) is None
    assert past([1, None, 3]).value("stars", "", timedelta(days=1)) is None


def test_growth_is_the_change_as_a_share_of_what_was() -> None:
    assert past([100, 0, 0, 0, 0, 0, 0, 125]).derived("growth", "") == 0.25
    assert past([0, 0, 0, 0, 0, 0, 0, 125]).derived("growth", "") is None
    assert past([100, 125]).derived("growth", "") is None
    assert grown(5, -1) is None


def test_a_straight_past_is_drawn_on() -> None:
    """Ten more each six hours: forty a day."""
    remembered = past([100 + 10 * number for number in range(4 * 14)], resolution=6 * HOUR)
    assert remembered.current("stars", "") == 650
    trend = remembered.trend("stars", "", timedelta(days=14))
    assert trend is not None
    assert trend.slope * DAY == pytest.approx(40, rel=0.01)
    assert remembered.derived("ahead", "") == pytest.approx(650 + 400, rel=0.01)
    assert remembered.derived("worse", "") == pytest.approx(650 + 0.7 * 400, rel=0.01)


def test_the_line_is_that_of_least_squares_through_the_hours() -> None:
    values = [7, 3, 8, 2, 9, 9, 1, 4, 6]
    hours = range(8 * 24 + 1)
    heights = [values[hour // 24] for hour in hours]
    mean_x, mean_y = sum(hours) / len(hours), sum(heights) / len(heights)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(hours, heights, strict=True)) / sum((x - mean_x) ** 2 for x in hours)
    trend = past(values).trend("stars", "", timedelta(days=28))
    assert trend is not None
    assert (trend.slope * HOUR, trend.hours) == (pytest.approx(slope), len(hours))


def test_the_window_of_a_line_is_open_at_its_beginning() -> None:
    remembered = past([50, 1, 1, 1])
    trend = remembered.trend("stars", "", timedelta(days=2))
    assert trend is not None
    assert (trend.slope, trend.hours) == (0.0, 48)


def test_there_is_no_forecast_from_less_than_a_week() -> None:
    assert past([1, 2, 3, 4, 5, 6, 7]).derived("ahead", "") is None
    assert past([1, 2, 3, 4, 5, 6, 7, 8]).derived("ahead", "") is not None


def test_a_gap_in_the_past_is_no_zero() -> None:
    whole, gap = past([5.0] * 20), past([5.0] * 8 + [None] * 4 + [5.0] * 8)
    assert whole.derived("ahead", "") == gap.derived("ahead", "") == 5


def test_the_peak_leaves_out_the_last_day() -> None:
    assert past([1, 9, 3, 20]).peak("stars", "") == 9
    assert past([4]).peak("stars", "") is None


def test_nothing_falls_below_zero_that_cannot() -> None:
    assert projected(10, -50, "realistic", "count", falls=False) == 0
    assert projected(10, -50, "realistic", "score_-100_100", falls=False) == -40
    assert projected(10, -4, "optimistic", "count", falls=True) == pytest.approx(4.8)


def test_learning_says_whether_there_is_news() -> None:
    remembered = past([1])
    row = Row("acme", "growth", "", "Growth", "ratio")
    assert remembered.learn(0, [row]) is False
    assert remembered.learn(0, [Row("acme", "growth", "", "Growth", "ratio", value=1.0)]) is True
    assert remembered.learn(0, [Row("acme", "growth", "", "Growth", "ratio", value=1.0)]) is False
