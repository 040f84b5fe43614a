"""The services of the demo alone, for an exporter that somebody else runs: the one of docker-compose.yml, say."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from datetime import datetime
from pathlib import Path

from exporter.demo.beta import project_at
from exporter.demo.files import CONFIGURATION, SECRETS, Tokens, write_configuration, write_facts
from exporter.demo.programs import find
from exporter.demo.project import Project
from exporter.demo.services import services_of
from exporter.demo.site import HOST, refuse_name
from exporter.demo.upstreams.packages import Clock
from exporter.errors import KpiExporterError
from exporter.web.address import ListenAddress
from exporter.web.server import Server

__all__ = ["serve_services"]

_WAREHOUSE = "warehouse.db"
_OWN = (CONFIGURATION, "caro.git", "figures.csv", *(f"{_WAREHOUSE}{end}" for end in ("", "-journal", "-shm", "-wal")))
"""What the demo writes into the folder anew each time; its tokens stay, for an exporter may read them at any time."""
_MARK = ".kpi-exporter-demo"
"""The file that tells a folder of such a demo from one that somebody filled."""
_LOOK_SECONDS = 0.2


def serve_services(
    address: ListenAddress, url: str | None, into: Path, say: Callable[[str], None], ended: Callable[[float], bool], clock: Clock
) -> None:
    """Serves until the end, and leaves in a folder what an exporter needs to read them under `url`; None: where they listen.

    A folder that such a demo has left is written anew, with the same tokens: an exporter that runs may go on. `ended` waits so
    many seconds and tells whether somebody wants the end. Raises KpiExporterError.
    """
    refuse_name(into)
    folder, now = into.absolute(), clock()
    tokens, project = _kept(folder) or Tokens.new(), project_at(now)
    # Before anything is written: where it cannot listen, another one may serve out of this folder.
    server = Server(address, services_of(project, tokens, clock))
    try:
        reached = url or f"http://{ListenAddress(address.host or HOST, server.port)}"
        _empty(folder)
        configuration = _write(folder, reached, tokens, project, now)
        server.start()
        say(f"the services are at {reached}, the configuration of an exporter is {configuration}")
        while not ended(_LOOK_SECONDS):
            pass
    finally:
        server.stop()
    say("ended")


def _kept(folder: Path) -> Tokens | None:
    """The tokens of the demo that was here before; None where there was none, or it did not come to write them."""
    try:
        found = [(folder / SECRETS / token.name).read_text(encoding="utf-8") for token in fields(Tokens)]
    except (OSError, UnicodeDecodeError):
        return None
    return Tokens(*found) if all(found) and (folder / _MARK).exists() else None


def _empty(folder: Path) -> None:
    """Makes the folder with its mark, or removes what such a demo has left in it; raises KpiExporterError for any other one."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / _MARK).exists():
            if any(folder.iterdir()):
                raise KpiExporterError(f"{folder} holds other things than a demo; it wants a folder of its own")
            (folder / _MARK).write_text("kpi-exporter demo writes its files here anew each time.\n", encoding="utf-8")
        for path in map(folder.joinpath, _OWN):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise KpiExporterError(f"{folder} cannot be used as the folder of the demo: {error.strerror}") from None


def _write(folder: Path, url: str, tokens: Tokens, project: Project, now: datetime) -> Path:
    """Writes everything, and gives the path of the configuration."""
    git = find("git")
    write_facts(folder, project, git, now)
    # Whoever reads it may see the folder as one that cannot be written, where the log of a writer is of no use.
    with closing(sqlite3.connect(folder / _WAREHOUSE)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    return write_configuration(folder, url, tokens, now, git=git is not None, state=None)
