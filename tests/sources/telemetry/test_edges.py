"""Time as it is: zones, changes of clocks, clocks that are wrong, events that come late, twice, from the future or not at all."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exporter.sources.telemetry import metrics
from exporter.sources.telemetry.tables import TABLES
from support.beta import FORMS, SMALL_BETA, Beta, Events, Figures, Form, events_of, new_beta, of, small_beta, when
from support.postgres import Postgres
from support.tools import NOW

NEW_YORK = ZoneInfo("America/New_York")
LOCAL = {
    "sqlite local text": Form("sqlite", "TEXT", lambda moment, number: moment.astimezone(NEW_YORK).isoformat()),
    "postgresql local": Form("postgresql", "timestamptz", lambda moment, number: moment.astimezone(NEW_YORK)),
}
"""What a product in New York writes: its own time, with the zone."""


@pytest.fixture(params=FORMS)
def beta(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> Iterator[Beta]:
    """An empty warehouse, once in each form."""
    with new_beta(FORMS[request.param], tmp_path, postgres) as beta:
        yield beta


@pytest.fixture(params=["sqlite", "postgresql"])
def shipped(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> Iterator[Beta]:
    """An empty warehouse with the shipped tables, once on each engine: for what has nothing to do with forms."""
    with new_beta(FORMS[request.param], tmp_path, postgres) as beta:
        yield beta


@pytest.fixture(scope="module")
def abroad() -> Iterator[Postgres]:
    """A server that stands in New York."""
    with Postgres({"timezone": "America/New_York", "log_timezone": "America/New_York"}) as server:
        yield server


@pytest.fixture
def machine_abroad(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The exporter itself runs in New York."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def commands(*ago: str, now: datetime = NOW, user: str = "ann") -> Events:
    """A command of one user at each of these moments."""
    lines = [f"    {one} {user} macos git" for one in ago]
    return events_of("\n".join(["command_generated", "    ago user_id platform category", *lines]), now)


# Zones.


@pytest.mark.parametrize("form", [name for name, form in FORMS.items() if form.engine == "postgresql"])
def test_the_zone_of_a_server_changes_nothing(form: str, abroad: Postgres, postgres: Postgres, tmp_path: Path) -> None:
    said = []
    for name, server in (("here", postgres), ("abroad", abroad)):
        with new_beta(FORMS[form], tmp_path, server) as beta:
            beta.insert(small_beta(NOW))
            said.append(beta.figures(tmp_path / name, **SMALL_BETA))
    assert said[0] == said[1]
    assert len(said[0]) > 100


@pytest.mark.parametrize("owner", ["DATABASE {database}", "ROLE kpi_reader IN DATABASE {database}"])
def test_the_zone_of_a_database_or_role_changes_nothing(owner: str, postgres: Postgres, tmp_path: Path) -> None:
    with new_beta(FORMS["postgresql without zone"], tmp_path, postgres) as beta:
        beta.insert(small_beta(NOW))
        before = beta.figures(tmp_path / "before", **SMALL_BETA)
        database = beta.store.url.rpartition("/")[2]
        postgres.execute("postgres", f"ALTER {owner.format(database=database)} SET timezone TO 'Asia/Kathmandu'")
        assert beta.figures(tmp_path / "after", **SMALL_BETA) == before


def test_the_zone_of_the_machine_changes_nothing(machine_abroad: None, beta: Beta, tmp_path: Path) -> None:
    beta.insert(commands("24h+1s", "24h", "1s", "0s"))
    assert (os.environ["TZ"], time.localtime(NOW.timestamp()).tm_hour) == ("America/New_York", 7)
    assert beta.figures(tmp_path / "state")[of(metrics.TOTAL_COMMANDS, "24h")] == 2


CHANGES = {
    "forward in New York": datetime(2026, 3, 8, 7, tzinfo=UTC),
    "back in New York": datetime(2026, 11, 1, 6, tzinfo=UTC),
    "forward in Berlin": datetime(2026, 3, 29, 1, tzinfo=UTC),
    "back in Berlin": datetime(2026, 10, 25, 1, tzinfo=UTC),
}


@pytest.mark.parametrize("form", ["sqlite", "sqlite text", "postgresql", "postgresql without zone", *LOCAL])
@pytest.mark.parametrize("change", CHANGES)
def test_a_day_has_24_hours_when_clocks_change(change: str, form: str, abroad: Postgres, tmp_path: Path) -> None:
    now = CHANGES[change] + timedelta(hours=12)
    with new_beta((FORMS | LOCAL)[form], tmp_path, abroad) as beta:
        # A second before the last 24 hours; their begin; around the change; a second before their end; their end.
        beta.insert(commands("24h+1s", "24h", "12h+1s", "12h", "11h", "10h+30m", "1s", "0s", now=now))
        assert beta.figures(tmp_path / "state", now)[of(metrics.TOTAL_COMMANDS, "24h")] == 6


@pytest.mark.parametrize("form", LOCAL)
def test_the_hour_that_comes_twice_is_two_hours(form: str, abroad: Postgres, tmp_path: Path) -> None:
    # On 1 November 2026 it was half past one in New York twice: at 05:30 and at 06:30 UTC.
    now = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)
    with new_beta(LOCAL[form], tmp_path, abroad) as beta:
        beta.insert(commands("24h+30m", "23h+30m", now=now))
        assert beta.figures(tmp_path / "state", now)[of(metrics.TOTAL_COMMANDS, "24h")] == 1


# The calendar.


def cohorts(figures: Figures) -> dict[tuple[str, str], float]:
    """The cells of the triangle."""
    return {(name[1], name[2]): value for name, value in figures.items() if name[0] == metrics.COHORT_USERS.name}


@pytest.mark.parametrize(
    ("launch", "second"),
    [(date(2028, 2, 24), "2028-03-02"), (date(2026, 12, 25), "2027-01-01")],
    ids=["leap day", "end of the year"],
)
def test_weeks_of_the_launch_calendar_have_seven_days(launch: date, second: str, beta: Beta, tmp_path: Path) -> None:
    now = datetime(launch.year, launch.month, launch.day, tzinfo=UTC) + timedelta(days=14, hours=12)
    # The last second before the launch; its first moment; the last second of its week; the first moments of the next two.
    eve, launched, sunday, first, later = "14d+12h+1s", "14d+12h", "7d+12h+1s", "7d+12h", "12h"
    beta.insert(commands(eve, later, user="ann", now=now))
    beta.insert(commands(launched, first, user="bob", now=now))
    beta.insert(commands(sunday, user="cat", now=now))
    beta.insert(commands(first, later, user="dan", now=now))
    assert cohorts(beta.figures(tmp_path / "state", now, launch, min_group=1)) == {
        (str(launch), "0"): 2,  # bob and cat
        (str(launch), "1"): 1,  # bob
        (str(launch), "2"): 0,
        (second, "0"): 1,  # dan
        (second, "1"): 1,
    }


def test_a_month_is_thirty_days_over_a_leap_day(beta: Beta, tmp_path: Path) -> None:
    now = datetime(2028, 3, 1, 12, tzinfo=UTC)
    assert when("30d", now) == datetime(2028, 1, 31, 12, tzinfo=UTC)
    beta.insert(commands("30d+1s", "30d", "1d+1s", "1d", now=now))
    found = beta.figures(tmp_path / "state", now)
    assert [found[of(metrics.TOTAL_COMMANDS, window)] for window in ("24h", "30d")] == [1, 3]


@pytest.mark.parametrize("launch", [None, date(2026, 1, 28), date(2027, 1, 1)])
def test_before_the_launch_there_are_no_cohorts(launch: date | None, shipped: Beta, tmp_path: Path) -> None:
    shipped.insert(small_beta(NOW))
    found = shipped.figures(tmp_path / "state", NOW, launch, **SMALL_BETA)
    assert cohorts(found) == {}
    assert found[of(metrics.ACTIVE_USERS, "7d")] == 6


# Clocks of clients.


def test_what_lies_in_the_future_counts_nowhere_but_as_such(beta: Beta, tmp_path: Path) -> None:
    beta.insert(small_beta(NOW))
    before = beta.figures(tmp_path / "state", **SMALL_BETA)
    # The first is within the difference of clocks; the last is of the year 8999.
    beta.insert(commands("-4m-59s", "-5m", "-1d", "-400d", "-2547000d", user="zoe"))
    after = beta.figures(tmp_path / "state", **SMALL_BETA)
    future = of(metrics.FUTURE_EVENTS, "command_generated")
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {future: (1, 5)}
    assert set(after) == set(before)


def test_a_clock_that_was_never_set_harms_no_other_figure(beta: Beta, tmp_path: Path) -> None:
    beta.insert(small_beta(NOW))
    before = beta.figures(tmp_path / "state", **SMALL_BETA)
    beta.insert({"command_generated": [{"timestamp": datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC), "user_id": "planted-zoe"}]})
    assert beta.figures(tmp_path / "state", **SMALL_BETA) == before


@pytest.mark.parametrize(("ahead", "activated"), [("5m", 1), ("5m+1s", 0)])
def test_a_command_a_little_before_the_installation_is_one_after_it(
    ahead: str, activated: int, beta: Beta, tmp_path: Path
) -> None:
    beta.insert(events_of("downloads\n    ago user_id platform\n    3d ann macos", NOW))
    beta.insert(commands(f"3d+{ahead}"))
    found = beta.figures(tmp_path / "state")
    assert (found[of(metrics.INSTALLED_USERS)], found[of(metrics.ACTIVATED_USERS)]) == (1, activated)


@pytest.mark.parametrize("end", ["infinity", "-infinity"])
def test_moments_without_end_harm_no_other_figure(end: str, postgres: Postgres, tmp_path: Path) -> None:
    with new_beta(FORMS["postgresql"], tmp_path, postgres) as beta:
        beta.insert(small_beta(NOW))
        before = beta.figures(tmp_path / "state", **SMALL_BETA)
        beta.store.insert("command_generated", [{"timestamp": end, "user_id": "planted-zoe"}])
        after = beta.figures(tmp_path / "state", **SMALL_BETA)
    future = of(metrics.FUTURE_EVENTS, "command_generated")
    assert dict(after) == {**before, future: 2 if end == "infinity" else 1}


@pytest.mark.parametrize("form", [name for name, form in FORMS.items() if form.type])
def test_an_event_without_a_moment_is_none(form: str, postgres: Postgres, tmp_path: Path) -> None:
    with new_beta(FORMS[form], tmp_path, postgres) as beta:
        beta.insert(small_beta(NOW))
        before = beta.figures(tmp_path / "state", **SMALL_BETA)
        for table in TABLES:
            beta.store.execute(f"INSERT INTO {beta.store.called(table)} DEFAULT VALUES")
        assert beta.figures(tmp_path / "state", **SMALL_BETA) == before


# Late, twice, or not at all.


def test_what_comes_weeks_late_or_is_deleted_counts_right_within_two_days(shipped: Beta, tmp_path: Path) -> None:
    def monthly(now: datetime) -> float:
        return shipped.figures(tmp_path / "state", now)[of(metrics.TOTAL_COMMANDS, "28d")]

    shipped.insert(commands("20d", "10d"))
    assert monthly(NOW) == 2
    shipped.store.execute(f"DELETE FROM {shipped.store.called('command_generated')}")
    shipped.insert(commands("20d", "19d-1h", "19d", user="bob"))
    a_day_later = NOW + timedelta(hours=25)
    assert 3 in (monthly(a_day_later + number * timedelta(minutes=15)) for number in range(32))
    assert monthly(NOW + timedelta(hours=40)) == 3


USERS = (
    metrics.ACTIVE_USERS,
    metrics.NEW_USERS,
    metrics.WEEKLY_USERS,
    metrics.WEEKLY_NEW_USERS,
    metrics.USERS_EACH_WEEK,
    metrics.PREVIOUS_USERS,
    metrics.LOST_USERS,
    metrics.STARTED_USERS,
    metrics.RETURNED_USERS,
    metrics.COHORT_USERS,
    metrics.INSTALLED_USERS,
    metrics.ACTIVATED_USERS,
    metrics.FIRST_SUCCESS_SECONDS,
    metrics.FEATURE_USERS,
)
EVENTS = (
    metrics.TOTAL_COMMANDS,
    metrics.RETRIED_COMMANDS,
    metrics.MEASURED_COMMANDS,
    metrics.TOTAL_DOWNLOADS,
    metrics.TOTAL_FEEDBACK,
    metrics.POSITIVE_FEEDBACK,
    metrics.TOTAL_ERRORS,
    metrics.REQUESTS,
    metrics.TOTAL_CRASHES,
    metrics.TOTAL_SESSIONS,
    metrics.RATINGS,
    metrics.SATISFIED_RATINGS,
)


def test_events_written_twice_are_counted_twice_and_their_users_once(shipped: Beta, tmp_path: Path) -> None:
    shipped.insert(small_beta(NOW))
    once = shipped.figures(tmp_path / "once", **SMALL_BETA)
    shipped.insert(small_beta(NOW))
    twice = shipped.figures(tmp_path / "twice", **SMALL_BETA)
    times = {metric.name: 1 for metric in (*USERS, metrics.CRASH_RATIO, metrics.RATING_MEAN)} | {one.name: 2 for one in EVENTS}
    compared = {name: value for name, value in once.items() if name[0] in times}
    assert len({name for name, *_ in compared}) == len(times)
    assert {name: twice[name] for name in compared} == {name: times[name[0]] * value for name, value in compared.items()}


def test_empty_tables_give_counts_of_nothing_and_no_shares(shipped: Beta, tmp_path: Path) -> None:
    found = shipped.figures(tmp_path / "state")
    assert set(found.values()) == {0}
    counted = {*USERS, *EVENTS, metrics.HEAVY_USERS, metrics.ACTIVITY_USERS, metrics.FUTURE_EVENTS} - {
        metrics.STARTED_USERS,
        metrics.RETURNED_USERS,
        metrics.COHORT_USERS,
        metrics.FIRST_SUCCESS_SECONDS,
        metrics.FEATURE_USERS,
    }
    assert {name for name, *_ in found} == {metric.name for metric in counted} | {
        metrics.REFUSED_WORDS.name,
        metrics.REFUSED_NUMBERS.name,
    }


@pytest.mark.parametrize("form", [name for name in FORMS if name != "sqlite seconds"])
def test_windows_end_to_the_last_digit(form: str, postgres: Postgres, tmp_path: Path) -> None:
    step = timedelta(microseconds=1) if form.startswith("postgresql") else timedelta(milliseconds=1)
    now = NOW + timedelta(milliseconds=123)
    with new_beta(FORMS[form], tmp_path, postgres) as beta:
        moments = [now - timedelta(days=7) - step, now - timedelta(days=7), now - step, now]
        beta.insert({"command_generated": [{"timestamp": one, "user_id": "planted-ann"} for one in moments]})
        assert beta.figures(tmp_path / "state", now)[of(metrics.TOTAL_COMMANDS, "7d")] == 2
