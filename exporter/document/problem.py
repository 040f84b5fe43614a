"""Problems of a file that a person wrote: where, what was expected, what was found."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

__all__ = ["Problem", "did_you_mean", "found", "shown"]

_LONGEST = 40
"""Characters of a value that a message shows."""
_LONGEST_READ = 200
"""A text longer than this is not shown at all: it is a key, a certificate or a page, and none of them explains a mistake."""
_MOST_LISTED = 20
"""Most words that are listed where none is near; more help nobody."""
_LARGEST = 10**12
"""Numbers from here on are not shown: they are identifiers or credentials without letters."""

_URL_CREDENTIALS = re.compile(r"//.*@", re.DOTALL)
_CREDENTIAL = re.compile(
    r"""
    (?: gh[a-z]_ | github_pat_ | glpat- | xox[a-z]- | npm_ | pypi- | tfp_ ) \S+   # what services put before their tokens
    | (?: bot | bearer | basic ) \s+ \S+                                          # a header pasted whole
    | (?: token | key | secret | pass(?:word|wd)? ) ["']? \s* [:=] \s* \S+        # a setting pasted whole
    | (?= [\w.+=~-]* [0-9] ) (?= [\w.+=~-]* [a-z] ) [\w.+=~-]{16,}                # letters and digits at random
    | [\w.+=~-]{32,}
    """,
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong in a file; its text is `FILE:LINE: PATH: MESSAGE`, the path left out where the whole file is meant."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.path}: {self.message}" if self.path else f"{place}: {self.message}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown word: the nearest known one, or else those there are, as long as they are few."""
    choices = sorted(set(known))
    near = difflib.get_close_matches(word, choices, n=1, cutoff=0.6)
    if near:
        return f'did you mean "{near[0]}"?'
    if not choices:
        return "none is known here"
    if len(choices) > _MOST_LISTED:
        return f"nothing near it is known; there are {len(choices)}, from {choices[0]} to {choices[-1]}"
    return f"known are {', '.join(choices)}"


def found(value: object) -> str:
    """A short, one-line rendering of a value for an error message; what looks like a credential is never shown."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value) if abs(value) < _LARGEST else "a very large number"
        case str() if len(value) > _LONGEST_READ:
            return f"a text of {len(value)} characters"
        case str():
            return f'"{shown(value)}"'
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case date():
            return f"the date {value.isoformat()}"
        case _:
            return f"a value of type {type(value).__name__}"


def shown(text: str) -> str:
    """A text cut to a few words of one line, `<secret>` standing for all that looks like a credential."""
    if len(text) > _LONGEST_READ:
        return "<secret>"
    line = "".join(character if character.isprintable() else " " for character in text)
    safe = _CREDENTIAL.sub("<secret>", _URL_CREDENTIALS.sub("//<secret>@", line))
    return f"{safe[: _LONGEST - 1]}…" if len(safe) > _LONGEST else safe
