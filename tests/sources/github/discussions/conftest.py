import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.discussions import DiscussionsReader
from exporter.sources.github.topic import Seen
from support.github import FakeGitHub, Repository
from support.github.followed import Followed
from support.tools import NOW
from support.upstream import Answer, Request


class Watched(Followed):
    """The discussions of a fake GitHub as one store and reader follow them.

    Pages have `page` discussions where that is said. `spoil` changes what GitHub says to the request of that number, from 0.
    `unlisted` is how many discussions GitHub counts but does not list.
    """

    def __init__(
        self,
        github: FakeGitHub,
        path: Path | None = None,
        *,
        bots: tuple[str, ...] = (),
        page: int | None = None,
        spoil: Callable[[int, Any], Any] | None = None,
    ) -> None:
        self.spoil = spoil
        self.unlisted = 0
        sizes = {} if page is None else {"whole_page": page, "short_page": page}
        super().__init__(DiscussionsReader, github, path, bots=bots, **sizes)

    def seen(self, repository: Repository, now: datetime = NOW) -> Seen:
        moments = [discussion.updated_at for discussion in repository.discussions]
        discussions = len(moments) + self.unlisted
        return replace(super().seen(repository, now), last_discussion=max(moments, default=None), discussions=discussions)

    def _answer(self, request: Request) -> Answer:
        number, said = len(self.github.sizes), super()._answer(request)
        if said.status != 200:
            raise UpstreamError(Reason.SERVER_ERROR, "what a client says to such an answer")
        return said if self.spoil is None else Answer.json(self.spoil(number, json.loads(said.body)))


Watch = Callable[..., Watched]


@contextmanager
def _watching() -> Iterator[Watch]:
    opened: list[Watched] = []

    def started(*world: Repository | FakeGitHub, **options: Any) -> Watched:
        github = world[0] if isinstance(world[0], FakeGitHub) else FakeGitHub(*world)
        opened.append(Watched(github, **options))
        return opened[-1]

    yield started
    for watched in opened:
        watched.store.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Follows the discussions of repositories, or of a fake GitHub: `watch(Repository(…), bots=("helper",))`."""
    with _watching() as watch:
        yield watch


@pytest.fixture(scope="session")
def open_watch() -> Callable[[], Any]:
    """The same as a context, for tests that hypothesis repeats."""
    return _watching
