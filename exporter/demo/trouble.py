"""What goes wrong when somebody wants to see it: a source breaks, or an alert is raised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from exporter.demo.people import VISITORS
from exporter.demo.project import Project
from exporter.demo.upstreams.service import Services

__all__ = ["Trouble"]

_FILES: Mapping[str, str] = {"telemetry": "warehouse.db", "manual": "figures.csv", "git": "caro.git"}
"""What is taken away of the sources that are no service."""
_BUGS = {"P0": 1, "P1": 4, "P2": 6}
"""How many bugs more of each priority are beyond its limit."""
_STARS = 100
"""As many as the next milestone asks for, which is what P3 tells of."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Makes it; each method says in a sentence what it did."""

    folder: Path
    services: Services
    project: Project

    def break_source(self, source: str) -> str:
        """From now on the source cannot be read."""
        if source in _FILES:
            path = self.folder / _FILES[source]
            if not path.exists():
                # There is no git, or somebody was faster.
                return f"there is no {path.name}: the source {source} could not be read before either"
            path.rename(path.with_name(f"{path.name}.away"))
            return f"{path.name} is gone: the source {source} cannot be read"
        self.services.broken.add(source)
        return f"{source} answers 500 from now on"

    def raise_alert(self, priority: str, now: datetime) -> str:
        """From now on the condition of an alert of a priority holds."""
        if priority not in _BUGS:
            self.project.give_stars([now - timedelta(seconds=number) for number in range(_STARS)][::-1])
            return f"{_STARS} people gave a star: a milestone is reached"
        count = _BUGS[priority]
        self.project.report_bugs(priority, count, now, VISITORS[0])
        return f"a {priority} bug was reported" if count == 1 else f"{count} {priority} bugs were reported"
