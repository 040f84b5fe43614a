from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from exporter.facts import Part, Sample
from exporter.sources.base import Finding
from exporter.sources.github import GitHub, GitHubConfig
from support.github import TOKEN, FakeGitHub
from support.tools import NOW, PATIENCE, make_tools
from support.upstream import Upstream


@dataclass
class Seen:
    """A source that reads a fake GitHub over loopback."""

    upstream: Upstream
    source: GitHub
    folder: Path

    def parts(self) -> dict[str, Part]:
        """The parts of a refresh by repository."""
        parts = list(self.source.collect(make_tools(self.folder, timeout=PATIENCE), NOW))
        assert [dict(part.labels)["repository"] for part in parts] == list(self.source.config.repositories)
        return {dict(part.labels)["repository"]: part for part in parts}

    def facts(self, repository: str = "caro-cli/caro") -> dict[str, float]:
        """The samples of a repository as `name{label,…}: value`, without the label `repository`."""
        part = self.parts()[repository]
        assert part.failure is None
        return {told(sample): sample.value for sample in part.samples}

    def findings(self) -> dict[str, Finding]:
        """What `doctor` finds, by subject."""
        return {finding.subject: finding for finding in self.source.examine(make_tools(self.folder, timeout=PATIENCE), NOW)}


def told(sample: Sample) -> str:
    """A sample's name with the values of its labels, the repository left out."""
    rest = [value for name, value in sample.labels if name != "repository"]
    return f"{sample.name}{{{','.join(rest)}}}" if rest else sample.name


Watch = Callable[..., Any]


@pytest.fixture
def watch(tmp_path: Path) -> Watch:
    """Opens a fake GitHub to a source: `with watch(github, labels=[…]) as seen`.

    It reads the topics and counts the labels that the test names, and no others.
    """

    @contextmanager
    def opened(github: FakeGitHub, **config: Any) -> Iterator[Seen]:
        config.setdefault("repositories", [repository.name for repository in github.repositories])
        config.setdefault("token", TOKEN)
        config.setdefault("read", ())
        config.setdefault("labels", ())
        with Upstream(github) as upstream:
            source = GitHub(GitHubConfig(base_url=upstream.url, **config))
            yield Seen(upstream, source, tmp_path)

    return opened
