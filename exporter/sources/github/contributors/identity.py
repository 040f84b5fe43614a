"""Who the author of a commit is: the meanings of the source `git`, and accounts of GitHub, which git does not know."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from exporter.sources.github.contributors.mailmap import Mailmap
from exporter.sources.github.people import Actor, is_bot

__all__ = ["Author", "Identities"]

_BOT = "[bot]"
_GITHUB = "github.com"


@dataclass(frozen=True, slots=True)
class Author:
    """The hashes of what an author is known by: the login of an account and the address, mailmapped. At least one is there.

    An address that GitHub made for an account to hide its own stands for the login; where both are the same, `email` is None.
    """

    login: bytes | None
    email: bytes | None

    @property
    def names(self) -> tuple[bytes, ...]:
        """Those of both that are there."""
        return tuple(name for name in (self.login, self.email) if name is not None)


class Identities:
    """Tells people from bots, and makes hashes of what people are known by.

    `base_url` is the root of the API, `bots` are names, logins and addresses in lower case, `hashed` makes the hashes.
    """

    def __init__(self, base_url: str, bots: frozenset[str], hashed: Callable[[str], bytes]) -> None:
        host = (urlsplit(base_url).hostname or "").removeprefix("api.")
        hosts = "|".join(re.escape(host) for host in (_GITHUB, host) if host)
        self._noreply = re.compile(rf"(?:\d+\+)?([^@+]+)@users\.noreply\.(?:{hosts})")
        self._bots = bots
        self._hashed = hashed

    def author(self, name: str, email: str, account: Actor | None, mailmap: Mailmap) -> Author | None:
        """Whom a commit names as its author, None for a bot and where it names nobody.

        `account` is the one that GitHub ties the address to.
        """
        name, email = mailmap.canonical(name, email)
        said = self._said(name, email)
        if is_bot(account, self._bots) or self._names_bot(name, email):
            return None
        if account is None:
            return Author(*self._login_or_email(said)) if said else None
        login = self.login(account.login)
        address = self._hashed(said) if said and email.strip() else None
        return Author(login, address if address != login else None)

    def login(self, login: str) -> bytes:
        """The hash of an account."""
        return self._hashed(f"login:{login}")

    def listed(self, name: str, email: str) -> tuple[bytes, bytes] | None:
        """The hashes of an address together with a name, and of the address alone, None for a bot and for nobody.

        `aliases` tells what a mailmap makes of them.
        """
        said = self._said(name, email)
        if said is None or self._names_bot(name, email):
            return None
        return self._both(name, email), self._hashed(said)

    def aliases(self, mailmap: Mailmap) -> Iterator[tuple[bytes, bytes | None]]:
        """What `listed` gives, with the hash of the person it stands for, None for a bot."""
        for email, mapping in mailmap.for_email():
            said = self._said("", email)
            if said is not None:
                yield self._hashed(said), self._person(mapping.name or "", mapping.email or email)
        for name, email, mapping in mailmap.for_both():
            yield self._both(name, email), self._person(mapping.name or name, mapping.email or email)

    def _person(self, name: str, email: str) -> bytes | None:
        said = None if self._names_bot(name, email) else self._said(name, email)
        return self._hashed(said) if said else None

    def _both(self, name: str, email: str) -> bytes:
        return self._hashed(f"author:{name.strip()}\n{email.strip()}")

    def _login_or_email(self, said: str) -> tuple[bytes | None, bytes | None]:
        hashed = self._hashed(said)
        return (hashed, None) if said.startswith("login:") else (None, hashed)

    def _said(self, name: str, email: str) -> str | None:
        """What an author is known by: the login that the address stands for, else the address, else the name."""
        name, email = name.strip().lower(), email.strip().lower()
        noreply = self._noreply.fullmatch(email)
        for kind, value in (("login", noreply[1] if noreply else ""), ("email", email), ("name", name)):
            if value:
                return f"{kind}:{value}"
        return None

    def _names_bot(self, name: str, email: str) -> bool:
        name, email = name.strip().lower(), email.strip().lower()
        noreply = self._noreply.fullmatch(email)
        login = noreply[1] if noreply else ""
        local = email.partition("@")[0]
        return any(text.endswith(_BOT) for text in (name, login, local)) or not self._bots.isdisjoint({name, login, email})
