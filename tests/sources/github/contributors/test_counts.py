"""How people are counted, of what is kept."""

from exporter.sources.github.contributors.counts import Counts, counted
from exporter.sources.github.contributors.identity import Author

START = 1000
ADA, BOB = Author(b"ada", None), Author(b"bob", None)
WAS, IS, BOTH = (True, False), (False, True), (True, True)


def test_nobody_is_counted_where_nobody_is() -> None:
    assert counted([], [], [], START) == Counts(0, 0, 0, 0, 0)


def test_who_was_active_and_is_again_is_retained() -> None:
    rows = [(ADA, *WAS), (BOB, *BOTH)]
    assert counted(rows, [(1, b"ada", 500), (1, b"bob", 500)], [], START) == Counts(
        ever=2, active=1, first_time=0, previous=2, retained=1
    )


def test_names_of_one_author_are_one_person_wherever_they_are() -> None:
    rows = [(Author(b"ada", b"a@x"), *IS), (Author(None, b"a@x"), *WAS), (Author(b"ada", b"b@x"), *IS)]
    firsts = [(1, b"ada", 1500), (1, b"a@x", 1500), (2, b"a@x", 500), (1, b"b@x", 1500)]
    assert counted(rows, firsts, [(3, b"b@x")], START) == Counts(ever=1, active=1, first_time=0, previous=1, retained=1)


def test_the_first_commit_is_the_first_in_any_repository() -> None:
    rows = [(ADA, *IS), (BOB, *IS)]
    firsts = [(1, b"ada", 1500), (1, b"bob", 1500), (2, b"bob", 1000)]
    assert counted(rows, firsts, [], START).first_time == 1


def test_who_is_listed_where_no_recent_commit_is_was_there_before() -> None:
    rows = [(ADA, *IS)]
    assert counted(rows, [(1, b"ada", 1500)], [(1, b"ada")], START).first_time == 1
    assert counted(rows, [(1, b"ada", 1500)], [(1, b"ada"), (2, b"ada")], START).first_time == 0


def test_who_is_listed_counts_once_over_all_lists() -> None:
    assert counted([(ADA, *IS)], [(1, b"ada", 1500)], [(1, b"ada"), (2, b"ada"), (2, b"eve")], START).ever == 2
