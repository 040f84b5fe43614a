"""One topic of GraphQL by itself: its reader, a store, and a fake GitHub, asked at moments that a test names."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exporter.errors import Reason
from exporter.facts import Sample
from exporter.sources.github.api.batches import BatchSize
from exporter.sources.github.api.steps import UNITS_A_QUERY, run
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.topic import Seen, TopicReader
from support.github.asking import graph_of
from support.github.direct import direct_tools
from support.github.mortal import Killed, MortalStore
from support.github.server import TOKEN, FakeGitHub
from support.github.world import Repository
from support.tools import NOW
from support.upstream import Answer, Request

__all__ = ["Followed"]

Reader = Callable[..., TopicReader]


class Followed:
    """A topic of the repositories of a fake GitHub, as one store and reader follow it.

    `options` are those of the reader, such as the size of its pages. `meanwhile` are things that happen on GitHub, each after one
    more query has been answered.
    """

    def __init__(
        self,
        kind: Reader,
        github: FakeGitHub,
        path: Path | None = None,
        *,
        bots: tuple[str, ...] = (),
        slow_interval: timedelta = timedelta(hours=6),
        **options: Any,
    ) -> None:
        self.github = github
        self.meanwhile: list[Callable[[], None]] = []
        self.answers: list[Any] = []
        """What to answer instead, each time as `data` of the first entry of a query; empty where GitHub answers itself."""
        self.now = NOW
        self._kind = kind
        self._path = path
        self._options = options
        self._bots = frozenset(bots)
        names = [repository.name for repository in github.repositories]
        self._config = GitHubConfig(repositories=names, token=TOKEN, slow_interval=slow_interval)
        self.start()

    def start(self) -> None:
        """Starts the process (again)."""
        self.store = MortalStore(self._path, "")
        self.reader = self._kind(self.store, self._config, self._bots, **self._options)

    def kill(self) -> None:
        """Ends the process, and starts another one."""
        self.store.close()
        self.start()

    def fresh(self) -> "Followed":
        """The same topic of the same GitHub for somebody who has never read it."""
        return Followed(self._kind, self.github, bots=tuple(self._bots), **self._options)

    def seen(self, repository: Repository, now: datetime) -> Seen:
        """What the first query of a refresh says."""
        return Seen(
            name=repository.name,
            key=self.store.key(repository.id),
            since=now - timedelta(days=90),
            last_pull=max((pull.updated_at for pull in repository.pull_requests), default=None),
            open_pulls=sum(pull.state == "OPEN" for pull in repository.pull_requests),
            stars=len(repository.stars),
        )

    def refresh(self, now: datetime = NOW, *, lives: int | None = None) -> dict[str, Reason]:
        """Reads once; tells which repositories failed. With `lives`, the process is killed after as many transactions."""
        self.now = self.github.now = now
        seen = [self.seen(repository, now) for repository in self.github.repositories]
        self.store.lives = lives
        graph = graph_of(direct_tools(self._answer).client, "http://127.0.0.1/graphql", now=now)
        steps = [step for each in seen for step in self.reader.steps(each, now)]
        failed = run(graph, BatchSize(UNITS_A_QUERY), steps)
        self.store.lives = None
        assert self.github.refused == []
        return {repository: reason for (repository, _), reason in failed.items()}

    def killed(self, now: datetime, lives: int) -> bool:
        """Whether a refresh that is killed after so many transactions comes so far; another process is then started."""
        try:
            self.refresh(now, lives=lives)
        except Killed:
            self.kill()
            return True
        return False

    def refreshed(self, now: datetime = NOW) -> dict[str, float]:
        """Reads once, which must succeed, and tells the figures."""
        assert self.refresh(now) == {}
        return self.figures()

    def queries(self, now: datetime) -> int:
        """How many queries a refresh takes, which must succeed."""
        before = len(self.github.sizes)
        assert self.refresh(now) == {}
        return len(self.github.sizes) - before

    @property
    def points(self) -> int:
        """What all queries so far have cost."""
        return sum(demand.points for demand in self.github.demands)

    def complete(self) -> bool:
        """Whether all that is kept reaches back as far as the figures need."""
        return all(self.reader.complete(self.seen(repository, self.now)) for repository in self.github.repositories)

    def figures(self) -> dict[str, float]:
        """The samples as `name{label,…}: value`, with the repository named only where there are several."""
        assert self.complete()
        seen = [self.seen(repository, self.now) for repository in self.github.repositories]
        samples = [sample for each in seen for sample in self.reader.samples(each, self.now)]
        samples += self.reader.pooled(seen, self.now)
        told = {_told(sample, alone=len(seen) == 1): sample.value for sample in samples}
        assert len(told) == len(samples)
        return told

    def _answer(self, request: Request) -> Answer:
        if self.answers:
            return Answer.json({"data": {"r0": self.answers.pop(0)}})
        answer = self.github(request)
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return answer


def _told(sample: Sample, *, alone: bool) -> str:
    rest = [value for name, value in sample.labels if not (alone and name == "repository")]
    name = sample.name.removeprefix("github_")
    return f"{name}{{{','.join(rest)}}}" if rest else name
