"""What a topic of this source is: a part of the facts of a repository that is read, kept and told on its own."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from exporter.facts import Sample, Topic
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.api.steps import Step
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.store import Store

__all__ = ["Seen", "TopicReader"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the first query of a refresh says of a repository, so that topics know whether there is anything new to read.

    `name` is as configured, `key` the number under which the store keeps it (the same after a rename). Moments are those of the
    last update in a list, None where it is empty. `recent_issues` counts the issues updated since `since`. `head` is the commit
    at the tip of the default branch, None in an empty repository. `label_ids` gives the identity of each label that the
    configuration names and the repository has, by the name in the configuration. `first` is the first moment of the past that is
    asked about, None where only now is.
    """

    name: str
    key: int
    since: datetime
    last_issue: datetime | None = None
    recent_issues: int = 0
    last_pull: datetime | None = None
    open_pulls: int = 0
    open_bugs: int = 0
    last_discussion: datetime | None = None
    discussions: int = 0
    stars: int = 0
    head: str | None = None
    label_ids: Mapping[str, str] = field(default_factory=dict)
    forks: int = 0
    first: datetime | None = None


class TopicReader(ABC):
    """Reads one topic of all repositories, keeps its facts in the store, and makes samples of what is kept.

    An instance lives as long as the source. In each refresh it is asked, repository by repository, what to read (`steps`, for
    GraphQL, and `read`, for REST), then for the samples. A repository whose reading failed is asked for no samples; while one has
    failed, `pooled` is not asked either, because the rest would pass for the whole.
    """

    topic: ClassVar[Topic]

    @abstractmethod
    def __init__(self, store: Store, config: GitHubConfig, bots: frozenset[str]) -> None:
        """Reads for this configuration; `bots` are the logins, in lower case, that are no people."""

    def steps(self, seen: Seen, now: datetime) -> Iterable[Step]:
        """What to ask over GraphQL so that the store says what GitHub says; nothing where it does already."""
        return ()

    def read(self, seen: Seen, rest: Rest, now: datetime) -> None:
        """Asks over REST what GraphQL does not give; raises UpstreamError where that fails."""
        return

    def complete(self, seen: Seen) -> bool:
        """Whether what is kept of a repository reaches back as far as the samples need."""
        return True

    def open_bugs(self, seen: Seen) -> Mapping[str, int] | None:
        """The open bugs of a repository by priority, where this topic knows them all."""
        return None

    def samples(self, seen: Seen, now: datetime) -> Iterator[Sample]:
        """The samples of one repository."""
        yield from ()

    def pooled(self, repositories: Sequence[Seen], now: datetime) -> Iterator[Sample]:
        """The samples over all repositories together: what cannot be added up, such as medians and people."""
        yield from ()

    def samples_then(self, seen: Seen, moment: datetime) -> Iterator[Sample]:
        """Those samples of one repository that it would have had at a moment from `seen.first` on, as far as that can be told."""
        yield from ()

    def pooled_then(self, repositories: Sequence[Seen], moment: datetime) -> Iterator[Sample]:
        """Those samples over all repositories that there would have been at such a moment, as far as that can be told."""
        yield from ()
