"""How a window is cut, so that the pages of many commits can be asked for at once instead of one after the other."""

from collections.abc import Sequence

from exporter.sources.github.contributors.queries import Slice

__all__ = ["MOST_SLICES", "SLICES_AT_FIRST", "slices"]

SLICES_AT_FIRST = 4
MOST_SLICES = 200
A_SLICE = 70
"""Commits that a slice is expected to hold: there is room on its page for as many new ones as come in a day or two."""


def slices(start: int, end: int, held: int | None, moments: Sequence[int]) -> list[Slice]:
    """The slices of the window from `start` to `end`, the last one without an end.

    `held` is how many commits the window held the last time, None where nobody knows; `moments` are those of some of them, later
    than `start` and in order. Neighbours share a second, so that no commit is lost whichever end GitHub leaves out; one that
    comes twice has an id.
    """
    if held is None:
        length = (end - start) // SLICES_AT_FIRST
        edges = [start + i * length for i in range(SLICES_AT_FIRST)]
    else:
        number = min(max(1, -(-held // A_SLICE)), MOST_SLICES)
        inner = {moments[i * len(moments) // number] for i in range(1, number)} if moments else set()
        edges = [start, *sorted(inner)]
    return [Slice(since, until) for since, until in zip(edges, [*edges[1:], None], strict=True)]
