"""A source over a fake GitHub that is asked for its past."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exporter.facts import Part
from exporter.sources.base import Tools
from exporter.sources.github import GitHub, GitHubConfig
from support.github import TOKEN, FakeGitHub
from support.tools import PATIENCE, make_tools
from support.upstream import Upstream

__all__ = ["Figures", "Watcher", "figures", "watched"]

TOPICS = ("issues", "pull_requests", "conflicts", "discussions", "stars", "contributors")
Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


class Watcher:
    """A source over a fake GitHub, with a folder that outlives it."""

    upstream: Upstream

    def __init__(self, github: FakeGitHub, url: str, folder: Path, **config: Any) -> None:
        self.github = github
        self.folder = folder
        names = [repository.name for repository in github.repositories]
        given = {"read": TOPICS, "labels": ("planted-label",), "slow_interval": timedelta(seconds=1), "repositories": names}
        self.config = GitHubConfig(base_url=url, token=TOKEN, **{**given, **config})

    def tools(self, now: datetime) -> Tools:
        self.github.now = now
        made = make_tools(self.folder, now=now, timeout=PATIENCE)
        return Tools(made.client, made.folder, keeps=True, clock=made.clock)

    def collected(self, now: datetime) -> Figures:
        """The samples of a refresh of somebody who has read nothing before; it must succeed."""
        made = self.tools(now)
        parts = list(GitHub(self.config).collect(Tools(made.client, made.folder, clock=made.clock), now))
        assert [part for part in parts if part.failure] == []
        return figures(parts)

    def past(self, moments: Sequence[datetime], now: datetime) -> dict[datetime, Figures]:
        """What is said of moments; nothing may fail."""
        told = dict(GitHub(self.config).past(self.tools(now), moments))
        assert [part for parts in told.values() for part in parts if part.failure] == []
        assert all(part.time == moment for moment, parts in told.items() for part in parts)
        return {moment: figures(parts) for moment, parts in told.items()}


def figures(parts: Sequence[Part]) -> Figures:
    samples = [sample for part in parts for sample in part.samples]
    told = {(sample.name, sample.labels): sample.value for sample in samples}
    assert len(told) == len(samples)
    return told


@contextmanager
def watched(github: FakeGitHub, folder: Path, **config: Any) -> Iterator[Watcher]:
    with Upstream(github) as upstream:
        watcher = Watcher(github, upstream.url, folder, **config)
        watcher.upstream = upstream
        yield watcher
    assert github.refused == []
