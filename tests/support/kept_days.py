"""A world of events that come late and are deleted, quantities that count them, and a store whose process can be killed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from exporter.sources.telemetry.rollups import Period, Sums
from exporter.sources.telemetry.rollups.cells import Cells

__all__ = ["Counted", "CountedByUser", "Killed", "MortalCells", "World"]


class Killed(BaseException):
    """The process is killed."""


class MortalCells(Cells):
    """A store whose process is killed before it keeps something, when it has `lives` times."""

    lives: int | None = None

    def keep(self, quantity: str, read_at: datetime, figures: Mapping[Period, Mapping[str, float]]) -> None:
        if self.lives is not None:
            if self.lives == 0:
                raise Killed
            self.lives -= 1
        super().keep(quantity, read_at, figures)


@dataclass
class World:
    """Stands for a warehouse: the events that are stored at the moment, each a moment and a user."""

    events: list[tuple[datetime, str]] = field(default_factory=list)
    asked: list[Period] = field(default_factory=list)
    """What was asked for since the last time somebody looked."""

    def users(self, start: datetime, end: datetime) -> list[str]:
        self.asked.append(Period(start, end))
        return [user for moment, user in self.events if start <= moment < end]

    def sums(self, folder: Path, config: Any, now: datetime, lives: int | None = None) -> tuple[Sums, Cells]:
        """Sums of a refresh, and the store that they keep days in, which is to be closed."""
        cells = MortalCells(folder / "days.sqlite", b"same", now)
        cells.lives = lives
        return Sums(cells, self, config, now), cells  # type: ignore[arg-type]


class Counted:
    """A quantity: how many events there are."""

    name = "events"

    def __call__(self, world: Any, start: datetime, end: datetime) -> Mapping[str, float]:
        return {"events": len(world.users(start, end))}


class CountedByUser:
    """A quantity that many periods of are read at once: the events of each user."""

    name = "events by user"

    def __call__(self, world: Any, start: datetime, end: datetime) -> Mapping[str, float]:
        users = world.users(start, end)
        return {user: users.count(user) for user in users}

    def by_period(self, world: Any, periods: Sequence[Period]) -> Sequence[Mapping[str, float]]:
        world.asked.append(Period(periods[0].start, periods[-1].end))
        return [self(World(world.events), *period) for period in periods]
