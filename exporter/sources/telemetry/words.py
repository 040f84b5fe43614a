"""Which words may leave a warehouse, or enter it: names of platforms, versions and the like, and nothing that tells more."""

import re

__all__ = ["CHARACTERS", "LONGEST", "may_leave"]

CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-"
"""What a word is made of. Without @, /, \\, ~, colons and spaces there is no address, path, URL or command line."""
LONGEST = 64
"""Most characters of a word."""

_WORD = re.compile(rf"[A-Za-z0-9](?:[A-Za-z0-9_.+-]{{0,{LONGEST - 2}}}[A-Za-z0-9])?")
_HOST = re.compile(r"www\.", re.IGNORECASE)
_IP_ADDRESS = re.compile(r"(?<![0-9])[0-9]{1,3}([._-])[0-9]{1,3}\1[0-9]{1,3}\1[0-9]{1,3}(?![0-9])")
_HASH = re.compile(r"[0-9A-Fa-f]{32}")


def may_leave(column: str, word: str) -> bool:
    """Whether a text is a plain word that may stand in a column of words.

    It is refused where it is empty or too long, or looks like an e-mail address, a path, a URL, an IP address (as a version may),
    a command line, a hash or a UUID.
    """
    if not _WORD.fullmatch(word) or _HOST.match(word):
        return False
    return not _HASH.search(re.sub(r"[_.+-]", "", word)) and (column == "version" or not _IP_ADDRESS.search(word))
