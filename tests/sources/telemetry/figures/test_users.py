"""Users over a random history: figures are those that counting in Python gives, whenever it was looked and whatever was kept."""

import random
from collections import defaultdict
from contextlib import closing, suppress
from datetime import UTC, date, datetime, time, timedelta
from itertools import chain
from pathlib import Path

import pytest

from exporter.sources.telemetry.figures import activity, cohorts, retention
from exporter.sources.telemetry.groups import Groups
from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.rollups import Sums
from exporter.sources.telemetry.warehouse import open_warehouse
from support.commands import had_commands, shown, told
from support.kept_days import Killed, MortalCells
from support.postgres import PASSWORD
from support.telemetry import ago
from support.tools import NOW
from support.warehouses import Store

TOPICS = (activity.samples, retention.samples, cohorts.samples)
LAUNCH = date(2025, 12, 4)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
Events = list[tuple[datetime, str]]


class Truth:
    """Users and their commands before a moment, counted in Python by the definitions."""

    def __init__(self, events: Events, now: datetime) -> None:
        self.now = now
        self.moments: dict[str, list[datetime]] = defaultdict(list)
        for moment, user in events:
            if moment < now:
                self.moments[user].append(moment)

    def ago(self, days: float) -> datetime:
        return self.now - days * DAY

    def active(self, start: datetime, end: datetime) -> set[str]:
        return {user for user, all_ in self.moments.items() if any(start <= moment < end for moment in all_)}

    def new(self, start: datetime, end: datetime) -> set[str]:
        return {user for user, all_ in self.moments.items() if start <= min(all_) < end}

    def figures(self) -> dict[str, float]:
        return {**self.activity(), **self.retention(), **self.cohorts()}

    def activity(self) -> dict[str, float]:
        ago, now, found = self.ago, self.now, {}
        for window, days in {"24h": 1, "7d": 7, "28d": 28, "30d": 30}.items():
            found[f"new_users{{{window}}}"] = len(self.new(ago(days), now))
            found[f"active_users{{{window}}}"] = len(self.active(ago(days), now))
        del found["active_users{28d}"]
        for week in range(4):
            found[f"weekly_users{{{week}}}"] = len(self.active(ago(7 * week + 7), ago(7 * week)))
            found[f"weekly_new_users{{{week}}}"] = len(self.new(ago(7 * week + 7), ago(7 * week)))
        found["users_each_week{7d}"] = found["weekly_users{0}"]
        found["users_each_week{28d}"] = sum(found[f"weekly_users{{{week}}}"] for week in range(4))
        numbers = [sum(moment >= ago(7) for moment in all_) for all_ in self.moments.values()]
        for name, low, high in (("casual", 1, 5), ("regular", 6, 20), ("power", 21, 999)):
            found[f"activity_users{{{name},7d}}"] = sum(low <= number <= high for number in numbers)
        found["heavy_users{7d}"] = sum(number > 100 for number in numbers)
        before = self.active(ago(60), ago(30))
        return {**found, "previous_users{30d}": len(before), "lost_users{30d}": len(before - self.active(ago(30), now))}

    def retention(self) -> dict[str, float]:
        found = {}
        for week in range(9):
            if began := self.new(self.ago(7 * week + 7), self.ago(7 * week)):
                found[f"started_users{{{week}}}"] = len(began)
                found[f"returned_users{{{week}}}"] = len(began & self.active(self.ago(7), self.now))
        return found

    def cohorts(self) -> dict[str, float]:
        found = {}
        begin = datetime.combine(LAUNCH, time(), UTC)
        while begin < self.now:
            cohort, week, start = self.new(begin, begin + WEEK), 0, begin
            while cohort and start < self.now:
                found[f"cohort_users{{{begin.date().isoformat()},{week}}}"] = len(cohort & self.active(start, start + WEEK))
                week, start = week + 1, start + WEEK
            begin += WEEK
        return found


def some_events(chance: random.Random, number: int) -> Events:
    """Commands of 60 users who begin one after the other in 100 days, many of them at the edges of hours, days and weeks."""
    events = []
    for _ in range(number):
        user = chance.randrange(60)
        hours = chance.choice([0.02, 0.2, 1]) * chance.random() * (60 - user) / 60 * 100 * 24
        moment = NOW - (60 - user) / 60 * 100 * DAY + round(hours) * timedelta(hours=1)
        events.append((moment - chance.choice([0, 0, 1, 7, 1800_000]) * timedelta(milliseconds=1), f"user {user}"))
    return [event for event in events if event[0] < NOW]


@pytest.mark.parametrize("now", [NOW, NOW.replace(hour=0), NOW - timedelta(minutes=16, milliseconds=877)])
@pytest.mark.parametrize("seed", range(3))
def test_figures_are_those_that_counting_gives(store: Store, tmp_path: Path, now: datetime, seed: int) -> None:
    events = some_events(random.Random(seed), 200)
    for moment, user in events:
        had_commands(store, user, moment)
    assert told(store, tmp_path, *TOPICS, now=now, launch=LAUNCH) == Truth(events, now).figures()


def refresh(store: Store, folder: Path, now: datetime, lives: int | None = None) -> dict[str, float]:
    """The samples of a refresh by a process that is killed when it has kept so many things."""
    config = store.config(min_group=1)
    cells = MortalCells(folder / "days.sqlite", b"same", now)
    cells.lives = lives
    with closing(cells), open_warehouse(config) as warehouse:
        reading = Reading(warehouse, config, Sums(cells, warehouse, config, now), Groups(config), now, LAUNCH)
        return shown(chain.from_iterable(topic(reading) for topic in TOPICS))


@pytest.mark.parametrize("seed", range(4))
def test_late_events_and_kills_between_refreshes_change_nothing(store: Store, tmp_path: Path, seed: int) -> None:
    """Events come up to two days late, in any order; the process is killed now and then, and begins again."""
    chance = random.Random(seed)
    waiting = sorted(some_events(chance, 300))
    arrivals = sorted((moment + chance.random() * 2 * DAY, moment, user) for moment, user in waiting)
    now = NOW - 20 * DAY
    arrived: Events = []
    while now < NOW:
        now += chance.random() * 2 * DAY
        while arrivals and arrivals[0][0] <= now:
            _, moment, user = arrivals.pop(0)
            had_commands(store, user, moment)
            arrived.append((moment, user))
        with suppress(Killed):
            refresh(store, tmp_path, now, chance.choice([None, None, 0, 1, 3, 7]))
    assert refresh(store, tmp_path, now) == Truth(arrived, now).figures()


def test_no_user_and_no_password_gets_into_what_is_kept(store: Store, tmp_path: Path) -> None:
    for user in range(10):
        had_commands(store, f"planted-user-{user}", ago(days=40), ago(days=20), ago(days=5))
    figures = told(store, tmp_path / "state", *TOPICS, launch=LAUNCH)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "state").iterdir())
    assert figures["cohort_users{2025-12-18,0}"] == 10
    assert b"first commands by hour" in kept
    assert b"planted" not in kept
    assert PASSWORD.encode() not in kept
