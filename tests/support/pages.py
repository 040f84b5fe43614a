"""The pages of the project as data: their blocks of code, links, headings, and the words of commands in them."""

import re
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click

from exporter.cli import main
from exporter.cli.reference import leaves

__all__ = ["COMMANDS", "ROOT", "Block", "Call", "anchors", "blocks", "calls", "calls_in", "links", "name_of", "pages", "spans"]

ROOT = Path(__file__).parents[2]
HOME = ("docs", "prometheus", "alertmanager", "grafana", "secrets")
"""The folders that have pages, beside the root."""

COMMANDS: Mapping[str, click.Command] = dict(leaves(main))
"""Every command that does something, by the words that call it."""

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"# ([\w./-]+\.\w+)\n")
_SPAN = re.compile(r"`([^`\n]+)`")
_LINK = re.compile(r"\]\(<?([^)\s>]+)>?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_ENDS = {"|", "||", "&&", ";", ">", ">>", "2>", "&"}


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code; `file` is what it is to be called, where its first line is a comment that says so."""

    language: str
    text: str

    @property
    def file(self) -> str | None:
        named = _NAMED.match(self.text)
        return named[1] if named else None


@dataclass(frozen=True, slots=True)
class Call:
    """A command as a page writes it: the words that name it, and its flags."""

    command: str
    flags: tuple[str, ...]


@cache
def pages() -> Sequence[Path]:
    """Every page of the project; what tests keep for themselves is none."""
    found = [*ROOT.glob("*.md")]
    for folder in HOME:
        found += (ROOT / folder).rglob("*.md")
    return sorted(found)


def name_of(page: Path) -> str:
    """A page as the project calls it."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path) -> Sequence[Block]:
    """The blocks of code, from top to bottom."""
    found = _FENCE.findall(page.read_text(encoding="utf-8"))
    return [Block(language, textwrap.dedent(text)) for _, language, text in found]


def links(page: Path) -> Sequence[str]:
    """Where the text leads; blocks of code lead nowhere."""
    return _LINK.findall(_prose(page))


def spans(page: Path) -> Sequence[str]:
    """What stands in single backticks."""
    return _SPAN.findall(_prose(page))


def anchors(page: Path) -> set[str]:
    """What a link may name behind `#`: headings as GitHub makes anchors of them."""
    headings = _HEADING.findall(_prose(page))
    texts = [re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in headings]
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


def calls(page: Path) -> Iterator[Call]:
    """Every call of kpi-exporter, in blocks for a shell and in the text."""
    for block in blocks(page):
        if block.language in ("sh", "console"):
            for line in block.text.replace("\\\n", " ").splitlines():
                yield from calls_in(line)
    for span in spans(page):
        yield from calls_in(span)


def calls_in(line: str) -> Iterator[Call]:
    """The calls of kpi-exporter in a line of a shell."""
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        # A line of a script with quotes that go on; no call of ours is written so.
        return
    while words:
        while words and Path(words[0]).name != "kpi-exporter":
            words = words[1:]
        end = next((place for place, word in enumerate(words) if word in _ENDS or word.endswith(";")), len(words))
        call, words = words[: end + 1], words[end + 1 :]
        if call:
            yield _call([word.rstrip(";") for word in call if word not in _ENDS])


def _call(words: Sequence[str]) -> Call:
    named = ["kpi-exporter", *(word for word in words[1:3] if re.fullmatch(r"[a-z]+", word))]
    while " ".join(named) not in COMMANDS and len(named) > 2:
        named.pop()
    return Call(" ".join(named), tuple(word.partition("=")[0] for word in words if re.match(r"--?[a-z]", word)))


@cache
def _prose(page: Path) -> str:
    return _FENCE.sub("", page.read_text(encoding="utf-8"))
