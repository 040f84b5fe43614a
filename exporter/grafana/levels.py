"""What an operator says of access: which team has which level in which folder. Typed and immutable; names no person."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from exporter.config.types import Section
from exporter.document import Document, Problem, did_you_mean, found, read, validate
from exporter.errors import InvalidInput

__all__ = ["Access", "FolderAccess", "build", "load"]

_LONGEST_TITLE = 189
"""Characters that Grafana keeps of the title of a folder and of the name of a team."""
_LEVELS = ("full", "read_only")
_ADDRESS = re.compile(r"\S@\S")
_NO_ADDRESS = "must hold no e-mail address: who is in a team is set in Grafana"


def _title(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("must be one line without spaces around it")
    return text


Title = Annotated[str, Field(min_length=1, max_length=_LONGEST_TITLE), AfterValidator(_title)]
DashboardUid = Annotated[str, Field(pattern=r"^[a-zA-Z0-9_-]+$", max_length=40)]


class FolderAccess(Section):
    """Who may do what in a folder, beside the administrators: the teams of each level, and everyone who can sign in."""

    full: tuple[Title, ...] = ()
    read_only: tuple[Title, ...] = ()
    everyone: Literal["read_only"] | None = None

    def welcomes(self, team: str) -> bool:
        """Whether a team may read here."""
        return self.everyone is not None or team in (*self.full, *self.read_only)


class Access(Section):
    """A whole file: the uid of the home page, the teams with who is meant to be in them, the folders by title."""

    home: DashboardUid | None = None
    teams: Mapping[Title, str]
    folders: Mapping[Title, FolderAccess]


def load(path: Path) -> Access:
    """The access that a file grants; raises InvalidInput with every problem in it."""
    try:
        document = read(path)
    except InvalidInput as error:
        raise InvalidInput([_nameless(problem) for problem in error.problems]) from None
    return build(document)


def build(document: Document) -> Access:
    """Like `load`, for a document that is read already."""
    if problems := [*_people(document)]:
        raise InvalidInput(problems)
    access = validate(document, Access)
    if problems := [*_problems(document, access)]:
        raise InvalidInput(problems)
    return access


def _people(document: Document) -> Iterator[Problem]:
    """E-mail addresses, wherever they stand: told before anything else is, since what else is wrong would be shown with them."""
    for line, text in _texts(document, document.data, ()):
        if _ADDRESS.search(text):
            yield Problem(document.file, line, "", _NO_ADDRESS)


def _nameless(problem: Problem) -> Problem:
    """The problem, unless it shows an e-mail address: then that is the problem."""
    shows = _ADDRESS.search(f"{problem.path} {problem.message}")
    return Problem(problem.file, problem.line, "", _NO_ADDRESS) if shows else problem


def _texts(document: Document, data: object, path: tuple[str | int, ...]) -> Iterator[tuple[int, str]]:
    """Every key and text of the data, with its line."""
    if isinstance(data, str):
        yield document.line(path), data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield document.line((*path, key)), key
            yield from _texts(document, value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _texts(document, value, (*path, index))


def _problems(document: Document, access: Access) -> Iterator[Problem]:
    """What no part of the file can know alone."""
    for title, folder in access.folders.items():
        levels: dict[str, str] = {}
        for level in _LEVELS:
            for index, team in enumerate(getattr(folder, level)):
                place = ("folders", title, level, index)
                if team not in access.teams:
                    hint = did_you_mean(team, access.teams)
                    yield document.problem(place, f"must be one of the teams of the file, found {found(team)}; {hint}")
                elif team in levels:
                    yield document.problem(place, f"has a level here already, under {levels[team]}")
                levels.setdefault(team, level)
