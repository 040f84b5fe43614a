"""What the engine says of a KPI: one row for each segment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

__all__ = ["AlertState", "Row", "State", "Status"]


class Status(StrEnum):
    """How a KPI stands; exactly one holds."""

    ON_TARGET = "on_target"
    BEHIND = "behind"
    ALERT = "alert"
    NO_DATA = "no_data"
    TRACKED = "tracked"


class State(StrEnum):
    """How an alert stands, by its condition at this instant."""

    FIRING = "firing"
    OK = "ok"
    NEEDS_HISTORY = "needs_history"
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class AlertState:
    """One alert on one row."""

    name: str
    priority: str
    state: State


@dataclass(frozen=True, slots=True)
class Row:
    """One KPI and segment at one instant; None stands for what is not known or not set.

    `value`, `target` and `goal` are in `unit`; `target_time` and `goal_time` are the last second of the day of the target in
    force and of the goal. `attainment` is a ratio, 1 where the target is just met. `source` names the sources the value comes
    from, joined by "+", and `time` is when the oldest fact in it was true. `why` says in a few words why there is no value.
    `known` is the share, 0 to 1, of what a score rests upon that is known: of the weights of a weighted one, of the targets where
    those that are met are counted; None for every other form. `needs_history` says that there is no value because the form looks
    at the past, of which nobody could be asked.
    """

    project: str
    kpi: str
    segment: str
    title: str
    unit: str
    value: float | None = None
    target: float | None = None
    target_time: datetime | None = None
    goal: float | None = None
    goal_time: datetime | None = None
    attainment: float | None = None
    status: Status = Status.NO_DATA
    source: str | None = None
    time: datetime | None = None
    why: str = ""
    known: float | None = None
    needs_history: bool = False
    alerts: tuple[AlertState, ...] = ()
