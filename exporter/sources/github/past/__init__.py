"""What can be told of moments that are over: the facts that GitHub keeps with their dates, read into a store of their own."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from exporter.facts import Part
from exporter.sources.base import Tools
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.doctor import Access
from exporter.sources.github.organization import Organization
from exporter.sources.github.past.reading import read_past
from exporter.sources.github.past.telling import Telling
from exporter.sources.github.store import Store

__all__ = ["FILE", "parts_then"]

FILE = "past.sqlite"
"""The name of the store. It reaches further back than that of refreshes, which forget what is old, and is not theirs."""


def parts_then(
    config: GitHubConfig, store: Store, access: Access, planner: Planner, tools: Tools, moments: Sequence[datetime]
) -> Iterator[tuple[datetime, Sequence[Part]]]:
    """The parts of each of these moments, which are over and in order, of the repositories that there were.

    Raises RateLimited, with the moment from which asking again makes sense, where the quota does not last; what was read is kept,
    and the next call goes on from there. Raises UpstreamError where nothing could be read.
    """
    repositories = config.repositories
    if config.organization is not None:
        repositories = Organization(config, store).repositories(access.graph, tools.clock())
    past = read_past(config, store, access, planner, tools, repositories, moments[0])
    telling = Telling(config, store, past)
    for moment in moments:
        parts = tuple(telling.parts(moment))
        if any(part.samples for part in parts):
            yield moment, parts
