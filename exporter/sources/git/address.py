"""Addresses of repositories: which ones are let through to git, and what a repository is called."""

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

__all__ = ["PROTOCOLS", "Address", "holds_credentials", "is_path", "parse_address"]

PROTOCOLS = ("http", "https", "ssh", "git", "file")
"""The transports of git that may be used. Others, `ext` above all, run commands that the address names."""

_EXPECTED = "must be a git URL (https, http, ssh, git or file), git@host:path, or a path"
_CREDENTIALS = re.compile(
    r"https?://.*@"  # anything before the @ of an http URL may be a token
    r"|[a-z+]+://[^@/]*:(?!\d*/).*@"  # user:password@host, and not host:port/path@more
    r"|[^@/:]+:(?!//).*@",  # user:password@host:path
    re.IGNORECASE,
)
_HELPER = re.compile(r"[A-Za-z0-9+.-]*::")
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\]")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a repository is: `url` as git takes it, `name` for people, and the host where it is reached by http or https."""

    url: str
    name: str
    host: str | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is a folder of this machine."""
        return self.url.startswith(("/", "file:"))


def holds_credentials(text: str) -> bool:
    """Whether an address seems to hold a password or a token."""
    return _CREDENTIALS.match(text) is not None


def is_path(text: str) -> bool:
    """Whether git takes an address for a path, relative or not."""
    host, colon, _ = text.partition(":")
    return bool(text) and not text.startswith("-") and "://" not in text and (not colon or "/" in host)


def parse_address(text: str) -> Address:
    """The address that a text means, by git's own rules; a relative path counts from the working directory.

    Raises ValueError, saying what was expected, for anything that git should not be given.
    """
    if not text or text.startswith("-") or not text.isprintable():
        raise ValueError(f"{_EXPECTED}; it must not start with a dash or hold control characters")
    if _HELPER.match(text):
        raise ValueError(f"{_EXPECTED}; transport helpers (name::address) are not allowed")
    if "://" in text:
        return _url(text)
    if not is_path(text):
        host, _, path = text.partition(":")
        return _scp(text, host, path)
    folder = os.path.abspath(text)  # noqa: PTH100  Path.absolute keeps "..", and a name is wanted
    return Address(folder, _folder_name(folder))


def _url(text: str) -> Address:
    try:
        parts = urlsplit(text)
        usable = parts.port != 0
    except ValueError:
        usable = False
    if not usable or " " in text or not text.startswith(tuple(f"{protocol}://" for protocol in PROTOCOLS)):
        raise ValueError(_EXPECTED)
    if parts.scheme == "file":
        if parts.netloc or parts.path == "/":
            raise ValueError("must be a file URL with an absolute path, such as file:///srv/git/project.git")
        return Address(text, _folder_name(parts.path))
    if not _HOST.fullmatch(_host_of(parts.netloc)) or not _is_user(parts.username) or parts.query or parts.fragment:
        raise ValueError(f"{_EXPECTED}; found no usable host, or more than a host and a path")
    return Address(text, _path_name(parts.path), parts.netloc.lower() if parts.scheme in ("http", "https") else None)


def _scp(text: str, host: str, path: str) -> Address:
    user, at, bare = host.rpartition("@")
    if not _HOST.fullmatch(bare) or (at and not _is_user(user)) or path.startswith("-"):
        raise ValueError(_EXPECTED)
    return Address(text, _path_name(path))


def _host_of(netloc: str) -> str:
    return re.sub(r":\d*$", "", netloc.rpartition("@")[2])


def _is_user(user: str | None) -> bool:
    return user is None or _USER.fullmatch(user) is not None


def _path_name(path: str) -> str:
    """Owner and name: the last two steps of the path of a URL."""
    return _named("/".join([step for step in path.split("/") if step][-2:]).removesuffix(".git"))


def _folder_name(folder: str) -> str:
    path = Path(folder)
    return _named((path.parent if path.name == ".git" else path).name.removesuffix(".git"))


def _named(name: str) -> str:
    if not name:
        raise ValueError(f"{_EXPECTED}; found no name of a repository in it")
    return name
