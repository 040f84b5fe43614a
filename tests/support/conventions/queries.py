"""Rules on the queries of a dashboard."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import promql_parser

from exporter.collect.own_metrics import COUNTERS
from support.boards import substitute
from support.conventions.panels import fields_of
from support.promql_tree import nodes
from support.rendered import Board, Json

__all__ = [
    "counted_by_rate",
    "few_lines",
    "filled",
    "letters",
    "long_memory",
    "named_lines",
    "own_data_source",
    "rate_interval",
]

RATE_INTERVAL = timedelta(seconds=433)
"""Stands for $__rate_interval: no other range is so long."""
RATES = {"increase", "irate", "rate"}
COUNTED = {metric.name for metric in COUNTERS}
RECORDED = re.compile(r":|^kpi_")
MOST_LINES = 7


def filled(board: Board, expression: str) -> str:
    """An expression with something in the place of each variable."""
    own = {variable["name"]: f"some-{variable['name']}" for variable in board.variables}
    always = {"__interval": "1m", "__range": "90d", "__range_s": "7776000", "__rate_interval": f"{RATE_INTERVAL.seconds}s"}
    return substitute(expression, {**own, **always})


def own_data_source(board: Board) -> Iterator[str]:
    """Panels and queries are asked of the source that was chosen, which is a Prometheus."""
    for panel, target in board.asking:
        for place, one in ((panel["title"], panel), (f"{panel['title']}, {target['refId']}", target)):
            if one["datasource"] != {"type": "prometheus", "uid": board.source}:
                yield f"{place}: is asked of {one['datasource']}"


def letters(board: Board) -> Iterator[str]:
    """Every query of a panel has a letter of its own."""
    for panel in board.panels:
        found = [target["refId"] for target in panel.get("targets", ())]
        if len(set(found)) < len(found) or "" in found:
            yield f"{panel['title']}: its queries are called {', '.join(found)}"


def counted_by_rate(board: Board) -> Iterator[str]:
    """A counter says something only as what came in a time."""
    for panel, _, tree in _trees(board):
        for node, within in nodes(tree):
            if isinstance(node, promql_parser.VectorSelector) and (node.name in COUNTED or str(node.name).endswith("_total")):
                rated = any(isinstance(one, promql_parser.Call) and one.func.name in RATES for one in within)
                if not rated:
                    yield f"{panel['title']}: {node.name} is a bare counter"


def rate_interval(board: Board) -> Iterator[str]:
    """Over a range of time a rate has the interval that fits its points; at one time it may have any."""
    for panel, target, tree in _trees(board):
        for node, within in nodes(tree) if target["range"] else ():
            rated = bool(within) and isinstance(within[-1], promql_parser.Call) and within[-1].func.name in RATES
            if rated and getattr(node, "range", None) != RATE_INTERVAL:
                yield f"{panel['title']}: {within[-1].func.name}() is not over $__rate_interval"


def long_memory(board: Board) -> Iterator[str]:
    """History that was filled in has a point an hour, and a bare selector looks back five minutes."""
    for panel, target, tree in _trees(board):
        for node, within in nodes(tree) if target["range"] and not target["interval"] else ():
            kept = any(isinstance(one, promql_parser.MatrixSelector) for one in within)
            if isinstance(node, promql_parser.VectorSelector) and RECORDED.search(str(node.name)) and not kept:
                yield f"{panel['title']}: {node.name} has gaps over a long time"


def few_lines(board: Board) -> Iterator[str]:
    """A graph has as many lines as people can tell apart; dashed ones, for targets, stand beside them."""
    for panel in board.panels:
        if panel["type"] != "timeseries":
            continue
        dashed = {name for (_, name), field in fields_of(panel)[1] if "custom.lineStyle" in field}
        static = [target for target in panel["targets"] if "{{" not in target["legendFormat"] and target["format"] != "table"]
        solid = [one for one in static if one["refId"] not in dashed and one["legendFormat"] not in dashed]
        if len(solid) > MOST_LINES:
            yield f"{panel['title']}: has {len(solid)} lines"


def named_lines(board: Board) -> Iterator[str]:
    """What stands beside a line is a name: words and labels, never a figure of its own, and never the whole expression."""
    for panel, target in board.asking:
        name = target["legendFormat"]
        if panel["type"] in {"timeseries", "state-timeline"} and target["format"] != "table" and name in {"", "__auto"}:
            yield f"{panel['title']}, {target['refId']}: has no name"
        if re.search(r"\{\{\s*(?:__)?[Vv]alue|\$__(?:cell|value)|\$\{__value", name):
            yield f"{panel['title']}, {target['refId']}: has a figure in its name"


def _trees(board: Board) -> Iterator[tuple[Json, Json, Any]]:
    for panel, target in board.asking:
        yield panel, target, promql_parser.parse(filled(board, target["expr"]))
