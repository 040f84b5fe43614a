"""Texts of others as plain text within Markdown: they name nobody, refer to nothing, and format nothing."""

import re
from urllib.parse import urlsplit

from exporter.logs import redact

__all__ = ["inline", "one_line", "unreferring", "web_address"]

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
"""Every character that may mean something to Markdown or HTML; a backslash before it takes that away (CommonMark, 2.4)."""
_REFERENCES = re.compile(r"(?<=[@#])|(?<=://)|(?<=\bwww\.)|(?<=\bgh-)(?=\d)", re.IGNORECASE)
"""Where GitHub sees the name of a person or team, an issue, or an address, whatever stands before the character."""
_INVISIBLE = "\u200b"
_ADDRESS = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+")
_LONGEST_ADDRESS = 2000


def one_line(text: str, most: int) -> str:
    """The text on one line, at most so many characters of it, without what looks like a credential or an e-mail address."""
    shown = "".join(one if one.isprintable() else " " for one in redact(text))
    joined = " ".join(shown.split())
    return joined if len(joined) <= most else f"{joined[: most - 1]}…"


def unreferring(text: str) -> str:
    """The text as it looks, but nobody is told of it: a character without width stands where GitHub would see a reference."""
    return _REFERENCES.sub(_INVISIBLE, text)


def inline(text: str, most: int) -> str:
    """The text on one line of Markdown that shows it as it is, from at most so many of its characters."""
    return _PUNCTUATION.sub(r"\\\1", unreferring(one_line(text, most)))


def web_address(text: str) -> str | None:
    """The text where it is the address of a page, without user and password, that may stand in a link; else None."""
    if len(text) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        usable = bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return None
    return text if usable else None
