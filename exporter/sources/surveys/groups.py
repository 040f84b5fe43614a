"""Which groups of respondents may be told apart, so that no few people are found: not in a group, and not by subtraction."""

from collections.abc import Collection, Mapping, Set
from typing import TypeVar

__all__ = ["MOST", "disclosed"]

MOST = 50
"""Most groups of one dimension whose figures are exported: the largest."""

Member = TypeVar("Member")


def disclosed(
    groups: Mapping[str, Set[Member]], everybody: Set[Member], least: int, among: Collection[str] | None = None
) -> tuple[str, ...]:
    """The groups whose figures may stand beside the figure for everybody, ordered by name; of `among` alone where that is given.

    A group of fewer than `least` members is not among them. Whoever knows the figure for everybody and those of the groups also
    knows that of the rest, of those who are in no group that is shown; while the rest is not empty and has fewer than `least`
    members, the smallest group that is shown is therefore hidden too. A member may be in several groups.
    """
    allowed = groups.keys() if among is None else among
    large = [name for name in groups if name in allowed and len(groups[name]) >= least]
    shown = sorted(large, key=lambda name: (-len(groups[name]), name))[:MOST]
    while shown:
        rest = everybody - frozenset().union(*(groups[name] for name in shown))
        if not 0 < len(rest) < least:
            break
        shown.pop()
    return tuple(sorted(shown))
