"""Where a warehouse is: what the URL of a configuration means, and what may be said of it."""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from exporter.errors import Reason, UpstreamError

__all__ = ["Address", "parse_address"]

_SPEAKABLE = re.compile(r"[A-Za-z0-9._:,\[\]/-]{1,100}")
"""Names of hosts and databases that can be nothing else, such as a piece of a password that was not percent-encoded."""


@dataclass(frozen=True, slots=True)
class Address:
    """One warehouse.

    `dialect` is `sqlite` or `postgresql`; `target` is the path of a file or a URL as libpq takes it, with its password, and stays
    out of every text; `called` is what a sentence calls it.
    """

    dialect: str
    target: str = field(repr=False)
    called: str


def parse_address(url: str) -> Address:
    """The address that a URL means; raises UpstreamError(CLIENT_ERROR), which says what to write instead.

    After sqlite:/// comes a path, after postgresql:// whatever PostgreSQL's own programs take there; both percent-encoded.
    """
    scheme, _, rest = url.partition("://")
    dialect = scheme.partition("+")[0]
    if dialect == "sqlite":
        return _file(rest)
    if dialect == "postgresql":
        return _server(rest)
    raise _unusable("it must begin with sqlite:/// or postgresql://")


def _file(rest: str) -> Address:
    path, _, parameters = rest.partition("?")
    name = unquote(path.removeprefix("/"))
    if not path.startswith("/") or not name or name.startswith(":") or parameters or "\0" in name:
        raise _unusable("after sqlite:/// comes the path of a file and nothing more, such as sqlite:////data/analytics.db")
    return Address("sqlite", name, f"the database {name}")


def _server(rest: str) -> Address:
    authority = rest.partition("?")[0]
    if authority.count("@") > 1:
        raise _unusable("write %40 for an @ in the password, and percent-encode its other special characters")
    try:
        parts = urlsplit(f"postgresql://{rest}")
    except ValueError:
        raise _unusable("it must be such as postgresql://role@host:5432/database") from None
    given = dict(parse_qsl(parts.query))
    host = given.get("host") or unquote(parts.netloc.rpartition("@")[2])
    database = given.get("dbname") or unquote(parts.path.removeprefix("/"))
    called = f"the database {database}" if _SPEAKABLE.fullmatch(database) else "the database"
    if host and _SPEAKABLE.fullmatch(host):
        called += f" on {host}"
    return Address("postgresql", f"postgresql://{rest}", called)


def _unusable(what: str) -> UpstreamError:
    return UpstreamError(Reason.CLIENT_ERROR, f"the URL of the warehouse cannot be used: {what}")
