"""What a catalog says: KPIs, how their values are had, targets and alerts. Immutable; no network, no clock."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from exporter.catalog.alert import DEFAULT_CHANNELS, Alert, Drop, Escalation, Growth, Priority, When
from exporter.catalog.schedule import Baseline, Due, Target
from exporter.catalog.section import ChannelName, Day, Id, NotEmpty, Section, Span, Word
from exporter.catalog.value import Aggregate, Term, Value, Weighted
from exporter.document import format_duration

__all__ = [
    "DEFAULT_CHANNELS",
    "Aggregate",
    "Alert",
    "Audience",
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
    origin of its own, as each chat has among the platforms; it is not split further. `expected` is what the documents foresee,
    not a target: the value of the segment, or its share of the total where the unit of the KPI is count.
    """

    name: Annotated[str, Field(min_length=1, max_length=64)]
    label: Word | None = None
    value: Value | None = None
    targets: tuple[Target, ...] = ()
    baseline: Baseline | None = None
    max_allowed: float | None = None
    expected: float | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.value is not None and self.value.by:
            raise ValueError("the value of a segment must not be split by a label")
        return self


class Kpi(Section):
    """One KPI of a project; `open` names the labels of `by` whose every value is a segment, declared or not.

    `max_allowed` is a hard limit beside the targets: the most there may be or, where `direction` is up, the least.
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
    alerts: tuple[Alert, ...] = ()

    @property
    def values(self) -> tuple[Value, ...]:
        """How the KPI and its segments are had, as far as sources give them."""
        return tuple(value for value in (self.value, *(segment.value for segment in self.segments)) if value is not None)

    @property
    def has_total(self) -> bool:
        """Whether the KPI has a figure without segment; without a value form, people may always enter one."""
        return self.value is None or self.value.total

    def other_window(self, target: Target) -> timedelta | None:
        """The window of a target where it is another one than that of the KPI."""
        return target.window if target.window != self.window else None


class Catalog(Section):
    """The KPIs of a project; `channels` names the channels it uses beside the default ones."""

    project: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)]
    launch: Day
    channels: tuple[ChannelName, ...] = ()
    kpis: Annotated[tuple[Kpi, ...], NotEmpty]

    def kpi(self, id_: str) -> Kpi | None:
        """The KPI of that id."""
        return next((kpi for kpi in self.kpis if kpi.id == id_), None)

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
