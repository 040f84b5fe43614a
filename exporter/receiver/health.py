"""Whether the warehouse can be written."""

import logging
import threading
from collections.abc import Callable

from exporter.errors import UpstreamError
from exporter.logs import fields

__all__ = ["Health"]

log = logging.getLogger(__name__)

_KEPT = 5.0
"""Seconds for which an answer is good: anybody may ask, and the warehouse is not to be bothered by it."""


class Health:
    """Remembers how the last write went and tries one, by `probe`, when that is long ago; logs each change once.

    `probe` raises UpstreamError where the warehouse cannot be written; `clock` gives seconds that never go back.
    """

    def __init__(self, probe: Callable[[], None], clock: Callable[[], float]) -> None:
        self._probe = probe
        self._clock = clock
        self._lock = threading.Lock()
        self._probing = threading.Lock()
        self._well = True
        self._known_until = clock()

    def healthy(self) -> bool:
        """Whether events can be written now, or could a few seconds ago."""
        # One looks, the others make do with what is known.
        if self._clock() >= self._known_until and self._probing.acquire(blocking=False):
            try:
                self._probe()
            except UpstreamError as error:
                self.failed(error)
            else:
                self.succeeded()
            finally:
                self._probing.release()
        return self._well

    def succeeded(self) -> None:
        """The warehouse was written."""
        with self._lock:
            if not self._well:
                log.info("the warehouse can be written again")
            self._well, self._known_until = True, self._clock() + _KEPT

    def failed(self, error: UpstreamError) -> None:
        """The warehouse could not be written."""
        with self._lock:
            if self._well:
                log.warning("the warehouse cannot be written, clients are told to come again", extra=fields(error=str(error)))
            self._well, self._known_until = False, self._clock() + _KEPT
