"""One topic of REST by itself: its reader, a store, and a fake GitHub on loopback, asked at moments that a test names."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from exporter.facts import Sample
from exporter.sources.github.api.credentials import Credentials, Token
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.store import Store
from exporter.sources.github.topic import Seen, TopicReader
from support.github.rest import RestSide
from support.github.server import TOKEN, FakeGitHub
from support.github.world import Repository
from support.tools import NOW, PATIENCE, make_tools
from support.upstream import Request, Upstream

__all__ = ["OneTopic", "one_topic"]

Reader = Callable[[Store, GitHubConfig, frozenset[str]], TopicReader]


class OneTopic:
    """Reads a topic of repositories of a fake GitHub, whose REST side is `rest`; `upstream` remembers what was asked."""

    def __init__(self, kind: Reader, upstream: Upstream, github: FakeGitHub, rest: RestSide, folder: Path, **config: Any) -> None:
        self.upstream = upstream
        self.github = github
        self.rest = rest
        self.store_file = folder / "facts.sqlite"
        self._kind = kind
        self._folder = folder
        self._config = {"base_url": upstream.url, "token": TOKEN, **config}
        self.restart()

    def restart(self, *, bots: frozenset[str] = frozenset(), **config: Any) -> None:
        """Begins anew with what is in the file of the store, and with these keys of the configuration changed."""
        self._config |= {"repositories": [repository.name for repository in self.github.repositories], **config}
        self.store = Store(self.store_file, "")
        self.reader = self._kind(self.store, GitHubConfig(**self._config), bots)

    def refresh(self, now: datetime = NOW, repository: Repository | None = None, name: str | None = None) -> dict[str, float]:
        """The samples after a refresh of a repository, by default the first, without the label of that name.

        `name` is how the configuration calls it where that is not its name.
        """
        seen = self._seen(repository or self.github.repositories[0], now, name)
        client = make_tools(self._folder, now=now, timeout=PATIENCE).client
        credentials = Credentials([Token("token", SecretStr(TOKEN))], Planner(0))
        self.reader.read(seen, Rest(client, self.upstream.url, credentials, lambda: now), now)
        return self._samples(seen, now)

    def kept(self, now: datetime = NOW) -> dict[str, float]:
        """The samples of the first repository, of what is kept."""
        return self._samples(self._seen(self.github.repositories[0], now), now)

    def pooled(self, now: datetime = NOW) -> dict[str, float]:
        """The samples over all repositories."""
        return _told(self.reader.pooled([self._seen(repository, now) for repository in self.github.repositories], now))

    def asked(self) -> list[Request]:
        """What has been asked since the last time that this was called."""
        asked, self.upstream.requests[:] = list(self.upstream.requests), []
        return asked

    def _seen(self, repository: Repository, now: datetime, name: str | None = None) -> Seen:
        return Seen(name or repository.name, self.store.key(repository.id), now - timedelta(days=90))

    def _samples(self, seen: Seen, now: datetime) -> dict[str, float]:
        samples = list(self.reader.samples(seen, now))
        assert {dict(sample.labels)["repository"] for sample in samples} <= {seen.name}
        return _told(samples)


@contextmanager
def one_topic(kind: Reader, folder: Path, *repositories: Repository, **config: Any) -> Iterator[OneTopic]:
    """A topic in these repositories, `acme/widget` where none is given; nothing may be asked that GitHub does not know."""
    github = FakeGitHub(*(repositories or (Repository("acme/widget"),)))
    rest = RestSide(github)
    with Upstream(github) as upstream:
        yield OneTopic(kind, upstream, github, rest, folder, **config)
    assert github.refused == []


def _told(samples: Any) -> dict[str, float]:
    told = {_name(sample): sample.value for sample in samples}
    return dict(sorted(told.items()))


def _name(sample: Sample) -> str:
    rest = [value for name, value in sample.labels if name != "repository"]
    return f"{sample.name}{{{','.join(rest)}}}" if rest else sample.name
