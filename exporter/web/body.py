"""The body of a request, read from the connection only where the application asks for it."""

import io
from collections.abc import Callable

__all__ = ["Body"]

_CHUNK = 64 * 1024
_MOST_DRAINED = 8 * 2**20
"""Bytes of a body nobody wants that are read all the same, so that its sender comes to read the answer."""


class Body(io.RawIOBase):
    """The next `length` bytes of a connection, as a file; it ends early where the client leaves.

    `begin` is called before the first byte is read, `done` after the last one.
    """

    def __init__(self, stream: io.BufferedIOBase, length: int, *, begin: Callable[[], None], done: Callable[[], None]) -> None:
        super().__init__()
        self._stream = stream
        self._left = length
        self._begin: Callable[[], None] | None = begin
        self._done = done
        if not length:
            done()

    @property
    def unread(self) -> bool:
        """Whether the client may still be sending: the application did not ask for all of it."""
        return self._left > 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int]") -> int:  # type: ignore[override]  # what io gives is a memoryview
        if self._begin is not None:
            self._begin()
            self._begin = None
        view = memoryview(buffer)[: self._left]
        count = self._stream.readinto(view) if view else 0
        self._left -= count
        if count and not self._left:
            self._done()
        return count

    def drain(self) -> None:
        """Reads the rest, or the first part of it, and throws it away."""
        read = 0
        while self._left and read < _MOST_DRAINED:
            chunk = self._stream.read(min(_CHUNK, self._left))
            if not chunk:
                break
            read += len(chunk)
            self._left -= len(chunk)
