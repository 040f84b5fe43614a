"""When a source is refreshed next."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exporter.collect.job import Health
from exporter.collect.schedule import LONGEST_WAIT, next_refresh
from exporter.errors import Reason
from support.tools import NOW

INTERVAL = timedelta(minutes=15)


def health(failure: Reason | None = None, wait_until: datetime | None = None) -> Health:
    return Health(1.0, 1, int(failure is not None), failure, None, wait_until)


def seconds_until(due: datetime) -> float:
    return (due - NOW).total_seconds()


def test_a_source_that_answers_is_asked_once_an_interval_give_or_take_a_tenth() -> None:
    assert [seconds_until(next_refresh(health(), 0, INTERVAL, NOW, random)) for random in (0, 0.5, 1)] == [810, 900, 990]


def test_a_source_that_fails_is_asked_after_half_a_minute_then_ever_later_up_to_its_interval() -> None:
    waits = [seconds_until(next_refresh(health(Reason.TIMEOUT), n, INTERVAL, NOW, 0.5)) for n in (1, 2, 3, 4, 5, 6, 99)]
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_a_source_that_asked_to_wait_is_not_asked_before() -> None:
    until = NOW + timedelta(minutes=40)
    due = next_refresh(health(Reason.RATE_LIMITED, until), 1, INTERVAL, NOW, 0.0)
    assert due == until


def test_no_wait_is_longer_than_a_day_whatever_the_upstream_says() -> None:
    due = next_refresh(health(Reason.RATE_LIMITED, NOW + timedelta(days=900)), 1, INTERVAL, NOW, 0.0)
    assert due == NOW + LONGEST_WAIT


@given(
    st.integers(0, 10_000),
    st.timedeltas(timedelta(seconds=1), timedelta(days=7)),
    st.floats(0, 1),
    st.one_of(st.none(), st.timedeltas(timedelta(days=-2), timedelta(days=2))),
)
def test_the_next_refresh_is_always_ahead(failures: int, interval: timedelta, random: float, wait: timedelta | None) -> None:
    reason = Reason.TIMEOUT if failures else None
    due = next_refresh(health(reason, None if wait is None else NOW + wait), failures, interval, NOW, random)
    assert NOW < due <= NOW + max(interval * 1.1, LONGEST_WAIT) + timedelta(minutes=1)
