"""Conditions of alerts: what they say of a value at one instant."""

from exporter.catalog.model import When
from exporter.kpi.history import RowHistory
from exporter.kpi.row import State

__all__ = ["state_of"]


def state_of(when: When, value: float | None, target: float | None, past: RowHistory | None) -> State:
    """How a condition stands for a value and the target in force; `past` is None where no history can be had."""
    if value is None:
        return State.NO_DATA
    holds = _beyond_past(when, value, past) if when.lookback is not None else _beyond_limit(when, value, target)
    if isinstance(holds, State):
        return holds
    return State.FIRING if holds else State.OK


def _beyond_limit(when: When, value: float, target: float | None) -> bool | State:
    if when.above is not None:
        return value > when.above
    if when.below is not None:
        return value < when.below
    if target is None:
        return State.NO_DATA
    if when.below_target is not None:
        return value < when.below_target * target
    return when.above_target is not None and value > when.above_target * target


def _beyond_past(when: When, value: float, past: RowHistory | None) -> bool | State:
    """The forms that compare with an earlier value; a change of a value that was not positive is no share of it."""
    assert when.lookback is not None
    if past is None:
        return State.NEEDS_HISTORY
    before = past.peak() if when.crosses is not None else past.value(when.lookback)
    if before is None:
        return State.NO_DATA
    if when.crosses is not None:
        return any(before < rung <= value for rung in when.crosses)
    if when.growth_below is not None:
        return before > 0 and (value - before) / before < when.growth_below.ratio
    if when.drop is not None and when.drop.points is not None:
        return before - value > when.drop.points
    return when.drop is not None and when.drop.ratio is not None and before > 0 and (before - value) / before > when.drop.ratio
