"""Which rows a KPI has: its total, its segments, and its total over other windows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

from exporter.catalog.model import Kpi, Target, Value, window_name

__all__ = ["UNDECLARED_LIMIT", "Slice", "slices"]

UNDECLARED_LIMIT = 50
"""How many segments that the catalog does not declare a label may bring, so that strangers cannot grow the table."""


@dataclass(frozen=True, slots=True)
class Slice:
    """What one row of a KPI is about: the total, one value of a label of `by`, or the total over another window.

    `value` is how the row is had; a `label` splits it, and without one the row is the whole of it. A row without `value` is for
    people to enter, or no source gives it over that window.
    """

    segment: str
    targets: tuple[Target, ...] = ()
    value: Value | None = None
    label: str | None = None
    window: timedelta | None = None


def slices(kpi: Kpi, found: Mapping[str, Collection[str]], entered: Collection[str]) -> tuple[Slice, ...]:
    """The rows of a KPI: total, declared segments, undeclared ones by name, windows. Each segment stands once.

    `found` holds the values of each label of `by` among the facts, `entered` the segments of the manual figures. What the
    catalog does not declare becomes a row where its label is open, or where no segment is declared for that label. A figure
    names no label, so people may enter any segment of a KPI with such a label, and of a KPI that has neither a value form nor
    segments. A KPI whose total is left out has no windows either, for these are totals too.
    """
    by = kpi.value.by if kpi.value else ()
    windows = {row.segment: row for row in _windows(kpi)} if kpi.has_total else {}
    rows = [Slice("", _own(kpi, kpi.targets), kpi.value)] if kpi.has_total else []
    standing = {"", *windows}

    declared_labels = set()
    for segment in kpi.segments:
        label = segment.label or next(iter(by), None)
        declared_labels.add(label)
        if segment.name not in standing:
            standing.add(segment.name)
            split = None if segment.value is not None else label
            value = segment.value if split is None else kpi.value
            rows.append(Slice(segment.name, _own(kpi, segment.targets), value, split))

    undeclared: list[Slice] = []
    welcome = [label for label in by if label in kpi.open or label not in declared_labels]
    for label in welcome:
        names = sorted(set(found.get(label, ())) - standing)[:UNDECLARED_LIMIT]
        standing.update(names)
        undeclared.extend(Slice(name, value=kpi.value, label=label) for name in names)
    if welcome or (kpi.value is None and not kpi.segments):
        undeclared.extend(Slice(name) for name in sorted(set(entered) - standing)[:UNDECLARED_LIMIT])

    rows.extend(sorted(undeclared, key=lambda row: row.segment))
    return (*rows, *windows.values())


def _own(kpi: Kpi, targets: tuple[Target, ...]) -> tuple[Target, ...]:
    return tuple(target for target in targets if kpi.other_window(target) is None)


def _windows(kpi: Kpi) -> list[Slice]:
    """The total over each other window that some target is for, the shortest first."""
    others = sorted({window for target in kpi.targets if (window := kpi.other_window(target)) is not None})
    return [
        Slice(
            window_name(window),
            tuple(target for target in kpi.targets if target.window == window),
            kpi.value.over(window) if kpi.value else None,
            window=window,
        )
        for window in others
    ]
