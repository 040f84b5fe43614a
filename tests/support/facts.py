"""A source that says what a test tells it to, and the small parts that tests are made of."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from exporter.collect.job import Job
from exporter.collect.meters import SourceMeter
from exporter.config.types import SourceConfig
from exporter.errors import Reason
from exporter.facts import Metric, Part
from exporter.sources.base import Finding, Source, Tools
from support.tools import NOW, make_tools

__all__ = ["STARS", "Forge", "ForgeConfig", "job_of", "part"]

STARS = Metric("forge_stars", "Accounts that starred a repository.", "count", ("repository",))


class ForgeConfig(SourceConfig):
    """No keys of its own."""


class Forge(Source[ForgeConfig]):
    """Collects what `says` gives, or raises what it raises; asks to be left alone until each of the moments `waits_for`."""

    name = "forge"
    summary = "Says what a test tells it to."
    config_type = ForgeConfig
    metrics = (STARS,)

    def __init__(self, config: ForgeConfig, says: Callable[[datetime], Iterable[Part]] = lambda now: ()) -> None:
        super().__init__(config)
        self.says = says
        self.waits_for: tuple[datetime, ...] = ()

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        for moment in self.waits_for:
            tools.put_off(moment)
        return self.says(now)

    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        return [Finding("forge", True, "answers")]


def part(repository: str, stars: float | None = None, *, time: datetime = NOW, failure: Reason | None = None) -> Part:
    """A part of the forge: one repository with its stars, or without any."""
    samples = () if stars is None else (STARS.sample(stars, repository=repository),)
    return Part((("repository", repository),), time, samples, failure)


def job_of(folder: Path, says: Callable[[datetime], Iterable[Part]], config: ForgeConfig | None = None) -> Job:
    """A job of the project `acme` over the forge."""
    meter = SourceMeter()
    return Job("acme", Forge(config or ForgeConfig(), says), make_tools(folder, meter=meter), meter)
