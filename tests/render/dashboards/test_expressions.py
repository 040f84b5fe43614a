"""Every expression of a dashboard is PromQL, and asks for series and labels that there are."""

import re
from collections.abc import Iterator

import pytest

from exporter.render.projects import shipped_projects
from support.conventions.panels import columns_of
from support.conventions.queries import filled
from support.plain_catalog import PLAIN, PROJECTS
from support.promql_tree import Labels, LabelsOf
from support.rendered import SHIPPED, Board, Json
from support.series import known_series

BOARDS = {**SHIPPED, **PLAIN}
SERIES = {
    **dict.fromkeys(SHIPPED, known_series(shipped_projects())),
    **dict.fromkeys(PLAIN, known_series(PROJECTS)),
}
"""What there is to ask for, by the uid of who asks."""
LABEL = re.compile(r"\{\{\s*(\w+)\s*\}\}")
INNER = re.compile(r"label_values\((?P<series>.*),\s*(?P<label>\w+)\)|query_result\((?P<query>.*)\)", re.DOTALL)


def problems(board: Board) -> Iterator[str]:
    """What is wrong with the queries of a dashboard, and with the names that rest on the labels of their results."""
    for panel in board.panels:
        labels: Labels = frozenset()
        for target in panel.get("targets", ()):
            place = f"{panel['title']}, {target['refId']}"
            asked = LabelsOf(SERIES[board.uid])
            try:
                found = asked.text(filled(board, target["expr"]))
            except (KeyError, ValueError) as error:
                yield f"{place}: {error}"
                continue
            labels |= found
            yield from (f"{place}: {problem}" for problem in asked.problems)
            missing = set(LABEL.findall(target["legendFormat"])) - found
            yield from (f"{place}: its name has the label {name}, which the result has not" for name in sorted(missing))
        yield from (f"{panel['title']}: the column {name} is no label" for name in sorted(_label_columns(panel) - labels))


def _label_columns(panel: Json) -> set[str]:
    """The columns of a table that are labels of what it asks for, as far as nothing makes others of them."""
    made = {"groupingToMatrix", "reduce"} & {one["id"] for one in panel.get("transformations", ())}
    return set() if made else {name for name in columns_of(panel) if not name.startswith(("Time", "Trend", "Value"))}


def of_variables(board: Board) -> Iterator[str]:
    """What is wrong with the queries of the variables of a dashboard."""
    for variable in board.variables:
        if variable["type"] != "query":
            continue
        query = variable["query"]["query"]
        match = INNER.fullmatch(query)
        if match is None or variable["definition"] != query:
            yield f"{variable['name']}: {query} asks for no labels"
            continue
        asked = LabelsOf(SERIES[board.uid])
        labels = asked.text(filled(board, match["series"] or match["query"]))
        yield from (f"{variable['name']}: {problem}" for problem in asked.problems)
        if match["label"] and match["label"] not in labels:
            yield f"{variable['name']}: there is no label {match['label']}"


@pytest.mark.parametrize("uid", BOARDS)
def test_every_query_asks_for_what_there_is(uid: str) -> None:
    assert list(problems(BOARDS[uid])) == []


@pytest.mark.parametrize("uid", BOARDS)
def test_every_variable_asks_for_what_there_is(uid: str) -> None:
    assert list(of_variables(BOARDS[uid])) == []


@pytest.mark.parametrize("uid", BOARDS)
def test_events_on_graphs_ask_for_what_there_is(uid: str) -> None:
    board = BOARDS[uid]
    asked = LabelsOf(SERIES[uid])
    for annotation in board.json["annotations"]["list"]:
        asked.text(filled(board, annotation["expr"]))
    assert asked.problems == []


KNOWN = {name: frozenset(labels.split()) for name, labels in {"a": "x y", "b": "x", "c": "x y z", "a_total": "x"}.items()}


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ("a", "x y"),
        ('rate(a_total{x="1"}[5m])', "x"),
        ("sum(a)", ""),
        ("sum by (x) (a)", "x"),
        ("sum without (x) (a)", "y"),
        ("topk(3, a)", "x y"),
        ("a * on (x) b", "x"),
        ("a * on (x) group_left () b", "x y"),
        ("a * on (x) group_left (z) c", "x y z"),
        ("b * on (x) group_right () a", "x y"),
        ("c - ignoring (z) a", "x y"),
        ("a and on (x) b", "x y"),
        ("b or c", "x y z"),
        ("2 * a", "x y"),
        ("time() - a", "x y"),
        ("a > bool 1", "x y"),
        ("vector(1)", ""),
        ("max_over_time(a[1h:5m])", "x y"),
        ('label_replace(b, "new", "$1", "x", "(.*)")', "x new"),
        ('label_join(a, "key", "/", "x", "y")', "x y key"),
        ("-a @ 1700000000", "x y"),
    ],
)
def test_the_labels_of_a_result_are_known(expression: str, labels: str) -> None:
    asked = LabelsOf(KNOWN)
    assert (asked.text(expression), asked.problems) == (frozenset(labels.split()), [])


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("d", "there is no series d"),
        ('b{y="1"}', "b has no label y"),
        ("sum by (y) (b)", "what sum is made of has no label y"),
        ("a * on (y) group_left () b", "a side of * has no label y"),
        ("a * on (x) group_left (z) b", "what a group takes labels from has no label z"),
        ("a / b", "the sides of / never match: only one has y"),
        ("a and b", "the sides of and never match: only one has y"),
        ('label_replace(b, "new", "$1", "y", "(.*)")', "what label_replace reads has no label y"),
        ('label_join(b, "key", "/", "x", "y")', "what label_join reads has no label y"),
    ],
)
def test_what_is_not_there_is_noticed(expression: str, problem: str) -> None:
    asked = LabelsOf(KNOWN)
    asked.text(expression)
    assert asked.problems == [problem]


def test_every_rule_asks_for_labels_that_there_are() -> None:
    """What dashboards ask for rests on it."""
    recorded = SERIES["kpi-leadership"]
    assert recorded["kpi:value:current"] == {"project", "kpi", "segment", "unit"}
    assert recorded["ALERTS"] >= {"alertname", "alertstate", "project", "kpi", "segment", "priority", "severity", "channels"}
    assert [name for name, labels in recorded.items() if name.startswith("kpi:public:") and "segment" not in labels] == []
