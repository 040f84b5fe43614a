"""Where each part of the demo listens and writes."""

import re
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from exporter.errors import KpiExporterError

__all__ = ["HOST", "PARTS", "Site", "new_site", "refuse_name"]

PARTS = ("exporter", "messages", "upstreams", "prometheus", "alertmanager", "grafana", "mail")
"""In the order of their ports, where these are fixed."""
HOST = "127.0.0.1"
_LAST_PORT = 65_535
_PATTERN = re.compile(r"[*?\[\\]")
"""What Prometheus and Alertmanager take for a pattern in the path of a file: they would find no rule and no template."""


@dataclass(frozen=True, slots=True)
class Site:
    """A folder that holds everything, and the port of each part."""

    folder: Path
    ports: Mapping[str, int]

    def address(self, part: str) -> str:
        """HOST:PORT."""
        return f"{HOST}:{self.ports[part]}"

    def url(self, part: str) -> str:
        """The address of a part that speaks HTTP."""
        return f"http://{self.address(part)}"

    def log(self, called: str) -> Path:
        """Where a program logs to."""
        return self.folder / "logs" / f"{called}.log"

    @property
    def data(self) -> Path:
        """The data folder of Prometheus."""
        return self.folder / "prometheus" / "data"


@contextmanager
def new_site(into: Path | None, base: int | None) -> Iterator[Site]:
    """A site in a folder that stays, or in one that is removed at the end; on the ports from `base` on, or on free ones.

    Raises KpiExporterError where the folder cannot be used or a port is taken.
    """
    ports = _free_ports() if base is None else _fixed_ports(base)
    refuse_name(Path(tempfile.gettempdir()) if into is None else into)
    folder = Path(tempfile.mkdtemp(prefix="kpi-exporter-demo-")) if into is None else into
    try:
        yield Site(_own_folder(folder.absolute()), ports)
    finally:
        if into is None:
            shutil.rmtree(folder, ignore_errors=True)


def refuse_name(path: Path) -> None:
    """Raises KpiExporterError for the path of a folder that cannot stand in the files that are written."""
    folder = str(path.absolute())
    if _PATTERN.search(folder):
        raise KpiExporterError(f"{folder} cannot be used as the folder of the demo: programs take its name for a pattern")
    try:
        folder.encode()
    except UnicodeEncodeError:
        raise KpiExporterError("the name of the folder of the demo must be in UTF-8") from None


def _own_folder(folder: Path) -> Path:
    """The folder, which is made where it is not there, with nothing in it but a folder for logs."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise KpiExporterError(f"{folder} is not empty; the demo wants a folder of its own")
        (folder / "logs").mkdir()
    except OSError as error:
        raise KpiExporterError(f"{folder} cannot be used as the folder of the demo: {error.strerror}") from None
    return folder


def _free_ports() -> Mapping[str, int]:
    """Ports that nobody listens on at this moment, all different."""
    probes = {part: socket.socket() for part in PARTS}
    try:
        for probe in probes.values():
            probe.bind((HOST, 0))
        return {part: int(probe.getsockname()[1]) for part, probe in probes.items()}
    finally:
        for probe in probes.values():
            probe.close()


def _fixed_ports(base: int) -> Mapping[str, int]:
    if base + len(PARTS) - 1 > _LAST_PORT:
        raise KpiExporterError(f"--port-base must leave room for {len(PARTS)} ports up to {_LAST_PORT}, found {base}")
    ports = {part: base + number for number, part in enumerate(PARTS)}
    for part, port in ports.items():
        if _taken(port):
            raise KpiExporterError(f"the port {port} for {part} is taken on {HOST}; choose another --port-base")
    return ports


def _taken(port: int) -> bool:
    with closing(socket.socket()) as probe:
        # Or a connection that has just ended would pass for a program that listens.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return True
    return False
