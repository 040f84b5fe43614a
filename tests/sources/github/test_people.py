"""Who counts as a person, and as another one than the author."""

import pytest

from exporter.sources.github.api.answer import read
from exporter.sources.github.people import Actor, is_bot, is_other_person

BOTS = frozenset({"planted-robot"})


def actor(login: str, kind: str = "User") -> Actor:
    return read(Actor, {"__typename": kind, "login": login})


ADA, BOB = actor("planted-ada"), actor("planted-bob")


@pytest.mark.parametrize(
    ("author", "bot"),
    [
        (ADA, False),
        (None, False),
        (actor("github-actions", "Bot"), True),
        (actor("renovate[bot]"), True),
        (actor("Planted-Robot"), True),
        (actor("planted-robotics"), False),
        (actor("acme", "Organization"), False),
        (actor("planted-import", "Mannequin"), False),
    ],
)
def test_bots(author: Actor | None, bot: bool) -> None:
    assert is_bot(author, BOTS) is bot


@pytest.mark.parametrize(
    ("writer", "author", "other"),
    [
        (BOB, ADA, True),
        (ADA, ADA, False),
        (actor("PLANTED-ADA"), ADA, False),
        (actor("planted-robot"), ADA, False),
        (None, ADA, True),
        (BOB, None, True),
        (None, None, False),
    ],
)
def test_another_person_than_the_author(writer: Actor | None, author: Actor | None, other: bool) -> None:
    """An account that is gone was a person; two that are gone may have been one."""
    assert is_other_person(writer, author, BOTS) is other
