"""survey_csv: the many ways in which tools write a time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.survey_csv.moments import read_moment

BERLIN = ZoneInfo("Europe/Berlin")


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-01-20", utc(2026, 1, 20)),
        ("2026-01-20 10:30", utc(2026, 1, 20, 10, 30)),
        (" 2026-01-20  10:30:15 ", utc(2026, 1, 20, 10, 30, 15)),
        ("2026-01-20T10:30:15.123Z", utc(2026, 1, 20, 10, 30, 15)),
        ("2026-01-20T10:30:15+01:00", utc(2026, 1, 20, 9, 30, 15)),
        ("2026-01-20 10:30:15 UTC", utc(2026, 1, 20, 10, 30, 15)),
        ("2026/01/20 10:30:00 AM GMT+1", utc(2026, 1, 20, 9, 30)),
        ("2026/1/20 1:30:00 PM GMT-3:30", utc(2026, 1, 20, 17, 0)),
        ("2026/01/20 12:30:00 AM GMT+0", utc(2026, 1, 20, 0, 30)),
        ("2026/01/20 12:30:00 PM GMT", utc(2026, 1, 20, 12, 30)),
        ("2028-02-29 23:59:59", utc(2028, 2, 29, 23, 59, 59)),
    ],
)
def test_the_year_comes_first(text: str, moment: datetime) -> None:
    assert read_moment(text, UTC) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "01/20/2026",
        "20.01.2026 10:30",
        "2026-13-01",
        "2027-02-29",
        "2026-01-20 25:00",
        "2026-01-20 13:00 PM",
        "2026-01-20 10:30 CET",
        "2026-01-20 10:30 GMT+99",
        "0001-01-01 00:00 GMT+1",
        "2026-01/20",
        "46042.5",
    ],
)
def test_what_is_no_such_time_is_none(text: str) -> None:
    assert read_moment(text, UTC) is None


def test_another_way_must_be_told() -> None:
    assert read_moment("01/02/2026 10:30:00 PM", UTC, "%m/%d/%Y %I:%M:%S %p") == utc(2026, 1, 2, 22, 30)
    assert read_moment("01/02/2026", UTC, "%d/%m/%Y") == utc(2026, 2, 1)
    assert read_moment("2026-01-02", UTC, "%d/%m/%Y") is None
    assert read_moment("02.01.26 10:30 +0100", UTC, "%d.%m.%y %H:%M %z") == utc(2026, 1, 2, 9, 30)


def test_a_time_without_a_zone_is_of_the_zone_of_the_file() -> None:
    assert read_moment("2026-01-20 10:30", BERLIN) == utc(2026, 1, 20, 9, 30)
    assert read_moment("2026-07-20 10:30", BERLIN) == utc(2026, 7, 20, 8, 30)
    assert read_moment("2026-07-20 10:30Z", BERLIN) == utc(2026, 7, 20, 10, 30)


def test_the_hours_at_which_clocks_change() -> None:
    """On 29 March 2026 there is no 02:30 in Berlin, on 25 October there are two; the first is meant."""
    assert read_moment("2026-03-29 02:30", BERLIN) == utc(2026, 3, 29, 1, 30)
    assert read_moment("2026-10-25 02:30", BERLIN) == utc(2026, 10, 25, 0, 30)


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_in_iso_form_is_read_back(moment: datetime) -> None:
    assert read_moment(moment.isoformat(sep=" "), BERLIN) == moment.replace(microsecond=0)


@given(st.text(alphabet="0123456789-/.: TZGMTAP+", max_size=40))
def test_no_text_is_too_strange(text: str) -> None:
    moment = read_moment(text, UTC)
    assert moment is None or moment.tzinfo is UTC
