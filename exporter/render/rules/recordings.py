"""The recorded series that every KPI has: its figures now and before, how it grows, and where it will be."""

from collections.abc import Sequence
from datetime import timedelta

from exporter.promql import quoted, span
from exporter.render.rules.model import Group, Recording
from exporter.render.rules.series import (
    ATTAINMENT,
    BY_ROW,
    BY_UNIT,
    CURRENT,
    DERIVED,
    HOURLY,
    MAX_1H,
    PASTS,
    REACHED,
    TARGET,
    fresh,
    past,
    then,
)

__all__ = ["ENOUGH", "POSITIVE_UNITS", "SPREAD", "recording_groups"]

TREND = timedelta(days=28)
"""How much of the past a forecast draws its line through."""
ENOUGH = 7 * 24
"""Hours of history below which there is no forecast."""
SPREAD = 0.3
"""By what share of the change the scenarios differ from the forecast; the bolt framework multiplies growth by 0.7 and 1.3."""
POSITIVE_UNITS = ("bytes", "count", "rank", "seconds", "usd")
"""The units of figures that are never below zero."""
_HOUR = timedelta(hours=1)


def recording_groups() -> Sequence[Group]:
    """Figures now and before, once an hour for long ranges, and forecasts."""
    return [
        Group("kpi", [*_figures(), *_changes(), *_projects()]),
        Group("kpi-hourly", [Recording(HOURLY, CURRENT), Recording(MAX_1H, f"max_over_time({CURRENT}[1h])")], _HOUR),
        Group("kpi-forecast", _forecasts()),
    ]


def _figures() -> Sequence[Recording]:
    """What the exporter says, without the labels of the scrape; what rests on the past comes from the file of its project."""
    status = f"{fresh('kpi_status', f'{BY_ROW}, status')} == 1"
    return [
        Recording(CURRENT, f"{DERIVED}\nor\n{fresh('kpi_value', BY_UNIT)}"),
        Recording(TARGET, fresh("kpi_target", BY_UNIT)),
        Recording("kpi:goal:current", fresh("kpi_goal", BY_UNIT)),
        Recording("kpi:goal:timestamp_seconds", fresh("kpi_goal_timestamp_seconds", BY_ROW)),
        Recording("kpi:direction:info", fresh("kpi_info", "project, kpi, direction")),
        Recording(ATTAINMENT, f"kpi:attainment:derived\nor\n{fresh('kpi_attainment_ratio', BY_ROW)}"),
        Recording("kpi:known:ratio", f"kpi:known:derived\nor\n{fresh('kpi_known_ratio', BY_ROW)}"),
        Recording("kpi:status:derived", _derived_status()),
        Recording("kpi:status:current", f"kpi:status:derived\nor on ({BY_ROW})\n({status})"),
        Recording("kpi:goal_progress:ratio", _progress()),
    ]


def _derived_status() -> str:
    """The status of what the exporter cannot know, as it would tell it itself."""
    rows = f"group by ({BY_ROW}) ({DERIVED})"
    # A rung that was passed is good news.
    ladders = f'label_replace({REACHED}, "alertname", "$1", "ladder", "(.*)")'
    firing = f'ALERTS{{alertstate="firing"}} unless on (project, kpi, alertname) {ladders}'
    ladder = [
        (f"group by ({BY_ROW}) ({firing}) and {rows}", "alert"),
        (f"group by ({BY_ROW}) (kpi:attainment:derived >= 1)", "on_target"),
        (f"group by ({BY_ROW}) (kpi:attainment:derived < 1)", "behind"),
        (rows, "tracked"),
    ]
    return f"\nor on ({BY_ROW})\n".join(f'label_replace({expr}, "status", "{status}", "", "")' for expr, status in ladder)


def _progress() -> str:
    """The share of the goal that is reached, where more is better."""
    return f'{CURRENT}\n/ (kpi:goal:current > 0)\nand on (project, kpi)\nkpi:direction:info{{direction="up"}}'


def _changes() -> Sequence[Recording]:
    rules = []
    for over in PASTS:
        before, name = past(over), span(over)
        rules += [
            Recording(before, then(over)),
            Recording(f"kpi:value:change_{name}", f"{CURRENT}\n- {before}"),
            Recording(f"kpi:value:growth_{name}", f"({CURRENT} - {before})\n/ ({before} > 0)"),
        ]
    return rules


def _projects() -> Sequence[Recording]:
    return [
        Recording("project:kpi_on_target:ratio", f"avg by (project) ({ATTAINMENT} >= bool 1)"),
        Recording("project:kpi_status:count", "count by (project, status) (kpi:status:current)"),
    ]


def _forecasts() -> Sequence[Recording]:
    """The line through the last weeks, drawn to the day of the goal; its scenarios are that much worse and better."""
    trend = f"{HOURLY}[{span(TREND)}]"
    ahead = "(kpi:goal:timestamp_seconds - time() > 0)"
    change = f"deriv({trend})\n* on ({BY_ROW}) group_left ()\n{ahead}\nand\ncount_over_time({trend}) >= {ENOUGH}"
    spread = f"{SPREAD} * abs(kpi:forecast:change)"
    down = 'on (project, kpi) kpi:direction:info{direction="down"}'
    end = f"{CURRENT} + kpi:forecast:change"
    return [
        Recording("kpi:forecast:change", change),
        Recording("kpi:forecast:spread", f"({spread} unless {down})\nor\n(-{spread} and {down})"),
        Recording("kpi:forecast:pessimistic", _not_below_zero(f"{end} - kpi:forecast:spread")),
        Recording("kpi:forecast:realistic", _not_below_zero(end)),
        Recording("kpi:forecast:optimistic", _not_below_zero(f"{end} + kpi:forecast:spread")),
    ]


def _not_below_zero(expr: str) -> str:
    """An expression on figures, held at zero for the units that know nothing below."""
    units = quoted("|".join(POSITIVE_UNITS))
    return f"clamp_min(({expr}) and {CURRENT}{{unit=~{units}}}, 0)\nor\n({expr})"
