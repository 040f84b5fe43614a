"""What the tests of the package registries share: days counted back from yesterday, and tools that remember their pauses."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from exporter.facts import Sample
from exporter.sources.base import Tools
from support.tools import NOW, make_tools
from support.upstream import Answer, Handler, Request

__all__ = ["TODAY", "YESTERDAY", "back", "by_path", "by_window", "pausing_tools"]

TODAY = NOW.date()
YESTERDAY = TODAY - timedelta(days=1)


def back(*counts: int, end: date = YESTERDAY) -> dict[date, int]:
    """Counts by day; the last of them is of `end`."""
    return {end - timedelta(days=len(counts) - 1 - place): number for place, number in enumerate(counts)}


def by_window(samples: Iterable[Sample]) -> dict[str, float]:
    """The downloads of one package by window."""
    return {dict(sample.labels)["window"]: sample.value for sample in samples if sample.name == "package_downloads"}


def pausing_tools(folder: Path, pauses: list[float]) -> Tools:
    """Tools that note the pauses asked for instead of making them."""
    return replace(make_tools(folder), pause=pauses.append)


def by_path(answers: dict[str, Answer]) -> Handler:
    """A handler that gives each path its answer, and 404 to all others."""

    def handler(request: Request) -> Answer:
        return answers.get(request.path, Answer(404))

    return handler
