"""Every dashboard keeps to the conventions, and each convention notices a dashboard that does not."""

import copy
import re
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Any

import pytest

from exporter.render.projects import Project, shipped_projects
from support.conventions import RULES
from support.conventions.queries import filled
from support.plain_catalog import PLAIN
from support.promql import matched_values, selectors
from support.rendered import SHIPPED, Board, Json, in_order

BOARDS = {**SHIPPED, **PLAIN}
PUBLIC = PurePosixPath("grafana/dashboards/Public/kpi-sample.json")

LINTER = {
    "template-datasource-rule": "chosen_data_source",
    "template-on-time-change-reload-rule": "ready_variables",
    "panel-datasource-rule": "own_data_source",
    "panel-title-description-rule": "titled, described",
    "panel-units-rule": "measured",
    "panel-no-targets-rule": "asking",
    "target-rate-interval-rule": "rate_interval",
    "target-counter-agg-rule": "counted_by_rate",
    "uneditable-dashboard": "uneditable",
}
"""Rules of the linter of Grafana dashboards, and ours that say the same."""
ELSEWHERE = {
    "target-promql-rule": "every expression is parsed in test_expressions.py",
    "template-label-promql-rule": "those of variables too",
}
NOT_OURS = {
    "template-job-rule": "recorded series have lost the labels of the scrape, so that an exporter may move",
    "template-instance-rule": "as template-job-rule",
    "target-job-rule": "there is no job to choose, and project takes its place",
    "target-instance-rule": "as target-job-rule",
    "target-logql-rule": "no dashboard reads logs",
    "target-logql-auto-rule": "no dashboard reads logs",
}
"""Rules of the linter that are left out, with the reason."""


@pytest.mark.parametrize("uid", BOARDS)
@pytest.mark.parametrize("rule", RULES)
def test_every_dashboard_keeps_to(rule: str, uid: str) -> None:
    assert list(RULES[rule](BOARDS[uid])) == []


def test_the_rules_of_the_linter_are_ours_or_left_out_for_a_reason() -> None:
    ours = {name for names in LINTER.values() for name in names.split(", ")}
    assert ours <= RULES.keys()
    assert len({**LINTER, **ELSEWHERE, **NOT_OURS}) == 17


DEFINED_BESIDE = {"Against last week and target": "the definition stands on the figure to its left"}
"""Panels on one KPI whose description does not define it, with the reason."""


@pytest.mark.parametrize("project", shipped_projects(), ids=lambda project: project.name)
def test_a_panel_on_one_kpi_says_what_it_means_and_where_it_comes_from(project: Project) -> None:
    board = SHIPPED[f"kpi-project-{project.name}"]
    definitions = {kpi.id: kpi.definition for kpi in project.catalog.kpis}
    defined = 0
    for shown in board.panels:
        asked = [one for target in shown.get("targets", ()) for one in selectors(filled(board, target["expr"]))]
        named = {value for one in asked for value in matched_values(one, "kpi")}
        if len(named) != 1 or shown["title"] in DEFINED_BESIDE or shown["type"] == "table":
            continue
        assert definitions[named.pop()] in shown["description"], shown["title"]
        assert re.search(r"Source: \w|Entered by people", shown["description"]), shown["title"]
        defined += 1
    assert defined > 5


def panel(board: Json, title: str) -> Json:
    found: list[Json] = [one for row in board["panels"] for one in (row, *row.get("panels", ())) if one["title"] == title]
    return found[0]


def stars(board: Json) -> Json:
    return panel(board, "Stars")


def table(board: Json) -> Json:
    return panel(board, "Every figure")


def lines(board: Json) -> Json:
    return panel(board, "Over time")


def choice(board: Json) -> Json:
    found: Json = board["templating"]["list"][1]
    return found


def defaults(shown: Json) -> Json:
    found: Json = shown["fieldConfig"]["defaults"]
    return found


def query(shown: Json) -> Json:
    found: Json = shown["targets"][0]
    return found


def mapped(text: str, colour: str) -> list[Json]:
    return [{"type": "value", "options": {"1": {"text": text, "color": colour}}}]


WRONG: list[tuple[str, Callable[[Json], Any], str]] = [
    ("fixed_uid", lambda board: board.update(uid="kpi"), "the uid kpi is not 8 to 40"),
    ("fixed_uid", lambda board: board.update(uid="kpi-other"), "the file kpi-sample.json is not called as"),
    ("tagged", lambda board: board.update(tags=[]), "has no tag kpi"),
    ("uneditable", lambda board: board.update(editable=True), "can be edited"),
    ("without_traces", lambda board: board.update(id=7), "has an id of one Grafana"),
    ("without_traces", lambda board: board.update(__inputs=[]), "has __inputs"),
    ("without_traces", lambda board: board.update(version=3), "has version"),
    ("one_question", lambda board: board.update(title=" "), "has no title"),
    ("one_question", lambda board: board.update(description="Stars."), "its description is no question: Stars."),
    ("one_question", lambda board: board["panels"][0]["options"].update(content="Stars"), "does not begin with a text"),
    ("one_question", lambda board: board["panels"].insert(0, stars(board)), "does not begin with a text"),
    ("chosen_data_source", lambda board: board["templating"]["list"].reverse(), "does not begin its variables"),
    ("chosen_data_source", lambda board: board["templating"]["list"][0].update(label="ds"), "does not call the data source so"),
    ("ready_variables", lambda board: choice(board).update(refresh=1), "project is not read anew"),
    ("ready_variables", lambda board: choice(board).update(sort=0), "project is not sorted"),
    ("ready_variables", lambda board: choice(board).update(label=""), "project has no label"),
    ("ready_variables", lambda board: choice(board).pop("allValue"), "project may have several values, but none that means all"),
    ("ready_variables", lambda board: choice(board)["datasource"].update(uid="a"), "project is not asked of the data source"),
    ("calm_time", lambda board: board["time"].update({"from": "2026-01-01"}), "its time is from 2026-01-01 to now"),
    ("calm_time", lambda board: board["time"].update({"from": "now-6h"}), "looks back to now-6h"),
    ("calm_time", lambda board: board.update(timezone="browser"), "does not go by UTC"),
    ("calm_time", lambda board: board.update(weekStart="sunday"), "does not go by UTC and weeks from Monday on"),
    ("calm_refresh", lambda board: board.update(refresh="1m"), "looks anew every 1m"),
    ("kept_time", lambda board: board["links"][0].update(keepTime=False), "the link All loses the time range"),
    ("kept_time", lambda board: board.update(links=[]), "leads to no other dashboard"),
    ("numbered", lambda board: stars(board).update(id=1), "the number 1 is there 2 times"),
    ("numbered", lambda board: stars(board).update(id=0), "0 is no number of a panel"),
    ("apart", lambda board: stars(board)["gridPos"].update(w=9), "Stars lies on Every figure"),
    ("apart", lambda board: table(board)["gridPos"].update(w=17), "Every figure does not lie on the grid"),
    ("apart", lambda board: panel(board, "Now")["gridPos"].update(w=12), "the row Now is not one line"),
    ("apart", lambda board: panel(board, "Past").update(panels=[]), "the row Past is collapsed without panels"),
    ("apart", lambda board: lines(board)["gridPos"].update(y=panel(board, "Past")["gridPos"]["y"]), "Past lies on Over time"),
    ("titled", lambda board: stars(board).update(title=""), "the stat 3 has no title"),
    ("titled", lambda board: panel(board, "Now").update(title=""), "the row 2 has no title"),
    ("described", lambda board: stars(board).update(description=""), "Stars: is described by ''"),
    ("described", lambda board: stars(board).update(description="stars"), "Stars: is described by 'stars'"),
    ("measured", lambda board: defaults(stars(board)).pop("unit"), "Stars: has no unit"),
    ("measured", lambda board: table(board)["fieldConfig"].update(overrides=[]), "the column Attainment has no unit"),
    ("told_when_empty", lambda board: defaults(stars(board)).pop("noValue"), "Stars: says '' where nothing is known"),
    ("told_when_empty", lambda board: defaults(stars(board)).update(noValue="–"), "Stars: says '–' where nothing is known"),
    ("asking", lambda board: stars(board).pop("targets"), "Stars: asks for nothing"),
    ("asking", lambda board: query(stars(board)).update(expr=" "), "Stars: asks for nothing"),
    ("named_parts", lambda board: lines(board)["targets"].pop(), "Over time: says how B looks, which is none of its queries"),
    (
        "named_parts",
        lambda board: table(board)["transformations"][1]["options"]["renameByName"].update({"Value #C": "Target"}),
        "Every figure: has a column of C, which is none",
    ),
    ("named_parts", lambda board: table(board)["targets"].append({"refId": "B"}), "has a column Value, but several queries"),
    ("led_somewhere", lambda board: stars(board)["links"][0].update(title=""), "has no title"),
    ("led_somewhere", lambda board: stars(board)["links"][0].update(url="/d/x?${__url_time_range}"), "lacks var-datasource"),
    ("led_somewhere", lambda board: defaults(stars(board))["links"].append({"title": "x", "url": "/d/x"}), "/d/x lacks ${__url"),
    ("led_somewhere", lambda board: stars(board)["links"][0].update(url="runbook.md"), "runbook.md is no address"),
    ("own_data_source", lambda board: stars(board).update(datasource={"type": "prometheus", "uid": "a"}), "Stars: is asked of"),
    ("own_data_source", lambda board: query(stars(board)).update(datasource=None), "Stars, A: is asked of None"),
    ("own_data_source", lambda board: query(stars(board))["datasource"].update(type="loki"), "Stars, A: is asked of"),
    ("letters", lambda board: query(lines(board)).update(refId="B"), "Over time: its queries are called B, B"),
    ("counted_by_rate", lambda board: query(stars(board)).update(expr="sum(a_total)"), "a_total is a bare counter"),
    ("counted_by_rate", lambda board: query(stars(board)).update(expr="max_over_time(a_total[1h])"), "a_total is a bare counter"),
    ("rate_interval", lambda board: query(lines(board)).update(expr="rate(a_total[5m])"), "rate() is not over $__rate_interval"),
    ("long_memory", lambda board: query(lines(board)).update(expr="kpi:value:hourly"), "kpi:value:hourly has gaps"),
    ("long_memory", lambda board: query(lines(board)).update(expr="sum(kpi_value)"), "kpi_value has gaps"),
    ("few_lines", lambda board: lines(board).update(targets=[query(lines(board))] * 8), "has 8 lines"),
    ("named_lines", lambda board: query(lines(board)).update(legendFormat="__auto"), "Over time, A: has no name"),
    ("named_lines", lambda board: query(stars(board)).update(legendFormat="Stars {{value}}"), "has a figure in its name"),
    ("told_in_words", lambda board: table(board).update(description="How far."), "nothing says what blue and orange means"),
    ("mapped_with_text", lambda board: defaults(stars(board)).update(mappings=mapped("", "red")), "the colour red and no word"),
    ("mapped_with_text", lambda board: defaults(stars(board)).update(mappings=mapped("1", "red")), "the colour red and no word"),
    ("without_red_and_green", lambda board: defaults(lines(board))["color"].update(fixedColor="dark-green"), "uses dark-green"),
    ("without_red_and_green", lambda board: defaults(stars(board)).update(mappings=mapped("good", "green")), "uses green"),
    (
        "without_red_and_green",
        lambda board: defaults(stars(board)).update(color={"mode": "continuous-RdYlGr"}),
        "uses continuous",
    ),
    (
        "chosen",
        lambda board: defaults(lines(board)).update(color={"mode": "palette-classic"}),
        "Value: has a colour of the palette",
    ),
]
"""By rule: what is done to the dashboard that is in order, and what is said of it then."""

EXPOSED: list[tuple[str, Callable[[Json], Any], str]] = [
    ("chosen_data_source", lambda board: None, "has the variable datasource"),
    ("isolated", lambda board: None, "leads elsewhere or shows events"),
    ("isolated", lambda board: None, "Stars: asks another data source"),
    ("isolated", lambda board: None, "Stars: asks for kpi:value:current"),
    ("isolated", lambda board: None, "Stars: has a link"),
    ("isolated", lambda board: query(stars(board)).update(expr="ALERTS"), "Stars: asks for ALERTS"),
    ("isolated", lambda board: query(stars(board)).update(expr="sum(kpi_value)"), "Stars: asks for kpi_value"),
    ("own_data_source", lambda board: None, "Stars: is asked of"),
]
"""The same, for the dashboard where everybody sees it."""


@pytest.mark.parametrize("rule", RULES)
def test_a_dashboard_in_order_breaks_no(rule: str) -> None:
    assert list(RULES[rule](in_order())) == []


@pytest.mark.parametrize(("rule", "damage", "said"), WRONG, ids=[f"{rule}: {said}" for rule, _, said in WRONG])
def test_what_is_wrong_is_noticed(rule: str, damage: Callable[[Json], Any], said: str) -> None:
    board = in_order()
    broken = Board(board.path, copy.deepcopy(board.json))
    damage(broken.json)
    assert said in "\n".join(RULES[rule](broken))


@pytest.mark.parametrize(("rule", "damage", "said"), EXPOSED, ids=[f"{rule}: {said}" for rule, _, said in EXPOSED])
def test_what_a_public_page_must_not_have_is_noticed(rule: str, damage: Callable[[Json], Any], said: str) -> None:
    board = Board(PUBLIC, in_order().json)
    damage(board.json)
    assert said in "\n".join(RULES[rule](board))


def test_every_rule_can_fail() -> None:
    assert {rule for rule, _, _ in (*WRONG, *EXPOSED)} == RULES.keys()
