"""Problems are told in one line, without any secret."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.document import Problem, did_you_mean, found, shown


def test_a_problem_names_file_line_path_and_what_is_wrong() -> None:
    assert str(Problem("config.yml", 12, "projects[1].name", "is missing")) == "config.yml:12: projects[1].name: is missing"


def test_a_problem_of_a_whole_file_has_no_path() -> None:
    assert str(Problem("config.yml", 1, "", "cannot be read")) == "config.yml:1: cannot be read"


def test_problems_are_sorted_by_number_of_the_line() -> None:
    assert sorted([Problem("a", 10, "", ""), Problem("a", 9, "", "")])[0].line == 9


@pytest.mark.parametrize(
    ("word", "known", "sentence"),
    [
        ("gihub", ["github", "git"], 'did you mean "github"?'),
        ("weather", ["github", "git"], "known are git, github"),
        ("weather", [], "none is known here"),
    ],
)
def test_the_nearest_word_is_suggested(word: str, known: list[str], sentence: str) -> None:
    assert did_you_mean(word, known) == sentence


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "nothing"),
        (True, "true"),
        (5, "5"),
        (0.5, "0.5"),
        (10**400, "a very large number"),
        (float("inf"), "a very large number"),
        ("5x", '"5x"'),
        ("two\nlines\x1b[31m", '"two lines [31m"'),
        ("a few words that say a good deal more than fits", '"a few words that say a good deal more t…"'),
        ("x" * 201, "a text of 201 characters"),
        ({}, "a mapping"),
        ([], "a list"),
        (date(2026, 1, 15), "the date 2026-01-15"),
        (datetime(2026, 1, 15, 10, tzinfo=UTC), "the date 2026-01-15T10:00:00+00:00"),
        (b"", "a value of type bytes"),
    ],
)
def test_what_was_found_is_told_in_one_line(value: object, text: str) -> None:
    assert found(value) == text


@pytest.mark.parametrize(
    "text",
    [
        "ghp_planted",
        "github_pat_planted",
        "glpat-planted",
        "xoxb-planted",
        "npm_planted",
        "pypi-planted",
        "Bearer planted",
        "bearer\tplanted",
        "Bot planted",
        "token: planted",
        "API_KEY=planted",
        '"password": planted',
        "https://planted@example.org",
        "https://user:planted@example.org/path",
        "https://user:pl/planted@planted@example.org",
        "https://example.org/?access_token=planted",
        "planted0123456789abcdef",
        "planted-planted-planted-planted-pl",
        "use planted0123456789abcdef there",
        "a certificate: " + "planted " * 40,
    ],
)
def test_what_looks_like_a_credential_is_not_shown(text: str) -> None:
    assert "planted" not in shown(text)
    assert "planted" not in found(text)


@pytest.mark.parametrize(
    "text", ["caro-cli/caro", "https://api.example.org/v3", "2026-02-30", "1h30m", "git@example.org:a/b", "ten"]
)
def test_what_explains_a_mistake_is_shown(text: str) -> None:
    assert found(text) == f'"{text}"'


@given(value=st.text() | st.integers() | st.floats() | st.binary() | st.lists(st.integers()))
def test_anything_found_is_one_short_printable_line(value: Any) -> None:
    text = found(value)
    assert len(text) <= 50
    assert text.isprintable()
