"""Layouts in catalogs: what a wrong one is told, and that the shipped ones show what their specifications ask for."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.catalog.layout import FORMS, Layout, LayoutRow, PanelLayout, RowName
from exporter.catalog.model import Catalog
from support.catalogs import catalog_of, problems_of
from support.shipped import CATALOGS

SPEC: dict[str, Any] = json.loads((Path(__file__).parents[1] / "fixtures" / "spec" / "layouts.json").read_text(encoding="utf-8"))
HEAD = "project: acme\nlaunch: 2026-01-15\n"
KPIS = """
kpis:
  - id: stars
    title: Stars
    definition: What is counted.
    unit: count
    direction: up
    tier: kpi
    category: community
    value: {metric: github_repository_stars}
    targets: [{by: 28d after launch, at_least: 500}]
  - id: members
    title: Members
    definition: What is counted.
    unit: count
    direction: up
    tier: kpi
    category: community
    value: {metric: discord_members}
    targets: [{by: 2026-12-31, at_least: 2000}]
  - id: bugs
    title: Bugs
    definition: What is counted.
    unit: count
    direction: down
    tier: kpi
    category: quality
    value: {metric: github_issues_open, by: priority, total: false}
    segments: [{name: P0, targets: [{at_most: 0}]}, {name: P1}]
  - id: satisfaction
    title: Satisfaction
    definition: What is entered.
    unit: ratio
    direction: up
    tier: kpi
    category: quality
    targets: [{at_least: 0.8}]
  - id: score
    title: Score
    definition: What it rests on.
    unit: index
    direction: up
    tier: kpi
    category: quality
    value: {weighted: [{kpi: satisfaction, weight: 1, worst: 0, best: 1}]}
"""


def with_rows(rows: str) -> str:
    """A catalog whose dashboard has these rows; they begin on line 7."""
    return f"{HEAD}dashboard:\n  title: Acme\n  question: Does it go well?\n  rows:\n{rows}{KPIS}"


def with_panel(panel: str) -> str:
    """A catalog with one panel, on line 8."""
    return with_rows(f"    - panels:\n        - {panel}\n")


def layout_of(text: str) -> Layout:
    layout = catalog_of(text).dashboard
    assert layout is not None
    return layout


@pytest.mark.parametrize(
    ("panel", "path", "message"),
    [
        ("{tile: starz}", ".tile", '"starz" is not a KPI of this catalog, did you mean "stars"?'),
        ("{list: [stars, bugz]}", ".list[1]", '"bugz" is not a KPI of this catalog, did you mean "bugs"?'),
        ("{segments: bugz}", ".segments", '"bugz" is not a KPI of this catalog, did you mean "bugs"?'),
        ("{score: scor}", ".score", '"scor" is not a KPI of this catalog, did you mean "score"?'),
        ("{tile: {kpi: bugs, segment: P3}}", ".tile", '"P3" is not a segment of bugs, known are P0, P1'),
        ("{trend: [{kpi: bugs, segment: P00}]}", ".trend[0]", '"P00" is not a segment of bugs, did you mean "P0"?'),
        ("{tile: {kpi: stars, segment: P0}}", ".tile", '"P0" is not a segment of stars, none is known here'),
        ("{tile: bugs}", ".tile", "bugs has no figure without segment; name one: P0, P1"),
        ("{tile: {segment: P0}}", ".tile.kpi", "is missing"),
        ("{trend: [stars, satisfaction]}", ".trend", "must be of one unit, found count, ratio"),
        (f"{{trend: [{', '.join(['stars'] * 8)}]}}", ".trend", "must not be longer than 7"),
        ("{weeks: satisfaction}", ".weeks", "satisfaction has no target with a day, which weeks needs"),
        ("{forecast: satisfaction}", ".forecast", "satisfaction has no target with a day, which forecast needs"),
        (
            "{weeks: members}",
            ".weeks",
            "members has its goal more than 12 weeks after launch, more than weeks has room for",
        ),
        ("{score: stars}", ".score", "stars is not a weighted score"),
        ("{segments: stars}", ".segments", "stars has no segments"),
        ("{scorecard: [comunity]}", ".scorecard[0]", '"comunity" is not a category, did you mean "community"?'),
        ("{targets_met: [community, qualty]}", ".targets_met[1]", '"qualty" is not a category, did you mean "quality"?'),
        ("{alerts: false}", ".alerts", "must be true, found false"),
        ("{list: []}", ".list", "must not be empty"),
        ("{list: stars}", ".list", 'must be a list, found "stars"'),
        ("{tile: stars, width: 2}", ".width", "must be at least 3, found 2"),
        ("{tile: stars, width: 25}", ".width", "must be at most 24, found 25"),
        ("{tile: stars, title: ''}", ".title", 'must not be empty, found ""'),
        ("{tile: stars, widht: 8}", ".widht", 'unknown key, did you mean "width"?'),
    ],
)
def test_a_wrong_panel_is_told_once_at_its_line(panel: str, path: str, message: str) -> None:
    assert problems_of(with_panel(panel)) == [f"8: dashboard.rows[0].panels[0]{path}: {message}"]


def test_the_segments_of_one_panel_are_of_one_unit() -> None:
    """They share a scale."""
    own = "{ratio: [{metric: discord_members}, {metric: github_repository_stars}]}"
    mixed = KPIS.replace("{name: P1}", f"{{name: P1, unit: ratio, value: {own}}}")
    problem = "8: dashboard.rows[0].panels[0].segments: must be of one unit, found count, ratio"
    assert problems_of(with_panel("{segments: bugs}").replace(KPIS, mixed)) == [problem]


@pytest.mark.parametrize(
    ("panel", "found"), [("{tile: stars, trend: [stars]}", "tile and trend"), ("{title: Stars}", "none of them")]
)
def test_a_panel_has_one_form(panel: str, found: str) -> None:
    forms = f"{', '.join(FORMS[:-1])} and {FORMS[-1]}"
    assert problems_of(with_panel(panel)) == [f"8: dashboard.rows[0].panels[0]: must have exactly one of {forms}, found {found}"]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("    []\n", "6: dashboard.rows: must not be empty"),
        ("    - panels: []\n", "7: dashboard.rows[0].panels: must not be empty"),
        ("    - title: Empty\n", "7: dashboard.rows[0].panels: is missing"),
        (
            "    - collapsed: true\n      panels: [{tile: stars}]\n",
            "7: dashboard.rows[0]: must have a title where collapsed is true",
        ),
        (
            "    - {title: More, colapsed: true, panels: [{tile: stars}]}\n",
            '7: dashboard.rows[0].colapsed: unknown key, did you mean "collapsed"?',
        ),
        (
            "    - panels: [{tile: stars}]\n    - {title: More, panels: [{tile: stars}, {tile: star}]}\n",
            '8: dashboard.rows[1].panels[1].tile: "star" is not a KPI of this catalog, did you mean "stars"?',
        ),
    ],
)
def test_a_wrong_row_is_told_once_at_its_line(rows: str, problem: str) -> None:
    assert problems_of(with_rows(rows)) == [problem]


def test_every_wrong_panel_of_a_layout_is_told() -> None:
    rows = "    - panels:\n        - {tile: starz}\n        - {score: stars}\n    - panels:\n        - {scorecard: [qualty]}\n"
    assert [problem.partition(":")[0] for problem in problems_of(with_rows(rows))] == ["8", "9", "11"]


def test_a_dashboard_asks_a_question() -> None:
    text = f"{HEAD}dashboard:\n  title: Acme\n  rows: [{{panels: [{{tile: stars}}]}}]\n{KPIS}"
    assert problems_of(text) == ["3: dashboard.question: is missing"]


def test_an_owner_is_of_a_category_that_exists() -> None:
    owners = "owners:\n  community: devrel\n  qualty: maintainers\n"
    assert problems_of(f"{HEAD}{owners}{KPIS}") == ['5: owners.qualty: "qualty" is not a category, did you mean "quality"?']


def test_an_owner_has_a_name() -> None:
    assert problems_of(f"{HEAD}owners:\n  quality: ''\n{KPIS}") == ['4: owners.quality: must not be empty, found ""']


def test_the_owner_of_a_kpi_is_that_of_its_category() -> None:
    catalog = catalog_of(f"{HEAD}owners: {{community: devrel}}\n{KPIS}")
    assert {kpi.id: catalog.owner(kpi) for kpi in catalog.kpis} == {
        "stars": "devrel", "members": "devrel", "bugs": "", "satisfaction": "", "score": "",
    }  # fmt: skip


def test_a_figure_is_named_by_its_kpi_or_by_kpi_and_segment() -> None:
    (row,) = layout_of(with_panel("{list: [stars, {kpi: bugs, segment: P0}]}")).rows
    assert row.panels[0].list == (RowName(kpi="stars"), RowName(kpi="bugs", segment="P0"))


def test_a_segment_that_only_the_facts_know_can_be_shown() -> None:
    text = with_panel("{trend: [{kpi: bugs, segment: P7}]}").replace("total: false}", "total: false}\n    open: [priority]")
    assert problems_of(text) == []


def test_without_other_words_a_dashboard_shows_90_days_and_looks_anew_every_5_minutes() -> None:
    layout = layout_of(with_panel("{tile: stars}"))
    assert (layout.refresh, layout.span) == (timedelta(minutes=5), timedelta(days=90))


def named(panel: PanelLayout) -> Iterator[str]:
    """The figures that a panel names, as `kpi` or `kpi/segment`."""
    shown = getattr(panel, panel.form)
    if panel.form in ("segments", "score"):
        yield shown
    for one in shown if isinstance(shown, tuple) else (shown,):
        if isinstance(one, RowName):
            yield f"{one.kpi}/{one.segment}" if one.segment else one.kpi


def rows_of(name: str) -> tuple[LayoutRow, ...]:
    layout = CATALOGS[name].dashboard
    assert layout is not None
    return layout.rows


def in_order(rows: tuple[LayoutRow, ...]) -> list[str]:
    """The figures of rows in the order in which they are first named."""
    return list(dict.fromkeys(figure for row in rows for panel in row.panels for figure in named(panel)))


def categories_of(rows: tuple[LayoutRow, ...]) -> list[str]:
    """The categories whose every KPI stands in a scorecard, in order."""
    return list(dict.fromkeys(name for row in rows for panel in row.panels for name in panel.scorecard or ()))


def reached(name: str) -> set[str]:
    """The KPIs that a dashboard shows, by name or in a scorecard."""
    catalog: Catalog = CATALOGS[name]
    tables = set(categories_of(rows_of(name)))
    direct = {figure.partition("/")[0] for figure in in_order(rows_of(name))}
    return direct | {kpi.id for kpi in catalog.kpis if kpi.category in tables}


def test_caro_shows_the_figures_of_its_guide_row_by_row() -> None:
    wanted = list(dict.fromkeys(figure for row in SPEC["caro"]["rows"] for figure in row))
    assert [figure for figure in in_order(rows_of("caro")) if figure in wanted] == wanted


def test_caro_looks_anew_as_often_as_its_guide_says() -> None:
    layout = CATALOGS["caro"].dashboard
    assert layout is not None
    assert layout.refresh.total_seconds() == SPEC["caro"]["refresh_seconds"]


def test_bolt_shows_the_widgets_of_its_framework_first_and_in_order() -> None:
    widgets = list(SPEC["bolt"]["widgets"])
    assert [row.title for row in rows_of("bolt")][: len(widgets)] == widgets


@pytest.mark.parametrize("widget", SPEC["bolt"]["widgets"])
def test_a_widget_of_bolt_shows_its_items_in_order(widget: str) -> None:
    wanted = SPEC["bolt"]["widgets"][widget]["kpis"]
    rows = tuple(row for row in rows_of("bolt") if row.title == widget)
    assert [figure for figure in in_order(rows) if figure in wanted] == wanted


@pytest.mark.parametrize("widget", SPEC["bolt"]["widgets"])
def test_a_widget_of_bolt_says_how_often_it_is_updated(widget: str) -> None:
    (note,) = (row.note or "" for row in rows_of("bolt") if row.title == widget)
    assert [word for word in SPEC["bolt"]["widgets"][widget]["update"] if word not in note] == []


@pytest.mark.parametrize("section", SPEC["bolt"]["sections"])
def test_the_kpi_dashboard_of_bolt_has_a_folded_row_for_each_section(section: str) -> None:
    (row,) = (row for row in rows_of("bolt") if (row.title or "").lower() == f"kpi dashboard: {section.lower()}")
    assert (categories_of((row,)), row.collapsed) == (SPEC["bolt"]["sections"][section], True)


@pytest.mark.parametrize(
    "figure", ["github_stars", "monthly_downloads", "fortune_500_adopters"]
)  # those that the framework gives a date
def test_bolt_draws_growth_against_its_dated_targets_with_a_forecast(figure: str) -> None:
    forecasts = [panel.forecast.kpi for row in rows_of("bolt") for panel in row.panels if panel.forecast]
    assert figure in forecasts


def test_bolt_shows_the_scenarios_of_its_growth() -> None:
    scenarios = {f"growth_forecast/{name}" for name in ("optimistic", "realistic", "pessimistic")}
    assert scenarios - set(in_order(rows_of("bolt"))) == set()


def test_bolt_takes_its_health_score_apart() -> None:
    assert [panel.score for row in rows_of("bolt") for panel in row.panels if panel.score] == ["health_score"]


def test_aux_steers_by_its_north_star_and_then_by_its_secondary_indicators() -> None:
    first = rows_of("aux")[0]
    assert [kpi.id for kpi in CATALOGS["aux"].kpis if kpi.category == "north_star"] == in_order((first,))
    assert first.panels[0].form == "north_star"


def test_aux_has_a_scorecard_of_every_category_in_the_order_of_its_document() -> None:
    categories = [name for name in categories_of(rows_of("aux")) if name in SPEC["aux"]["categories"]]
    assert categories == [name for name in SPEC["aux"]["categories"] if name != "phases"]


def test_aux_counts_the_targets_that_are_met_over_all_categories() -> None:
    counted = {name for row in rows_of("aux") for panel in row.panels for name in panel.targets_met or ()}
    assert counted == {kpi.category for kpi in CATALOGS["aux"].kpis}


@pytest.mark.parametrize("figure", SPEC["aux"]["limits"])
def test_aux_draws_each_figure_that_has_a_limit_alone_so_that_the_limit_is_drawn_too(figure: str) -> None:
    (kpi,) = (kpi for kpi in CATALOGS["aux"].kpis if kpi.id == figure)
    (alert,) = CATALOGS["aux"].rules(kpi)
    alone = [panel.trend[0].kpi for row in rows_of("aux") for panel in row.panels if panel.trend and len(panel.trend) == 1]
    assert figure in alone
    assert SPEC["aux"]["limits"][figure] in (alert.when.above, alert.when.below)


@pytest.mark.parametrize("name", CATALOGS)
def test_every_kpi_has_its_place_on_the_dashboard(name: str) -> None:
    assert [kpi.id for kpi in CATALOGS[name].kpis if kpi.id not in reached(name)] == []


@pytest.mark.parametrize("name", CATALOGS)
def test_every_category_has_an_owner(name: str) -> None:
    assert {kpi.category for kpi in CATALOGS[name].kpis} == set(CATALOGS[name].owners)


@pytest.mark.parametrize("name", CATALOGS)
def test_alerts_have_a_panel(name: str) -> None:
    assert [panel.form for row in rows_of(name) for panel in row.panels].count("alerts") == 1


@pytest.mark.parametrize("name", CATALOGS)
def test_the_panels_of_a_shipped_layout_fill_their_lines(name: str) -> None:
    ragged = []
    for row in rows_of(name):
        filled = 0
        for panel in row.panels:
            width = 24 if panel.north_star else panel.width or 24 // min(len(row.panels), 4)
            if filled % 24 + width > 24:
                ragged.append(row.title)
            filled += width
        if filled % 24:
            ragged.append(row.title)
    assert ragged == []
