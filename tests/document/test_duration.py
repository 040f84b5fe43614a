"""Durations are read and written as Prometheus does."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.document import format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("1h30m", timedelta(minutes=90)),
        ("7d", timedelta(days=7)),
        ("2w", timedelta(days=14)),
        ("1y", timedelta(days=365)),
        ("250ms", timedelta(milliseconds=250)),
        ("1y2w3d4h5m6s7ms", timedelta(days=382, hours=4, minutes=5, seconds=6, milliseconds=7)),
        ("90m", timedelta(hours=1, minutes=30)),
        ("0", timedelta(0)),
        (0, timedelta(0)),
        ("0s", timedelta(0)),
        (timedelta(hours=1), timedelta(hours=1)),
    ],
)
def test_a_duration_is_read(text: object, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", " ", "5", "5x", "s", "1.5h", "-5m", "1m1h", "1m1m", "5 m", "5m ", "5M", "٣s", 30, 1.5, 0.0, None, True, False, []],
)
def test_what_is_no_duration_is_refused(text: object) -> None:
    with pytest.raises(ValueError, match=r"^must be a duration such as 30s, 15m, 1h30m or 7d$"):
        parse_duration(text)


def test_a_duration_is_at_most_what_prometheus_can_hold() -> None:
    assert parse_duration("292y") == timedelta(days=292 * 365)
    with pytest.raises(ValueError, match=r"^must not be longer than 292y$"):
        parse_duration("292y1ms")


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(0), "0s"),
        (timedelta(seconds=90), "1m30s"),
        (timedelta(days=7), "7d"),
        (timedelta(days=400), "400d"),
        (timedelta(days=1, milliseconds=5), "1d5ms"),
    ],
)
def test_a_duration_is_written(duration: timedelta, text: str) -> None:
    assert format_duration(duration) == text


@given(milliseconds=st.integers(0, 292 * 365 * 86_400_000))
def test_what_is_written_is_read_as_the_same_duration(milliseconds: int) -> None:
    duration = timedelta(milliseconds=milliseconds)
    assert parse_duration(format_duration(duration)) == duration


@given(
    text=st.text()
    | st.from_regex(r"([0-9]{1,30}(y|w|d|h|m|s|ms)){0,4}", fullmatch=True)
    | st.integers()
    | st.floats()
    | st.none()
)
def test_any_text_is_a_duration_or_a_value_error(text: Any) -> None:
    try:
        duration = parse_duration(text)
    except ValueError:
        return
    assert timedelta(0) <= duration <= timedelta(days=292 * 365)
