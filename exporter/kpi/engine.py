"""The engine: snapshots, catalog and clock in, one row for each KPI and segment out."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from exporter.catalog.model import Alert, Catalog, Kpi, Target
from exporter.facts import Snapshot
from exporter.kpi.conditions import state_of
from exporter.kpi.figure import Figure
from exporter.kpi.history import History, RowHistory
from exporter.kpi.row import AlertState, Row, State, Status
from exporter.kpi.segments import Slice
from exporter.kpi.targets import Aim, aim_of, attainment
from exporter.kpi.values import Values

__all__ = ["evaluate"]


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
    `history` the conditions that compare with an earlier value, and all on a figure that rests on the past, say `needs_history`.
    Reads nothing else and knows no other clock: the same arguments give the same rows, whatever the order of snapshots, parts and
    samples.
    """
    name = project or catalog.project

    def aimed(targets: Sequence[Target]) -> Aim:
        return aim_of(targets, launch or catalog.launch, now)

    values = Values(
        catalog,
        [snapshot for snapshot in snapshots if snapshot.project == name],
        aimed,
        history.derived if history is not None else None,
    )
    rows = []
    for kpi in catalog.kpis:
        alerts = catalog.rules(kpi)
        for slice_, figure in values.of(kpi).values():
            aim = aimed(slice_.targets)
            past = RowHistory(history, kpi.id, slice_.segment) if history is not None else None
            bound = aim.target.number if aim.target else None
            waits = history is None and figure.past and figure.value is None
            states = [
                (alert, State.NEEDS_HISTORY if waits else state_of(alert.when, figure.value, bound, past))
                for alert in _watching(alerts, slice_)
            ]
            rows.append(_row(name, kpi, slice_.segment, figure, aim, states, waits))
    return tuple(rows)


def _row(
    project: str, kpi: Kpi, segment: str, figure: Figure, aim: Aim, states: Sequence[tuple[Alert, State]], waits: bool
) -> Row:
    target, goal = aim.target, aim.goal
    return Row(
        project=project,
        kpi=kpi.id,
        segment=segment,
        title=kpi.title,
        unit=kpi.unit_of(segment),
        value=figure.value,
        target=target.number if target else None,
        target_time=target.deadline(aim.launch) if target else None,
        goal=goal.number if goal else None,
        goal_time=goal.deadline(aim.launch) if goal else None,
        attainment=attainment(target, figure.value) if target and figure.value is not None else None,
        status=_status(figure.value, target, states),
        source="+".join(sorted(figure.sources)) if figure.value is not None else None,
        time=figure.time,
        why=figure.why,
        known=figure.known,
        needs_history=waits,
        alerts=tuple(AlertState(alert.name, alert.priority, state) for alert, state in states),
    )


def _watching(alerts: Iterable[Alert], slice_: Slice) -> list[Alert]:
    """The alerts that watch a row; "*" means each segment, and neither the total nor another window of it."""
    each = bool(slice_.segment) and slice_.window is None
    return [alert for alert in alerts if slice_.segment in alert.segments or (each and "*" in alert.segments)]


def _status(value: float | None, target: Target | None, states: Iterable[tuple[Alert, State]]) -> Status:
    """How a row stands. Every alert that fires counts, of any priority, but for a ladder: a rung that was passed is good news."""
    if value is None:
        return Status.NO_DATA
    if any(state is State.FIRING and alert.when.crosses is None for alert, state in states):
        return Status.ALERT
    if target is None:
        return Status.TRACKED
    return Status.ON_TARGET if target.met_by(value) else Status.BEHIND
