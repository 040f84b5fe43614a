"""Every mistake that a configuration can have, as a file, beside it the exact words that the operator reads."""

from pathlib import Path

import pytest

from exporter.config import load
from exporter.errors import InvalidInput
from support.configuration import ENVIRON, SOURCE_TYPES

FOLDER = Path(__file__).parent
FILES = sorted(FOLDER.glob("invalid-*.yml"))
PLANTED = "planted"
"""Part of every secret in these files and of the files that they name."""


def said_of(path: Path) -> str:
    with pytest.raises(InvalidInput) as caught:
        load(path, SOURCE_TYPES, environ=ENVIRON)
    return str(caught.value).replace(f"{FOLDER}/", "") + "\n"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_mistake_is_told_in_these_words(path: Path) -> None:
    assert said_of(path) == path.with_suffix(".txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_secret_is_told(path: Path) -> None:
    assert PLANTED not in said_of(path).casefold()


def test_every_text_belongs_to_a_file() -> None:
    assert {path.stem for path in FILES} == {path.stem for path in FOLDER.glob("invalid-*.txt")}


def test_problems_come_in_the_order_of_the_lines() -> None:
    lines = [int(line.split(":")[1]) for line in said_of(FOLDER / "invalid-many.yml").splitlines()]
    assert lines == sorted(lines)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"^config\.yml:1: cannot be read: No such file or directory$"):
        load(Path("config.yml"), SOURCE_TYPES, environ={})
