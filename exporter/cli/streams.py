"""What the command line writes to: standard output and standard error, in whatever state the caller left them."""

import os
import sys
from pathlib import Path

__all__ = ["colour_wanted", "discard_output", "provide_streams"]


def provide_streams() -> None:
    """Makes both streams usable, also where they are closed or cannot show every character."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - stays open
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a TextIOWrapper, which its type does not say


def discard_output() -> None:
    """Sends what is still to be written to standard output nowhere, so that Python does not fail on it at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def colour_wanted() -> bool:
    """Whether colours may be used where they can be shown (https://no-color.org)."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
