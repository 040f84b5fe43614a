"""What a model expects is told in the words of the person who wrote the file."""

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from exporter.document import parse, parse_duration, validate
from exporter.errors import InvalidInput


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Entry(Closed):
    hold: Annotated[timedelta, BeforeValidator(parse_duration)] = Field(timedelta(0), alias="for")
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> "Entry":
        if self.at_least is not None and self.at_most is not None:
            raise ValueError("must not have both at_least and at_most")
        return self


class Model(Closed):
    text: str = ""
    whole: int = Field(0, ge=0, lt=10)
    number: float = Field(0, gt=0, le=2.5, validate_default=False)
    flag: bool = False
    day: date | None = None
    path: Path | None = None
    choice: Literal["open", "closed"] = "open"
    name: str = Field("acme", pattern="^[a-z]+$", min_length=2, max_length=5)
    token: SecretStr | None = None
    entries: tuple[Entry, ...] = ()
    pair: tuple[int, Entry] | None = None
    some: list[int] = Field([1], min_length=1)
    table: dict[Annotated[str, Field(pattern="^[a-z]$")], int] = {}
    either: int | Entry = 0
    anything: Any = None


def problems_of(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        validate(parse(text, "f.yml"), Model)
    return [str(problem).removeprefix("f.yml:1: ") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("text: 5", "text: must be text, found 5; put it in quotes"),
        ("text: [a]", "text: must be text, found a list"),
        ("text: null", "text: must be text, found nothing"),
        ("whole: 1.5", "whole: must be a whole number, found 1.5"),
        ("whole: '1'", 'whole: must be a whole number, found "1"'),
        ("whole: true", "whole: must be a whole number, found true"),
        ("whole: -1", "whole: must be at least 0, found -1"),
        ("whole: 10", "whole: must be less than 10, found 10"),
        ("number: '1'", 'number: must be a number, found "1"'),
        ("number: yes", "number: must be a number, found true"),
        ("number: 0", "number: must be greater than 0, found 0"),
        ("number: 3", "number: must be at most 2.5, found 3"),
        ("number: .nan", "number: must be a finite number, found a very large number"),
        ("flag: 1", "flag: must be true or false, found 1"),
        ("flag: 'yes'", 'flag: must be true or false, found "yes"'),
        ("day: 86400", "day: must be a date such as 2026-01-15, found 86400"),
        ("day: '86400'", 'day: must be a date such as 2026-01-15, found "86400"'),
        ("day: 2026-01-15T10:00:00Z", "day: must be a date such as 2026-01-15, found the date 2026-01-15T10:00:00+00:00"),
        ("path: ''", 'path: must be a path, found ""'),
        ("path: [a]", "path: must be a path, found a list"),
        ("choice: opn", 'choice: must be one of open, closed, found "opn"; did you mean "open"?'),
        ("choice: red", 'choice: must be one of open, closed, found "red"'),
        ("choice: 5", "choice: must be one of open, closed, found 5"),
        ("name: A1", 'name: must match ^[a-z]+$, found "A1"'),
        ("name: a", 'name: must not be shorter than 2, found "a"'),
        ("name: abcdef", 'name: must not be longer than 5, found "abcdef"'),
        ("token: [planted]", "token: must be text, found <secret>"),
        ("token: 12345", "token: must be text, found <secret>"),
        ("entries: {}", "entries: must be a list, found a mapping"),
        ("entries: [planted]", "entries[0]: must be a mapping, found text"),
        ("entries: [{for: 5x}]", 'entries[0].for: must be a duration such as 30s, 15m, 1h30m or 7d, found "5x"'),
        ("entries: [{for: [5m]}]", "entries[0].for: must be a duration such as 30s, 15m, 1h30m or 7d, found a list"),
        ("entries: [{forx: 5m}]", 'entries[0].forx: unknown key, did you mean "for"?'),
        ("entries: [{hold: 5m}]", "entries[0].hold: unknown key, known are at_least, at_most, for"),
        ("entries: [{at_least: 1, at_most: 2}]", "entries[0]: must not have both at_least and at_most"),
        ("pair: [1]", "pair[1]: is missing"),
        ("pair: [1, {at_most: true}]", "pair[1].at_most: must be a number, found true"),
        ("some: []", "some: must not be empty"),
        ("some: [one]", 'some[0]: must be a whole number, found "one"'),
        ("table: {a: '1'}", 'table.a: must be a whole number, found "1"'),
        ("table: {AB: 1}", 'table.AB: must match ^[a-z]$, found "AB"'),
        ("planted0123456789: ghp_planted", "<secret>: unknown key, known are "),
    ],
)
def test_a_problem_says_where_what_was_expected_and_what_was_found(text: str, problem: str) -> None:
    (told,) = problems_of(text)
    assert told.startswith(problem) if problem.endswith(" ") else told == problem


def test_all_problems_are_told_at_once() -> None:
    assert problems_of("{text: 5, whole: '1', entries: [{}, {forx: 5m}]}") == [
        'entries[1].forx: unknown key, did you mean "for"?',
        "text: must be text, found 5; put it in quotes",
        'whole: must be a whole number, found "1"',
    ]


def test_a_list_with_a_wrong_entry_is_not_called_empty_too() -> None:
    assert problems_of("some: [x]") == ['some[0]: must be a whole number, found "x"']


def test_a_value_that_may_be_of_two_types_is_told_at_its_own_place() -> None:
    assert {problem.split(":")[0] for problem in problems_of("either: x")} == {"either"}


def test_a_good_document_is_a_model() -> None:
    made = validate(parse("{text: a, whole: 1, number: 2, day: 2026-01-15, entries: [{for: 5m}]}", "f.yml"), Model)
    assert (made.text, made.whole, made.number, made.day) == ("a", 1, 2.0, date(2026, 1, 15))
    assert made.entries[0].hold == timedelta(minutes=5)


def test_an_empty_document_is_a_mapping_without_keys() -> None:
    assert validate(parse("", "f.yml"), Model) == Model()


def test_a_part_of_a_document_is_told_at_its_place() -> None:
    document = parse("rows:\n  - text: a\n  - text: 5\n", "f.yml")
    with pytest.raises(InvalidInput, match=r"^f.yml:3: rows\[1\]\.text: must be text, found 5; put it in quotes$"):
        validate(document, Model, document.data["rows"][1], ("rows", 1))


def test_a_part_that_is_null_is_a_mapping_without_keys() -> None:
    document = parse("rows: [null]", "f.yml")
    assert validate(document, Model, None, ("rows", 0)) == Model()


def test_more_keys_than_the_fields_can_be_suggested() -> None:
    with pytest.raises(InvalidInput, match='token_fil: unknown key, did you mean "token_file"'):
        validate(parse("token_fil: a", "f.yml"), Model, keys=lambda model: [*model.model_fields, "token_file"])


@given(
    data=st.dictionaries(
        st.sampled_from([*Model.model_fields]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.dates() | st.datetimes(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["for", "at_least", "a"]), inner, max_size=3)
            ),
            max_leaves=6,
        ),
    )
)
def test_any_data_is_a_model_or_problems(data: dict[str, Any]) -> None:
    try:
        made: object = validate(parse("", "f.yml"), Model, data)
    except InvalidInput as error:
        made = error.problems
    assert isinstance(made, Model) or made
