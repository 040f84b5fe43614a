"""Runs a program in the place of this one, on a leash: it ends when the process that wanted it does, whatever ended that.

    python -I -S leash.py PARENT COMMAND...

PARENT is the id of the process that starts this. Only Linux has a leash; elsewhere the program is merely run. This is run as a
file, by a Python that knows nothing but its own library: that takes next to no time, and finds no module of another folder.
"""

import os
import signal
import sys

__all__ = ["become"]

_SET_PARENT_DEATH_SIGNAL = 1
"""PR_SET_PDEATHSIG of prctl(2). It outlives exec, and a signal that ends in order lets the program end its own children."""
_CANNOT_RUN = 126
"""The exit code of shells for a program that is there and cannot be run."""


def become(parent: int, command: list[str]) -> int:
    """Does not come back where all goes well; else gives an exit code, with what is wrong on standard error."""
    if sys.platform == "linux":
        _leash()
    if os.getppid() != parent:
        # It ended before the leash was there.
        return 128 + signal.SIGTERM
    # Python ignores it, and what is ignored stays so.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        os.execv(command[0], command)  # noqa: S606 - a program of the table
    except OSError as error:
        sys.stderr.write(f"{command[0]} cannot be run: {error.strerror}\n")
    return _CANNOT_RUN


def _leash() -> None:
    try:
        import ctypes
    except ImportError:
        # A Python may be built without it.
        return
    ctypes.CDLL(None).prctl(_SET_PARENT_DEATH_SIGNAL, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(become(int(sys.argv[1]), sys.argv[2:]))
