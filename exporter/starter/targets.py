"""Targets that people would write, out of today's figures. Pure."""

import math

__all__ = ["GROWTH", "MILESTONES", "SCHEDULE", "goals", "milestones", "rounded_up"]

GROWTH = 0.1
"""How much more there should be after a month, as a share."""
SCHEDULE = (30, 90, 180)
"""Days after launch for which there are targets of what grows."""
MILESTONES = 5
"""Rungs of a ladder of milestones."""

_MONTH = 30
_EXACT = 20
_BY_FIVE = 100


def rounded_up(number: float) -> int:
    """The next number that people would write as a target: below 20 any, below 100 in fives, then with two digits and zeros."""
    # What floats add below the billionth is no reason for another step.
    whole = math.ceil(round(number, 9))
    if whole <= _EXACT:
        return whole
    step = 5 if whole <= _BY_FIVE else 10 ** (len(str(whole)) - 2)
    return -(-whole // step) * step


def goals(today: int) -> tuple[int, ...]:
    """What a figure should be after each of the days of SCHEDULE, growing by GROWTH a month; each is more than the one before."""
    found: list[int] = []
    for days in SCHEDULE:
        least = found[-1] if found else today
        grown = rounded_up(today * (1 + GROWTH) ** (days / _MONTH))
        found.append(grown if grown > least else rounded_up(least + 1))
    return tuple(found)


def milestones(today: int) -> tuple[int, ...]:
    """The next round numbers above a figure, 10 or more: a one, a two or a five, and zeros."""
    found: list[int] = []
    unit = 10
    while len(found) < MILESTONES:
        found += [factor * unit for factor in (1, 2, 5) if factor * unit > today]
        unit *= 10
    return tuple(found[:MILESTONES])
