"""Targets: they fit the KPI they are for, the limit beside them, and one another."""

from datetime import date

from exporter.catalog.checks.places import Found, carriers, kpis
from exporter.catalog.model import Catalog, Kpi, KpiUnit, Segment, window_name
from exporter.document import path_text
from exporter.document.reader import Where

__all__ = ["target_problems"]

_SCALES: dict[KpiUnit, tuple[float, float]] = {
    "count": (0, float("inf")),
    "seconds": (0, float("inf")),
    "bytes": (0, float("inf")),
    "rank": (1, float("inf")),
    "score_-100_100": (-100, 100),
    "score_0_10": (0, 10),
    "score_1_10": (1, 10),
    "score_1_5": (1, 5),
}
"""Least and greatest number of a unit; the other units have none."""


def target_problems(catalog: Catalog) -> Found:
    """Targets that cannot be meant."""
    for at, kpi in kpis(catalog):
        for place, carrier in carriers(at, kpi):
            yield from _placed(place, kpi, carrier)
            yield from _directed(place, kpi, carrier)
            yield from _dated(place, kpi, carrier, catalog.launch)
            yield from _scaled(place, kpi, carrier)
            yield from _limited(place, kpi, carrier)


def _placed(at: Where, kpi: Kpi, carrier: Kpi | Segment) -> Found:
    if carrier is kpi and not kpi.has_total:
        for key in ("targets", "baseline", "max_allowed"):
            if getattr(kpi, key) not in ((), None):
                yield (*at, key), "goes with a segment: the KPI has no figure without one"
    if carrier.targets and kpi.tier == "tracked":
        yield (*at, "targets"), "do not go with the tier tracked, which has no target"
    if carrier.targets and kpi.direction == "none":
        yield (*at, "targets"), "do not go with the direction none"


def _directed(at: Where, kpi: Kpi, carrier: Kpi | Segment) -> Found:
    against = {"up": "at_most", "down": "at_least"}.get(kpi.direction)
    for index, target in enumerate(carrier.targets):
        if against is not None and getattr(target, against) is not None:
            yield (*at, "targets", index, against), f"is against the direction of the KPI, {kpi.direction}"


def _dated(at: Where, kpi: Kpi, carrier: Kpi | Segment, launch: date) -> Found:
    seen: dict[tuple[str, date | None], Where] = {}
    for index, target in enumerate(carrier.targets):
        place = (*at, "targets", index)
        window = kpi.other_window(target)
        day = target.by.on(launch) if target.by else None
        first = seen.setdefault((window_name(window) if window else "", day), place)
        if first != place:
            yield place, f"is for the same {f'day, {day},' if day else 'time, always,'} as {path_text(first)}"


def _scaled(at: Where, kpi: Kpi, carrier: Kpi | Segment) -> Found:
    unit = carrier.unit or kpi.unit
    least, greatest = _SCALES.get(unit, (float("-inf"), float("inf")))
    numbers: list[tuple[Where, float]] = [
        ((*at, "targets", index, "at_least" if target.at_least is not None else "at_most"), target.number)
        for index, target in enumerate(carrier.targets)
    ]
    if carrier.baseline is not None:
        numbers.append(((*at, "baseline", "value"), carrier.baseline.value))
    if carrier.max_allowed is not None:
        numbers.append(((*at, "max_allowed"), carrier.max_allowed))
    for place, number in numbers:
        if number < least:
            yield place, f"must be at least {least} in the unit {unit}, found {number:g}"
        if number > greatest:
            yield place, f"must be at most {greatest} in the unit {unit}, found {number:g}"


def _limited(at: Where, kpi: Kpi, carrier: Kpi | Segment) -> Found:
    """A limit leaves room for the targets beside it."""
    limit = carrier.max_allowed
    if limit is None:
        return
    for index, target in enumerate(carrier.targets):
        if kpi.other_window(target) is not None:
            continue
        if (target.at_most is not None and limit < target.at_most) or (target.at_least is not None and limit > target.at_least):
            place = path_text((*at, "targets", index))
            yield (*at, "max_allowed"), f"is tighter than the target {target.number:g} of {place}, found {limit:g}"
            return
