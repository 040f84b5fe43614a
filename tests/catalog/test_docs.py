"""The page on catalogs is complete, and its example is a catalog."""

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from exporter.catalog import Catalog
from exporter.catalog.layout import FORMS, Layout, LayoutRow, PanelLayout, RowName
from exporter.catalog.model import (
    DEFAULT_CHANNELS,
    Alert,
    Bands,
    Baseline,
    Drop,
    Escalation,
    Growth,
    Kpi,
    Segment,
    Target,
    Term,
    Value,
    Weighted,
    When,
)
from exporter.catalog.value import Forecast, Grown, Reached, Scenario
from support.catalogs import catalog_of, problems_of

PAGE = (Path(__file__).parents[2] / "docs" / "catalog.md").read_text(encoding="utf-8")
REFERENCE = PAGE.partition("\n## The catalog\n")[2]
CODE = " ".join(re.findall(r"`([^`\n]+)`", REFERENCE))
MODELS = (
    Catalog, Kpi, Bands, Value, Term, Weighted, Grown, Forecast, Reached, Target, Baseline, Segment, Alert, When, Drop, Growth,
    Escalation, Layout, LayoutRow, PanelLayout, RowName,
)  # fmt: skip


BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_is_a_catalog() -> None:
    (example,) = (block for block in BLOCKS if block.startswith("project:"))
    catalog = catalog_of(example)
    names = [alert.name for kpi in catalog.kpis for alert in catalog.rules(kpi)]
    assert [kpi.id for kpi in catalog.kpis] == ["github_stars", "open_bugs", "bugs_per_star", "satisfaction"]
    assert {"AcmeOpenBugsOverLimit", "AcmeOpenBugsP1OverLimit"} < set(names)


def test_kpis_that_are_shown_later_fit_the_example() -> None:
    (example,) = (block for block in BLOCKS if block.startswith("project:"))
    later = [block for block in BLOCKS if block.startswith("  - id:")]
    assert later
    assert problems_of(example + "".join(later)) == []


@pytest.mark.parametrize("key", ["owners", "dashboard"])
def test_owners_and_dashboard_that_are_shown_fit_the_example(key: str) -> None:
    (example,) = (block for block in BLOCKS if block.startswith("project:"))
    (shown,) = (block for block in BLOCKS if block.startswith(f"{key}:"))
    catalog = catalog_of(example.replace("\nkpis:", f"\n{shown}\nkpis:"))
    assert key in catalog.model_fields_set


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_panel_has_its_line(form: str) -> None:
    assert f"\n| `{form}: " in REFERENCE


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_is_explained(model: type[BaseModel]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert keys - set(re.findall(r"\w+", CODE)) == set()


@pytest.mark.parametrize("field", ["unit", "direction", "tier", "audience", "cadence"])
def test_every_word_of_a_kpi_is_listed(field: str) -> None:
    words = Kpi.model_json_schema()["properties"][field]["enum"]
    assert [word for word in words if word not in CODE.split()] == []


def test_every_scenario_of_a_forecast_is_listed() -> None:
    assert set(get_args(Scenario)) <= set(CODE.split())


def test_the_default_channels_are_listed() -> None:
    assert {channel for channels in DEFAULT_CHANNELS.values() for channel in channels} <= set(CODE.split())
