"""What the rules would have recorded of the KPIs of a project at one knot: the same series, with the same labels."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from exporter.backfill.remembered import Remembered, grown, projected
from exporter.catalog.past import resting_on_past
from exporter.catalog.value import Scenario
from exporter.kpi.row import Row, Status
from exporter.render.projects import Project
from exporter.render.rules.derived import derived_recordings
from exporter.render.rules.public import PUBLIC, public_growth
from exporter.render.rules.recordings import ENOUGH, TREND
from exporter.render.rules.series import (
    ATTAINMENT,
    ATTAINMENT_DERIVED,
    CURRENT,
    DERIVED,
    GOAL,
    HOURLY,
    KNOWN,
    KNOWN_DERIVED,
    MAX_1H,
    ON_TARGET,
    PASTS,
    STATUS,
    STATUS_COUNT,
    STATUS_DERIVED,
    TARGET,
    forecast,
    growth,
)

__all__ = ["Recorder", "Series"]

Series = tuple[str, Mapping[str, str], float]
"""Name, labels and value."""

_SCENARIOS: tuple[Scenario, ...] = ("pessimistic", "realistic", "optimistic")


class Recorder:
    """The recorded series of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project.name
        self._kpis = {kpi.id: kpi for kpi in project.catalog.kpis}
        self._resting = resting_on_past(project.catalog)
        self._ruled = {
            (rule.record, rule.labels["kpi"], rule.labels["segment"])
            for rule in derived_recordings(project)
            if "segment" in rule.labels
        }

    def series(self, given: Sequence[Row], known: Sequence[Row], past: Remembered) -> Iterator[Series]:
        """All of them at the knot that `past` stands at.

        `given` are the rows as the exporter tells them, which knows no past; `known` are the same rows with it.
        """
        attained: list[float] = []
        statuses: Counter[Status] = Counter()
        for told, row in zip(given, known, strict=True):
            recorded = self._recorded(told, row)
            labels = {"project": self._project, "kpi": row.kpi, "segment": row.segment}
            yield from self._figures(recorded, labels, derived=recorded is not told)
            yield from self._moves(recorded, {**labels, "unit": row.unit}, past)
            if recorded.attainment is not None:
                attained.append(recorded.attainment)
            if not recorded.needs_history:
                statuses[recorded.status] += 1
                for name in (STATUS, STATUS_DERIVED) if recorded is not told else (STATUS,):
                    yield name, {**labels, "status": recorded.status.value}, 1.0
        project = {"project": self._project}
        if attained:
            yield ON_TARGET, project, sum(value >= 1 for value in attained) / len(attained)
        for status, count in statuses.items():
            yield STATUS_COUNT, {**project, "status": status.value}, float(count)

    def _recorded(self, told: Row, row: Row) -> Row:
        """What stands in the recorded series: what the rules derive from the past, else what the exporter told."""
        if row.value is None or not self._derives(DERIVED, row):
            return told
        return replace(
            told,
            value=row.value,
            attainment=row.attainment if self._derives(ATTAINMENT_DERIVED, row) else told.attainment,
            known=row.known if self._derives(KNOWN_DERIVED, row) else told.known,
            status=row.status,
            needs_history=False,
        )

    def _derives(self, record: str, row: Row) -> bool:
        """Whether a rule of this project records such a series of a row."""
        return (record, row.kpi, row.segment) in self._ruled

    def _figures(self, row: Row, labels: Mapping[str, str], *, derived: bool) -> Iterator[Series]:
        figure = {**labels, "unit": row.unit}
        with_unit = {TARGET: row.target, GOAL: row.goal, CURRENT: row.value, HOURLY: row.value, MAX_1H: row.value}
        without = {ATTAINMENT: row.attainment, KNOWN: row.known}
        if derived:
            with_unit[DERIVED] = row.value
            without |= {
                name: value
                for name, value in ((ATTAINMENT_DERIVED, row.attainment), (KNOWN_DERIVED, row.known))
                if self._derives(name, row)
            }
        yield from ((name, figure, value) for name, value in with_unit.items() if value is not None)
        yield from ((name, labels, value) for name, value in without.items() if value is not None)

    def _moves(self, row: Row, labels: Mapping[str, str], past: Remembered) -> Iterator[Series]:
        """How a figure grows and where it will be; and what may be shown to everybody."""
        if row.value is None:
            return
        kpi = self._kpis[row.kpi]
        public = kpi.audience == "public" and not row.segment
        if public:
            yield PUBLIC, labels, row.value
        for over in PASTS:
            ratio = grown(row.value, past.value(row.kpi, row.segment, over))
            if ratio is not None:
                yield growth(over), labels, ratio
                if public:
                    yield public_growth(over), labels, ratio
        ahead = (row.goal_time - past.now).total_seconds() if row.goal_time is not None else 0
        trend = past.trend(row.kpi, row.segment, TREND) if ahead > 0 else None
        if trend is not None and trend.hours >= ENOUGH:
            for scenario in _SCENARIOS:
                end = projected(row.value, trend.slope * ahead, scenario, kpi.unit_of(row.segment), falls=kpi.direction == "down")
                yield forecast(scenario), labels, end
