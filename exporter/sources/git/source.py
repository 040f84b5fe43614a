"""The source `git`: asks every repository for what is new, and counts."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from exporter.errors import Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.base import Finding, Source, Tools
from exporter.sources.git.config import GitConfig
from exporter.sources.git.history import History
from exporter.sources.git.metrics import METRICS, pooled_samples, repository_samples
from exporter.sources.git.program import Program
from exporter.sources.git.repository import Repository

__all__ = ["Git"]

_Found = History | UpstreamError


class Git(Source[GitConfig]):
    """Contributors and commits, from the history of the default branch of any git repository."""

    name = "git"
    summary = "Contributors and commits, from the git history of any repository that git can fetch."
    config_type = GitConfig
    metrics = METRICS
    past_at_any_time = True

    def __init__(self, config: GitConfig) -> None:
        super().__init__(config)
        self._program = program = Program(config.timeout)
        token = None if config.token is None else (config.token_user, config.token)
        # The key lives as long as the histories in memory do, and no longer.
        key = secrets.token_bytes(32)
        self._repositories = tuple(Repository(address, config.branch, token, program, key) for address in config.addresses())

    def collect(self, tools: Tools, now: datetime) -> list[Part]:
        """One part a repository, then one with what all of them have in common, which fails when one of them does.

        Raises UpstreamError when git is missing or too old, and when every repository fails.
        """
        return _parts(self._histories(tools), now)

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        """What the branches of today say of earlier moments, from their first commit on.

        A repository whose first commit came later has none then, as it says itself while it is empty.
        """
        found = self._histories(tools)
        for moment in moments:
            then = {
                name: history.until(moment.timestamp()) if isinstance(history, History) else history
                for name, history in found.items()
            }
            if any(isinstance(history, History) and history.times for history in then.values()):
                yield moment, _parts(then, moment)

    def _histories(self, tools: Tools) -> Mapping[str, _Found]:
        """The history of each repository by its name, or why there is none; raises UpstreamError as `collect` does."""
        self._program.check()
        found: dict[str, _Found] = {}
        for repository in self._repositories:
            try:
                found[repository.name] = repository.history(tools.folder, tools.bots)
            except UpstreamError as error:
                found[repository.name] = error
        failed = [(name, error) for name, error in found.items() if isinstance(error, UpstreamError)]
        if len(failed) == len(found):
            name, first = failed[0]
            raise UpstreamError(first.reason, f"{name}: {first}")
        return found

    def examine(self, tools: Tools, now: datetime) -> Iterator[Finding]:
        try:
            self._program.check()
        except UpstreamError as error:
            yield Finding("git", works=False, detail=str(error))
            return
        for repository in self._repositories:
            try:
                head = repository.head()
            except UpstreamError as error:
                yield Finding(repository.name, works=False, detail=str(error))
            else:
                yield Finding(repository.name, works=True, detail="can be read" if head else "can be read, and has no commit yet")


def _parts(found: Mapping[str, _Found], now: datetime) -> list[Part]:
    parts = []
    histories, failures = list[History](), list[Reason]()
    for name, history in found.items():
        labels = (("repository", name),)
        if isinstance(history, History):
            histories.append(history)
            parts.append(Part(labels, now, tuple(repository_samples(name, history, now))))
        else:
            failures.append(history.reason)
            parts.append(Part(labels, now, failure=history.reason))
    # A person is counted once over all repositories, so one history that is missing makes every figure wrong.
    parts.append(Part((), now, failure=failures[0]) if failures else Part((), now, tuple(pooled_samples(histories, now))))
    return parts
