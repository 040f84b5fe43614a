"""YAML as people write it, by hand: values, and blocks that are commented out. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

__all__ = ["commented", "counted", "flow", "listed", "mapping_lines", "shown"]


def flow(value: Any) -> str:
    """A value on one line; texts that YAML would read as something else are in quotes."""
    return (
        yaml.safe_dump(value, default_flow_style=True, width=float("inf"), sort_keys=False, allow_unicode=True)
        .removesuffix("\n...\n")
        .rstrip("\n")
    )


def commented(block: str) -> str:
    """A block of lines, each of them a comment at the place where the block begins."""
    lines = block.splitlines()
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "".join(f"{line[:indent]}# {line[indent:]}".rstrip() + "\n" for line in lines)


def shown(number: int) -> str:
    """A number as people read it: 1,234."""
    return f"{number:,}"


def counted(number: int, thing: str) -> str:
    """A number of things: 1 star, 1,234 stars."""
    return f"{shown(number)} {thing}" if number == 1 else f"{shown(number)} {thing}s"


def listed(words: Sequence[str]) -> str:
    """Words in a sentence: a, b and c."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)


def mapping_lines(indent: int, keys: Mapping[str, Any]) -> str:
    """The lines of a mapping, each value on the line of its key."""
    return "".join(f"{' ' * indent}{key}: {flow(value)}\n" for key, value in keys.items())
