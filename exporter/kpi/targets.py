"""Targets: which one is in force, which one is the goal, and how near a value comes."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from exporter.catalog.model import Target

__all__ = ["Aim", "aim_of", "attainment"]


@dataclass(frozen=True, slots=True)
class Aim:
    """What a row is held against: the target in force and the goal, of a schedule that counts from `launch`."""

    target: Target | None
    goal: Target | None
    launch: date


def aim_of(targets: Sequence[Target], launch: date, now: datetime) -> Aim:
    """The target that holds now, and the one at the end of the schedule.

    Of the dated targets the earliest holds whose day (UTC) is not past; the day itself still counts. After the last day a
    standing target takes over, because it holds at all times; where there is none, the last dated one stays. The goal is the last
    dated one, or the standing one where none is dated.
    """
    today = now.astimezone(UTC).date()
    dated = sorted(((target.by.on(launch), target) for target in targets if target.by is not None), key=lambda pair: pair[0])
    standing = [target for target in targets if target.by is None]
    ahead = [target for day, target in dated if day >= today]
    goal = dated[-1][1] if dated else next(iter(standing), None)
    return Aim(next(iter(ahead or standing), goal), goal, launch)


def attainment(target: Target, value: float) -> float:
    """How far a value reaches a target, as a ratio: 1 where the target is just met, more where it is surpassed, never negative.

    For a bound above zero: value ÷ bound for `at_least`; 2 − value ÷ bound for `at_most`, so that a value 20 % under its limit
    reads 1.2 as one 20 % over its minimum does, and zero stays finite. A bound of zero or less has no scale: 1 if the target is
    met, 0 if not.
    """
    bound = target.number
    if bound <= 0:
        return 1.0 if target.met_by(value) else 0.0
    ratio = value / bound if target.at_least is not None else 2 - value / bound
    return min(max(0.0, ratio), sys.float_info.max)
