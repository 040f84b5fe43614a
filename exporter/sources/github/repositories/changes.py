"""What has changed in a repository since the last refresh, so that topics read no more than they must."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from exporter.sources.github.api.answer import read
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.repositories.answers import Identity, RepositoryChanges, RepositoryDiscussions
from exporter.sources.github.repositories.queries import named
from exporter.sources.github.topic import Seen

__all__ = ["Changes", "changes_of", "known_labels"]


def known_labels(config: GitHubConfig) -> tuple[str, ...]:
    """The labels that the configuration gives a meaning, each once."""
    priorities = (label for labels in config.priorities.values() for label in labels)
    every = (config.bug_label, *priorities, *config.labels, config.security_label)
    return tuple({label.casefold(): label for label in reversed(every)}.values())


@dataclass(frozen=True, slots=True)
class Changes:
    """What a repository said of its lists; `id` is its node id, which it keeps under every name."""

    id: str
    _said: RepositoryChanges
    _label_ids: Mapping[str, str]
    _discussions: RepositoryDiscussions | None = None

    def beside(self, discussions: RepositoryDiscussions | None) -> "Changes":
        """The same with what was said of discussions."""
        return replace(self, _discussions=discussions)

    def seen(self, name: str, key: int, since: datetime, first: datetime | None = None) -> Seen:
        """The same for the topics; `key` is the number of the repository in the store, the moments are those of `Seen`."""
        said, discussed = self._said, self._discussions.last_discussion if self._discussions else None
        return Seen(
            name=name,
            key=key,
            since=since,
            last_issue=said.last_issue.moment,
            recent_issues=said.recent_issues.total_count,
            last_pull=said.last_pull.moment,
            open_pulls=said.open_pulls.total_count,
            open_bugs=said.bugs.total_count,
            last_discussion=discussed.moment if discussed else None,
            discussions=discussed.total_count if discussed else 0,
            stars=said.stargazer_count,
            head=said.head,
            label_ids=self._label_ids,
            forks=said.fork_count,
            first=first,
        )


def changes_of(data: Any, labels: Sequence[str]) -> Changes:
    """What an answer to `repositories_query` says of changes, where `labels` were asked for.

    Raises UpstreamError(MALFORMED) where it does not fit the schema.
    """
    said = read(RepositoryChanges, data)
    ids = {label: read(Identity, found).id for i, label in enumerate(labels) if (found := data.get(named(i))) is not None}
    return Changes(said.id, said, ids)
