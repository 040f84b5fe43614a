"""The recorded series of KPIs by name, and how one of them is asked for now or at an earlier time."""

from collections.abc import Collection
from datetime import timedelta

from exporter.catalog.value import Scenario
from exporter.document import format_duration
from exporter.kpi.history import LOOKBACK
from exporter.promql import quoted, selector, span

__all__ = [
    "ATTAINMENT",
    "ATTAINMENT_DERIVED",
    "BY_ROW",
    "BY_UNIT",
    "CURRENT",
    "DERIVED",
    "GOAL",
    "HOURLY",
    "INFO",
    "KEPT",
    "KNOWN",
    "KNOWN_DERIVED",
    "MAX_1H",
    "ON_TARGET",
    "PASTS",
    "REACHED",
    "STATUS",
    "STATUS_COUNT",
    "STATUS_DERIVED",
    "TARGET",
    "forecast",
    "fresh",
    "growth",
    "now",
    "past",
    "segments",
    "then",
]

ATTAINMENT = "kpi:attainment:ratio"
ATTAINMENT_DERIVED = "kpi:attainment:derived"
"""Attainment of a row that rests on the past."""
CURRENT = "kpi:value:current"
DERIVED = "kpi:value:derived"
GOAL = "kpi:goal:current"
HOURLY = "kpi:value:hourly"
INFO = "kpi:catalog:info"
"""What a KPI is: title, tier, category, direction, audience, owner and source."""
KNOWN = "kpi:known:ratio"
KNOWN_DERIVED = "kpi:known:derived"
MAX_1H = "kpi:value:max_1h"
ON_TARGET = "project:kpi_on_target:ratio"
STATUS = "kpi:status:current"
STATUS_COUNT = "project:kpi_status:count"
STATUS_DERIVED = "kpi:status:derived"
TARGET = "kpi:target:current"
REACHED = "kpi:milestones:reached"
"""How many rungs of a ladder a KPI reached within the last day; the label `ladder` is the name of the alert."""

BY_UNIT = "project, kpi, segment, unit"
"""The labels of a figure. Those of the scrape are left behind, so that an exporter that moves keeps its history."""
BY_ROW = "project, kpi, segment"
"""The labels of what has no unit."""

KEPT = timedelta(minutes=15)
"""How long a figure outlives its series, so that a failed scrape neither fires nor resolves an alert."""
PASTS = (timedelta(days=7), timedelta(days=30))
"""How long ago every figure is recorded: a week and a month. A condition that looks further records its own."""
_SPECIAL = frozenset(r"\.+*?()|[]{}^$")


def fresh(metric: str, by: str) -> str:
    """The last figures of a metric of the exporter, of whichever exporter gave them."""
    return f"max by ({by}) (last_over_time({metric}[{span(KEPT)}]))"


def now(project: str, kpi: str, segment: str) -> str:
    """What a row is worth."""
    return selector(CURRENT, project=project, kpi=kpi, segment=segment)


def past(over: timedelta) -> str:
    """The series of what rows were worth `over` ago."""
    return f"kpi:value:past_{span(over)}"


def growth(over: timedelta) -> str:
    """The series of the change within `over` as a share of what rows were worth."""
    return f"kpi:value:growth_{span(over)}"


def forecast(scenario: Scenario) -> str:
    """The series of what rows will be worth on the day of their goal."""
    return f"kpi:forecast:{scenario}"


def then(over: timedelta, rows: str = "") -> str:
    """What rows were worth `over` ago, from what the exporter and the rules said; `rows` are matchers in braces."""
    back = f"[{span(LOOKBACK)}] offset {span(over)}"
    return f"last_over_time({DERIVED}{rows}{back})\nor\nmax by ({BY_UNIT}) (last_over_time(kpi_value{rows}{back}))"


def segments(project: str, kpi: str, names: Collection[str], windows: Collection[timedelta]) -> str:
    """Matchers in braces for the segments of a KPI that are named; "*" stands for each but the totals, over other windows too."""
    head = f"project={quoted(project)},kpi={quoted(kpi)}"
    if "*" in names:
        left_out = sorted({"", *map(format_duration, windows)} - set(names))
        return f"{{{','.join([head, *([_matcher(left_out, '!')] if left_out else [])])}}}"
    return f"{{{head},{_matcher(names)}}}"


def _matcher(names: Collection[str], negated: str = "") -> str:
    if len(names) == 1:
        return f"segment{negated}={quoted(next(iter(names)))}"
    operator = "!~" if negated else "=~"
    return f"segment{operator}{quoted('|'.join(map(_literal, names)))}"


def _literal(name: str) -> str:
    """A name as a regular expression that matches nothing else."""
    return "".join(f"\\{character}" if character in _SPECIAL else character for character in name)
