"""The page on the architecture says what tests/test_architecture.py holds the package to."""

import ast
import re
from collections.abc import Mapping

from support.pages import ROOT

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]*) \|$", PAGE.partition("\n## Parts\n")[2], re.MULTILINE)


def allowed() -> Mapping[str, set[str]]:
    """What each part may import, read from the test without running it."""
    tree = ast.parse((ROOT / "tests" / "test_architecture.py").read_text(encoding="utf-8"))
    table = next(node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "BELOW")
    assert isinstance(table, ast.Dict)
    parts = zip(table.keys, table.values, strict=True)
    # Nothing is written as set().
    return {
        ast.literal_eval(part): set() if ast.unparse(its) == "set()" else ast.literal_eval(its) for part, its in parts if part
    }


def test_the_table_is_the_one_that_is_tested() -> None:
    assert {part: set(re.findall(r"`(\w+)`", its)) for part, _, its in ROWS} == allowed()


def test_every_part_is_explained() -> None:
    assert [part for part, what, _ in ROWS if len(what.split()) < 4] == []
