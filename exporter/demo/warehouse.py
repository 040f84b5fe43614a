"""A warehouse in SQLite that holds the events of four weeks, in the tables that ship."""

import random
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from exporter.demo.beta import SINCE_LAUNCH, chance
from exporter.demo.use import ERRORS, FEATURES, WEEKS, Curve, Week
from exporter.sources.telemetry.address import parse_address
from exporter.sources.telemetry.warehouse.making import make_tables

__all__ = ["fill", "url_of"]

Row = dict[str, Any]

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_MARGIN = timedelta(minutes=20)
"""How far from its ends what happens in a week stays, so that figures stand for a while as the windows move on."""
_PLATFORMS = ("macos", "macos", "macos", "linux", "linux")
_CHANNELS = ("website",) * 5 + ("github",) * 3 + ("reddit", "twitter")
_CATEGORIES = ("file_management", "file_management", "process_monitoring", "devops", "text", "network")
_COMPLEXITY = ("simple", "simple", "simple", "medium", "medium", "complex")
_VERSIONS = ("1.1.0-beta.2", "1.1.0-beta.1", "1.0.0", "1.0.0")
"""The one of each week."""
_RETRIED = 0.06
"""Share of the commands that took another attempt."""
_STOPS = 0.55
"""Share of a week after which those stop who do not come back."""
_CASUAL, _REGULAR = 0.5, 0.9
"""Shares of the users, those with the fewest commands first, up to which they are casual and regular ones."""


def url_of(path: Path) -> str:
    """How the exporter is told where the file is."""
    return f"sqlite:///{quote(str(path))}"


def fill(path: Path, now: datetime) -> None:
    """Makes the tables in a file and writes the events that led to now; raises UpstreamError where it cannot be written."""
    make_tables(parse_address(url_of(path)), "")
    with closing(sqlite3.connect(path)) as database, database:
        for table, rows in _events(now):
            _insert(database, table, list(rows))


def _insert(database: sqlite3.Connection, table: str, rows: Sequence[Row]) -> None:
    if not rows:
        return
    names = list(rows[0])
    columns, marks = ", ".join(names), ", ".join("?" * len(names))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({marks})"  # noqa: S608 - names of this module
    database.executemany(statement, ([_stored(row[name]) for name in names] for row in rows))


def _stored(value: Any) -> Any:
    return round(value.timestamp() * 1000) if isinstance(value, datetime) else value


def _events(now: datetime) -> Iterator[tuple[str, Iterable[Row]]]:
    """The rows of each table, a week after the other."""
    first: dict[str, datetime] = {}
    for ago in range(len(WEEKS) - 1, -1, -1):
        period = _Period(now, ago)
        active = _active(ago)
        commands = list(period.commands(active, first))
        yield "command_generated", commands
        yield "downloads", list(period.downloads(first))
        yield "command_feedback", list(period.feedback(active, first))
        yield "command_generation_error", list(period.errors(active))
        yield "crashes", list(period.crashes())
        yield "sessions", list(period.runs(active))
        yield "satisfaction_survey", list(period.ratings(active))
        yield "feature_used", list(period.features(active))
        yield "command_generation_latency", list(period.latencies(commands))
        yield "memory_usage", list(period.memory(commands))


class _Period:
    """The week that began `ago` + 1 weeks before now."""

    def __init__(self, now: datetime, ago: int) -> None:
        self.week: Week = WEEKS[ago]
        self._ago = ago
        self._end = now - ago * _WEEK
        self._begin = self._end - _WEEK
        launch = now - SINCE_LAUNCH * _DAY
        # Nobody but friends had the program before the launch.
        self._begin = max(self._begin, launch) if self._begin < launch < self._end else self._begin
        self._luck = chance("week", ago)
        self._version = _VERSIONS[ago]

    def commands(self, active: Sequence[str], first: dict[str, datetime]) -> Iterator[Row]:
        """Each user has at least one; half of them a few, and every tenth most. Notes when everybody had their first.

        Who is not there in the week after stops in the middle of this one, so that no window between the two has more users.
        """
        begin, end = self._begin + _MARGIN, self._end - _MARGIN
        stay = set(_active(self._ago - 1)) if self._ago else set(active)
        for user, number in zip(active, _split(self.week.commands, len(active)), strict=True):
            known, until = user in first, end if user in stay else begin + (end - begin) * _STOPS
            began = _within(self._luck, begin, until)
            first.setdefault(user, began)
            for at in [began, *(_within(self._luck, begin if known else began, until) for _ in range(number - 1))]:
                category = self._luck.choice(_CATEGORIES)
                retries = int(self._luck.random() < _RETRIED)
                yield {"timestamp": at, "user_id": user, "platform": _platform(user), "category": category, "retries": retries}

    def downloads(self, first: Mapping[str, datetime]) -> Iterator[Row]:
        """Those who begin installed within hours before their first command, others got no further; the rest are updates."""
        begins = self._beginners()
        installed = [first[user] - timedelta(minutes=self._luck.uniform(2, 240)) for user in begins]
        for user, at in zip(begins, installed, strict=True):
            yield self._download(at, user)
        lost = round(len(begins) / self.week.activation) - len(begins)
        for number in range(lost):
            # Beside one who stayed, so that the share is much the same on each day.
            yield self._download(installed[number * len(begins) // lost], f"{begins[number]}-lost")
        known = sorted(first)
        for _ in range(self.week.downloads - len(begins) - lost):
            user = self._luck.choice(known)
            yield self._download(max(first[user], self._moment()), user)

    def feedback(self, active: Sequence[str], first: Mapping[str, datetime]) -> Iterator[Row]:
        """Whether commands worked; those who begin say it of their first command."""
        begins = self._beginners()
        good = round(self.week.feedback * self.week.success)
        for number in range(self.week.feedback):
            category = self._luck.choice(_CATEGORIES)
            user = begins[number] if number < len(begins) else self._luck.choice(active)
            soon = timedelta(minutes=self._luck.uniform(0.2, 15))
            at = first[user] + soon if number < len(begins) else self._moment()
            yield {"timestamp": at, "user_id": user, "category": category, "success": number < good}

    def errors(self, active: Sequence[str]) -> Iterator[Row]:
        """Commands that could not be made."""
        for error, count in zip(ERRORS, self.week.errors, strict=True):
            for number in range(count):
                user = active[number * 7 % len(active)]
                yield {"timestamp": self._moment(), "user_id": user, "error_type": error, "platform": _platform(user)}

    def crashes(self) -> Iterator[Row]:
        """Runs that ended badly."""
        for number in range(self.week.crashes):
            yield {"timestamp": self._moment(), "platform": _PLATFORMS[number % 2 * 4], "version": self._version}

    def runs(self, active: Sequence[str]) -> Iterator[Row]:
        """Each time that the program ran."""
        for _ in range(self.week.runs):
            user = self._luck.choice(active)
            yield {"timestamp": self._moment(), "user_id": user, "platform": _platform(user)}

    def ratings(self, active: Sequence[str]) -> Iterator[Row]:
        """What people think of it, from 1 to 5."""
        for rating, count in self.week.ratings.items():
            for _ in range(count):
                yield {"timestamp": self._moment(), "user_id": self._luck.choice(active), "rating": rating}

    def features(self, active: Sequence[str]) -> Iterator[Row]:
        """Who used what."""
        for feature, share in FEATURES.items():
            for user in self._luck.sample(active, round(share * len(active))):
                yield {"timestamp": self._moment(), "user_id": user, "feature": feature}

    def latencies(self, commands: Sequence[Row]) -> Iterator[Row]:
        """How long each command took: the shares of the curve, exactly."""
        kinds = [_COMPLEXITY[number % len(_COMPLEXITY)] for number in range(len(commands))]
        for kind in self.week.latency:
            times = [command["timestamp"] for command, its in zip(commands, kinds, strict=True) if its == kind]
            self._luck.shuffle(times)
            for at, milliseconds in zip(times, _along(self.week.latency[kind], len(times)), strict=True):
                yield {"timestamp": at, "duration_ms": round(milliseconds, 3), "query_complexity": kind}

    def memory(self, commands: Sequence[Row]) -> Iterator[Row]:
        """What every second run took at its peak."""
        times = [command["timestamp"] for command in commands[::2]]
        self._luck.shuffle(times)
        for at, kilobytes in zip(times, _along(self.week.memory, len(times)), strict=True):
            yield {"timestamp": at, "memory_kb": round(kilobytes)}

    def _beginners(self) -> list[str]:
        return [_user(self._ago, number) for number in range(self.week.begins)]

    def _moment(self) -> datetime:
        return _within(self._luck, self._begin + _MARGIN, self._end - _MARGIN)

    def _download(self, at: datetime, user: str) -> Row:
        channel = self._luck.choice(_CHANNELS)
        return {"timestamp": at, "user_id": user, "platform": _platform(user), "channel": channel, "version": self._version}


def _active(ago: int) -> list[str]:
    """The users of a week: those who begin in it, and those who stayed of each week before."""
    weeks = range(ago, len(WEEKS))
    return [_user(began, number) for began in weeks for number in range(WEEKS[began].stays[began - ago])]


def _user(began: int, number: int) -> str:
    """The pseudonym of a user, by the week in which they began."""
    return f"{chance('user', began, number).getrandbits(128):032x}"


def _platform(user: str) -> str:
    return _PLATFORMS[int(user[:8], 16) % len(_PLATFORMS)]


def _within(luck: random.Random, begin: datetime, end: datetime) -> datetime:
    return begin + (end - begin) * luck.random()


def _split(total: int, parts: int) -> list[int]:
    """So many commands over so many users: few each for half of them, more than twenty for every tenth, in no order."""
    casual, regular = round(parts * _CASUAL), round(parts * _REGULAR)
    numbers = [3] * casual + [9] * (regular - casual) + [27] * (parts - regular)
    scale = total / sum(numbers)
    numbers = [max(1, round(number * scale)) for number in numbers]
    # What rounding left over goes to those who have more anyway, one each.
    rest = total - sum(numbers)
    for place in range(abs(rest)):
        numbers[parts - 1 - place % (parts - casual)] += 1 if rest > 0 else -1
    chance("split", total).shuffle(numbers)
    return numbers


def _along(curve: Curve, count: int) -> Iterator[float]:
    """So many numbers, spread as the curve says."""
    for number in range(count):
        share = number / max(1, count - 1)
        below, above = next(pair for pair in pairwise(curve) if share <= pair[1][0])
        yield below[1] + (above[1] - below[1]) * (share - below[0]) / (above[0] - below[0])
