"""YAML is read into plain data, and every key knows its line."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from exporter.document import Document, Problem, parse, path_text, read
from exporter.errors import InvalidInput

TEXT = """\
# a comment
name: acme
projects:
  - one
  -
    sources:
      forge: {interval: 5m,
              token: x}
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(InvalidInput) as caught:
        parse(text, "f.yml")
    return [str(problem).removeprefix("f.yml:") for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 2),
        (("name",), 2),
        (("projects",), 3),
        (("projects", 0), 4),
        (("projects", 1), 6),
        (("projects", 1, "sources", "forge", "interval"), 7),
        (("projects", 1, "sources", "forge", "token"), 8),
    ],
)
def test_a_key_or_entry_knows_its_line(path: tuple[str | int, ...], line: int) -> None:
    assert parse(TEXT, "f.yml").line(path) == line


def test_what_is_not_there_is_at_the_line_of_what_is_around_it() -> None:
    assert parse(TEXT, "f.yml").line(("projects", 1, "sources", "forge", "base_url", "x")) == 7


def test_a_value_may_be_told_at_the_line_of_what_stands_for_it() -> None:
    document = parse("token_file: a\nname: b\n", "f.yml")
    document.stands_for(("token_file",), ("token",))
    assert document.problem(("token",), "is bad") == Problem("f.yml", 1, "token", "is bad")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ((), ""),
        (("projects", 1, "sources", "forge"), "projects[1].sources.forge"),
        ((0, "name"), "[0].name"),
        (("a", "line\nbreak"), "a.line break"),
        (("ghp_planted", "x"), "<secret>.x"),
    ],
)
def test_a_path_is_written_as_people_write_it(path: tuple[str | int, ...], text: str) -> None:
    assert path_text(path) == text


def test_an_empty_text_is_nothing() -> None:
    assert parse("# nothing\n", "f.yml").data is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a:\n\tb: 1", "2: is not valid YAML: indent with spaces, not with tabs"),
        ("a: b: c", "1: is not valid YAML: a colon stands where a text was expected; quote the text or mind the indentation"),
        ("a: @b", "1: is not valid YAML: a value starts with a character that needs quotes"),
        ("a: *b", "1: is not valid YAML: text that starts with * needs quotes"),
        ("a: &x 1\nb: &x 2", "2: is not valid YAML: two anchors have the same name"),
        ("a: [1, 2\nb: 3", "2: is not valid YAML: a bracket or brace is not closed, or a comma is missing"),
        ("- a\nb: 1", "2: is not valid YAML: an entry does not line up with the others"),
        ("--- a\n--- b", "2: is not valid YAML: a file must hold one document"),
        ("a: \x00", "1: is not valid YAML: it holds a control character"),
        ("a: 1\nb: \ud800", "2: is not valid YAML: it holds a control character"),
        ("a: !<x", "1: is not valid YAML"),
        ("[" * 100_000, "1: is nested more than 100 levels deep"),
        ("- " * 100_000, "1: is nested more than 100 levels deep"),
    ],
)
def test_what_is_not_yaml_is_told_in_our_words(text: str, problem: str) -> None:
    assert problems_of(text) == [problem]


def test_a_hundred_levels_are_read() -> None:
    assert parse("[" * 100 + "]" * 100, "f.yml").data != []


def test_all_that_is_wrong_with_keys_and_values_is_told_at_once() -> None:
    text = "on: 1\n? [a]\n: 2\na: 1\na: 2\nb: !x 1\nc: !!int x\nd: 2026-02-30\n"
    assert problems_of(text) == [
        '1: a key must be text: write "on" with the quotes',
        "2: a key must be text, found a list",
        "5: a: stands twice in this mapping",
        "6: b: has a YAML tag that is not allowed here",
        '7: c: must be a whole number, found "x"',
        '8: d: must be a date such as 2026-01-15, found "2026-02-30"',
    ]


def test_what_leaves_the_rest_readable_can_be_collected_instead_of_raised() -> None:
    problems: list[Problem] = []
    document = parse("a: 1\na: 2\nb: 3\n", "f.yml", problems)
    assert (document.data, [problem.path for problem in problems]) == ({"a": 1, "b": 3}, ["a"])


@pytest.mark.parametrize(
    "value", ["!!python/object:os.system {}", "!!python/name:os.system", "!!binary aGk=", "!!set {a}", "!!omap [a: 1]", "!x [1]"]
)
def test_tags_beyond_plain_data_are_refused(value: str) -> None:
    assert problems_of(f"a: {value}") == ["1: a: has a YAML tag that is not allowed here"]


@pytest.mark.parametrize("value", ["!!int ''", "!!bool x", "!!float x", "!!timestamp x", "2026-01-15T10:00:00+99:99"])
def test_a_value_that_is_not_what_its_tag_says_is_refused(value: str) -> None:
    (problem,) = problems_of(f"a: {value}")
    assert problem.startswith("1: a: must be ")


def test_signs_of_yaml_are_plain_text_where_they_are_no_key() -> None:
    assert parse("a: =\nb: <<\n", "f.yml").data == {"a": "=", "b": "<<"}


def test_merged_keys_give_way_to_own_ones_however_often_the_mapping_is_used() -> None:
    text = "x: &x {a: 1, b: 2}\ny: &y {<<: *x, a: 3}\nz: [*y, *y, {<<: [{b: 9}, *y]}]\n"
    assert parse(text, "f.yml").data == {
        "x": {"a": 1, "b": 2},
        "y": {"a": 3, "b": 2},
        "z": [{"a": 3, "b": 2}, {"a": 3, "b": 2}, {"a": 3, "b": 9}],
    }


def test_only_mappings_can_be_merged() -> None:
    assert problems_of("a: {<<: [1]}\nb: {<<: x}") == [
        "1: a: << must merge a mapping or a list of mappings",
        "2: b: << must merge a mapping or a list of mappings",
    ]


def test_an_alias_of_what_contains_it_is_refused() -> None:
    assert problems_of("a: &a [*a]") == ["1: a[0]: is an alias of something that contains it"]


def test_a_mapping_that_merges_itself_adds_nothing() -> None:
    assert parse("a: &a {<<: *a, b: 1}", "f.yml").data == {"a": {"b": 1}}


def bomb(of: str) -> str:
    return "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} {of.replace('*', f'*a{n - 1}')}\n" for n in range(1, 30))


def test_aliases_that_multiply_are_refused() -> None:
    assert problems_of(bomb("[*, *, *]"))[0] == "1: the file has more than 200000 entries"


def test_merges_that_multiply_are_one_mapping() -> None:
    assert parse(bomb("{<<: [*, *, *]}"), "f.yml").data["a29"] == {"k": "v"}


def test_aliases_that_nest_too_deeply_are_refused() -> None:
    text = "a0: &a0 {k: v}\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 120))
    assert "is nested more than 100 levels deep" in problems_of(text)[0]


def test_a_file_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "f.yml").write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert read(tmp_path / "f.yml").data == {"a": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"a: \xe9\n", "must be text in UTF-8"), (b"#" * (4 * 2**20 + 1), "is larger than 4 MiB")],
)
def test_a_file_that_is_no_text_of_a_usual_size_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "f.yml").write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        read(tmp_path / "f.yml")
    assert str(caught.value) == f"{tmp_path}/f.yml:1: {message}"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r":1: cannot be read: Is a directory$"):
        read(tmp_path)


plain: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(data=plain)
def test_plain_data_is_read_as_pyyaml_reads_it(data: Any) -> None:
    text = yaml.safe_dump(data)
    assert parse(text, "f.yml").data == yaml.safe_load(text)


@given(text=st.text() | st.text(alphabet="ab:-[]{},&*!<'\"|>#? \n\t"))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        document: object = parse(text, "f.yml")
    except InvalidInput as error:
        document = error.problems
    assert isinstance(document, Document) or document
