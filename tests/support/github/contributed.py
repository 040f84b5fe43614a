"""The contributors of a fake GitHub, as one store and reader follow them: GraphQL and REST without a network."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from pydantic import SecretStr

from exporter.errors import Reason, UpstreamError
from exporter.http import Client, NullMeter, Response
from exporter.sources.github.api.batches import BatchSize
from exporter.sources.github.api.credentials import Credentials, Token
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.api.steps import UNITS_A_QUERY, Step, run
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.contributors import ContributorsReader
from exporter.sources.github.topic import Seen
from support.github.mortal import Killed, MortalStore
from support.github.rest import RestSide
from support.github.server import TOKEN, FakeGitHub
from support.github.world import Repository
from support.tools import NOW
from support.upstream import Answer, Handler, Request

__all__ = ["Contributed", "Killed"]

URL = "https://api.github.com"


class _DirectClient:
    """Hands requests to a handler in this process, and knows those refusals that tests need."""

    meter = NullMeter()

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def post(self, url: str, *, json: Any, **options: Any) -> Response:
        return self._sent("POST", url, {}, encoded(json))

    def get(self, url: str, *, params: Mapping[str, str] | None = None, conditional: bool, **options: Any) -> Response:
        assert not conditional, "answers with addresses must not be kept"
        split = urlsplit(url)
        query = parse_qs(split.query) | {name: [value] for name, value in (params or {}).items()}
        return self._sent("GET", url, query, b"")

    def _sent(self, method: str, url: str, query: dict[str, list[str]], body: bytes) -> Response:
        answer = self._handler(Request(method, urlsplit(url).path, query, {"authorization": f"Bearer {TOKEN}"}, body))
        if answer.status not in (200, 204):
            raise UpstreamError({403: Reason.AUTH, 404: Reason.NOT_FOUND}.get(answer.status, Reason.SERVER_ERROR), "refused")
        return Response(answer.status, {name.lower(): value for name, value in answer.headers.items()}, answer.body)


def encoded(data: Any) -> bytes:
    return json.dumps(data).encode()


class Contributed:
    """Reads contributors of repositories at moments that a test names.

    `spoil` changes what GitHub answers to queries, `meanwhile` are things that happen on GitHub, each after one more query.
    `lists` counts the requests for lists, `github.sizes` the queries. With `client` all of it goes over that one, to `url`.
    """

    def __init__(
        self,
        *repositories: Repository,
        path: Path | None = None,
        bots: tuple[str, ...] = (),
        slow_interval: timedelta = timedelta(hours=6),
        github: FakeGitHub | None = None,
        client: Client | None = None,
        url: str = URL,
    ) -> None:
        self.github = github or FakeGitHub(*repositories)
        self.rest = RestSide(self.github) if github is None else cast(RestSide, github.rest)
        self.spoil: Callable[[Any], Any] | None = None
        self.meanwhile: list[Callable[[], None]] = []
        self.lists = 0
        self.now = NOW
        self._seen: list[Seen] = []
        self._client = client or cast(Client, _DirectClient(self.answer))
        self._url = url
        self._path = path
        self._bots = bots
        self._config = GitHubConfig(
            repositories=[repository.name for repository in self.github.repositories],
            token=TOKEN,
            base_url=url,
            slow_interval=slow_interval,
        )
        self.start()

    def start(self) -> None:
        """Starts the process (again)."""
        self.store = MortalStore(self._path, "")
        self.reader = ContributorsReader(self.store, self._config, frozenset(self._bots))

    def fresh(self) -> "Contributed":
        """The same GitHub for somebody who has never read it."""
        return Contributed(github=self.github, bots=self._bots, slow_interval=self._config.slow_interval)

    def refresh(self, now: datetime = NOW, *, lives: int | None = None) -> dict[str, Reason]:
        """Reads once; tells which repositories failed. With `lives`, the process is killed after as many transactions."""
        self.now = self.github.now = now
        planner = Planner(0)
        credentials = Credentials([Token("token", SecretStr(TOKEN))], planner)
        graph = Graph(self._client, f"{self._url}/graphql", credentials, planner, lambda: now)
        rest = Rest(self._client, self._url, credentials, lambda: now)
        steps: list[Step] = []
        failed: dict[str, Reason] = {}
        self._seen = seen = self.seen()
        self.store.lives = lives
        for each in seen:
            try:
                self.reader.read(each, rest, now)
                steps += self.reader.steps(each, now)
            except UpstreamError as error:
                failed[each.name] = error.reason
        failed |= {repository: reason for (repository, _), reason in run(graph, BatchSize(UNITS_A_QUERY), steps).items()}
        self.store.lives = None
        assert self.github.refused == []
        return failed

    def counts(self, now: datetime = NOW) -> dict[str, float]:
        """What is counted after a refresh, which must succeed: the names of metrics without what all of them begin with."""
        assert self.refresh(now) == {}
        return self.kept()

    def kept(self) -> dict[str, float]:
        """What is counted of what is kept, of repositories as the last refresh saw them."""
        seen = self._seen
        assert all(self.reader.complete(each) for each in seen)
        assert not [sample for each in seen for sample in self.reader.samples(each, self.now)]
        samples = list(self.reader.pooled(seen, self.now))
        names = [sample.name.removeprefix("github_contributors").removeprefix("_") or "ever" for sample in samples]
        return dict(zip(names, (sample.value for sample in samples), strict=True))

    def requests(self, now: datetime) -> tuple[int, int]:
        """How many queries, and how many pages of lists, a refresh asks for; it must succeed."""
        queries, lists = len(self.github.sizes), self.lists
        assert self.refresh(now) == {}
        return len(self.github.sizes) - queries, self.lists - lists

    def seen(self) -> list[Seen]:
        """What the first query of a refresh says."""
        return [
            Seen(
                repository.name,
                self.store.key(repository.id),
                self.now - timedelta(days=90),
                head=repository.commits[-1].oid if repository.commits else None,
            )
            for repository in self.github.repositories
        ]

    def answer(self, request: Request) -> Answer:
        """What GitHub answers to one request."""
        if request.method == "GET":
            self.lists += 1
            return self.rest(request)
        answer = self.github(request)
        if self.spoil is not None:
            answer = Answer.json(self.spoil(json.loads(answer.body)))
        if self.meanwhile:
            self.meanwhile.pop(0)()
        return answer
