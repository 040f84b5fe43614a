"""Generated catalogs with figures on both sides of every limit, for whoever evaluates conditions: the engine, and its rules.

Figures are entered by hand, so that any number can be one. They lie at a limit, one step of a double below and above it, or
anywhere; some are missing. What is generated is a catalog that the loader accepts.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from exporter.catalog.loader import build
from exporter.catalog.model import Alert, Catalog, Target
from exporter.document import Document
from exporter.facts import Snapshot
from exporter.kpi import Row, State, evaluate
from exporter.kpi.targets import aim_of
from support.catalogs import DECLARED
from support.kpi import LAUNCH, NOW, figures

__all__ = ["OVER", "Case", "cases"]

OVER = timedelta(days=7)
"""How far back every generated condition on growth and drops looks."""

Key = tuple[str, str]
"""KPI and segment."""

PROJECT = "acme"
SEGMENTS = ("", "north", "very.odd|name")
NUMBERS = st.sampled_from((0.0, 1.0, 0.1, 0.3, 1 / 3, 2.5, 100.0, 1e-9, 1e15, 123456.789)) | st.floats(0, 1e12)
FACTORS = st.sampled_from((0.5, 0.7, 0.9, 1.1, 2.0, 1 / 3))


@dataclass(frozen=True)
class Case:
    """A catalog and the figures of its rows: now, `OVER` ago, and at the peak from a year until a day ago."""

    catalog: Catalog
    now: Mapping[Key, float]
    before: Mapping[Key, float]
    peaks: Mapping[Key, float]

    @property
    def snapshot(self) -> Snapshot:
        """The figures of now, as people entered them."""
        return figures(self.now)

    def rows(self, *, history: bool = False) -> tuple[Row, ...]:
        """What the engine says, at the instant `support.kpi.NOW`."""
        return evaluate(self.catalog, [self.snapshot], NOW, history=self if history else None)

    def states(self, *, history: bool = False) -> Mapping[tuple[str, str, str], State]:
        """How each alert stands on each row that it watches, by KPI, segment and name of the alert."""
        rows = self.rows(history=history)
        return {(row.kpi, row.segment, alert.name): alert.state for row in rows for alert in row.alerts}

    def value(self, kpi: str, segment: str, over: timedelta) -> float | None:
        return self.before.get((kpi, segment)) if over == OVER else None

    def peak(self, kpi: str, segment: str) -> float | None:
        return self.peaks.get((kpi, segment))

    def derived(self, kpi: str, segment: str) -> float | None:
        return None


@st.composite
def cases(draw: st.DrawFn, *, history: bool = False) -> Case:
    """A case; with `history` its conditions may look at the past too."""
    kpis = [_kpi(draw, number, history) for number in range(draw(st.integers(1, 3)))]
    data = {"project": PROJECT, "launch": LAUNCH.isoformat(), "kpis": kpis}
    catalog = build(Document("catalog.yml", data, {}), DECLARED)
    now: dict[Key, float] = {}
    before: dict[Key, float] = {}
    peaks: dict[Key, float] = {}
    for kpi in catalog.kpis:
        targets = {"": kpi.targets, **{segment.name: segment.targets for segment in kpi.segments}}
        for segment, own in targets.items():
            key = kpi.id, segment
            watching = [alert for alert in catalog.rules(kpi) if {segment, "*" if segment else ""} & set(alert.segments)]
            if draw(st.booleans()):
                before[key] = draw(NUMBERS)
            limits = list(_limits(watching, own, before.get(key)))
            value = draw(st.none() | _near(limits))
            if value is not None:
                now[key] = value
            if draw(st.booleans()):
                peaks[key] = draw(_near(limits))
    return Case(catalog, now, before, peaks)


def _kpi(draw: st.DrawFn, number: int, history: bool) -> dict[str, Any]:
    direction = draw(st.sampled_from(("up", "down")))
    side = "at_least" if direction == "up" else "at_most"
    aimed = {segment: draw(_targets(side)) for segment in draw(st.sampled_from((SEGMENTS, SEGMENTS[:2], SEGMENTS[:1])))}
    alerts = []
    for index in range(draw(st.integers(0, 4))):
        watched = draw(st.sampled_from([[segment] for segment in aimed] + ([["*"], ["", "*"]] if len(aimed) > 1 else [])))
        rows = [segment for segment in aimed if segment in watched or (segment and "*" in watched)]
        alerts.append(
            {
                "name": f"K{number}A{index}",
                "priority": draw(st.sampled_from(("P0", "P1", "P2", "P3"))),
                "when": draw(_when(all(aimed[segment] for segment in rows), history)),
                "for": "0s",
                "segments": watched,
                "action": "Look.",
            }
        )
    return {
        "id": f"k{number}",
        "title": f"KPI {number}",
        "definition": "A figure.",
        "unit": draw(st.sampled_from(("count", "ratio", "seconds", "bytes", "usd", "index"))),
        "direction": direction,
        "tier": "kpi",
        "category": "generated",
        "targets": aimed[""],
        "segments": [{"name": segment, "targets": targets} for segment, targets in aimed.items() if segment],
        "alerts": alerts,
    }


def _targets(side: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    """None, a standing one, or a schedule of which some days are past."""
    dated = st.dictionaries(st.sampled_from((1, 11, 12, 13, 60)), NUMBERS, min_size=1, max_size=3)
    schedule = dated.map(lambda days: [{"by": f"{day}d after launch", side: number} for day, number in days.items()])
    return st.just([]) | NUMBERS.map(lambda number: [{side: number}]) | schedule


def _when(aimed: bool, history: bool) -> st.SearchStrategy[dict[str, Any]]:
    """A condition; one against the target only where every row has one."""
    forms = [st.fixed_dictionaries({form: NUMBERS}) for form in ("above", "below")]
    if aimed:
        forms += [st.fixed_dictionaries({form: FACTORS}) for form in ("below_target", "above_target")]
    if history:
        ladder = st.lists(NUMBERS, min_size=1, max_size=3, unique=True).map(sorted)
        measure = st.fixed_dictionaries({"ratio": FACTORS}) | st.fixed_dictionaries({"points": NUMBERS.filter(bool)})
        forms += [
            measure.map(lambda fall: {"drop": {**fall, "over": "7d"}}),
            FACTORS.map(lambda ratio: {"growth_below": {"ratio": ratio, "over": "7d"}}),
            ladder.map(lambda rungs: {"crosses": rungs}),
        ]
    return st.one_of(forms)


def _limits(alerts: Sequence[Alert], targets: Sequence[Target], before: float | None) -> Sequence[float]:
    """The numbers at which something changes for the figure of a row: the target in force, and the limits of its alerts."""
    target = aim_of(targets, LAUNCH, NOW).target
    found = [] if target is None else [target.number]
    for when in (alert.when for alert in alerts):
        found += [limit for limit in (when.above, when.below) if limit is not None]
        found += when.crosses or ()
        if target is not None:
            found += [factor * target.number for factor in (when.below_target, when.above_target) if factor is not None]
        if before is not None and when.growth_below is not None:
            found.append(before * (1 + when.growth_below.ratio))
        if before is not None and when.drop is not None:
            found.append(before - when.drop.points if when.drop.points else before * (1 - (when.drop.ratio or 0)))
    return found


def _near(limits: Sequence[float]) -> st.SearchStrategy[float]:
    """A number at one of the limits, one step beside it, or anywhere."""
    steps = [step for limit in limits for step in (limit, math.nextafter(limit, -math.inf), math.nextafter(limit, math.inf))]
    return st.sampled_from(steps) | NUMBERS if steps else NUMBERS
