"""A source whose past is written by the test, and a collector of such sources."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from exporter.collect.job import Job
from exporter.collect.meters import SourceMeter
from exporter.config.types import SourceConfig
from exporter.errors import UpstreamError
from exporter.facts import Metric, Part
from exporter.sources.base import Finding, Source, Tools
from support.tools import make_tools

__all__ = ["STARS", "Written", "job_of", "part"]

STARS = Metric("github_repository_stars", "Stars.", "count", ("repository",))

Past = Mapping[datetime, Sequence[Part] | UpstreamError | Exception]


def part(moment: datetime, **stars: float) -> list[Part]:
    """A part for each repository with its stars."""
    return [Part((("repository", name),), moment, (STARS.sample(value, repository=name),)) for name, value in stars.items()]


@dataclass
class Written:
    """What a source says of its past by moment; an error is raised when that moment is asked for."""

    past: Past
    asked: list[list[datetime]] = field(default_factory=list)
    any_time: bool = False

    def source(self, name: str = "written") -> Source[SourceConfig]:
        """The source."""
        told = self

        class WrittenSource(_Base):
            past_at_any_time = told.any_time

            def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
                told.asked.append(list(moments))
                for moment in moments:
                    found = told.past.get(moment)
                    if isinstance(found, Exception):
                        raise found
                    if found is not None:
                        yield moment, found

        WrittenSource.name = name
        return WrittenSource(SourceConfig())


class _Base(Source[SourceConfig]):
    name = "written"
    summary = "For tests."
    config_type = SourceConfig
    metrics = (STARS,)

    def collect(self, tools: Tools, now: datetime) -> Sequence[Part]:
        return ()

    def examine(self, tools: Tools, now: datetime) -> Sequence[Finding]:
        return ()


def job_of(source: Source[Any] | None, folder: Path, project: str = "acme") -> Job:
    """A job over a source; over one that keeps no past, where it is None."""
    return Job(project, source or _Base(SourceConfig()), make_tools(folder), SourceMeter())
