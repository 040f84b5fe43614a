"""What a tracking issue remembers of its alert, in a comment of HTML that nobody sees who reads the issue."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

__all__ = ["Mark", "Marker", "marker_in", "with_marker"]

_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00"
_MARKER = re.compile(
    rf"<!-- kpi-exporter fingerprint=([0-9a-f]{{16}}) episode=([1-9]\d{{0,8}}) since=({_MOMENT})(?: until=({_MOMENT}))? -->"
)

Told = Literal["again", "resolved"]


@dataclass(frozen=True, slots=True)
class Marker:
    """Which alert an issue is about, and its last episode that the issue was told of.

    Episodes count from 1. `since` is when the episode began, `until` when it ended (UTC), None while it lasts.
    """

    fingerprint: str
    episode: int
    since: datetime
    until: datetime | None = None

    def __str__(self) -> str:
        until = "" if self.until is None else f" until={self.until.isoformat()}"
        return (
            f"<!-- kpi-exporter fingerprint={self.fingerprint} episode={self.episode} since={self.since.isoformat()}{until} -->"
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """What a comment tells, and of which episode: that the alert fires `again`, or is `resolved`."""

    fingerprint: str
    episode: int
    told: Told

    def __str__(self) -> str:
        return f"<!-- kpi-exporter fingerprint={self.fingerprint} episode={self.episode} told={self.told} -->"


def marker_in(body: str) -> Marker | None:
    """The marker of an issue, None where its body has none that can be read."""
    found = _MARKER.search(body)
    if found is None:
        return None
    fingerprint, episode, since, until = found.groups()
    try:
        return Marker(fingerprint, int(episode), datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)
    except ValueError:
        return None


def with_marker(body: str, marker: Marker) -> str:
    """The body of an issue with another marker, and everything else that people wrote there."""
    kept = _MARKER.sub("", body).rstrip()
    return f"{kept}\n\n{marker}" if kept else str(marker)
