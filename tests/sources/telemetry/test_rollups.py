"""What is kept of days and weeks that are over: sums are those of one full reading, whatever happens between refreshes."""

import sqlite3
import stat
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.rollups import Period, midnight
from exporter.sources.telemetry.rollups.cells import Cells
from exporter.sources.telemetry.rollups.fingerprint import fingerprint
from exporter.sources.telemetry.rollups.sums import FILE
from support.kept_days import Counted, CountedByUser, Killed, World
from support.tools import NOW

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
WINDOWS = (DAY, 7 * DAY, 28 * DAY, 30 * DAY)
TODAY = midnight(NOW)


def config(**more: Any) -> TelemetryConfig:
    return TelemetryConfig(url=SecretStr("sqlite:////data/events.db"), **more)


def windows(world: World, folder: Path, now: datetime, lives: int | None = None, **more: Any) -> list[Any]:
    """What both quantities come to in all windows of a refresh, and in each of the last five weeks."""
    sums, cells = world.sums(folder, config(**more), now, lives)
    weeks = [
        Period(TODAY + week * 7 * DAY, min(TODAY + (week + 1) * 7 * DAY, now)) for week in range(-5, (now - TODAY) // (7 * DAY))
    ]
    with closing(cells):
        found: list[Any] = [sums.over(quantity, now - span, now) for span in WINDOWS for quantity in (Counted(), CountedByUser())]
        return [*found, *sums.each(CountedByUser(), weeks)]


def test_a_day_that_is_over_is_read_once(tmp_path: Path) -> None:
    world = World([(NOW - 5 * DAY, "ann"), (NOW - 5 * DAY + HOUR, "bob"), (NOW - 9 * DAY, "ann"), (NOW - HOUR, "bob")])
    for now in (NOW, NOW + timedelta(minutes=15)):
        world.asked.clear()
        sums, cells = world.sums(tmp_path, config(), now)
        with closing(cells):
            assert sums.over(Counted(), now - 7 * DAY, now) == {"events": 3}
    # The day in which the window begins, and the days of which more events may still come.
    assert world.asked == [Period(now - 7 * DAY, TODAY - 6 * DAY), Period(TODAY - 2 * DAY, now)]


def test_windows_of_a_refresh_have_their_last_days_in_common(tmp_path: Path) -> None:
    world = World()
    windows(world, tmp_path, NOW)
    world.asked.clear()
    sums, cells = world.sums(tmp_path, config(), NOW)
    with closing(cells):
        for span in WINDOWS:
            sums.over(Counted(), NOW - span, NOW)
    assert len(world.asked) == len(set(world.asked)) == 5


def test_a_day_is_kept_when_no_late_event_can_come_any_more(tmp_path: Path) -> None:
    """An event of the last moment of a day comes exactly two days late, after another refresh."""
    world = World()
    end = TODAY - 3 * DAY
    windows(world, tmp_path, end + 2 * DAY - timedelta(seconds=1))
    world.events.append((end - timedelta(milliseconds=1), "late"))
    now = end + 2 * DAY
    windows(world, tmp_path, now)
    world.asked.clear()
    assert windows(world, tmp_path, now + HOUR)[2] == {"events": 1}
    assert Period(end - DAY, end) not in world.asked


def test_missing_days_are_read_one_by_one_or_at_once_as_the_quantity_can(tmp_path: Path) -> None:
    world = World()
    sums, cells = world.sums(tmp_path, config(), TODAY)
    with closing(cells):
        sums.over(Counted(), TODAY - 5 * DAY, TODAY)
        one_by_one, world.asked = world.asked, []
        sums.over(CountedByUser(), TODAY - 5 * DAY, TODAY)
    unsettled = Period(TODAY - 2 * DAY, TODAY)
    assert one_by_one == [*(Period(TODAY - n * DAY, TODAY - (n - 1) * DAY) for n in (5, 4, 3)), unsettled]
    assert world.asked == [Period(TODAY - 5 * DAY, TODAY - 2 * DAY), unsettled]


def test_what_was_read_before_a_failure_is_kept(tmp_path: Path) -> None:
    class Failing(Counted):
        def __call__(self, world: Any, start: datetime, end: datetime) -> Any:
            if start == TODAY - 3 * DAY:
                raise UpstreamError(Reason.TIMEOUT, "the query took too long")
            return super().__call__(world, start, end)

    world = World()
    sums, cells = world.sums(tmp_path, config(), TODAY)
    with closing(cells), pytest.raises(UpstreamError):
        sums.over(Failing(), TODAY - 5 * DAY, TODAY)
    world.asked.clear()
    sums, cells = world.sums(tmp_path, config(), TODAY)
    with closing(cells):
        sums.over(Counted(), TODAY - 5 * DAY, TODAY)
    assert world.asked == [Period(TODAY - 3 * DAY, TODAY - 2 * DAY), Period(TODAY - 2 * DAY, TODAY)]


def test_what_takes_too_long_at_once_is_read_one_by_one(tmp_path: Path) -> None:
    class Slow(CountedByUser):
        reason = Reason.TIMEOUT

        def by_period(self, world: Any, periods: Any) -> Any:
            raise UpstreamError(self.reason, "no figures came")

    world, quantity = World([(TODAY - 4 * DAY, "ann")]), Slow()
    sums, cells = world.sums(tmp_path, config(), TODAY)
    with closing(cells):
        assert sums.over(quantity, TODAY - 5 * DAY, TODAY) == {"ann": 1}
        quantity.name, quantity.reason = "away", Reason.CONNECTION
        with pytest.raises(UpstreamError):
            sums.over(quantity, TODAY - 5 * DAY, TODAY)


def test_one_day_a_time_is_read_again_the_one_that_was_read_the_longest_ago(tmp_path: Path) -> None:
    world = World()

    def asked(now: datetime) -> list[Period]:
        """The whole days that are read at a moment."""
        world.asked.clear()
        sums, cells = world.sums(tmp_path, config(), now)
        with closing(cells):
            sums.over(Counted(), TODAY - 5 * DAY, TODAY)
        return world.asked

    oldest, middle, newest = (Period(TODAY - n * DAY, TODAY - (n - 1) * DAY) for n in (5, 4, 3))
    assert asked(TODAY - DAY)[:2] == [oldest, middle]
    assert asked(TODAY)[0] == newest
    assert asked(TODAY + HOUR)[0] == oldest
    assert asked(TODAY + 2 * HOUR)[0] == middle
    assert asked(TODAY + 3 * HOUR) == [Period(TODAY - 2 * DAY, TODAY)]
    assert asked(TODAY + 25 * HOUR)[0] == newest


ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("event"), st.floats(0, 48), st.sampled_from("ab")),  # so many hours old when it comes
        st.tuples(st.just("wait"), st.floats(0.1, 60)),
        st.tuples(st.just("refresh")),
        st.tuples(st.just("killed"), st.integers(0, 80)),
    ),
    max_size=30,
)


@given(ACTIONS)
@settings(max_examples=60)
def test_refreshes_and_kills_at_any_moment_end_with_the_sums_of_one_full_reading(actions: list[tuple[Any, ...]]) -> None:
    world, now = World(), NOW - 5 * DAY
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as fresh:
        for action, *rest in actions:
            if action == "event":
                world.events.append((now - rest[0] * HOUR, rest[1]))
            elif action == "wait":
                now += rest[0] * HOUR
            elif action == "refresh":
                windows(world, Path(name), now)
            else:
                try:
                    windows(world, Path(name), now, lives=rest[0])
                except Killed:
                    continue
        assert windows(world, Path(name), now) == windows(world, Path(fresh), now)


@given(st.lists(st.tuples(st.floats(0, 30 * 24), st.sampled_from("ab")), max_size=8), st.integers(0, 7))
@settings(max_examples=15)
def test_deletions_and_events_that_come_too_late_show_within_days(later: list[tuple[float, str]], deleted: int) -> None:
    world = World([(NOW - 3 * n * DAY - HOUR, "a") for n in range(10)])
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as fresh:
        windows(world, Path(name), NOW)
        world.events = world.events[deleted:] + [(NOW - hours * HOUR, user) for hours, user in later]
        for hour in range(1, 60):
            windows(world, Path(name), NOW + hour * HOUR)
        assert windows(world, Path(name), NOW + 60 * HOUR) == windows(world, Path(fresh), NOW + 60 * HOUR)


def test_events_that_may_come_later_than_before_have_days_read_again(tmp_path: Path) -> None:
    world = World()
    windows(world, tmp_path, NOW, late_events="1h")
    world.events.append((TODAY - DAY - HOUR, "late"))
    assert windows(world, tmp_path, TODAY + DAY + HOUR, late_events="2d")[2] == {"events": 1}


def test_what_was_read_before_the_clock_was_set_back_is_read_again(tmp_path: Path) -> None:
    world = World()
    windows(world, tmp_path, NOW + 20 * DAY)
    world.events.append((NOW + DAY, "ann"))
    assert windows(world, tmp_path, NOW + 5 * DAY)[2] == {"events": 1}


def test_what_nobody_reads_for_a_month_is_forgotten(tmp_path: Path) -> None:
    def kept() -> list[str]:
        with closing(sqlite3.connect(tmp_path / FILE)) as database:
            return [name for (name,) in database.execute("SELECT DISTINCT quantity FROM cell ORDER BY quantity")]

    world = World()
    windows(world, tmp_path, NOW)
    assert kept() == ["events", "events by user"]
    sums, cells = world.sums(tmp_path, config(), NOW + 31 * DAY)
    with closing(cells):
        sums.over(Counted(), NOW + 20 * DAY, NOW + 31 * DAY)
    assert kept() == ["events"]


def fingerprint_of(url: str = "postgresql://ann:secret@db.example:5432/product", **more: Any) -> bytes:
    return fingerprint(TelemetryConfig(url=SecretStr(url), **more))


def test_another_password_or_pace_leaves_what_is_kept() -> None:
    known = fingerprint_of()
    assert fingerprint_of("postgresql://ann:another@db.example:5432/product") == known
    assert fingerprint_of("postgresql://ann@db.example:5432/product?password=third") == known
    assert fingerprint_of(interval="1h", timeout="5s", max_age="3h", late_events="5d", min_group=7) == known


@pytest.mark.parametrize(
    ("url", "more"),
    [
        ("postgresql://ann:secret@db.example:5432/another", {}),
        ("postgresql://ann:secret@other.example:5432/product", {}),
        ("sqlite:////data/events.db", {}),
        ("postgresql://ann:secret@db.example:5432/product", {"schema": "events"}),
        ("postgresql://ann:secret@db.example:5432/product", {"tables": {"crashes": {"where": {"product": "caro"}}}}),
        ("postgresql://ann:secret@db.example:5432/product", {"intended_errors": ["timeout"]}),
    ],
)
def test_another_database_or_mapping_is_told_from_this_one(url: str, more: dict[str, Any]) -> None:
    assert fingerprint_of(url, **more) != fingerprint_of()


DAY_OVER = Period(TODAY - 5 * DAY, TODAY - 4 * DAY)


def keep(path: Path, mark: bytes = b"same") -> None:
    with closing(Cells(path, mark, NOW)) as cells:
        cells.keep("events", NOW, {DAY_OVER: {"a": 0.1}})


def kept(path: Path, mark: bytes = b"same") -> Any:
    with closing(Cells(path, mark, NOW)) as cells:
        return {period: cell.figures for period, cell in cells.kept("events", TODAY - 30 * DAY, TODAY).items()}


def test_figures_come_back_as_they_were_kept_and_only_to_their_owner(tmp_path: Path) -> None:
    keep(tmp_path / FILE)
    assert kept(tmp_path / FILE) == {DAY_OVER: {"a": 0.1}}
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_figures_of_another_fingerprint_are_forgotten(tmp_path: Path) -> None:
    keep(tmp_path / FILE)
    assert kept(tmp_path / FILE, b"another") == {}
    assert kept(tmp_path / FILE) == {}


def damaged(path: Path) -> None:
    path.write_bytes(b"no database at all" * 1000)


def of_a_version_to_come(path: Path) -> None:
    keep(path)
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA user_version = 99")


def of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE cell (x)")


@pytest.mark.parametrize("spoil", [damaged, of_a_version_to_come, of_another_program])
def test_a_file_that_is_no_good_is_moved_aside(tmp_path: Path, spoil: Callable[[Path], None]) -> None:
    spoil(tmp_path / FILE)
    before = (tmp_path / FILE).read_bytes()
    assert kept(tmp_path / FILE) == {}
    keep(tmp_path / FILE)
    assert kept(tmp_path / FILE) == {DAY_OVER: {"a": 0.1}}
    assert (tmp_path / f"{FILE}.aside-1").read_bytes() == before


def test_figures_that_cannot_be_understood_are_read_again(tmp_path: Path) -> None:
    world = World([(NOW - 5 * DAY, "ann")])
    right = windows(world, tmp_path, NOW)
    with closing(sqlite3.connect(tmp_path / FILE)) as database, database:
        database.execute("UPDATE cell SET figures = '[1, \"x\"'")
    assert windows(world, tmp_path, NOW) == right


def test_without_a_file_there_are_still_figures(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    world = World([(NOW - 5 * DAY, "ann")])
    assert windows(world, tmp_path / "missing", NOW) == windows(world, tmp_path, NOW)
    assert [record.message for record in caplog.records] == ["figures of days are not kept"]


def test_a_file_that_is_taken_away_in_the_middle_does_no_harm(tmp_path: Path) -> None:
    world = World([(NOW - 5 * DAY, "ann")])
    sums, cells = world.sums(tmp_path, config(), NOW)
    with closing(cells):
        with closing(sqlite3.connect(tmp_path / FILE)) as database:
            database.execute("DROP TABLE cell")
        assert sums.over(Counted(), NOW - 7 * DAY, NOW) == {"events": 1}
        assert sums.over(Counted(), NOW - 8 * DAY, NOW) == {"events": 1}
