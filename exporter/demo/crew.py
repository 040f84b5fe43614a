"""The programs that run for the demo, and those that it lacks."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack

from exporter.demo.child import Child
from exporter.demo.programs import PROGRAMS
from exporter.demo.site import Site
from exporter.errors import KpiExporterError

__all__ = ["EXPORTER", "HISTORY", "Crew"]

EXPORTER = "exporter"
HISTORY = "history"
"""The program that writes it, and ends when that is done."""


class Crew:
    """Starts programs, each to be ended with `opened`, and tells what became of them."""

    def __init__(self, site: Site, opened: ExitStack) -> None:
        self._site = site
        self._opened = opened
        self._children: dict[str, Child] = {}
        self._lacking: dict[str, str] = {}

    def start(self, called: str, command: Sequence[str], environ: Mapping[str, str] | None = None) -> None:
        """Starts a program, with variables beside those of this process."""
        child = Child(command, self._site.log(called), environ)
        self._children[called] = self._opened.enter_context(child)

    def lacks(self, name: str) -> None:
        """Notes that a program of the table is not installed."""
        program = PROGRAMS[name]
        self._lacking[name] = f"{program.called} ({program.lacking}): {program.get}"

    @property
    def lacking(self) -> Sequence[str]:
        """A sentence for each program that is not installed: what is lacking without it, and how to get it."""
        return list(self._lacking.values())

    @property
    def running(self) -> frozenset[str]:
        """Those that have been started and whose end has not been told."""
        return frozenset(self._children)

    def last_words(self, called: str) -> str:
        """The last lines of the log of a program that runs."""
        return _last_words(self._children[called])

    def fallen(self) -> Iterator[str]:
        """A text for each program that has ended since the last time; raises KpiExporterError where the exporter has.

        Without that there is nothing to see.
        """
        for called, child in list(self._children.items()):
            if child.ended is None:
                continue
            del self._children[called]
            if called == HISTORY and child.ended == 0:
                yield "history is written; Prometheus finds it within a minute"
                continue
            text = f"{called} has ended with exit code {child.ended}; {_last_words(child)}"
            if called == EXPORTER:
                raise KpiExporterError(text)
            yield text


def _last_words(child: Child) -> str:
    return "\n".join(("the last lines of its log:", *(f"  {line}" for line in child.last_words())))
