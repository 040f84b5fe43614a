"""Who the author of a commit is."""

import re

__all__ = ["identity"]

_BOT = "[bot]"
_NOREPLY = re.compile(r"(?:\d+\+)?([^@+]+)@users\.noreply\.github\.com")


def identity(name: str, email: str, bots: frozenset[str]) -> str | None:
    """What tells a person from others, or None for a bot and for an author without name and address.

    It is the GitHub login where the (mailmapped) address is one of GitHub's noreply addresses, else the address, else the name;
    always in lower case. A bot has `[bot]` at the end of its name, login or local part, or is one of `bots` (in lower case) by
    name, login or address.
    """
    name, email = name.strip().lower(), email.strip().lower()
    noreply = _NOREPLY.fullmatch(email)
    login = noreply.group(1) if noreply else ""
    local = email.partition("@")[0]
    if any(text.endswith(_BOT) for text in (name, login, local)) or not bots.isdisjoint({name, login, email}):
        return None
    for kind, value in (("login", login), ("email", email), ("name", name)):
        if value:
            return f"{kind}:{value}"
    return None
