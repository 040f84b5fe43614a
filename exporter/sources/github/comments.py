"""The topic `comments`: what people write on issues and pull requests."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from typing import ClassVar

from exporter.facts import Sample, Topic
from exporter.sources.github.api.answer import Count, Moment, read
from exporter.sources.github.api.rest import Rest, RestAnswer
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.metrics import rest as metrics
from exporter.sources.github.people import Actor, is_bot
from exporter.sources.github.store import Store
from exporter.sources.github.store.marks import Mark
from exporter.sources.github.topic import Seen, TopicReader

__all__ = ["CommentsReader"]

_WINDOW = timedelta(hours=24)


class _Account(RestAnswer):
    login: str
    type: str


class _Reactions(RestAnswer):
    total_count: Count


class _Comment(RestAnswer):
    """A comment; without `user` where the account is gone, without `reactions` on servers that do not tell them."""

    created_at: Moment
    user: _Account | None = None
    reactions: _Reactions | None = None

    def author(self) -> Actor | None:
        """Who wrote it."""
        return Actor.model_validate({"__typename": self.user.type, "login": self.user.login}) if self.user else None


class CommentsReader(TopicReader):
    """Asks every `slow_interval` for the comments of the 24 hours before, and tells what was counted then.

    So the window ends with the last reading, not with the refresh: a shorter `slow_interval` makes it follow more closely. Only
    counts are kept. The page of newest comments comes first, and reading ends with the first one that is older than the window:
    GitHub's own `since` also lets older ones through that were edited in it.
    """

    topic: ClassVar[Topic] = metrics.COMMENTS

    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str]) -> None:
        self._store = store
        self._interval = config.slow_interval.total_seconds()
        self._bots = bots

    def read(self, seen: Seen, rest: Rest, now: datetime) -> None:
        moment, mark = int(now.timestamp()), self._store.mark(seen.key, self.topic.name)
        if mark is not None and mark.recent(moment, self._interval):
            return
        written = reactions = 0
        for comment in _since(seen.name, rest, now - _WINDOW):
            if not is_bot(comment.author(), self._bots):
                written += 1
                reactions += comment.reactions.total_count if comment.reactions else 0
        with self._store.transaction() as database:
            statement = "INSERT OR REPLACE INTO comment (repository, written, reactions) VALUES (?, ?, ?)"
            database.execute(statement, (seen.key, written, reactions))
            self._store.set_mark(database, seen.key, self.topic.name, Mark(moment, complete=True))

    def complete(self, seen: Seen) -> bool:
        return self._store.mark(seen.key, self.topic.name) is not None

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        for written, reactions in self._store.rows("SELECT written, reactions FROM comment WHERE repository = ?", (seen.key,)):
            yield metrics.WRITTEN.sample(written, repository=seen.name)
            yield metrics.REACTIONS.sample(reactions, repository=seen.name)


def _since(repository: str, rest: Rest, start: datetime) -> Iterator[_Comment]:
    """The comments written after a moment, the newest first."""
    wanted = {"since": f"{start:%Y-%m-%dT%H:%M:%SZ}", "sort": "created", "direction": "desc"}
    entries = rest.pages(f"/repos/{repository}/issues/comments", wanted, personal=True)
    return takewhile(lambda comment: comment.created_at > start, (read(_Comment, entry) for entry in entries))
