"""How the window is cut into slices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.github.contributors.queries import Slice
from exporter.sources.github.contributors.slices import MOST_SLICES, slices


def test_the_first_time_there_are_four_of_the_same_length() -> None:
    assert slices(0, 400, None, []) == [Slice(0, 100), Slice(100, 200), Slice(200, 300), Slice(300)]


@pytest.mark.parametrize(("held", "number"), [(0, 1), (70, 1), (71, 2), (700, 10)])
def test_a_slice_for_every_seventy_commits_of_the_last_time(held: int, number: int) -> None:
    assert len(slices(0, 5000, held, list(range(1, held + 1)))) == number


def test_slices_hold_about_as_many_commits_each() -> None:
    moments = [10, 20, *range(900, 998)]
    assert slices(0, 1000, 140, moments) == [Slice(0, 948), Slice(948)]


@given(st.integers(0, 10**6), st.lists(st.integers(1, 10**6), max_size=300).map(sorted))
def test_every_moment_is_in_a_slice(held: int, moments: list[int]) -> None:
    cut = slices(0, 10**6, held, moments)
    assert len(cut) <= MOST_SLICES
    assert cut[0].since == 0
    assert cut[-1].until is None
    assert [part.until for part in cut[:-1]] == [part.since for part in cut[1:]]
    assert all(part.until is None or part.since < part.until for part in cut)
