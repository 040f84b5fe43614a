"""Series over the knots of a span, and their text in the format OpenMetrics."""

import math
from array import array
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from exporter.backfill.span import HOUR, Span
from exporter.promql import number, quoted
from exporter.render.rules.series import HOURLY, MAX_1H

__all__ = ["Stamps", "Table", "Told", "stamps_of"]

Labels = tuple[tuple[str, str], ...]

_ONCE_AN_HOUR = frozenset({HOURLY, MAX_1H})
"""What the rules record once an hour: more points would count for more history than there is."""


class Table:
    """Series by name and labels; each has a value at some of the knots, and the label `project`."""

    def __init__(self, knots: int) -> None:
        self._unknown = array("d", [math.nan]) * knots
        self._series: dict[str, dict[Labels, array[float]]] = {}

    def put(self, name: str, labels: Mapping[str, str], knot: int, value: float) -> None:
        """Sets the value that a series has from one knot to the next; labels without a value are left out."""
        key = tuple(sorted((label, text) for label, text in labels.items() if text))
        family = self._series.setdefault(name, {})
        values = family.get(key)
        if values is None:
            values = family[key] = self._unknown[:]
        values[knot] = value

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, str], "array[float]"]]:
        """The series in the order of their names and labels; NaN where there is no value."""
        for name, family in sorted(self._series.items()):
            for labels, values in sorted(family.items(), key=lambda entry: entry[0]):
                yield name, dict(labels), values

    def text(self, stamps: Mapping[str, "Stamps"], told: "Told") -> Iterator[str]:
        """The points of the projects in `stamps`, one series after the other; `told` counts them. The end mark is not in it."""
        for name, labels, values in self:
            own = stamps.get(labels["project"])
            if own is None:
                continue
            head = f"{name}{{{','.join(f'{label}={quoted(text)}' for label, text in labels.items())}}} "
            lines = list(_lines(head, values, own.hourly if name in _ONCE_AN_HOUR else own.all, told))
            if lines:
                told.series.add((name, tuple(labels.items())))
                yield "".join(lines)


class Told:
    """How much was written."""

    def __init__(self) -> None:
        self.series: set[tuple[str, Labels]] = set()
        self.samples = 0


class Stamps:
    """The ends of the lines of one project, by knot: the moments of its points as text."""

    def __init__(self, knots: int) -> None:
        self.all: list[list[str]] = [[] for _ in range(knots)]
        self.hourly: list[list[str]] = [[] for _ in range(knots)]

    def add(self, knot: int, point: int) -> None:
        """Adds the moment of a point."""
        stamp = f" {point}\n"
        self.all[knot].append(stamp)
        if point % HOUR == 0:
            self.hourly[knot].append(stamp)


def stamps_of(span: Span, points: Iterable[int]) -> Stamps:
    """The stamps of points of a span."""
    stamps = Stamps(len(span.knots))
    for point in points:
        stamps.add(span.knot(point), point)
    return stamps


def _lines(head: str, values: "array[float]", stamps: list[list[str]], told: Told) -> Iterator[str]:
    for value, ends in zip(values, stamps, strict=True):
        if ends and not math.isnan(value):
            start = head + _written(value)
            told.samples += len(ends)
            yield start + start.join(ends)


@lru_cache(maxsize=2**14)
def _written(value: float) -> str:
    return number(value)
