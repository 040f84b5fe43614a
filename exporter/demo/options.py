"""What somebody wants to be shown."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

__all__ = ["PRIORITIES", "SOURCES", "Options"]

SOURCES = ("github", "git", "discord", "npm", "pypi", "crates", "typeform", "telemetry", "manual")
"""The sources of the project, each of which may be broken."""
PRIORITIES = ("P0", "P1", "P2", "P3")


@dataclass(frozen=True, slots=True)
class Options:
    """What the flags say; see the help of the command.

    `into` is the folder that everything is written to and kept in, None for one that is removed at the end. Ports are those from
    `port_base` on, None for free ones. `broken` are sources, `raised` is a priority. It ends after `length`, None for never.
    """

    into: Path | None = None
    port_base: int | None = None
    broken: tuple[str, ...] = ()
    raised: str | None = None
    history: bool = True
    length: timedelta | None = None

    @property
    def hurried(self) -> bool:
        """Whether alerts wait seconds instead of minutes, because somebody waits for one."""
        return bool(self.broken or self.raised)

    @property
    def needs_history(self) -> bool:
        """Whether trouble must wait for history: what writes it asks the sources, and a milestone is judged against it."""
        return bool(self.broken) or self.raised == PRIORITIES[-1]
