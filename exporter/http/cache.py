"""Answers kept with their validators, so that an unchanged one costs no quota."""

import hashlib
import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["MAX_BYTES", "MAX_ENTRIES", "Cache", "MemoryCache", "Stored", "digest"]

MAX_ENTRIES = 4096
MAX_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it was: its validators, its decoded body, and the header that links it to the next page."""

    etag: str | None
    last_modified: str | None
    body: bytes = field(repr=False)
    link: str | None = None

    @property
    def size(self) -> int:
        """Bytes that the answer takes, nearly."""
        return len(self.body) + sum(len(text) for text in (self.etag, self.last_modified, self.link) if text)


class Cache(Protocol):
    """Keeps answers by key; thread-safe.

    A key may hold credentials, so what is kept in its place is a hash of it, made with a secret of the cache's own. An answer
    larger than the whole cache is not kept.
    """

    def get(self, key: str) -> Stored | None: ...

    def put(self, key: str, stored: Stored) -> None: ...


class MemoryCache:
    """Keeps the answers used last, up to a number and a size, as long as the process lives."""

    def __init__(self, *, max_entries: int = MAX_ENTRIES, max_bytes: int = MAX_BYTES // 4) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._secret = secrets.token_bytes()
        self._answers: OrderedDict[bytes, Stored] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, key: str) -> Stored | None:
        with self._lock:
            name = digest(key, self._secret)
            if name in self._answers:
                self._answers.move_to_end(name)
            return self._answers.get(name)

    def put(self, key: str, stored: Stored) -> None:
        if stored.size > self._max_bytes:
            return
        with self._lock:
            name = digest(key, self._secret)
            self._drop(name)
            self._answers[name] = stored
            self._bytes += stored.size
            while len(self._answers) > self._max_entries or self._bytes > self._max_bytes:
                self._drop(next(iter(self._answers)))

    def _drop(self, name: bytes) -> None:
        dropped = self._answers.pop(name, None)
        if dropped:
            self._bytes -= dropped.size


def digest(key: str, secret: bytes) -> bytes:
    """What stands for a key in a cache; without the secret nobody can tell, or try out, which key it was."""
    return hashlib.blake2b(key.encode(errors="surrogatepass"), key=secret, digest_size=32).digest()
