"""Events of a believable product, made anew from a seed: as many as one wants, over as many days as one wants.

People install the program day by day. Most have a command made within hours, and come back week by week with falling
probability; a few use it a lot. A session brings commands with their latency, and now and then feedback, an error, a feature, a
rating or a crash.
"""

import random
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from exporter.sources.telemetry.warehouse.schema import shipped_statements

__all__ = ["COLUMNS", "Batch", "Product", "fill_postgresql", "fill_sqlite"]

T = TypeVar("T")
Batch = dict[str, list[tuple[Any, ...]]]
"""Rows by table, in the order of their moments; the first column is milliseconds since 1970."""

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "downloads": ("timestamp", "user_id", "platform", "channel", "version"),
    "command_generated": ("timestamp", "user_id", "platform", "category", "retries"),
    "command_feedback": ("timestamp", "user_id", "category", "success"),
    "command_generation_error": ("timestamp", "user_id", "error_type", "platform"),
    "crashes": ("timestamp", "platform", "version"),
    "sessions": ("timestamp", "user_id", "platform"),
    "satisfaction_survey": ("timestamp", "user_id", "rating"),
    "feature_used": ("timestamp", "user_id", "feature"),
    "command_generation_latency": ("timestamp", "duration_ms", "query_complexity"),
    "memory_usage": ("timestamp", "memory_kb"),
}
"""What every row holds, by table."""

SECOND = 1000
HOUR = 3600 * SECOND
DAY = 24 * HOUR

ACTIVATED = 0.78
RETURNS = (1.0, 0.67, 0.5, 0.4, 0.3)
"""Of those who ever began, the share that is active in the first weeks of a life; later it falls slowly to LOYAL."""
LOYAL = 0.12
SESSIONS = {"casual": 1, "regular": 3, "power": 8}
"""Mean sessions of an active week."""
KINDS = ["casual"] * 5 + ["regular"] * 4 + ["power"]
GOES_ON = 0.62
"""Probability that a session goes on with one more command."""
FEEDBACK, POSITIVE, FAILED, RETRIED, FEATURE, CRASHED, RATED = 0.25, 0.87, 0.03, 0.04, 0.45, 0.0005, 0.12
ASKED_AFTER = 10
"""Commands after which a user is asked for a rating."""

PLATFORMS = {"macos": 60, "linux": 40}
CHANNELS = {"website": 50, "github": 30, "reddit": 10, "twitter": 10}
CATEGORIES = {"file_management": 30, "text_processing": 20, "git": 18, "process_monitoring": 14, "devops": 12, "networking": 6}
ERROR_TYPES = {"safety_blocked": 40, "timeout": 25, "llm_error": 20, "parse_failure": 15}
FEATURES = {"shell_integration": 55, "config_profiles": 25, "telemetry_export": 12, "safety_override": 8}
RATINGS = {1: 3, 2: 5, 3: 12, 4: 35, 5: 45}
COMPLEXITIES = {"simple": 60, "medium": 30, "complex": 10}
LATENCY = {"simple": (45, 0.35), "medium": (315, 0.3), "complex": (850, 0.25)}
"""Median (ms) and spread of the log-normal latencies."""
MEMORY = (34_000, 0.12)
"""Median (kB) and spread of the log-normal peaks of memory."""
VERSIONS = ("1.0.0", "1.1.0-beta.1", "1.1.0-beta.2")


@dataclass(slots=True)
class _User:
    id: str
    platform: str
    kind: str
    week: int = 0
    commands: int = 0


class Product:
    """About so many events in all tables together over the days before `end`; the same seed gives the same events."""

    def __init__(self, events: int, days: int, end: datetime, seed: int = 1) -> None:
        self._chance = random.Random(seed)
        self._end = round(end.timestamp() * SECOND)
        self._days = days
        self._begin = self._end - days * DAY
        self._installs = events / sum(_events_of_a_life(age) for age in range(1, days + 1))
        self._weeks: dict[int, list[_User]] = defaultdict(list)
        self._sessions: dict[int, list[tuple[int, _User]]] = defaultdict(list)
        word = self._chance.choices
        self._platform = self._many(lambda: word(list(PLATFORMS), PLATFORMS.values())[0])
        self._channel = self._many(lambda: word(list(CHANNELS), CHANNELS.values())[0])
        self._category = self._many(lambda: word(list(CATEGORIES), CATEGORIES.values())[0])
        self._error = self._many(lambda: word(list(ERROR_TYPES), ERROR_TYPES.values())[0])
        self._feature = self._many(lambda: word(list(FEATURES), FEATURES.values())[0])
        self._rating = self._many(lambda: word(list(RATINGS), RATINGS.values())[0])
        self._latency = self._many(self._response)
        self._memory = self._many(lambda: round(MEMORY[0] * self._chance.lognormvariate(0, MEMORY[1])))
        self._hour = self._many(lambda: self._chance.triangular(0, DAY, 0.6 * DAY))

    def batches(self, more: timedelta = timedelta(0)) -> Iterator[Batch]:
        """The events day by day: up to the end, and so long after it."""
        last = self._end + round(more.total_seconds() * SECOND)
        for day in range(self._days + 1 + more.days):
            batch: Batch = {table: [] for table in COLUMNS}
            self._install(batch, day)
            for user in self._weeks.pop(day, ()):
                self._plan(user, day)
            for moment, user in self._sessions.pop(day, ()):
                self._session(batch, user, moment)
            for table, rows in batch.items():
                rows.sort()
                if rows and rows[-1][0] >= last:
                    batch[table] = [row for row in rows if row[0] < last]
            yield batch

    def _install(self, batch: Batch, day: int) -> None:
        """Adds the installations of a day; those who begin at all do so within two days."""
        chance = self._chance
        version = VERSIONS[min(len(VERSIONS) * day // self._days, len(VERSIONS) - 1)]
        for _ in range(int((day + 1) * self._installs) - int(day * self._installs)):
            user = _User(f"{chance.getrandbits(128):032x}", next(self._platform), chance.choice(KINDS))
            moment = self._at(day)
            batch["downloads"].append((moment, user.id, user.platform, next(self._channel), version))
            if chance.random() < ACTIVATED:
                begins = moment + round(min(chance.expovariate(1 / (4 * HOUR)), 2 * DAY))
                self._sessions[(begins - self._begin) // DAY].append((begins, user))
                self._weeks[day].append(user)

    def _plan(self, user: _User, day: int) -> None:
        """Spreads the sessions of a week of life over its days."""
        chance = self._chance
        if chance.random() < _returns(user.week):
            first = 1 if user.week == 0 else 0  # the session that a life begins with is planned already
            for _ in range(chance.randint(1, 2 * SESSIONS[user.kind] - 1) - first):
                on = day + first + chance.randrange(7 - first)
                self._sessions[on].append((self._at(on), user))
        user.week += 1
        if day + 7 <= self._days + 1:
            self._weeks[day + 7].append(user)

    def _session(self, batch: Batch, user: _User, moment: int) -> None:
        """Adds what one session brings."""
        chance = self._chance.random
        id_, platform = user.id, user.platform
        batch["sessions"].append((moment, id_, platform))
        batch["memory_usage"].append((moment, next(self._memory)))
        if chance() < FEATURE:
            batch["feature_used"].append((moment, id_, next(self._feature)))
        if chance() < CRASHED:
            batch["crashes"].append((moment, platform, VERSIONS[-1]))
        goes_on = True
        while goes_on:
            moment += int(SECOND + 90 * SECOND * chance())
            category = next(self._category)
            duration, complexity = next(self._latency)
            batch["command_generated"].append((moment, id_, platform, category, 1 if chance() < RETRIED else 0))
            batch["command_generation_latency"].append((moment, duration, complexity))
            if chance() < FEEDBACK:
                batch["command_feedback"].append((moment, id_, category, chance() < POSITIVE))
            if chance() < FAILED:
                batch["command_generation_error"].append((moment, id_, next(self._error), platform))
            user.commands += 1
            if user.commands == ASKED_AFTER and chance() < RATED:
                batch["satisfaction_survey"].append((moment, id_, next(self._rating)))
            goes_on = chance() < GOES_ON

    def _at(self, day: int) -> int:
        return self._begin + day * DAY + int(next(self._hour))

    def _response(self) -> tuple[float, str]:
        complexity = self._chance.choices(list(COMPLEXITIES), COMPLEXITIES.values())[0]
        median, spread = LATENCY[complexity]
        return round(median * self._chance.lognormvariate(0, spread), 2), complexity

    def _many(self, draw: Callable[[], T]) -> Iterator[T]:
        """Draws a number of times and begins anew then, which is much faster; a prime number, so that nothing falls into step."""
        return cycle([draw() for _ in range(16_381)])


def _returns(week: int) -> float:
    return RETURNS[week] if week < len(RETURNS) else max(LOYAL, RETURNS[-1] * 0.93 ** (week - len(RETURNS) + 1))


def _events_of_a_life(days: int) -> float:
    """The events that a user is expected to have brought so many days after the installation."""
    commands = 1 / (1 - GOES_ON)
    session = 2 + FEATURE + CRASHED + commands * (2 + FEEDBACK + FAILED)
    sessions = sum(SESSIONS[kind] for kind in KINDS) / len(KINDS)
    weeks = sum(_returns(week) * min(1.0, days / 7 - week) for week in range(-(-days // 7)))
    return 1 + ACTIVATED * weeks * sessions * session


def fill_sqlite(path: Path, batches: Iterable[Batch]) -> int:
    """Makes the shipped tables where there are none, and appends the events in one transaction; gives how many there were."""
    written = 0
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -1000000")
        database.execute("BEGIN")
        tables, indexes = _statements("sqlite")
        for statement in tables:
            database.execute(statement)
        for batch in batches:
            for table, rows in batch.items():
                marks = ", ".join("?" * len(COLUMNS[table]))
                database.executemany(f"INSERT INTO {table} ({', '.join(COLUMNS[table])}) VALUES ({marks})", rows)
                written += len(rows)
        for statement in indexes:
            database.execute(statement)
        database.execute("COMMIT")
    return written


def fill_postgresql(url: str, batches: Iterable[Batch]) -> int:
    """Makes the shipped tables where there are none, and appends the events in one transaction; gives how many there were.

    Brings the statistics up to date, as the server would by itself after a while.
    """
    written = 0
    with psycopg.connect(url, autocommit=True) as database:
        tables, indexes = _statements("postgresql")
        with database.transaction(), database.cursor() as cursor:
            cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
            for statement in tables:
                cursor.execute(statement.encode())
            for batch in batches:
                for table, rows in batch.items():
                    with cursor.copy(f"COPY analytics.{table} ({', '.join(COLUMNS[table])}) FROM STDIN".encode()) as copy:
                        copy.write("".join(map(_line, rows)))
                    written += len(rows)
            for statement in indexes:
                cursor.execute(statement.encode())
        database.execute("VACUUM ANALYZE")
    return written


def _statements(engine: str) -> tuple[list[str], list[str]]:
    """Those that make tables, and those that make indexes: events come quicker without them."""
    statements = list(shipped_statements(engine, "analytics"))
    return [s for s in statements if "INDEX" not in s.split("(")[0]], [s for s in statements if "INDEX" in s.split("(")[0]]


def _line(row: tuple[Any, ...]) -> str:
    moment, *rest = row
    days, left = divmod(moment, DAY)
    seconds, milliseconds = divmod(left, SECOND)
    return (
        "\t".join((f"{_day(days)} {seconds // 3600}:{seconds // 60 % 60}:{seconds % 60}.{milliseconds:03}+00", *map(str, rest)))
        + "\n"
    )


@cache
def _day(days: int) -> str:
    return str(date(1970, 1, 1) + timedelta(days=days))
