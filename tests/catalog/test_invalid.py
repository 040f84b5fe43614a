"""What people are told of catalogs that are wrong: each `invalid-*.yml` ends with the exact problems it must give."""

from pathlib import Path

import pytest

from support.catalogs import problems_of

FILES = sorted(Path(__file__).parent.glob("invalid-*.yml"))
EXPECTED = "#= "


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem.removeprefix("invalid-"))
def test_every_problem_of_the_file_is_told_with_its_line_and_path(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    expected = [line.removeprefix(EXPECTED) for line in text.splitlines() if line.startswith(EXPECTED)]
    assert expected
    assert problems_of(text) == expected


def test_there_are_files_to_test() -> None:
    assert len(FILES) >= 20
