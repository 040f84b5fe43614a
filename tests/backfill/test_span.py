"""Which moments a span has."""

from datetime import UTC, datetime, timedelta

import pytest

from exporter.backfill.span import Span, moment

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")


def test_it_begins_with_a_day_and_ends_with_a_point() -> None:
    span = Span.between(at("2026-01-10T15:20"), at("2026-01-12T02:59"), HOUR, DAY)
    assert (moment(span.since), moment(span.until)) == (at("2026-01-10T00:00"), at("2026-01-12T02:00"))
    assert len(span.points) == 51
    assert [moment(day) for day in span.days] == [at(f"2026-01-{day}T00:00") for day in (10, 11, 12)]


def test_a_point_has_the_figures_of_the_knot_before_it() -> None:
    span = Span.between(at("2026-01-10T00:00"), at("2026-01-11T12:00"), HOUR / 2, 6 * HOUR)
    numbers = {moment(point): span.knot(point) for point in span.points}
    assert numbers[at("2026-01-10T05:30")] == 0
    assert numbers[at("2026-01-10T06:00")] == 1
    assert max(numbers.values()) == len(span.knots) - 1 == 6


def test_nothing_lies_between_a_moment_and_an_earlier_one() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Span.between(at("2026-01-10T00:00"), at("2026-01-09T23:59"), HOUR, DAY)


def test_moments_are_in_utc() -> None:
    assert moment(0) == datetime(1970, 1, 1, tzinfo=UTC)
