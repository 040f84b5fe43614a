"""A client whose clock, waiting, chance and counts a test can see."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from exporter.http import Client, MemoryCache
from support.tools import NOW


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    time: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@dataclass
class Counts:
    """A meter that writes everything down."""

    codes: list[str] = field(default_factory=list)
    quotas: list[tuple[str, float | None, float, float | None]] = field(default_factory=list)
    holders: list[str] = field(default_factory=list)
    costs: list[tuple[str, float]] = field(default_factory=list)

    def request(self, code: str) -> None:
        self.codes.append(code)

    def rate_limit(self, resource: str, limit: float | None, remaining: float, reset: float | None, holder: str) -> None:
        self.quotas.append((resource, limit, remaining, reset))
        self.holders.append(holder)

    def cost(self, resource: str, points: float) -> None:
        self.costs.append((resource, points))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter() -> Counts:
    return Counts()


@pytest.fixture
def make_client(clock: Clock, meter: Counts) -> Iterator[Callable[..., Client]]:
    """Makes clients with that clock and that meter, whose chance is always one half."""
    made: list[Client] = []

    def make(**options: Any) -> Client:
        given = {
            "timeout": timedelta(seconds=5),
            "cache": MemoryCache(),
            "meter": meter,
            "now": clock.now,
            "sleep": clock.sleep,
            "random": lambda: 0.5,
        }
        made.append(Client(**{**given, **options}))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture
def client(make_client: Callable[..., Client]) -> Client:
    return make_client()
