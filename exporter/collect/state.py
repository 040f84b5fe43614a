"""The state directory: what may be kept between two runs, and nothing that a run cannot do without."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from exporter.errors import KpiExporterError
from exporter.http import Cache, MemoryCache, SqliteCache

__all__ = ["State", "StateInUse"]


class StateInUse(KpiExporterError):
    """Another process works in the state directory."""


class State:
    """A directory held by this process alone: the configured one, or a temporary one that goes away with it.

    `cache` keeps HTTP answers with their validators; `folder` gives each source of each project a place of its own. `keeps` says
    whether both outlive the process.
    """

    def __init__(self, path: Path | None) -> None:
        """Makes the directory if need be and locks it; raises StateInUse, or KpiExporterError when it cannot be written."""
        self.keeps = path is not None
        self._temporary = _temporary() if path is None else None
        self.path = Path(self._temporary.name) if self._temporary else path or Path()
        with self._usable():
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            with self._usable():
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self.cache: Cache = MemoryCache() if path is None else SqliteCache(self.path / "http-cache.sqlite")
        except KpiExporterError:
            os.close(self._lock)
            raise

    @classmethod
    def shared(cls, path: Path | None) -> Self:
        """Like the constructor, for a command that runs beside the exporter: takes a temporary directory if need be."""
        try:
            return cls(path)
        except StateInUse:
            return cls(None)

    def folder(self, project: str, source: str) -> Path:
        """The folder of one source of one project, which exists then; raises KpiExporterError when it cannot be made."""
        folder = self.path / project / source
        with self._usable():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    def close(self) -> None:
        """Lets the directory go."""
        if isinstance(self.cache, SqliteCache):
            self.cache.close()
        os.close(self._lock)
        if self._temporary is not None:
            self._temporary.cleanup()

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except BlockingIOError:
            raise StateInUse(f"state_dir {self.path} is in use by another kpi-exporter") from None
        except OSError as error:
            reason = error.strerror or "its cache cannot be opened"
            raise KpiExporterError(f"state_dir {self.path} cannot be used: {reason}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()


def _temporary() -> "tempfile.TemporaryDirectory[str]":
    try:
        # A source that is still at work while the program ends may write into it.
        return tempfile.TemporaryDirectory(prefix="kpi-exporter-", ignore_cleanup_errors=True)
    except OSError as error:
        raise KpiExporterError(f"no temporary directory can be made, set state_dir: {error.strerror}") from None
