"""Conditions of alerts as PromQL; the value of the result is what the KPI is worth now."""

from collections.abc import Iterator, Sequence

from exporter.catalog.model import Alert, Kpi, When
from exporter.kpi.history import LADDER
from exporter.promql import matchers, number, span
from exporter.render.rules.model import Recording
from exporter.render.rules.series import BY_ROW, CURRENT, MAX_1H, PASTS, REACHED, TARGET, past, segments, then

__all__ = ["condition", "condition_recordings"]

REACHED_BEFORE = "kpi:milestones:reached_before"
"""How many it had ever reached in the year before that day, so that a rung is told once."""


def condition(project: str, kpi: Kpi, alert: Alert) -> str:
    """When an alert holds, as `exporter.kpi` says of one instant."""
    rows = _rows(project, kpi, alert)
    if alert.when.crosses is None:
        return _condition(alert.when, rows)
    ladder = matchers(project=project, kpi=kpi.id, ladder=alert.name)
    return f"{CURRENT}{rows}\nand on ({BY_ROW})\n(\n  {REACHED}{ladder}\n  > {REACHED_BEFORE}{ladder}\n)"


def condition_recordings(project: str, kpi: Kpi, alert: Alert) -> Iterator[Recording]:
    """What a condition asks of the past beside what every KPI has."""
    when, rows, labels = alert.when, _rows(project, kpi, alert), {"project": project, "kpi": kpi.id}
    if when.crosses is not None:
        ladder = {**labels, "ladder": alert.name}
        yield Recording(REACHED, _rungs(when.crosses, f"max_over_time({CURRENT}{rows}[1d])"), ladder)
        yield Recording(REACHED_BEFORE, _rungs(when.crosses, f"max_over_time({MAX_1H}{rows}[{span(LADDER)}] offset 1d)"), ladder)
    elif when.lookback is not None and when.lookback not in PASTS:
        yield Recording(past(when.lookback), then(when.lookback, matchers(**labels)), labels)


def _rows(project: str, kpi: Kpi, alert: Alert) -> str:
    windows = {window for target in kpi.targets if (window := kpi.other_window(target)) is not None}
    return segments(project, kpi.id, alert.segments, windows)


def _condition(when: When, rows: str) -> str:
    current = f"{CURRENT}{rows}"
    if when.above is not None:
        return f"{current}\n> {number(when.above)}"
    if when.below is not None:
        return f"{current}\n< {number(when.below)}"
    if when.below_target is not None:
        return f"{current}\n< {number(when.below_target)} * {TARGET}{rows}"
    if when.above_target is not None:
        return f"{current}\n> {number(when.above_target)} * {TARGET}{rows}"
    return f"{current}\nand\n(\n  {_against_past(when, rows, current)}\n)"


def _against_past(when: When, rows: str, current: str) -> str:
    """The forms that compare with an earlier value; a change of a value that was not positive is no share of it."""
    assert when.lookback is not None
    before = f"{past(when.lookback)}{rows}"
    if when.growth_below is not None:
        return f"(\n    {current}\n    - {before}\n  )\n  / ({before} > 0)\n  < {number(when.growth_below.ratio)}"
    assert when.drop is not None
    if when.drop.points is not None:
        return f"{before}\n  - {current}\n  > {number(when.drop.points)}"
    assert when.drop.ratio is not None
    return f"(\n    {before}\n    - {current}\n  )\n  / ({before} > 0)\n  > {number(when.drop.ratio)}"


def _rungs(ladder: Sequence[float], value: str) -> str:
    """How many rungs a value has reached."""
    return "\n+ ".join(f"({value} >= bool {number(rung)})" for rung in ladder)
