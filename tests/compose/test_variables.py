""".env.example: every variable that docker-compose.yml reads, with its default, and no other."""

import re

from support.compose import FILE, ROOT

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
WRITTEN = dict(re.findall(r"^#?([A-Z]\w+)=(.*)$", EXAMPLE, re.MULTILINE))
READ = dict(re.findall(r"\$\{(\w+):-([^}]*)\}", FILE.read_text(encoding="utf-8")))
OF_COMPOSE = {"COMPOSE_PROFILES"}
"""What Docker Compose reads itself."""


def test_it_names_what_is_read_and_nothing_else() -> None:
    assert set(WRITTEN) == set(READ) | OF_COMPOSE


def test_it_tells_the_defaults() -> None:
    """One that stands in several places is the same in all of them."""
    text = FILE.read_text(encoding="utf-8")
    defaults = set(re.findall(r"\$\{(\w+):-([^}]*)\}", text))
    assert len(defaults) == len(READ)
    assert {name: WRITTEN[name] for name in READ} == READ


def test_nothing_is_read_without_a_default() -> None:
    text = FILE.read_text(encoding="utf-8")
    assert re.findall(r"(?<!\$)\$\{?\w+", text) == [f"${{{name}" for name in re.findall(r"\$\{(\w+):-", text)]


def test_each_is_explained() -> None:
    """Each block of variables stands under a sentence."""
    blocks = EXAMPLE.strip().split("\n\n")[1:]
    assert blocks
    for block in blocks:
        first, *rest = block.splitlines()
        assert re.fullmatch(r"# [A-Z].*[.:]", first), first
        assert rest


def test_taken_as_it_is_it_says_nothing() -> None:
    assert re.findall(r"^[A-Z]\w*=", EXAMPLE, re.MULTILINE) == []
