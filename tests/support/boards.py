"""What a dashboard of Grafana asks for, and what a Prometheus answers: panels, queries, variables, steps.

A dashboard is the classic JSON model, read as it is.
"""

import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from exporter.document import format_duration, parse_duration
from support.programs import Program

__all__ = ["Answered", "Query", "Refused", "answer", "built_in", "panels", "queries", "substitute", "variables"]

Dashboard = Mapping[str, Any]
Values = Mapping[str, str | Sequence[str]]
"""Variables by name; a sequence for one with several values."""

SECOND = timedelta(seconds=1)
SCRAPE = timedelta(minutes=1)
"""The time between two scrapes, as the data source is told."""
POINTS = 1000
"""Points of a range where the panel does not say how many: about the width of a screen."""
PATIENCE = 30.0
STEPS = [timedelta(seconds=n) for n in (1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600)]
"""Steps are round numbers; above the last they are whole days."""
_VARIABLE = re.compile(r"\$(?P<plain>\w+)|\$\{(?P<braced>\w+)(?::(?P<format>[^}]*))?\}|\[\[(?P<old>\w+)\]\]")
_LABEL_VALUES = re.compile(r"label_values\((?:(?P<series>.*),)?\s*(?P<label>\w+)\s*\)", re.DOTALL)
_ALL = "$__all"
_SPECIAL = re.compile(r"[\\^$*+?.()|\[\]{}]")


class Refused(Exception):
    """Prometheus did not take a query."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a panel; `min_step` is the shortest step it allows, `points` the most points it wants."""

    panel: str
    ref: str
    expression: str
    instant: bool
    min_step: timedelta | None = None
    points: int = POINTS


@dataclass(frozen=True, slots=True)
class Answered:
    """How much came: series, and points of all of them together that are numbers."""

    series: int
    points: int


def panels(dashboard: Dashboard) -> Iterator[Dashboard]:
    """Every panel that shows something, in order; those of collapsed rows too, rows themselves not."""
    for panel in dashboard.get("panels", ()):
        if panel["type"] == "row":
            yield from panel.get("panels", ())
        else:
            yield panel


def queries(dashboard: Dashboard) -> Iterator[Query]:
    """Every query that is sent to Prometheus; one that is instant and a range is two."""
    for panel in panels(dashboard):
        for target in panel.get("targets", ()):
            if target.get("hide") or not target.get("expr"):
                continue
            step = target.get("interval") or panel.get("interval")
            instant = bool(target.get("instant"))
            kinds = [True] * instant + [False] * bool(target.get("range", not instant))
            for kind in kinds:
                yield Query(
                    panel.get("title", ""),
                    target.get("refId", ""),
                    target["expr"],
                    kind,
                    parse_duration(step) if step and "$" not in step else None,
                    panel.get("maxDataPoints") or POINTS,
                )


def substitute(expression: str, values: Values) -> str:
    """An expression with the values of its variables in place, as the Prometheus data source puts them.

    Several values become alternatives of a regular expression; their special characters are escaped for a text between double
    quotes, or, where the format `regex` is asked for, as in any regular expression. What is a number, as "$1" of a replacement,
    is no variable. Raises KeyError where a variable has no value.
    """

    def put(match: re.Match[str]) -> str:
        name = match["plain"] or match["braced"] or match["old"]
        if name.isdecimal():
            return match[0]
        if name not in values:
            raise KeyError(f"no value for {match[0]} in {expression}")
        value, form = values[name], match["format"]
        if form == "raw" or (isinstance(value, str) and form != "regex"):
            return value if isinstance(value, str) else ",".join(value)
        escaped = r"\\\g<0>" if form == "regex" else r"\\\\\g<0>"
        several = [_SPECIAL.sub(escaped, one) for one in ([value] if isinstance(value, str) else value)]
        return several[0] if len(several) == 1 else f"({'|'.join(several)})"

    return _VARIABLE.sub(put, expression)


def step_of(query: Query, start: datetime, end: datetime) -> timedelta:
    """The time between two points of a range."""
    least = max((end - start) / query.points, query.min_step or SCRAPE)
    return next((step for step in STEPS if step >= least), -(-least // timedelta(days=1)) * timedelta(days=1))


def built_in(query: Query, start: datetime, end: datetime) -> Mapping[str, str]:
    """The variables that every query has."""
    step, length = step_of(query, start, end), end - start
    scrape = query.min_step or SCRAPE
    milliseconds = {"from": start.timestamp(), "to": end.timestamp(), "interval_ms": step / SECOND, "range_ms": length / SECOND}
    return {
        "__interval": format_duration(step),
        "__rate_interval": format_duration(max(step + scrape, 4 * scrape)),
        "__range": f"{length // SECOND}s",
        "__range_s": str(length // SECOND),
        **{f"__{name}": str(round(seconds * 1000)) for name, seconds in milliseconds.items()},
    }


def variables(prometheus: Program, dashboard: Dashboard, start: datetime, end: datetime) -> Values:
    """The value that each variable has when the dashboard is opened: the one it was saved with, else the first there is."""
    values: dict[str, str | Sequence[str]] = {}
    for variable in dashboard.get("templating", {}).get("list", ()):
        if variable["type"] in {"adhoc", "datasource"}:
            continue
        saved = variable.get("current", {}).get("value") or ""
        everything = saved in (_ALL, [_ALL])
        if variable["type"] != "query" and not everything:
            values[variable["name"]] = saved or variable.get("query", "").split(",")[0].strip()
            continue
        options = _options(prometheus, variable, values, start, end)
        if everything or (not saved and variable.get("includeAll")):
            values[variable["name"]] = variable.get("allValue") or options
        else:
            values[variable["name"]] = saved or next(iter(options), "")
    return values


def _options(prometheus: Program, variable: Mapping[str, Any], values: Values, start: datetime, end: datetime) -> Sequence[str]:
    if variable["type"] != "query":
        return [option.strip() for option in variable["query"].split(",")]
    query = variable["query"]["query"] if isinstance(variable["query"], dict) else variable["query"]
    asked = _LABEL_VALUES.fullmatch(query.strip())
    if asked is None:
        raise Refused(f"{query}: only label_values is understood")
    parameters = {"start": f"{start.timestamp():.0f}", "end": f"{end.timestamp():.0f}"}
    if asked["series"]:
        parameters["match[]"] = substitute(asked["series"], values)
    found: list[str] = _ask(prometheus, f"label/{asked['label']}/values", parameters, "GET")
    regex = re.compile(variable["regex"].strip("/")) if variable.get("regex") else None
    return [one for one in found if regex is None or regex.search(one)]


def answer(prometheus: Program, query: Query, start: datetime, end: datetime, values: Values | None = None) -> Answered:
    """What a query gives between two times, or at the later one if it is instant; raises Refused where it gives an error."""
    expression = substitute(query.expression, {**built_in(query, start, end), **(values or {})})
    asked = {"query": expression}
    if query.instant:
        found = _ask(prometheus, "query", {**asked, "time": f"{end.timestamp():.3f}"})
        if found["resultType"] != "vector":
            return Answered(1, 1)
        return Answered(len(found["result"]), sum(_is_number(one["value"][1]) for one in found["result"]))
    step = step_of(query, start, end) // SECOND
    bounds = {"start": start.timestamp() // step * step, "end": end.timestamp() // step * step, "step": step}
    result = _ask(prometheus, "query_range", {**asked, **{name: f"{bound:.0f}" for name, bound in bounds.items()}})["result"]
    return Answered(len(result), sum(_is_number(value) for series in result for _, value in series["values"]))


def _ask(prometheus: Program, path: str, parameters: Mapping[str, str], method: str = "POST") -> Any:
    url, encoded = f"{prometheus.url}/api/v1/{path}", urllib.parse.urlencode(parameters)
    request = urllib.request.Request(url, encoded.encode()) if method == "POST" else urllib.request.Request(f"{url}?{encoded}")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as found:
            return json.load(found)["data"]
    except urllib.error.HTTPError as error:
        with error:
            why = error.read().decode(errors="replace")
        raise Refused(f"{parameters.get('query') or parameters}: {why}") from None


def _is_number(value: str) -> bool:
    return value not in {"NaN", "+Inf", "-Inf"}
