"""One figure of a dashboard, a KPI of a project or a segment of it: its words, and the expressions that ask for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from exporter.catalog.checks.rows import targets_by_row
from exporter.catalog.model import Alert, Kpi, KpiUnit, Target, window_name
from exporter.catalog.past import resting_on_past
from exporter.kpi.words import in_words
from exporter.promql import selector
from exporter.render.dashboards.links import detail_link
from exporter.render.dashboards.model import Json, Query
from exporter.render.dashboards.units import grafana_unit, in_points
from exporter.render.projects import Project
from exporter.render.rules.series import ATTAINMENT, BY_ROW, CURRENT, HOURLY, TARGET
from exporter.render.rules.words import symptom

__all__ = ["Figure", "kept"]

GOAL = "kpi:goal:current"


def kept(series: str) -> str:
    """A series that may have only one point an hour, as a line without gaps."""
    return f"last_over_time({series}[2h])"


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI of a project; with `segment` one of its parts."""

    project: Project
    kpi: Kpi
    segment: str = ""

    @property
    def title(self) -> str:
        """The title of the KPI, with the segment in parentheses."""
        return f"{self.kpi.title} ({self.segment})" if self.segment else self.kpi.title

    @property
    def unit(self) -> KpiUnit:
        """The unit of the figure."""
        return self.kpi.unit_of(self.segment)

    @property
    def grafana_unit(self) -> str:
        """The unit as Grafana names it."""
        return grafana_unit(self.unit)

    @property
    def targets(self) -> Sequence[Target]:
        """What is asked of the figure."""
        return targets_by_row(self.kpi).get(self.segment, ())

    @property
    def alerts(self) -> Sequence[Alert]:
        """The alerts that watch the figure; "*" means each segment, and neither the total nor another window of it."""
        others = {window_name(window) for target in self.kpi.targets if (window := self.kpi.other_window(target)) is not None}
        named = {self.segment} if self.segment in {"", *others} else {self.segment, "*"}
        return [rule for rule in self.project.catalog.rules(self.kpi) if named & set(rule.segments)]

    @property
    def links(self) -> Sequence[Json]:
        """The way to the page of the KPI."""
        return [detail_link(self.project.name, self.kpi.id, self.segment)]

    @property
    def description(self) -> str:
        """What the figure means, where it comes from and how fresh it is, what is asked of it and who hears of what."""
        parts = [self.kpi.definition, self._origin()]
        aims = [f"Target: {self._aim(target)}." for target in self.targets]
        limits = [f"{alert.priority} alert when {symptom(self.unit, alert.when)}." for alert in self.alerts]
        parts += [" ".join(texts) for texts in (aims, limits) if texts]
        if self.kpi.reference:
            parts.append(f"Asked for by: {self.kpi.reference}.")
        return "\n\n".join(parts)

    @property
    def no_value(self) -> str:
        """What stands where the figure is not known."""
        source = self.project.sources[self.kpi.id]
        nothing = "No figure entered" if source == "manual" else f"No data from {source.replace('+', ', ')}"
        waits = (self.kpi.id, self.segment) in resting_on_past(self.project.catalog)
        return f"{nothing}, or too short a past" if waits else nothing

    def _origin(self) -> str:
        source = self.project.sources[self.kpi.id]
        if source == "manual":
            return f"Entered by people; reviewed {self.kpi.cadence}."
        return f"Source: {source.replace('+', ', ')}. As old as its last refresh; reviewed {self.kpi.cadence}."

    def _aim(self, target: Target) -> str:
        bound = "at least" if target.at_least is not None else "at most"
        by = f" by {target.by.on(self.project.catalog.launch).isoformat()}" if target.by is not None else ""
        return f"{bound} {in_words(target.number, self.unit)}{by}"

    def of(self, series: str, **more: str) -> str:
        """A recorded series of this figure; `more` are labels beside those that say of which."""
        found = selector(series, project=self.project.name, kpi=self.kpi.id, segment=self.segment, **more)
        # Grafana would take what follows a dollar for the name of a variable.
        return found.replace("$", r"\x24")

    @property
    def now(self) -> str:
        """What it is worth."""
        return self.of(CURRENT)

    @property
    def target(self) -> str:
        """The target in force."""
        return self.of(TARGET)

    @property
    def goal(self) -> str:
        """The last target."""
        return self.of(GOAL)

    @property
    def past(self) -> str:
        """What it was worth, for a line over time."""
        return kept(self.of(HOURLY))

    @property
    def firing(self) -> str:
        """How many alerts of it fire; nothing where none does. An escalation is the same alert once more."""
        return f"count({self.of('ALERTS', alertstate='firing', escalated='')})"

    @property
    def gained(self) -> str:
        """The change within a week, in points where the figure has points."""
        return self._distance(self.of("kpi:value:change_7d"))

    def _distance(self, expr: str) -> str:
        return f"{expr} * 100" if self.unit == "ratio" else expr

    @property
    def distance_unit(self) -> str:
        """The unit of a change: points between two shares or scores."""
        return "suffix: points" if in_points(self.unit) else self.grafana_unit

    @property
    def verdict(self) -> Sequence[Query]:
        """How far it is from its target, in words: three queries, of which one has an answer.

        What is above it by less than half a percent is told as on target.
        """
        attained = self.of(ATTAINMENT)
        # Not from the attainment, which ends at zero: what is far above its limit is as far from it as it is.
        distance = f"abs({self.now} - {self.target})"
        if in_points(self.unit):
            distance = f"round({self._distance(distance)}, 0.1)"
        elif self._in_shares:
            distance += f" / {self.target}"
        good, bad = ("Ahead of target", "Behind target") if self.kpi.direction != "down" else ("Below target", "Above target")
        return (
            Query(f"{distance}\nand on ({BY_ROW})\n{attained} >= 1.005", good),
            Query(f"({attained} >= 1) < 1.005", "On target"),
            Query(f"{distance}\nand on ({BY_ROW})\n{attained} < 1", bad),
        )

    @property
    def verdict_unit(self) -> str:
        """The unit of the verdict: points, a share of the target, or that of the figure where a target is zero."""
        return "percentunit" if self._in_shares else self.distance_unit

    @property
    def _in_shares(self) -> bool:
        """Whether a distance is told as a share of the target, which must not be zero for that."""
        return not in_points(self.unit) and all(target.number > 0 for target in self.targets)
