"""Counts contributors. Pure: histories and a moment in, numbers out.

A window ends now and is open at its beginning: a commit made exactly 30 days ago is not in the window of 30 days. A commit that
is dated later than now counts as made now.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Activity", "absence_factor", "activity", "commits_since", "pooled"]

People = Mapping[bytes, Sequence[int]]
"""Times of commits (seconds since the epoch, ascending, at least one) by person."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Contributors of a window.

    `active` have a commit in it, `first_time` have their first commit ever in it, `previous` have one in the window of the same
    length before it, `retained` are those of `previous` who are active too. `absence_factor` is that of the commits in the
    window, None where there are none.
    """

    active: int
    first_time: int
    previous: int
    retained: int
    absence_factor: int | None


def pooled(histories: Iterable[People]) -> People:
    """The people of several histories; who is in two of them is one person."""
    pool: dict[bytes, list[int]] = {}
    for people in histories:
        for person, times in people.items():
            pool.setdefault(person, []).extend(times)
    return {person: sorted(times) for person, times in pool.items()}


def activity(people: People, start: float, before: float) -> Activity:
    """The contributors of the window that begins at `start`; the one before it begins at `before` (seconds since the epoch)."""
    commits = {person: commits_since(times, start) for person, times in people.items()}
    previous = {person for person, times in people.items() if commits_since(times, before) > commits[person]}
    return Activity(
        active=sum(number > 0 for number in commits.values()),
        first_time=sum(times[0] > start for times in people.values()),
        previous=len(previous),
        retained=sum(commits[person] > 0 for person in previous),
        absence_factor=absence_factor(commits.values()),
    )


def commits_since(times: Sequence[int], start: float) -> int:
    """How many of the times (ascending) are later than `start`."""
    return len(times) - bisect_right(times, start)


def absence_factor(commits: Iterable[int]) -> int | None:
    """The smallest number of people who together made half of the commits or more; None where there are no commits.

    CHAOSS, metric Contributor Absence Factor: add up the contributions from the largest down until half of them is reached.
    """
    ranked = sorted(commits, reverse=True)
    total = sum(ranked)
    reached = 0
    for people, number in enumerate(ranked, 1):
        reached += number
        if total and 2 * reached >= total:
            return people
    return None
