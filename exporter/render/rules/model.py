"""What a file of rules is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

__all__ = ["AlertRule", "Group", "Recording"]


@dataclass(frozen=True, slots=True)
class Recording:
    """A recorded series; `labels` replace those of the result."""

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertRule:
    """An alert that fires once its expression has held for `hold`."""

    alert: str
    expr: str
    hold: timedelta
    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated in their order, every `interval` where it is not that of Prometheus."""

    name: str
    rules: Sequence[Recording | AlertRule]
    interval: timedelta | None = None
