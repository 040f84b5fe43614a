"""What a source works with, for tests: a real client that never really sleeps."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exporter.http import Client, MemoryCache, Meter, NullMeter
from exporter.sources.base import Tools

__all__ = ["NOW", "PATIENCE", "make_tools"]

PATIENCE = timedelta(seconds=60)
"""Timeout for upstreams that check all that they say, on a machine that has other things to do."""
NOW = datetime(2026, 1, 27, 12, 0, tzinfo=UTC)


def make_tools(
    folder: Path,
    *,
    bots: frozenset[str] = frozenset(),
    now: datetime | None = None,
    timeout: timedelta = timedelta(seconds=2),
    meter: Meter | None = None,
    clock: Callable[[], datetime] | None = None,
) -> Tools:
    """Tools whose clock stands at `now` (NOW by default) or is `clock`, in a folder that exists."""
    ticking = clock or (lambda: now or NOW)
    client = Client(
        timeout=timeout,
        cache=MemoryCache(),
        meter=meter or NullMeter(),
        now=ticking,
        sleep=lambda seconds: None,
        random=lambda: 0.5,
    )
    folder.mkdir(parents=True, exist_ok=True)
    return Tools(client, folder, bots, clock=ticking)
