"""The services of the demo alone, for an exporter that somebody else runs: the one of docker-compose.yml, say."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from exporter.demo.beta import project_at
from exporter.demo.files import CONFIGURATION, Tokens, write_configuration, write_facts
from exporter.demo.programs import find
from exporter.demo.services import services_of
from exporter.demo.upstreams.packages import Clock
from exporter.errors import KpiExporterError
from exporter.web.address import ListenAddress
from exporter.web.server import Server

__all__ = ["serve_services"]

_WAREHOUSE = "warehouse.db"
_OWN = (CONFIGURATION, "caro.git", "figures.csv", "secrets", _WAREHOUSE)
"""What the demo writes into the folder."""
_LOOK_SECONDS = 0.2


def serve_services(
    address: ListenAddress, url: str, folder: Path, say: Callable[[str], None], ended: Callable[[float], bool], clock: Clock
) -> None:
    """Serves until the end, and leaves in a folder what an exporter needs to read them under `url`.

    A folder that such a demo has left is written anew, with the same tokens: an exporter that runs may go on. `ended` waits so
    many seconds and tells whether somebody wants the end. Raises KpiExporterError.
    """
    now, git = clock(), find("git")
    tokens = _emptied(folder)
    write_facts(folder, project := project_at(now), git, now)
    # Whoever reads it may see the folder as one that cannot be written, where the log of a writer is of no use.
    with closing(sqlite3.connect(folder / _WAREHOUSE)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    configuration = write_configuration(folder, url, tokens, now, git=git is not None, state=None)
    with Server(address, services_of(project, tokens, clock)):
        say(f"the services are at {url}, the configuration of an exporter is {configuration}")
        while not ended(_LOOK_SECONDS):
            pass
    say("ended")


def _emptied(folder: Path) -> Tokens:
    """Removes what such a demo has left before; gives its tokens, or new ones."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = {path.name for path in folder.iterdir()}
        if not found:
            return Tokens.new()
        if not found <= set(_OWN) or "secrets" not in found:
            raise KpiExporterError(f"{folder} holds other things than a demo; it wants a folder of its own")
        tokens = Tokens(*((folder / "secrets" / name).read_text(encoding="utf-8") for name in Tokens.__slots__))
        for path in folder.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    except OSError as error:
        raise KpiExporterError(f"{folder} cannot be used as the folder of the demo: {error.strerror}") from None
    return tokens
