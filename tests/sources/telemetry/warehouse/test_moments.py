"""Moments are the same moments in whatever form a product stores them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from exporter.sources.telemetry.warehouse import Relation, Warehouse, open_warehouse
from support.postgres import Postgres
from support.warehouses import PostgresStore, Store, new_store

Write = Callable[[datetime], Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND, MILLISECOND, MICROSECOND = timedelta(seconds=1), timedelta(milliseconds=1), timedelta(microseconds=1)
NEW_YORK, KOLKATA = ZoneInfo("America/New_York"), timezone(timedelta(hours=5, minutes=30))
ZONES = [UTC, NEW_YORK, ZoneInfo("Europe/Berlin"), KOLKATA, timezone(timedelta(hours=-12)), timezone(timedelta(hours=14))]


def iso(zone: Any, digits: str, separator: str = "T") -> Write:
    return lambda moment: moment.astimezone(zone).isoformat(separator, digits)


def utc(digits: str, separator: str, end: str) -> Write:
    return lambda moment: moment.replace(tzinfo=None).isoformat(separator, digits) + end


SQLITE: dict[str, tuple[timedelta, str, Write]] = {
    "seconds": (SECOND, "INTEGER", lambda moment: (moment - EPOCH) // SECOND),
    "milliseconds": (MILLISECOND, "INTEGER", lambda moment: (moment - EPOCH) // MILLISECOND),
    "microseconds": (MICROSECOND, "INTEGER", lambda moment: (moment - EPOCH) // MICROSECOND),
    "seconds with fractions": (MICROSECOND, "REAL", lambda moment: (moment - EPOCH) / SECOND),
    "milliseconds with fractions": (MICROSECOND, "", lambda moment: (moment - EPOCH) / MILLISECOND),
    "Z": (SECOND, "TEXT", utc("seconds", "T", "Z")),
    "Z with milliseconds": (MILLISECOND, "DATETIME", utc("milliseconds", "T", "Z")),
    "Z with microseconds": (MICROSECOND, "TIMESTAMP", utc("microseconds", " ", "Z")),
    "minutes": (timedelta(minutes=1), "TEXT", utc("minutes", "T", "Z")),
    "days": (timedelta(days=1), "TEXT", lambda moment: moment.date().isoformat()),
    "no zone": (SECOND, "", utc("seconds", " ", "")),
    "no zone with microseconds": (MICROSECOND, "TEXT", utc("microseconds", "T", "")),
    "offset": (SECOND, "TEXT", iso(NEW_YORK, "seconds")),
    "offset with microseconds": (MICROSECOND, "TEXT", iso(KOLKATA, "microseconds", " ")),
    "offset with minutes": (timedelta(minutes=1), "TEXT", iso(NEW_YORK, "minutes")),
    "offset without a colon": (SECOND, "TEXT", lambda moment: moment.astimezone(KOLKATA).strftime("%Y-%m-%dT%H:%M:%S%z")),
    "offset in hours": (MICROSECOND, "TEXT", lambda moment: iso(NEW_YORK, "microseconds", " ")(moment)[:-3]),
    "all zones": (
        MILLISECOND,
        "TEXT",
        lambda moment: iso(ZONES[(moment - EPOCH) // MILLISECOND % len(ZONES)], "milliseconds")(moment),
    ),
}
POSTGRESQL: dict[str, tuple[timedelta, str, Write]] = {
    "with time zone": (MICROSECOND, "timestamptz", lambda moment: moment),
    "with time zone, written in one": (MICROSECOND, "timestamptz", lambda moment: moment.astimezone(NEW_YORK)),
    "without time zone": (MICROSECOND, "timestamp", lambda moment: moment.replace(tzinfo=None)),
    "without fractions": (SECOND, "timestamp(0)", lambda moment: moment.replace(tzinfo=None)),
}
FORMS = [("sqlite", form) for form in SQLITE] + [("postgresql", form) for form in POSTGRESQL]

# Days on which a clock is changed in one of the zones, the end of a year, a leap day, and any other.
DAYS = [datetime(*day, tzinfo=UTC) for day in [(2026, 3, 8), (2026, 3, 29), (2025, 10, 26), (2025, 12, 31), (2024, 2, 29)]]
MOMENTS = st.one_of(
    st.builds(lambda day, rest: day + rest, st.sampled_from(DAYS), st.timedeltas(timedelta(0), timedelta(days=2))),
    st.builds(lambda rest: DAYS[0] + rest, st.timedeltas(timedelta(days=-9_000), timedelta(days=26_000))),
)


@pytest.fixture(scope="module", params=FORMS, ids=lambda param: f"{param[0]}: {param[1]}")
def form(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, timedelta, Write]]:
    """A warehouse whose table of crashes stores moments in one form, how fine that is, and what writes it."""
    engine, name = request.param
    server: Postgres | None = request.getfixturevalue("postgres") if engine == "postgresql" else None
    folder: Path = tmp_path_factory.mktemp("form")
    with new_store(engine, folder, server) as store:
        grain, declared, write = (SQLITE if engine == "sqlite" else POSTGRESQL)[name]
        if isinstance(store, PostgresStore):
            store.server.execute("postgres", f"ALTER DATABASE {store.database} SET timezone = 'America/New_York'")
        store.execute(f"DROP TABLE {store.called('crashes')}")
        store.execute(f"CREATE TABLE {store.called('crashes')} (timestamp {declared}, id integer)")
        yield store, grain, write


def ids(warehouse: Warehouse, crashes: Relation, condition: Any) -> list[int]:
    return sorted(row.id for row in warehouse.rows(select(crashes.rows.c.id).where(condition)))


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(
    moments=st.lists(MOMENTS, min_size=1, max_size=30),
    others=st.lists(MOMENTS, min_size=2, max_size=2),
    ends=st.lists(st.tuples(st.integers(0, 31), st.integers(0, 31)), min_size=4, max_size=4),
    nudge=st.sampled_from([timedelta(0), MICROSECOND, -MICROSECOND]),
)
def test_a_window_holds_what_it_holds_in_python(
    form: tuple[Store, timedelta, Write],
    moments: list[datetime],
    others: list[datetime],
    ends: list[tuple[int, int]],
    nudge: timedelta,
) -> None:
    store, grain, write = form
    moments = [moment - (moment - EPOCH) % grain for moment in moments]
    # Most windows begin and end exactly with an event, or a microsecond beside it.
    bounds = [moment + nudge for moment in moments] + others
    store.execute(f"DELETE FROM {store.called('crashes')}")
    store.insert("crashes", [{"timestamp": write(moment), "id": index} for index, moment in enumerate(moments)])
    with open_warehouse(store.config()) as warehouse:
        crashes = warehouse.relation("crashes")
        for pair in ends:
            start, end = sorted(bounds[index % len(bounds)] for index in pair)
            within = ids(warehouse, crashes, crashes.between(start, end))
            assert within == [index for index, moment in enumerate(moments) if start <= moment < end]
        assert ids(warehouse, crashes, crashes.before(end)) == [index for index, moment in enumerate(moments) if moment < end]
        assert ids(warehouse, crashes, crashes.since(start)) == [index for index, moment in enumerate(moments) if moment >= start]
        seconds = warehouse.rows(select(crashes.seconds).order_by(crashes.rows.c.id))
        assert [row[0] for row in seconds] == pytest.approx([moment.timestamp() for moment in moments], rel=0, abs=1e-6)
        assert warehouse.number(select(crashes.first)) == pytest.approx(min(moments).timestamp(), rel=0, abs=1e-6)
