"""The source `git`: asks every repository for what is new, and counts."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from exporter.errors import UpstreamError
from exporter.facts import Part
from exporter.sources.base import Finding, Source, Tools
from exporter.sources.git.config import GitConfig
from exporter.sources.git.history import History
from exporter.sources.git.metrics import METRICS, pooled_samples, repository_samples
from exporter.sources.git.program import Program
from exporter.sources.git.repository import Repository

__all__ = ["Git"]


class Git(Source[GitConfig]):
    """Contributors and commits, from the history of the default branch of any git repository."""

    name = "git"
    summary = "Contributors and commits, from the git history of any repository that git can fetch."
    config_type = GitConfig
    metrics = METRICS

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
        self._program.check()
        parts: list[Part] = []
        histories: list[History] = []
        failed: list[tuple[str, UpstreamError]] = []
        for repository in self._repositories:
            labels = (("repository", repository.name),)
            try:
                history = repository.history(tools.folder, tools.bots)
            except UpstreamError as error:
                failed.append((repository.name, error))
                parts.append(Part(labels, now, failure=error.reason))
            else:
                histories.append(history)
                parts.append(Part(labels, now, tuple(repository_samples(repository.name, history, now))))
        if not histories:
            name, first = failed[0]
            raise UpstreamError(first.reason, f"{name}: {first}")
        # A person is counted once over all repositories, so one history that is missing makes every figure wrong.
        failure = failed[0][1].reason if failed else None
        parts.append(Part((), now, () if failure else tuple(pooled_samples(histories, now)), failure))
        return parts

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
