"""What becomes of the KPIs of a project: a believable figure for each of them at any time.

A figure depends on nothing but the names of project, KPI and segment, on its targets, and on the time that counts as now.
About two thirds of those with a target reach it, some are behind, a few are beyond the limit of an alert, and some that people
enter are not known. What `support.mockup` says goes before all of that.
"""

import math
import random
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exporter.catalog.model import Alert, Kpi, Segment
from exporter.catalog.past import resting_on_past, values_by_row
from exporter.facts import Snapshot
from exporter.kpi import Row, evaluate
from exporter.kpi.conditions import state_of
from exporter.kpi.row import State, Status
from exporter.render.projects import Project
from support import mockup
from support.kpi import figures, part, sample, snapshot

__all__ = ["RANGES", "Story"]

Figure = Callable[[float], float]
"""A figure by days ago; a day ahead is a negative one."""

DAY = timedelta(days=1)
TRIES = 200
"""How many figures are drawn until one has the status that it should have."""
RANGES = {"ratio": (0.0, 1.0), "rank": (1.0, math.inf), "score_-100_100": (-100.0, 100.0), "score_0_10": (0.0, 10.0)}
RANGES |= {"score_1_10": (1.0, 10.0), "score_1_5": (1.0, 5.0)}
"""Least and most by unit; the others begin at zero and have no end."""
TYPICAL = {"count": (3.0, 300.0), "ratio": (0.3, 0.85), "seconds": (600.0, 90_000.0), "bytes": (5e5, 5e7), "usd": (5e3, 2e5)}
TYPICAL |= {"rank": (2.0, 30.0), "index": (45.0, 90.0), "score_-100_100": (20.0, 75.0), "score_0_10": (6.0, 9.0)}
TYPICAL |= {"score_1_10": (6.5, 9.5), "score_1_5": (3.5, 4.8)}
"""Where a figure of a unit lies that has no target."""


@dataclass(frozen=True, slots=True)
class Line:
    """A figure that runs from point to point, with a wave of a week around it that is none now and a week ago."""

    points: mockup.Points
    unit: str
    wave: float
    phase: float

    def __call__(self, days: float) -> float:
        value = self._straight(days)
        swing = 0.6 * math.sin(2 * math.pi * days / 1.7 + self.phase) + 0.4 * math.sin(2 * math.pi * days / 3.1) - 0.4
        value *= 1 + self.wave * math.sin(math.pi * days / 7) ** 2 * swing
        low, high = RANGES.get(self.unit, (0.0, math.inf))
        value = min(max(value, low), high)
        return float(round(value)) if self.whole else value

    @property
    def whole(self) -> bool:
        """Whether only whole numbers make sense; a mean of counts is none, and its points tell so."""
        return self.unit in {"count", "rank"} and all(float(value).is_integer() for _, value in self.points)

    def _straight(self, days: float) -> float:
        ago = [-point[0] for point in self.points]
        after = bisect_right(ago, -days)
        if after == 0:
            return self.points[0][1]
        if after < len(ago):
            (first, begin), (last, end) = self.points[after - 1], self.points[after]
            return begin + (end - begin) * (first - days) / (first - last)
        end = self.points[-1][1]
        return end if days >= 0 else end - days * (end - self._straight(7)) / 7


class Story:
    """The figures of one project over time; `now` is the moment at which they are what they were meant to become."""

    def __init__(self, project: Project, now: datetime) -> None:
        self.project = project
        self._now = now
        self._figures = dict(self._told())

    def figures(self, time: datetime) -> Mapping[tuple[str, str], float]:
        """What each row is worth that facts or people give, by KPI and segment."""
        days = (self._now - time) / DAY
        return {row: figure(days) for row, figure in self._figures.items()}

    def value(self, kpi: str, segment: str, time: datetime) -> float | None:
        """What one such row is worth."""
        figure = self._figures.get((kpi, segment))
        return figure((self._now - time) / DAY) if figure is not None else None

    def snapshot(self, time: datetime) -> Snapshot:
        """The figures as the source `manual` gives them; those that people enter are some days old, the others some minutes."""
        by_hand = {kpi.id for kpi in self.project.catalog.kpis if not kpi.values}
        samples = []
        for (kpi, segment), value in self.figures(time).items():
            chance = self._chance("age", kpi)
            age = timedelta(days=chance.uniform(1, 20)) if kpi in by_hand else timedelta(minutes=chance.uniform(2, 14))
            row = {"kpi": kpi, "segment": segment}
            samples.append(sample("manual_figure", value, **row))
            samples.append(sample("manual_figure_timestamp_seconds", (time - age).timestamp(), **row))
        return replace(snapshot(part(*samples, time=time), source="manual"), project=self.project.name)

    def _chance(self, *names: str) -> random.Random:
        return random.Random("/".join((self.project.name, *names)))

    def _told(self) -> Iterator[tuple[tuple[str, str], Figure]]:
        catalog, name = self.project.catalog, self.project.name
        resting = resting_on_past(catalog)
        rows: dict[str, list[Row]] = {}
        for row in evaluate(catalog, [self._everything()], self._now):
            rows.setdefault(row.kpi, []).append(row)
        for kpi in catalog.kpis:
            made = {segment for segment, value in values_by_row(kpi) if value.figures or value.on_target}
            fixed = any((name, kpi.id, row.segment) in mockup.FIGURES for row in rows[kpi.id])
            if not kpi.values and not fixed and self._chance("known", kpi.id).random() < 0.1:
                continue
            asked = [row for row in rows[kpi.id] if (kpi.id, row.segment) not in resting and row.segment not in made]
            for segment, figure in self._kpi(kpi, asked):
                if (name, kpi.id, segment) not in mockup.UNKNOWN:
                    yield (kpi.id, segment), figure

    def _everything(self) -> Snapshot:
        """Some figure for every row, so that the engine tells which rows there are."""
        rows = {(kpi.id, name): 1.0 for kpi in self.project.catalog.kpis for name in self._names(kpi)}
        return replace(figures(rows), project=self.project.name)

    def _names(self, kpi: Kpi) -> tuple[str, ...]:
        return ("", *(one.name for one in kpi.segments), *mockup.NAMES.get((self.project.name, kpi.id), ()))

    def _kpi(self, kpi: Kpi, rows: Sequence[Row]) -> Iterator[tuple[str, Figure]]:
        """The figures of one KPI: its own, and those of segments, which are parts of it unless they have a target."""
        own: dict[str, Figure] = {row.segment: self._own(kpi, row) for row in rows}
        if (self.project.name, kpi.id) in mockup.DISTRIBUTIONS:
            yield from self._parts(kpi, [row.segment for row in rows], lambda days: 1.0, whole=False)
            return
        fixed = {row.segment for row in rows if (self.project.name, kpi.id, row.segment) in mockup.FIGURES}
        parts = [row.segment for row in rows if row.segment and row.segment not in fixed and row.target is None]
        aimed = [own[row.segment] for row in rows if row.segment and row.segment not in parts]
        total = own.get("")
        if total is None or kpi.unit not in {"count", "ratio", "seconds", "bytes"}:
            yield from own.items()
            return
        if kpi.unit == "count" and kpi.value is not None and kpi.value.by and aimed:
            own[""] = lambda days: sum(figure(days) for figure in aimed)
        elif kpi.unit == "count":
            for group in _groups(kpi, parts):
                own.update(self._parts(kpi, group, total, whole=True))
        else:
            own.update({name: self._near(kpi, name, total) for name in parts})
        yield from own.items()

    def _own(self, kpi: Kpi, row: Row) -> Line:
        """The figure of a row for itself."""
        chance = self._chance("figure", kpi.id, row.segment)
        points = mockup.FIGURES.get((self.project.name, kpi.id, row.segment))
        # What is counted within a window goes up and down with the week; what there is does not.
        wave = 0.0 if kpi.window is None and row.unit in {"count", "rank"} else 0.04
        if points is not None:
            return Line(points, row.unit, wave / 2, chance.uniform(0, 6))
        end = self._end(kpi, row, chance)
        better = chance.random() < (0.8 if row.attainment != 0 else 0.5)
        grown = chance.uniform(0.55, 0.92) if better == (kpi.direction != "down") else chance.uniform(1.05, 1.4)
        days = (365, 180, 90, 45, 28, 14, 7)
        past = tuple((float(ago), self._earlier(end * grown ** (ago / 90) * chance.uniform(0.98, 1.02), row)) for ago in days)
        return Line((*past, (0.0, end)), row.unit, wave, chance.uniform(0, 6))

    def _earlier(self, value: float, row: Row) -> float:
        return float(round(value)) if row.unit in {"count", "rank"} else value

    def _end(self, kpi: Kpi, row: Row, chance: random.Random) -> float:
        """What a row is worth now: the first figure drawn that has the status it should have."""
        draw = chance.random()
        wish = Status.ON_TARGET if draw < 0.7 else Status.BEHIND if draw < 0.93 else Status.ALERT
        if (self.project.name, kpi.id, row.segment) in mockup.ALERTING:
            wish = Status.ALERT
        alerts = [alert for alert in self.project.catalog.rules(kpi) if {row.segment, "*"} & set(alert.segments)]
        if wish is Status.ALERT and not alerts:
            wish = Status.BEHIND
        if wish is not Status.ALERT and row.target is None:
            wish = Status.TRACKED
        value = 0.0
        for _ in range(TRIES):
            value = self._drawn(kpi, row, alerts, wish, chance)
            if self._status(kpi, row, alerts, value) is wish:
                break
        return value

    def _drawn(self, kpi: Kpi, row: Row, alerts: Sequence[Alert], wish: Status, chance: random.Random) -> float:
        low, high = RANGES.get(row.unit, (0.0, math.inf))
        limits = [limit for alert in alerts if (limit := alert.when.above or alert.when.below) is not None]
        if row.target is not None and (wish is not Status.ALERT or not limits):
            if row.unit == "ratio" and row.target > 0.5:
                value = 1 - (1 - row.target) * chance.uniform(0, 3)
            elif row.unit.startswith("score"):
                value = row.target + (high - row.target) * chance.uniform(-1, 0.8)
            else:
                value = row.target * chance.uniform(0.5, 1.5) if row.target else chance.choice((0.0, 1.0, 2.0))
        elif limits:
            value = chance.choice(limits) * chance.uniform(0.5, 1.6)
        elif kpi.bands is not None:
            value = kpi.bands.green * chance.uniform(0.6, 1.5)
        else:
            least, most = TYPICAL[row.unit]
            value = least * (most / least) ** chance.random()
        value = min(max(value, low), high)
        return float(round(value)) if row.unit in {"count", "rank"} else value

    def _status(self, kpi: Kpi, row: Row, alerts: Sequence[Alert], value: float) -> Status:
        if any(state_of(alert.when, value, row.target, None) is State.FIRING for alert in alerts):
            return Status.ALERT
        if row.target is None:
            return Status.TRACKED
        met = value <= row.target if kpi.direction == "down" else value >= row.target
        return Status.ON_TARGET if met else Status.BEHIND

    def _parts(self, kpi: Kpi, names: Sequence[str], total: Figure, *, whole: bool) -> Iterator[tuple[str, Figure]]:
        """Shares of a whole, as the catalog expects them or as chance has it; they shift a little with time."""
        expected = {segment.name: segment.expected for segment in kpi.segments}
        shares = []
        for name in names:
            chance = self._chance("share", kpi.id, name)
            share = expected.get(name) or chance.uniform(0.5, 2)
            shares.append(Line(((90.0, share * chance.uniform(0.85, 1.15)), (0.0, share)), "index", 0.05, chance.uniform(0, 6)))

        def upto(days: float, count: int) -> float:
            parts = [share(days) for share in shares]
            reached = total(days) * sum(parts[:count]) / sum(parts)
            return float(round(reached)) if whole else reached

        def figure(index: int) -> Figure:
            # The difference of two rounded sums, so that the parts add up.
            return lambda days: upto(days, index + 1) - upto(days, index)

        for index, name in enumerate(names):
            yield name, figure(index)

    def _near(self, kpi: Kpi, name: str, total: Figure) -> Figure:
        """A figure of the same kind as the total, as one for a platform is."""
        factor = self._chance("near", kpi.id, name).uniform(0.8, 1.15)
        most = RANGES.get(kpi.unit, (0.0, math.inf))[1]
        return lambda days: min(total(days) * factor, most)


def _groups(kpi: Kpi, names: Sequence[str]) -> list[list[str]]:
    """Segments that are parts of one whole: by platform, by channel, by the label that splits the KPI."""
    declared = {segment.name: segment for segment in kpi.segments}
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in names:
        groups.setdefault(_kind(declared.get(name)), []).append(name)
    return list(groups.values())


def _kind(segment: Segment | None) -> tuple[str, ...]:
    if segment is None:
        return ()
    if segment.value is None:
        return (segment.label or "",)
    return tuple(sorted(label for term in segment.value.terms for label in term.where if label != "window"))
