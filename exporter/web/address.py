"""Where the exporter is reached: the values of --web.listen-address, --web.external-url and --web.route-prefix."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from exporter.document import found

__all__ = ["ListenAddress", "parse_external_url", "parse_listen_address", "parse_route_prefix"]

_LAST_PORT = 65535
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9.])?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")


@dataclass(frozen=True, slots=True)
class ListenAddress:
    """What to listen on; the empty host stands for every address of the machine, port 0 for any free port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_listen_address(text: str) -> ListenAddress:
    """The address that a text such as `:9876`, `127.0.0.1:9876` or `[::1]:9876` names; raises ValueError for anything else."""
    host, colon, port = text.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()):
        raise ValueError(f"must be HOST:PORT such as 127.0.0.1:9876, or :PORT for every address, found {found(text)}")
    if int(port) > _LAST_PORT:
        raise ValueError(f"must have a port from 0 to {_LAST_PORT}, found {port}")
    if host.startswith("[") and host.endswith("]"):
        return ListenAddress(_ip6(host[1:-1]), int(port))
    if ":" in host:
        raise ValueError(f"must have an IPv6 address in brackets, such as [::1]:9876, found {found(text)}")
    if host and not _HOST.fullmatch(host):
        raise ValueError(f"must begin with a host name or an IP address, found {found(text)}")
    return ListenAddress(host, int(port))


def parse_external_url(text: str) -> str:
    """An http or https URL without query, ending in a slash; raises ValueError for anything else."""
    try:
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.query or parts.fragment or "@" in parts.netloc or not _PREFIX.fullmatch(parts.path.rstrip("/")):
        raise ValueError(f"must be an http or https URL such as https://example.org/kpi, found {found(text)}")
    return text.rstrip("/") + "/"


def parse_route_prefix(text: str | None, external_url: str | None = None) -> str:
    """The path under which all routes lie, without a slash at its end: "" for the root, "/kpi" for `kpi`, `/kpi` and `/kpi/`.

    Without a text it is the path of the external URL. Raises ValueError when it is no plain path.
    """
    if text is None:
        return urlsplit(external_url).path.rstrip("/") if external_url else ""
    inner = text.strip("/")
    prefix = f"/{inner}" if inner else ""
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"must be a path such as /kpi, found {found(text)}")
    return prefix


def _ip6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        raise ValueError(f"must have an IPv6 address in the brackets, found {found(text)}") from None
