"""The threads of another process."""

import ctypes
from pathlib import Path

from support.programs import eventually

__all__ = ["send_to_another_thread"]

_LIBC = ctypes.CDLL(None, use_errno=True)


def send_to_another_thread(pid: int, number: int) -> None:
    """Gives a process a signal as the system does now and then: not to its main thread, but to another one of those it has."""

    def sent() -> bool:
        others = (int(folder.name) for folder in Path(f"/proc/{pid}/task").iterdir() if folder.name != str(pid))
        # One that has ended in the meantime cannot be sent anything.
        return any(_LIBC.tgkill(pid, other, number) == 0 for other in others)

    eventually(sent)
