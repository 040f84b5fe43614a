"""Whom a KPI wakes, and when: conditions, alerts, channels."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from exporter.catalog.section import ChannelName, Length, NotEmpty, Section, Span, require_one

__all__ = ["DEFAULT_CHANNELS", "Alert", "Drop", "Escalation", "Growth", "Priority", "When"]

Priority = Literal["P0", "P1", "P2", "P3"]
AlertName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=255)]

DEFAULT_CHANNELS: dict[Priority, tuple[str, ...]] = {
    "P0": ("pagerduty", "slack-alerts"),
    "P1": ("slack-alerts", "email-team"),
    "P2": ("slack-alerts",),
    "P3": ("email-digest",),
}
"""Where an alert goes that names no channels."""


class Drop(Section):
    """A fall against the value `over` ago: by more than a share of it (`ratio`), or by more than `points` of the unit."""

    ratio: Annotated[float, Field(gt=0)] | None = None
    points: Annotated[float, Field(gt=0)] | None = None
    over: Span

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        require_one(self, "ratio", "points")
        return self


class Growth(Section):
    """A relative change against the value `over` ago that stays under `ratio`."""

    ratio: float
    over: Span


class When(Section):
    """The condition of an alert: exactly one form.

    Instant forms: `above` and `below` a number; `below_target` and `above_target`, a factor of the target in force. Forms that
    need history: `drop`, `growth_below`, and `crosses`, the ladder of numbers of which one was passed upwards in the last day
    and not within the year before it.
    """

    above: float | None = None
    below: float | None = None
    below_target: Annotated[float, Field(gt=0)] | None = None
    above_target: Annotated[float, Field(gt=0)] | None = None
    drop: Drop | None = None
    growth_below: Growth | None = None
    crosses: Annotated[tuple[float, ...], NotEmpty] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_one(self, *type(self).model_fields)
        if any(lower >= higher for lower, higher in pairwise(self.crosses or ())):
            raise ValueError("the numbers of crosses must rise")
        return self

    @property
    def lookback(self) -> timedelta | None:
        """How far back the condition looks; None for an instant one."""
        if self.drop is not None:
            return self.drop.over
        if self.growth_below is not None:
            return self.growth_below.over
        return timedelta(days=1) if self.crosses is not None else None


class Escalation(Section):
    """Who hears of an alert that has held for `after`."""

    after: Span
    channels: Annotated[tuple[ChannelName, ...], NotEmpty]


class Alert(Section):
    """Wakes somebody when its condition holds for `for`.

    `segments` names the segments it watches ("*" for each of them); without it the alert watches the figure without segment.
    """

    name: AlertName
    priority: Priority
    when: When
    hold: Annotated[Length, Field(alias="for")] = timedelta(minutes=5)
    segments: Annotated[tuple[str, ...], NotEmpty] = ("",)
    action: Annotated[str, Field(min_length=1)]
    channels: tuple[ChannelName, ...] = ()
    escalate: Escalation | None = None

    @property
    def receivers(self) -> tuple[str, ...]:
        """The channels of this alert: its own, or those of its priority."""
        return self.channels or DEFAULT_CHANNELS[self.priority]

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the rules made of this alert: its own, then that of its escalation where it has one."""
        return (self.name, f"{self.name}Escalated") if self.escalate else (self.name,)
