"""The engine: snapshots, catalog and clock in, one row for each KPI and segment out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol

from exporter.catalog.model import Alert, Catalog, Kpi, Target
from exporter.facts import Snapshot
from exporter.kpi.conditions import Past, state_of
from exporter.kpi.figure import Figure
from exporter.kpi.row import AlertState, Row, State, Status
from exporter.kpi.segments import Slice
from exporter.kpi.targets import Aim, aim_of, attainment
from exporter.kpi.values import Values

__all__ = ["History", "evaluate"]


class History(Protocol):
    """Knows earlier values: that of a KPI and segment so long before now, None where it has none."""

    def __call__(self, kpi: str, segment: str, over: timedelta, /) -> float | None: ...


def evaluate(
    catalog: Catalog,
    snapshots: Iterable[Snapshot],
    now: datetime,
    *,
    project: str | None = None,
    launch: date | None = None,
    history: History | None = None,
) -> tuple[Row, ...]:
    """The rows of a project at one instant, in the order of the catalog.

    `project` and `launch` replace those of the catalog; only the snapshots of that project count. `now` has a time zone. Without
    `history` the conditions that compare with an earlier value say `needs_history`. Reads nothing and knows no other clock: the
    same arguments give the same rows, whatever the order of snapshots, parts and samples.
    """
    name = project or catalog.project
    values = Values(catalog, [snapshot for snapshot in snapshots if snapshot.project == name])
    rows = []
    for kpi in catalog.kpis:
        alerts = catalog.rules(kpi)
        for slice_, figure in values.of(kpi).values():
            aim = aim_of(slice_.targets, launch or catalog.launch, now)
            past = _past(history, kpi.id, slice_.segment)
            bound = aim.target.number if aim.target else None
            states = [(alert, state_of(alert.when, figure.value, bound, past)) for alert in _watching(alerts, slice_)]
            rows.append(_row(name, kpi, slice_.segment, figure, aim, states))
    return tuple(rows)


def _row(project: str, kpi: Kpi, segment: str, figure: Figure, aim: Aim, states: Sequence[tuple[Alert, State]]) -> Row:
    target, goal = aim.target, aim.goal
    return Row(
        project=project,
        kpi=kpi.id,
        segment=segment,
        title=kpi.title,
        unit=kpi.unit,
        value=figure.value,
        target=target.number if target else None,
        target_time=target.deadline(aim.launch) if target else None,
        goal=goal.number if goal else None,
        goal_time=goal.deadline(aim.launch) if goal else None,
        attainment=attainment(target, figure.value) if target and figure.value is not None else None,
        status=_status(figure.value, target, states),
        source="+".join(sorted(figure.sources)) or None,
        time=figure.time,
        why=figure.why,
        alerts=tuple(AlertState(alert.name, alert.priority, state) for alert, state in states),
    )


def _watching(alerts: Iterable[Alert], slice_: Slice) -> list[Alert]:
    """The alerts that watch a row; "*" means each segment, and neither the total nor another window of it."""
    each = bool(slice_.segment) and slice_.window is None
    return [alert for alert in alerts if slice_.segment in alert.segments or (each and "*" in alert.segments)]


def _past(history: History | None, kpi: str, segment: str) -> Past | None:
    return None if history is None else lambda over: history(kpi, segment, over)


def _status(value: float | None, target: Target | None, states: Iterable[tuple[Alert, State]]) -> Status:
    """How a row stands. Every alert that fires counts, of any priority, but for a ladder: a rung that was passed is good news."""
    if value is None:
        return Status.NO_DATA
    if any(state is State.FIRING and alert.when.crosses is None for alert, state in states):
        return Status.ALERT
    if target is None:
        return Status.TRACKED
    return Status.ON_TARGET if target.met_by(value) else Status.BEHIND
