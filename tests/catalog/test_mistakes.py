"""Mistakes of any kind end as problems with a place, never as a traceback."""

import copy
import re
from functools import cache
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.catalog import Catalog
from exporter.catalog.loader import build
from exporter.catalog.model import Alert, Bands, Baseline, Drop, Escalation, Kpi, Segment, Target, Value, Weighted, When
from exporter.catalog.value import Forecast, Grown, Reached
from exporter.document import Document
from exporter.errors import InvalidInput
from support.catalogs import DECLARED, problems_of

CARO = (resources.files("exporter.catalog") / "caro.yml").read_text(encoding="utf-8")
MODELS = (
    Alert, Bands, Baseline, Catalog, Drop, Escalation, Forecast, Grown, Kpi, Reached, Segment, Target, Value, Weighted, When,
)  # fmt: skip
KEYS = sorted({field.alias or name for model in MODELS for name, field in model.model_fields.items()})
WORDS = st.sampled_from(
    [
        *["*", "P0", "P1", "count", "up", "kpi", "sum", "7d", "28d", "2026-01-21", "2026-02-30", "stars", "Acme"],
        "",
        "7d after launch",
        *sorted(DECLARED),
    ]
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | st.dates() | st.datetimes() | WORDS | st.text()
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5), max_leaves=15
)


def is_answered(document: Document) -> bool:
    """Whether a document gives a catalog that can be worked with, or problems of one line each."""
    try:
        catalog = build(document, DECLARED)
    except InvalidInput as error:
        return len(error.problems) > 0 and all("\n" not in str(problem) for problem in error.problems)
    return all(len(catalog.rules(kpi)) >= len(kpi.alerts) for kpi in catalog.kpis)


@given(data=ANYTHING)
@settings(deadline=None)
def test_anything_is_a_catalog_or_wrong(data: object) -> None:
    assert is_answered(Document("catalog.yml", data, {}))


@given(
    kpi=st.fixed_dictionaries(
        {
            "id": st.sampled_from(["stars", "bugs"]),
            "title": st.just("T"),
            "definition": st.just("D."),
            "unit": st.sampled_from(["count", "ratio", "index"]),
            "direction": st.sampled_from(["up", "down", "none"]),
            "tier": st.just("kpi"),
            "category": st.just("c"),
        },
        optional=dict.fromkeys(("window", "value", "targets", "segments", "open", "alerts", "max_allowed"), ANYTHING),
    )
)
@settings(deadline=None)
def test_any_kpi_is_one_or_wrong(kpi: dict[str, Any]) -> None:
    data = {"project": "acme", "launch": "2026-01-15", "kpis": [kpi, {**kpi, "id": "other"}]}
    assert is_answered(Document("catalog.yml", data, {}))


@cache
def caro() -> dict[str, Any]:
    return yaml.safe_load(CARO)


@cache
def places_of_caro() -> list[tuple[str | int, ...]]:
    def walk(data: object, path: tuple[str | int, ...]) -> list[tuple[str | int, ...]]:
        inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
        return [path, *(deeper for key, value in inner for deeper in walk(value, (*path, key)))]

    return walk(caro(), ())[1:]


@given(data=st.data())
@settings(deadline=None, max_examples=200)
def test_a_changed_place_of_caro_gives_a_catalog_or_problems(data: st.DataObject) -> None:
    tree = copy.deepcopy(caro())
    *way, last = data.draw(st.sampled_from(places_of_caro()))
    place = tree
    for step in way:
        place = place[step]
    change = data.draw(st.sampled_from(["drop", "replace", "misspell"]))
    if change == "drop":
        del place[last]
    elif change == "replace":
        place[last] = data.draw(ANYTHING)
    elif isinstance(place, dict):
        place[f"{last}x"] = place.pop(last)
    else:
        place[last] = f"{place[last]}x"
    assert is_answered(Document("caro.yml", tree, {}))


def misspelt(pattern: str, suggestion: str) -> list[Any]:
    """A case for every word that a pattern finds in the catalog: where it stands last, it loses its second letter."""
    cases = []
    for word, start in {hit[1]: hit.start(1) for hit in re.finditer(pattern, CARO)}.items():
        text = f"{CARO[:start]}{word[0]}{word[2:]}{CARO[start + len(word) :]}"
        line = CARO.count("\n", 0, start) + 1
        cases.append(pytest.param(text, line, suggestion.format(word), id=f"{line}-{word}"))
    return cases


SUGGESTED = 'did you mean "{}"?'
MISTAKES = [
    *misspelt(r"metric: (\w+)", SUGGESTED),
    *misspelt(r"where: \{(\w+):", SUGGESTED),
    *misspelt(r", by: (\w+)\}", SUGGESTED),
    *misspelt(r"aggregate: (\w+)", SUGGESTED),
    *misspelt(r"kpi: (\w+)", SUGGESTED),
    *misspelt(r"    channels: \[([\w-]+)", SUGGESTED),
    *misspelt(r"    channels: \[[\w-]+, ([\w-]+)", SUGGESTED),
    *misspelt(r"  segments: \[(\w{3,})", SUGGESTED),
    *misspelt(r"when: \{(\w+)", SUGGESTED),
    *misspelt(r"\n    (\w+): ", SUGGESTED),
    *misspelt(r"by: \d+d (after) launch", "such as 7d after launch"),
    *misspelt(r"at: (2026-01-08)", "such as 7d after launch"),
]


@pytest.mark.parametrize(("text", "line", "suggestion"), MISTAKES)
def test_a_misspelt_word_is_told_at_its_line_with_what_may_be_meant(text: str, line: int, suggestion: str) -> None:
    assert [problem for problem in problems_of(text) if problem.startswith(f"{line}: ") and suggestion in problem]


TOKEN = "ghp_Zx81Kq2mW7vLr4Tn9Yb3Hc6Jd5Fg0Ps"
SMALL = """
project: acme
launch: 2026-01-15
channels: [discord-news]
kpis:
  - id: bugs
    title: Bugs
    definition: Bugs.
    unit: count
    direction: down
    tier: kpi
    category: quality
    window: 7d
    value: {metric: github_issues_open, where: {kind: bug}, aggregate: sum, by: priority}
    targets: [{by: 7d after launch, at_most: 5}]
    segments: [{name: P0, label: priority, max_allowed: 1}]
    open: [priority]
    alerts: [{name: Bugs, priority: P1, when: {above: 5}, for: 5m, segments: [P0], action: Act., channels: [discord-news]}]
"""


@pytest.mark.parametrize("word", sorted(set(re.findall(r"(?<=: )[\w-]+|(?<=\[)[\w-]+(?=\])", SMALL))))
def test_a_credential_pasted_into_a_catalog_is_never_shown(word: str) -> None:
    assert problems_of(SMALL) == []
    text = re.sub(rf"(?<=[ \[]){word}(?=[,\]}}\n. ])", TOKEN, SMALL)
    assert TOKEN in text
    assert TOKEN not in "\n".join(problems_of(text))
