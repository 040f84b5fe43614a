"""A store whose process can be killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from exporter.sources.github.store import Store

__all__ = ["Killed", "MortalStore"]


class Killed(BaseException):
    """The process is killed."""


class MortalStore(Store):
    """A store whose process is killed at the end of a transaction, before it is kept, when `lives` of them have been."""

    lives: int | None = None

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        with super().transaction() as database:
            yield database
            if self.lives is not None:
                if self.lives == 0:
                    raise Killed
                self.lives -= 1
