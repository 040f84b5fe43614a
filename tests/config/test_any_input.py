"""Whatever stands in the file, there is a configuration or there are problems, and nothing else."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from exporter.config import Config
from exporter.errors import InvalidInput
from support.configuration import configured

WORDS = [
    "projects",
    "name",
    "sources",
    "forge",
    "figures",
    "survey",
    "forms",
    "token",
    "token_file",
    "interval",
    "file",
    "app",
    "<<",
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats()
    | st.dates()
    | st.datetimes()
    | st.binary(max_size=3)
    | st.text(max_size=8)
    | st.sampled_from([*WORDS, "5m", "2026-01-15", "FORGE_TOKEN", "https://example.org", "a\0b", "x" * 5000])
)
structures: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=3), inner, max_size=5),
    max_leaves=20,
)
projects = st.fixed_dictionaries(
    {},
    optional={
        "name": st.just("acme") | structures,
        "launch": structures,
        "bots": structures,
        "catalog": structures,
        "sources": st.dictionaries(st.sampled_from(["forge", "figures", "survey"]), structures, max_size=3) | structures,
    },
)
fragments = st.lists(
    st.sampled_from(
        [*"[]{}:-?,&*!|>'\"#%@ \n\t", "a", "  ", "- ", "&a ", "*a", "<<: ", "!!int ", "!!set ", "!x ", "---\n", "..."]
    )
    | st.sampled_from(WORDS),
    max_size=30,
).map("".join)


def outcome(folder: Path, text: str) -> Config | InvalidInput:
    try:
        return configured(folder, text, allow_inline_secrets=True)
    except InvalidInput as error:
        return error


def is_plain(outcome: Config | InvalidInput) -> bool:
    """Whether it is a configuration, or problems of which each is one short line."""
    if isinstance(outcome, Config):
        return True
    lines = str(outcome).split("\n")
    return len(lines) == len(outcome.problems) and all(len(line) < 1000 and line.isprintable() for line in lines)


@given(text=st.text() | fragments)
def test_any_text(tmp_path_factory: Any, text: str) -> None:
    assert is_plain(outcome(tmp_path_factory.getbasetemp(), text))


@given(data=structures | st.fixed_dictionaries({"projects": st.lists(projects, min_size=1, max_size=3)}))
def test_any_structure(tmp_path_factory: Any, data: Any) -> None:
    assert is_plain(outcome(tmp_path_factory.getbasetemp(), yaml.safe_dump(data)))


@given(
    forge=st.dictionaries(st.sampled_from(["token", "repositories", "base_url", "depth", "share", "drafts", "app"]), structures)
)
def test_any_source(tmp_path_factory: Any, forge: dict[str, Any]) -> None:
    data = {"projects": [{"name": "acme", "sources": {"forge": {"token": "word", "repositories": ["a/b"], **forge}}}]}
    assert is_plain(outcome(tmp_path_factory.getbasetemp(), yaml.safe_dump(data)))
