"""What an issue remembers, and what it does not take for its own."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.tracking.marker import Mark, Marker, marker_in, with_marker
from support.tools import NOW

MOMENTS = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MARKERS = st.builds(
    Marker,
    st.text("0123456789abcdef", min_size=16, max_size=16),
    st.integers(1, 999_999_999),
    MOMENTS,
    st.none() | MOMENTS,
)
MARKER = Marker("3fa2b1c09d8e7f60", 2, NOW, NOW + timedelta(hours=1))


def test_a_marker_is_a_comment_that_nobody_sees():
    assert str(MARKER) == (
        "<!-- kpi-exporter fingerprint=3fa2b1c09d8e7f60 episode=2"
        " since=2026-01-27T12:00:00+00:00 until=2026-01-27T13:00:00+00:00 -->"
    )


@given(MARKERS)
def test_a_marker_is_read_as_it_was_written(marker):
    assert marker_in(f"text\n\n{marker}\nmore text") == marker


@given(st.text(max_size=50), MARKERS, MARKERS)
def test_another_marker_takes_the_place_of_the_old_one(text, old, new):
    body = with_marker(with_marker(text, old), new)
    assert marker_in(body) == new
    assert body.count("kpi-exporter fingerprint=") == 1 + text.count("kpi-exporter fingerprint=")


def test_the_mark_of_a_comment_is_no_marker():
    assert marker_in(str(Mark("3fa2b1c09d8e7f60", 2, "again"))) is None


@pytest.mark.parametrize(
    "body", ["", "text", str(MARKER).replace("2026-01-27T12", "2026-13-27T12"), str(MARKER).replace("3fa2", "zzzz")]
)
def test_a_body_without_a_marker_that_can_be_read_has_none(body):
    assert marker_in(body) is None
