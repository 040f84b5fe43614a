"""The recorded series that every KPI has: its figures now and before, how it grows, and where it will be."""

from collections.abc import Sequence
from datetime import timedelta

from exporter.kpi.history import LOOKBACK
from exporter.promql import quoted, span
from exporter.render.rules.model import Group, Recording
from exporter.render.rules.public import public_recordings
from exporter.render.rules.series import (
    ATTAINMENT,
    ATTAINMENT_DERIVED,
    BY_ROW,
    BY_UNIT,
    CURRENT,
    DERIVED,
    GOAL,
    HOURLY,
    INFO,
    KNOWN,
    KNOWN_DERIVED,
    MAX_1H,
    ON_TARGET,
    PASTS,
    REACHED,
    STATUS,
    STATUS_COUNT,
    STATUS_DERIVED,
    TARGET,
    forecast,
    fresh,
    growth,
    past,
    then,
)
from exporter.render.rules.shown import shown_recordings

__all__ = ["ENOUGH", "POSITIVE_UNITS", "SPREAD", "TREND", "recording_groups"]

TREND = timedelta(days=28)
"""How much of the past a forecast draws its line through."""
ENOUGH = 7 * 24
"""Hours of history below which there is no forecast."""
SPREAD = 0.3
"""By what share of the change the scenarios differ from the forecast; the bolt framework multiplies growth by 0.7 and 1.3."""
POSITIVE_UNITS = ("bytes", "count", "rank", "seconds", "usd")
"""The units of figures that are never below zero."""
_HOUR = timedelta(hours=1)
# What a KPI was called before a reload must not stand beside what it is called now: tables would find it twice.
_ABOUT = "project, kpi, title, tier, category, direction, audience, owner, source"


def recording_groups() -> Sequence[Group]:
    """Figures now and before, once an hour for long ranges, and forecasts."""
    return [
        Group("kpi", [*_figures(), *_changes(), *_projects(), *shown_recordings(), *public_recordings()]),
        Group("kpi-hourly", [Recording(HOURLY, CURRENT), Recording(MAX_1H, f"max_over_time({CURRENT}[1h])")], _HOUR),
        Group("kpi-forecast", _forecasts()),
    ]


def _figures() -> Sequence[Recording]:
    """What the exporter says, without the labels of the scrape; what rests on the past comes from the file of its project."""
    status = f"{fresh('kpi_status', f'{BY_ROW}, status')} == 1"
    return [
        Recording(CURRENT, f"{DERIVED}\nor\n{fresh('kpi_value', BY_UNIT)}"),
        Recording(TARGET, fresh("kpi_target", BY_UNIT)),
        Recording(GOAL, fresh("kpi_goal", BY_UNIT)),
        Recording("kpi:goal:timestamp_seconds", fresh("kpi_goal_timestamp_seconds", BY_ROW)),
        Recording("kpi:direction:info", fresh("kpi_info", "project, kpi, direction")),
        Recording(INFO, f"max by ({_ABOUT}) (kpi_info)\nor\n({fresh('kpi_info', _ABOUT)} unless on (project, kpi) kpi_info)"),
        Recording("kpi:value:timestamp_seconds", _read_at()),
        Recording(ATTAINMENT, f"{ATTAINMENT_DERIVED}\nor\n{fresh('kpi_attainment_ratio', BY_ROW)}"),
        Recording(KNOWN, f"{KNOWN_DERIVED}\nor\n{fresh('kpi_known_ratio', BY_ROW)}"),
        Recording(STATUS_DERIVED, _derived_status()),
        Recording(STATUS, f"{STATUS_DERIVED}\nor on ({BY_ROW})\n({status})"),
        Recording("kpi:goal_progress:ratio", _progress()),
        Recording("kpi:attainment:change_7d", _attainment_change()),
    ]


def _read_at() -> str:
    """When the facts behind a figure were true; what rests on the past is as old as its evaluation."""
    derived = f"max by ({BY_ROW}) (timestamp({DERIVED}))"
    return f"{derived}\nor\n{fresh('kpi_value_timestamp_seconds', BY_ROW)}"


def _attainment_change() -> str:
    back = f"[{span(LOOKBACK)}] offset {span(PASTS[0])}"
    was = f"last_over_time({ATTAINMENT_DERIVED}{back})\n  or\n  max by ({BY_ROW}) (last_over_time(kpi_attainment_ratio{back}))"
    return f"{ATTAINMENT}\n- (\n  {was}\n)"


def _derived_status() -> str:
    """The status of what the exporter cannot know, as it would tell it itself."""
    rows = f"group by ({BY_ROW}) ({DERIVED})"
    # A rung that was passed is good news.
    ladders = f'label_replace({REACHED}, "alertname", "$1", "ladder", "(.*)")'
    firing = f'ALERTS{{alertstate="firing"}} unless on (project, kpi, alertname) {ladders}'
    ladder = [
        (f"group by ({BY_ROW}) ({firing}) and {rows}", "alert"),
        (f"group by ({BY_ROW}) ({ATTAINMENT_DERIVED} >= 1)", "on_target"),
        (f"group by ({BY_ROW}) ({ATTAINMENT_DERIVED} < 1)", "behind"),
        (rows, "tracked"),
    ]
    return f"\nor on ({BY_ROW})\n".join(f'label_replace({expr}, "status", "{status}", "", "")' for expr, status in ladder)


def _progress() -> str:
    """The share of the goal that is reached, where more is better."""
    return f'{CURRENT}\n/ ({GOAL} > 0)\nand on (project, kpi)\nkpi:direction:info{{direction="up"}}'


def _changes() -> Sequence[Recording]:
    rules = []
    for over in PASTS:
        before, name = past(over), span(over)
        rules += [
            Recording(before, then(over)),
            Recording(f"kpi:value:change_{name}", f"{CURRENT}\n- {before}"),
            Recording(growth(over), f"({CURRENT} - {before})\n/ ({before} > 0)"),
        ]
    return rules


def _projects() -> Sequence[Recording]:
    return [
        Recording(ON_TARGET, f"avg by (project) ({ATTAINMENT} >= bool 1)"),
        Recording(STATUS_COUNT, f"count by (project, status) ({STATUS})"),
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
        Recording(forecast("pessimistic"), _not_below_zero(f"{end} - kpi:forecast:spread")),
        Recording(forecast("realistic"), _not_below_zero(end)),
        Recording(forecast("optimistic"), _not_below_zero(f"{end} + kpi:forecast:spread")),
        Recording("kpi:forecast:attainment", _attained(down)),
    ]


def _attained(down: str) -> str:
    """How far the forecast reaches the goal: as attainment, but towards the last target and on its day."""
    share = f"({forecast('realistic')} / ({GOAL} > 0))"
    return f"({share} unless {down})\nor\n(clamp_min(2 - {share}, 0) and {down})"


def _not_below_zero(expr: str) -> str:
    """An expression on figures, held at zero for the units that know nothing below."""
    units = quoted("|".join(POSITIVE_UNITS))
    return f"clamp_min(({expr}) and {CURRENT}{{unit=~{units}}}, 0)\nor\n({expr})"
