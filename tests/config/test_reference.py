"""The page of the configuration."""

from pathlib import Path

import pytest
from pydantic import Field

from exporter.config.reference import reference, render_page
from exporter.config.types import SourceConfig
from exporter.document.annotation import fields_of
from exporter.sources.registry import sources
from support.configuration import FiguresConfig, SurveyConfig

PAGE = Path(__file__).parents[2] / "docs/configuration.md"
SOURCE_TYPES = {name: kind.config_type for name, kind in sources().items()}
REFRESH = """docs/configuration.md is not what the code says. Refresh it with
python -c "
from pathlib import Path
from exporter.config.reference import render_page
from exporter.sources.registry import sources
page = render_page({name: kind.config_type for name, kind in sources().items()})
Path('docs/configuration.md').write_text(page, 'utf-8')"
"""


def test_every_key_of_a_source_is_a_row() -> None:
    text = reference({"survey": SurveyConfig})
    assert (
        text.split("### Source `survey`")[1]
        == """

A list of mappings, each with a secret that it may have.

| key | type | default | meaning |
|---|---|---|---|
| `forms` | list of mappings | required | Forms to read. |
| `forms[].id` | text | required | Name of the form. |
| `forms[].token` | secret |  | Token of the form. |
| `forms[].questions` | mapping of text to text | `{}` | What its questions ask. |
"""
    )


def test_keys_of_all_sources_stand_once() -> None:
    text = reference({"figures": FiguresConfig, "survey": SurveyConfig})
    assert text.count("| `interval` | duration | `15m` | Time between two refreshes. |") == 1


def test_a_bar_in_a_meaning_does_not_end_the_cell() -> None:
    class Barred(SourceConfig):
        mode: str = Field("a|b", description="Either a|b.")

    assert "| `mode` | text | `a\\|b` | Either a\\|b. |" in reference({"barred": Barred})


def test_the_page_is_what_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == render_page(SOURCE_TYPES), REFRESH


@pytest.mark.parametrize("name", sorted(SOURCE_TYPES))
def test_every_key_has_a_meaning(name: str) -> None:
    assert [key for key, field in fields_of(SOURCE_TYPES[name]).items() if not (field.description or "").endswith(".")] == []
