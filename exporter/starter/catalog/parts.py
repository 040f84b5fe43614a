"""What the KPIs of a starter catalog have in common. Pure."""

import re
from dataclasses import dataclass

from exporter.starter.known import Known
from exporter.starter.targets import SCHEDULE, goals
from exporter.starter.text import commented

__all__ = ["Entry", "alert_prefix", "growth", "target_lines", "tier"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A KPI of the catalog: the category that it is of, and its text.

    One that is `off` waits as a comment: what it is made of is not read yet.
    """

    category: str
    text: str
    off: bool = False

    def written(self) -> str:
        """The text as it stands in the file."""
        return commented(self.text) if self.off else self.text


def alert_prefix(project: str) -> str:
    """What the names of the alerts of a project begin with: AcmeWidget for acme-widget."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[a-z0-9]+", project))


def tier(known: Known, id_: str) -> str:
    """The tier of a KPI that may be the north star: downloads are, else stars, else the members of the chat."""
    for candidate, there in (
        ("downloads", bool(known.confirmed)),
        ("github_stars", bool(known.repositories)),
        ("discord_members", True),
    ):
        if there:
            return "north_star" if candidate == id_ else "kpi"
    raise AssertionError("the last candidate is always there")


def target_lines(today: int, indent: int) -> str:
    """The targets of what should grow, a line each."""
    rows = zip(SCHEDULE, goals(today), strict=True)
    return "".join(f"{' ' * indent}- {{by: {days}d after launch, at_least: {number}}}\n" for days, number in rows)


def growth(today: int | None) -> str:
    """The baseline and the targets of what should grow; a comment where today's figure is not known."""
    if today is None:
        return "    # targets: [{by: 30d after launch, at_least: …}]   # what it is worth today could not be looked up\n"
    return f"    baseline: {{at: 0d after launch, value: {today}}}\n    targets:\n{target_lines(today, 6)}"
