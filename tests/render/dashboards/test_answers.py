"""What the queries of dashboards answer, asked of promtool over a few series: each case is a moment that a page must survive."""

import subprocess
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporter.catalog.model import Kpi
from exporter.render.dashboards.chain_panels import unknown_panels
from exporter.render.dashboards.cohorts import cohorts_dashboard
from exporter.render.dashboards.figure import Figure
from exporter.render.dashboards.header import header
from exporter.render.dashboards.north_star import north_star
from exporter.render.dashboards.parts import targets_met
from exporter.render.dashboards.rows import about
from exporter.render.dashboards.tiles import tile
from exporter.render.dashboards.trends import weeks
from exporter.render.projects import Project, shipped_projects
from support.kpi import catalog_of, kpi

Series = Mapping[str, float | str]
"""Values of series: one that stays, or as promtool writes them, a minute apart."""
DAY = 24 * 60
"""In minutes."""
MOST = 1e9


def project(*kpis: Kpi, name: str = "acme", launch: date | None = None) -> Project:
    catalog = catalog_of(*kpis)
    catalog = catalog.model_copy(update={"launch": launch}) if launch else catalog
    return Project(name, catalog, {one.id: "github" for one in kpis})


def of(series: str, kpi_id: str = "bugs", *, within: str = "acme", **more: str) -> str:
    labels = ",".join(f'{label}="{value}"' for label, value in {"project": within, "kpi": kpi_id, **more}.items())
    return f"{series}{{{labels}}}"


def complaint(tmp_path: Path, series: Series, expected: Mapping[str, Sequence[tuple[str, float]]], minute: int = 10) -> str:
    """What promtool says where an expression answers anything but these samples, in the given minute; "" where all is well."""
    given = [
        {"series": one, "values": f"{value}x{minute}" if not isinstance(value, str) else value} for one, value in series.items()
    ]
    asked = [
        {
            "expr": expr,
            "eval_time": f"{minute}m",
            "exp_samples": [{"labels": labels, "value": value} for labels, value in samples],
        }
        for expr, samples in expected.items()
    ]
    case: dict[str, Any] = {"interval": "1m", "input_series": given, "promql_expr_test": asked}
    file = tmp_path / "case.yml"
    file.write_text(yaml.safe_dump({"tests": [case]}), encoding="utf-8")
    done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"{done.stdout}{done.stderr}"


def test_an_answer_that_is_another_is_noticed(tmp_path: Path) -> None:
    assert "got: {} 2E+00" in complaint(tmp_path, {"a": 2}, {"sum(a)": [("{}", 3)]})


SLOW: Mapping[str, Any] = {"unit": "seconds", "direction": "down", "targets": [{"at_most": 10}]}


@pytest.mark.parametrize(
    ("fields", "value", "target", "attained", "said"),
    [
        (SLOW, 50, 10, 0, ("Above target", 4, "percentunit")),
        (SLOW, 5, 10, 1.5, ("Below target", 0.5, "percentunit")),
        (SLOW, 9.96, 10, 1.004, ("On target", 1.004, "locale")),
        ({"targets": [{"at_least": 100}]}, 75, 100, 0.75, ("Behind target", 0.25, "percentunit")),
        ({"targets": [{"at_least": 100}]}, 250, 100, 2.5, ("Ahead of target", 1.5, "percentunit")),
        ({"direction": "down", "targets": [{"at_most": 0}]}, 3, 0, 0, ("Above target", 3, "locale")),
        ({"unit": "ratio", "targets": [{"at_least": 0.5}]}, 0.4, 0.5, 0.8, ("Behind target", 10, "suffix: points")),
        ({"unit": "score_1_5", "targets": [{"at_least": 4}]}, 4.5, 4, 1.125, ("Ahead of target", 0.5, "suffix: points")),
    ],
)
def test_the_verdict_is_how_far_a_figure_is_from_its_target(
    tmp_path: Path, fields: Mapping[str, Any], value: float, target: float, attained: float, said: tuple[str, float, str]
) -> None:
    """Far above a limit too, and where the target is zero; two of the three say nothing."""
    shown = kpi("bugs", **fields)
    figure = Figure(project(shown), shown)
    unit = shown.unit
    series = {
        of("kpi:value:current", unit=unit): value,
        of("kpi:target:current", unit=unit): target,
        of("kpi:attainment:ratio"): attained,
    }
    name, distance, distance_unit = said
    labels = of("kpi:attainment:ratio") if name == "On target" else of("", unit=unit)
    expected = {query.expr: [(labels, distance)] if query.name == name else [] for query in figure.verdict}
    assert complaint(tmp_path, series, expected) == ""
    assert name == "On target" or figure.verdict_unit == distance_unit


def test_an_alert_that_has_escalated_counts_once(tmp_path: Path) -> None:
    bugs = kpi("bugs")
    firing = {
        of("ALERTS", alertname="Many", alertstate="firing"): 1,
        of("ALERTS", alertname="ManyEscalated", alertstate="firing", escalated="true"): 1,
        of("ALERTS", alertname="Waits", alertstate="pending"): 1,
        of("ALERTS", within="other", alertname="Many", alertstate="firing"): 1,
    }
    assert complaint(tmp_path, firing, {Figure(project(bugs), bugs).firing: [("{}", 1)]}) == ""


def info(kpi_id: str, title: str, **more: str) -> str:
    return of("kpi:catalog:info", kpi_id, title=title, owner="devrel", category="c", source="github", **more)


def test_a_kpi_whose_title_has_just_changed_breaks_no_table(tmp_path: Path) -> None:
    """For a moment Prometheus knows both titles; any of them is shown, and the row stands there once."""
    figures = {info("bugs", "Bugs"): 1, info("bugs", "Open bugs"): 1, of("kpi:attainment:ratio"): 2}
    status = {of("kpi:status:current", status="no_data"): 1}
    met = targets_met(project(kpi("bugs")), ["c"]).queries[0].expr
    _, which = unknown_panels()
    unknown = which.queries[0].expr.replace("$project", "acme")
    expected = {
        f"count({about('kpi:attainment:ratio')})": [("{}", 1)],
        met: [('{category="c"}', 1)],
        f"count({unknown})": [("{}", 1)],
    }
    assert complaint(tmp_path, {**figures, **status}, expected) == ""


def test_a_kpi_of_the_same_id_in_another_project_keeps_its_own_name(tmp_path: Path) -> None:
    series = {
        info("bugs", "Bugs"): 1,
        info("bugs", "Defects", within="other"): 1,
        of("kpi:attainment:ratio", segment="P0"): 0.5,
        of("kpi:attainment:ratio", within="other"): 2,
    }
    named = [
        (of("", segment="P0", title="Bugs", owner="devrel", name="Bugs · P0"), 0.5),
        (of("", within="other", title="Defects", owner="devrel", name="Defects"), 2),
    ]
    assert complaint(tmp_path, series, {about("kpi:attainment:ratio"): named}) == ""


def test_unknown_kpis_are_counted_and_none_is_told_only_where_kpis_are(tmp_path: Path) -> None:
    counted = unknown_panels()[0].queries[0].expr.replace("$project", ".*")
    series = {
        'project:kpi_status:count{project="acme",status="no_data"}': 3,
        'project:kpi_status:count{project="acme",status="behind"}': 4,
        'project:kpi_status:count{project="whole",status="behind"}': 4,
    }
    assert complaint(tmp_path, series, {counted: [('{project="acme"}', 3), ('{project="whole"}', 0)]}) == ""
    assert complaint(tmp_path, {"up": 0}, {counted: []}) == ""


def test_the_last_update_is_that_of_the_facts_and_not_of_what_is_derived_each_minute(tmp_path: Path) -> None:
    _, stamp = header("Why?", '{project="acme"}')
    (query,) = stamp.queries
    derived = {of("kpi:value:timestamp_seconds", "growth"): 900, of("kpi:status:derived", "growth", status="tracked"): 1}
    facts = {of("kpi:value:timestamp_seconds"): 500, of("kpi:value:timestamp_seconds", within="other"): 800}
    assert complaint(tmp_path, {**derived, **facts}, {query.expr: [("{}", 500_000)]}) == ""
    assert complaint(tmp_path, derived, {query.expr: [("{}", 900_000)]}) == ""


@pytest.mark.parametrize(
    ("direction", "bound", "goal", "share"),
    [("up", "at_least", 100, 0.5), ("down", "at_most", 40, 0.75), ("down", "at_most", 20, 0), ("down", "at_most", 0, None)],
)
def test_the_share_of_the_goal_is_full_when_it_is_reached(
    tmp_path: Path, direction: str, bound: str, goal: float, share: float | None
) -> None:
    """Of what is to fall: 50 are a quarter more than 40, and more than twice 20."""
    star = kpi("bugs", direction=direction, targets=[{bound: goal}])
    *_, progress = north_star(Figure(project(star), star))
    series = {of("kpi:value:current", unit="count"): 50, of("kpi:goal:current", unit="count"): goal}
    answer = [] if share is None else [(of("", unit="count"), share)]
    assert complaint(tmp_path, series, {progress.queries[0].expr: answer}) == ""


def test_a_goal_that_has_no_share_is_told_as_such() -> None:
    said = [
        north_star(Figure(project(star), star))[-1].no_value
        for star in (kpi("bugs"), kpi("bugs", targets=[{"at_most": 0}]), kpi("bugs", targets=[{"at_least": 5}]))
    ]
    assert said == ["No goal above zero", "No goal above zero", "No data from github"]


@pytest.mark.parametrize(
    ("day", "told"),
    [(6.9, {}), (7, {1: 7}), (13.9, {1: 13}), (14.1, {1: 14, 2: 14}), (20.5, {1: 14, 2: 20}), (40, {1: 14, 2: 21})],
)
def test_a_week_tells_its_last_figure_and_the_one_that_runs_that_of_now(
    tmp_path: Path, day: float, told: Mapping[int, float]
) -> None:
    """Of a launch on the eighth of January, where the figure is the number of days since the first."""
    star = kpi("bugs", targets=[{"by": "13d after launch", "at_least": 5}])
    shown = weeks(Figure(project(star, launch=date(1970, 1, 8)), star))
    minute = round(day * DAY)
    days = " ".join(f"{number}x{DAY - 1}" for number in range(42))
    series = {of(name, unit="count"): days for name in ("kpi:value:hourly", "kpi:value:current")}
    assert [query.name for query in shown.queries] == ["Week 1", "Week 2"]
    answers = {f"max({query.expr})": [("{}", told[week])] if week in told else [] for week, query in enumerate(shown.queries, 1)}
    assert complaint(tmp_path, series, answers, minute) == ""


@pytest.mark.parametrize(
    ("direction", "green", "red", "words"),
    [
        ("up", 10, 5, {4.9: "red", 5: "yellow", 7: "yellow", 10: "yellow", 10.1: "green"}),
        ("down", 5, 10, {4.9: "green", 5: "yellow", 10: "yellow", 10.1: "red"}),
    ],
)
def test_the_band_is_green_beyond_the_one_number_and_red_short_of_the_other(
    direction: str, green: float, red: float, words: Mapping[float, str]
) -> None:
    """Grafana takes the first range that holds a value, its ends included."""
    banded = kpi("bugs", direction=direction, bands={"green": green, "red": red})
    shown = tile(Figure(project(banded), banded))
    letter = "ABCDEFGHIJ"[[query.name for query in shown.queries].index("Band")]
    (look,) = (one for one in shown.overrides if one["matcher"]["options"] == letter)
    (mappings,) = (one["value"] for one in look["properties"] if one["id"] == "mappings")

    def word(value: float) -> str:
        spans = (one["options"] for one in mappings)
        fits = (one for one in spans if (one["from"] or -MOST) <= value <= (one["to"] or MOST))
        return str(next(fits)["result"]["text"])

    assert {value: word(value) for value in words} == words


@pytest.mark.parametrize(
    ("source", "value", "text"),
    [
        ("manual", None, "No figure entered"),
        ("crates+npm", None, "No data from crates, npm"),
        ("github", {"growth": {"kpi": "bugs", "over": "7d"}}, "No data from github, or too short a past"),
    ],
)
def test_what_is_not_known_is_told_with_every_reason_that_there_may_be(source: str, value: Any, text: str) -> None:
    shown = kpi("shown", unit="ratio", value=value)
    assert Figure(Project("acme", catalog_of(shown, kpi("bugs")), {"shown": source}), shown).no_value == text


def test_an_alert_on_each_segment_watches_neither_the_total_nor_another_window() -> None:
    alert = {"name": "Low", "priority": "P1", "when": {"below": 3}, "action": "Look.", "segments": ["*"]}
    split = {"metric": "telemetry_active_users", "by": "window"}
    targets = [{"at_least": 5}, {"at_least": 50, "window": "30d"}]
    shown = kpi("users", window="7d", value=split, targets=targets, segments=[{"name": "linux"}], alerts=[alert])
    watched = {name: [one.name for one in Figure(project(shown), shown, name).alerts] for name in ("", "30d", "linux")}
    assert watched == {"": [], "30d": [], "linux": ["Low"]}


def test_a_cohort_tells_which_share_of_it_came_back_beside_its_size(tmp_path: Path) -> None:
    """Each in the week of its own; a cohort of nobody has no share."""
    users = {
        ("2026-01-15", "0"): 40,
        ("2026-01-15", "1"): 10,
        ("2026-01-22", "0"): 8,
        ("2026-01-29", "0"): 0,
        ("2026-01-29", "1"): 0,
    }
    told = {
        f'telemetry_cohort_users{{project="{name}",cohort="{cohort}",week="{week}"}}': number * factor
        for (cohort, week), number in users.items()
        for name, factor in (("caro", 1), ("other", 3))
    }
    board = cohorts_dashboard([one for one in shipped_projects() if one.name == "caro"])
    assert board is not None
    triangle = next(panel for row in board.rows for panel in row.panels if panel.kind == "table")
    shares = {("2026-01-15", "0"): 1, ("2026-01-15", "1"): 0.25, ("2026-01-22", "0"): 1}
    sizes = {(cohort, "-1"): number for (cohort, week), number in users.items() if week == "0"}
    cells = [(f'{{cohort="{cohort}",week="{week}"}}', value) for (cohort, week), value in {**shares, **sizes}.items()]
    assert complaint(tmp_path, told, {triangle.queries[0].expr: cells}) == ""
