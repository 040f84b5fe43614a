"""The messages that arrived."""

import re
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

__all__ = ["Inbox", "Message", "priority_in"]

_MOST = 500
_PRIORITY = re.compile(r"\bP[0-3]\b")


@dataclass(frozen=True, slots=True)
class Message:
    """What a channel was told, and when (UTC); `resolved` says that it is over. Without a known priority that is ""."""

    at: datetime
    channel: str
    service: str
    title: str
    text: str
    resolved: bool = False

    @property
    def priority(self) -> str:
        """The highest priority that it names."""
        return priority_in(self.title) or priority_in(self.text)


def priority_in(text: str) -> str:
    """The highest of the priorities P0 to P3 in a text; "" where it names none."""
    return min(_PRIORITY.findall(text), default="")


class Inbox:
    """Keeps the last messages; any thread may add to it. `arrived` is told of each."""

    def __init__(self, clock: Callable[[], datetime], arrived: Callable[[Message], None] = lambda _: None) -> None:
        self._clock = clock
        self._arrived = arrived
        self._messages: deque[Message] = deque(maxlen=_MOST)
        self._lock = threading.Lock()

    def add(self, channel: str, service: str, title: str, text: str, *, resolved: bool = False) -> None:
        """Keeps a message that has come just now."""
        message = Message(self._clock(), channel, service, title.strip(), text.strip(), resolved)
        with self._lock:
            self._messages.append(message)
        self._arrived(message)

    def messages(self) -> list[Message]:
        """Those that are kept, the newest first."""
        with self._lock:
            return list(reversed(self._messages))
