"""The signals that a program which goes on by itself is told by."""

import os
import select
import signal

__all__ = ["Signals"]

_MOST = 65536
"""What a pipe holds: a storm of reloads must not hide the signal that ends."""


class Signals:
    """Notes signals from now on, for the rest of the process, whichever of its threads the system gives them to.

    A handler runs in the main thread alone, which a signal wakes only where it was given to that thread; most of them are. So the
    main thread waits for what Python writes to a pipe whatever the thread. That a handler does no more than that has another
    merit: what is asked for is done where no lock is held and no line half logged.
    """

    def __init__(self, *numbers: signal.Signals) -> None:
        self._read, write = os.pipe()
        for end in (self._read, write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        self._poll = select.poll()
        self._poll.register(self._read, select.POLLIN)
        self.note(*numbers)

    def note(self, *numbers: signal.Signals) -> None:
        """Notes these, too."""
        for number in numbers:
            signal.signal(number, lambda _number, _frame: None)

    def wait(self, seconds: float | None = None) -> bool:
        """Whether one comes within so many seconds, or has come and was not taken yet; None waits for ever."""
        return bool(self._poll.poll(None if seconds is None else seconds * 1000))

    def take(self) -> set[int]:
        """Those that came since this was asked last, each once."""
        try:
            return set(os.read(self._read, _MOST))
        except BlockingIOError:
            return set()
