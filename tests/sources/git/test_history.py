from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.git.history import History, read_history

KEY = b"a key of this test"


def read(*commits: tuple[str, str], bots: frozenset[str] = frozenset()) -> History:
    """The history of commits given as date and `address name`."""
    printed = (f"{date}\n{author.replace(' ', chr(10), 1)}\0".encode() for date, author in commits)
    return read_history(printed, KEY, bots)


def people(history: History) -> list[list[int]]:
    return sorted(list(times) for times in history.people.values())


def test_commits_are_put_in_the_order_of_their_dates() -> None:
    history = read(("30", "ada@x Ada"), ("10", "bob@x Bob"), ("20", "ada@x Ada"))
    assert list(history.times) == [10, 20, 30]
    assert people(history) == [[10], [20, 30]]


def test_two_names_with_one_address_are_one_person() -> None:
    assert people(read(("1", "ada@x Ada"), ("2", "Ada@X A. Lovelace"))) == [[1, 2]]


def test_the_commits_of_bots_count_as_commits_and_nobody() -> None:
    history = read(("1", "ci@x Machine"), ("2", "x@y z[bot]"), ("3", "ada@x Ada"), bots=frozenset({"ci@x"}))
    assert list(history.times) == [1, 2, 3]
    assert people(history) == [[3]]


@pytest.mark.parametrize(
    ("date", "time"), [("", 0), ("-5", 0), ("18446744073709551615", 1 << 62), ("9" * 5000, 0), ("soon", 0), ("0", 0)]
)
def test_an_absurd_date_is_as_old_or_as_new_as_can_be(date: str, time: int) -> None:
    assert list(read((date, "ada@x Ada")).times) == [time]


def test_bytes_that_are_no_utf_8_tell_people_apart_all_the_same() -> None:
    history = read_history([b"1\n\xe4da@x\nAda\0", b"2\n\xf6da@x\nAda\0", b"3\n\xe4da@x\nAda\0"], KEY, frozenset())
    assert people(history) == [[1, 3], [2]]


def test_no_commit_gives_an_empty_history() -> None:
    history = read()
    assert (list(history.times), dict(history.people)) == ([], {})


def test_neither_names_nor_addresses_are_kept() -> None:
    history = read(("1", "planted@example.org Planted Name"), ("2", "7+planted-login@users.noreply.github.com N"))
    kept = repr(history) + repr(history.people)
    assert "planted" not in kept.lower()
    assert all(len(person) == 16 for person in history.people)


def test_another_key_gives_other_hashes() -> None:
    printed = [b"1\nada@x\nAda\0"]
    assert read_history(printed, b"one", frozenset()).people.keys().isdisjoint(read_history(printed, b"two", frozenset()).people)


def cut(text: bytes, places: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(places), len(text)]
    return [text[start:end] for start, end in pairwise(edges)]


TEXT = b"10\nada@x\nAda\x0020\nbob@x\nBob\x0030\nada@x\nAda\x00"


@given(st.sets(st.integers(1, len(TEXT) - 1)))
def test_where_the_stream_is_cut_makes_no_difference(places: set[int]) -> None:
    assert read_history(cut(TEXT, places), KEY, frozenset()) == read_history([TEXT], KEY, frozenset())
