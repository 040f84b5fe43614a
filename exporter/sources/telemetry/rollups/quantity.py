"""What adds up over time."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from exporter.sources.telemetry.warehouse import Warehouse

__all__ = ["ByPeriod", "Period", "Quantity"]


class Period(NamedTuple):
    """The time from `start` to just before `end`."""

    start: datetime
    end: datetime


class Quantity(Protocol):
    """Something that adds up over time: what it comes to between two moments is what it comes to in the parts between them.

    `name` tells it from all other quantities. What it comes to may be kept in a file under the configuration of the source: its
    names are made by the code, they never are what stands in the warehouse.
    """

    @property
    def name(self) -> str: ...

    def __call__(self, warehouse: "Warehouse", start: datetime, end: datetime) -> Mapping[str, float]:
        """What it comes to, by name; a name that is not there came to 0. Raises UpstreamError."""
        ...


@runtime_checkable
class ByPeriod(Quantity, Protocol):
    """A quantity that is counted in many periods with less work at once than one by one."""

    def by_period(self, warehouse: "Warehouse", periods: Sequence[Period]) -> Sequence[Mapping[str, float]]:
        """What it comes to in each of the periods, which follow one another without a gap. Raises UpstreamError."""
        ...
