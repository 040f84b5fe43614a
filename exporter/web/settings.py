"""The web configuration in use, read again when its files change."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exporter import document
from exporter.document import Document, Problem
from exporter.errors import InvalidInput, KpiExporterError
from exporter.web.auth import BasicAuth
from exporter.web.bucket import Bucket
from exporter.web.config import WebConfig, web_config
from exporter.web.tls import Tls, TlsFilesError

__all__ = ["Settings", "WebConfigFile"]

log = logging.getLogger(__name__)

_Stamp = tuple[tuple[int, int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class Settings:
    """What protects the endpoints; without a web configuration file, nothing does."""

    tls: Tls | None = None
    auth: BasicAuth | None = None
    bucket: Bucket | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class WebConfigFile:
    """Gives the settings of a file; the first reading raises InvalidInput with every problem.

    When the file, or one that it names, changes, it is read again before the next connection or request is served. If it is
    then wrong, or would take TLS or authentication away, the settings stay as they are and one line is logged: a file that is
    caught half written must not open the door.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._watched: tuple[Path, ...] = (path,)
        self._stamp: _Stamp = ()
        self._settings = self._load()

    def current(self) -> Settings:
        """The settings to use now."""
        if self._changed():
            with self._lock:
                # Another thread may have been faster.
                if self._changed():
                    self._load_again()
        return self._settings

    def _changed(self) -> bool:
        return _stamp(self._watched) != self._stamp

    def _load_again(self) -> None:
        try:
            settings = self._load()
            self._refuse_weaker(settings)
        except InvalidInput as error:
            for problem in error.problems:
                log.error("web configuration not reloaded, the old one stays: %s", problem)
        else:
            self._settings = settings
            log.info("web configuration reloaded")

    def _load(self) -> Settings:
        # Each file is stamped before it is read: what changes meanwhile is seen next time, and what is wrong is told once.
        self._stamp = _stamp(self._watched)
        content = document.read(self._path)
        config = web_config(content)
        self._watched = (self._path, *config.files())
        self._stamp = (self._stamp[0], *_stamp(self._watched[1:]))
        return _settings(content, config, self._clock)

    def _refuse_weaker(self, new: Settings) -> None:
        for section, before, after in (
            ("tls_server_config", self._settings.tls, new.tls),
            ("basic_auth_users", self._settings.auth, new.auth),
        ):
            if before and not after:
                raise InvalidInput([Problem(str(self._path), 1, section, "can be removed by a restart only")])


def _settings(content: Document, config: WebConfig, clock: Callable[[], float]) -> Settings:
    problems: list[Problem] = []
    tls = auth = None
    try:
        tls = Tls(config.tls_server_config) if config.tls_server_config else None
    except TlsFilesError as error:
        problems += [content.problem(("tls_server_config", key), message) for key, message in error.problems]
    try:
        auth = BasicAuth(dict(_hashes(config))) if config.basic_auth_users else None
    except KpiExporterError as error:
        problems.append(content.problem(("basic_auth_users",), str(error)))
    if problems:
        raise InvalidInput(problems)
    limit = config.rate_limit
    bucket = Bucket(limit.interval, limit.burst, clock) if limit.interval else None
    return Settings(tls, auth, bucket, config.headers())


def _hashes(config: WebConfig) -> Iterator[tuple[str, str]]:
    for user, digest in config.basic_auth_users.items():
        yield user, digest.get_secret_value()


def _stamp(paths: tuple[Path, ...]) -> _Stamp:
    """What changes when one of the files does."""
    return tuple(_stamp_of(path) for path in paths)


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
