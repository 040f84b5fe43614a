"""What a catalog says: KPIs, how their values are had, targets and alerts. Immutable; no network, no clock."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from exporter.catalog.alert import DEFAULT_CHANNELS, Alert, Drop, Escalation, Growth, Priority, When
from exporter.catalog.layout import Layout
from exporter.catalog.schedule import Baseline, Due, Target
from exporter.catalog.section import ChannelName, Day, Id, NotEmpty, Section, Span, Word
from exporter.catalog.value import ALL_CATEGORIES, Aggregate, Term, Value, Weighted
from exporter.document import format_duration

__all__ = [
    "DEFAULT_CHANNELS",
    "Aggregate",
    "Alert",
    "Audience",
    "Bands",
    "Baseline",
    "Cadence",
    "Catalog",
    "Direction",
    "Drop",
    "Due",
    "Escalation",
    "Growth",
    "Kpi",
    "KpiUnit",
    "Priority",
    "Segment",
    "Target",
    "Term",
    "Tier",
    "Value",
    "Weighted",
    "When",
    "window_name",
]

Direction = Literal["up", "down", "none"]
Tier = Literal["north_star", "kpi", "supporting", "tracked"]
Audience = Literal["public", "team", "leadership"]
Cadence = Literal["continuous", "daily", "weekly", "monthly", "quarterly"]
KpiUnit = Literal[
    "count",
    "ratio",
    "seconds",
    "bytes",
    "usd",
    "rank",
    "index",
    "score_-100_100",
    "score_0_10",
    "score_1_10",
    "score_1_5",
]

_LIMIT_HOLD = timedelta(hours=1)
_LIMIT_ACTION = "Bring the figure back inside its hard limit, or agree on a new limit in the catalog."


class Segment(Section):
    """One segment of a KPI: the value of a label, with targets and limit of its own.

    `label` says which label of `by` it belongs to where there are several. `value` is how the segment is had where it has an
    origin of its own, as each chat has among the platforms; it is not split further. `unit` is that of the KPI unless another
    is named, as for forecasts of different figures. `expected` is what the documents foresee, not a target: the value of the
    segment, or its share of the total where the unit is count.
    """

    name: Annotated[str, Field(min_length=1, max_length=64)]
    label: Word | None = None
    value: Value | None = None
    unit: KpiUnit | None = None
    targets: tuple[Target, ...] = ()
    baseline: Baseline | None = None
    max_allowed: float | None = None
    expected: float | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.value is not None and self.value.by:
            raise ValueError("the value of a segment must not be split by a label")
        return self


class Bands(Section):
    """Colours of a dashboard: `green` beyond the first number, `red` short of the second, yellow between them.

    Where `direction` is up, beyond means above and short means below; where it is down, the other way round.
    """

    green: float
    red: float


class Kpi(Section):
    """One KPI of a project; `open` names the labels of `by` whose every value is a segment, declared or not.

    `max_allowed` is a hard limit beside the targets: the most there may be or, where `direction` is up, the least. `reference`
    names the document and section that ask for the KPI.
    """

    id: Id
    title: Annotated[str, Field(min_length=1, max_length=100)]
    definition: Annotated[str, Field(min_length=1)]
    unit: KpiUnit
    direction: Direction
    tier: Tier
    category: Id
    audience: Audience = "team"
    cadence: Cadence = "daily"
    window: Span | None = None
    value: Value | None = None
    targets: tuple[Target, ...] = ()
    baseline: Baseline | None = None
    max_allowed: float | None = None
    segments: tuple[Segment, ...] = ()
    open: tuple[Word, ...] = ()
    bands: Bands | None = None
    alerts: tuple[Alert, ...] = ()
    reference: Annotated[str, Field(min_length=1, max_length=200)] | None = None

    @model_validator(mode="after")
    def _ordered_bands(self) -> Self:
        if self.bands is not None and (
            self.direction == "none" or (self.direction == "up") != (self.bands.green > self.bands.red)
        ):
            raise ValueError("bands must have green above red where direction is up, below it where direction is down")
        return self

    @property
    def values(self) -> tuple[Value, ...]:
        """How the KPI and its segments are had, as far as sources give them."""
        return tuple(value for value in (self.value, *(segment.value for segment in self.segments)) if value is not None)

    @property
    def has_total(self) -> bool:
        """Whether the KPI has a figure without segment.

        Without a value form people may enter one; but where every segment has a value of its own, and nothing is asked of the
        whole, the KPI is a list of different figures and has none.
        """
        if self.value is not None:
            return self.value.total
        return bool(self.targets) or not self.segments or any(segment.value is None for segment in self.segments)

    @property
    def counts_targets(self) -> bool:
        """Whether a figure of the KPI is the share of targets that are met, and so counts in no such share itself."""
        return any(value.on_target is not None for value in self.values)

    def unit_of(self, segment: str) -> KpiUnit:
        """The unit of the figure of a segment, or of the figure without."""
        return next((one.unit for one in self.segments if one.name == segment and one.unit is not None), self.unit)

    def other_window(self, target: Target) -> timedelta | None:
        """The window of a target where it is another one than that of the KPI."""
        return target.window if target.window != self.window else None


class Catalog(Section):
    """The KPIs of a project.

    `channels` names the channels it uses beside the default ones. `owners` says by category who answers for its KPIs: a role or a
    team, never a person. `dashboard` is how its own dashboard is laid out; without it that follows from the categories.
    """

    project: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
    launch: Day
    channels: tuple[ChannelName, ...] = ()
    owners: Mapping[Id, Annotated[str, Field(min_length=1, max_length=64)]] = Field(default_factory=dict)
    dashboard: Layout | None = None
    kpis: Annotated[tuple[Kpi, ...], NotEmpty]

    def kpi(self, id_: str) -> Kpi | None:
        """The KPI of that id."""
        return next((kpi for kpi in self.kpis if kpi.id == id_), None)

    def owner(self, kpi: Kpi) -> str:
        """Who answers for a KPI, "" where nobody is named."""
        return self.owners.get(kpi.category, "")

    def counted(self, categories: Iterable[str]) -> tuple[Kpi, ...]:
        """The KPIs whose targets count in `on_target` of these categories: all but those that count targets themselves."""
        names = set(categories)
        return tuple(kpi for kpi in self.kpis if names & {kpi.category, ALL_CATEGORIES} and not kpi.counts_targets)

    def rests_on(self, kpi: Kpi) -> set[str]:
        """The ids of the KPIs that the figures of a KPI are made of, at first hand."""
        named = {id_ for value in kpi.values for id_, _ in value.figures}
        return named.union(one.id for value in kpi.values for one in self.counted(value.on_target or ()))

    def rules(self, kpi: Kpi) -> tuple[Alert, ...]:
        """Every alert of one KPI of this catalog: those written, then those that its limits make."""
        return (*kpi.alerts, *(alert for _, alert in self.limits(kpi)))

    def limits(self, kpi: Kpi) -> Iterator[tuple[int | None, Alert]]:
        """The alerts made of the `max_allowed` of a KPI (None) and of its segments (their index).

        A limit that a written alert watches already, at the same number or an earlier one, makes none: one breach would be
        told twice.
        """
        limits: list[tuple[int | None, str, float | None]] = [(None, "", kpi.max_allowed)]
        limits += [(index, segment.name, segment.max_allowed) for index, segment in enumerate(kpi.segments)]
        for index, name, limit in limits:
            if limit is None or any(_covers(alert, name, limit, kpi.direction) for alert in kpi.alerts):
                continue
            yield (
                index,
                Alert.model_validate(
                    {
                        "name": _camel(f"{self.project} {kpi.id} {name} over limit"),
                        "priority": "P3",
                        "when": {"below" if kpi.direction == "up" else "above": limit},
                        "for": _LIMIT_HOLD,
                        "segments": (name,),
                        "action": _LIMIT_ACTION,
                    }
                ),
            )


def window_name(window: timedelta) -> str:
    """How a window is written in a label and in the name of a segment: 7d."""
    return format_duration(window)


def _covers(alert: Alert, segment: str, limit: float, direction: Direction) -> bool:
    if segment not in alert.segments and not (segment and "*" in alert.segments):
        return False
    if direction == "up":
        return alert.when.below is not None and alert.when.below >= limit
    return alert.when.above is not None and alert.when.above <= limit


def _camel(words: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[A-Za-z0-9]+", words))
