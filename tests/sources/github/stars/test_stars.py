"""New stars: how many there are, how few pages tell it, and how it is noticed that one was taken back."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import Reason
from exporter.sources.github.api.descent import Descent
from exporter.sources.github.api.query import Variables, query_of
from exporter.sources.github.stars import StarsReader
from exporter.sources.github.stars.steps import MANY, PageStep, Place
from support.github import Account, FakeGitHub, Repository, Star, demand, schema
from support.github.followed import Followed
from support.github.histories import END, Act, Scene, histories, play
from support.tools import NOW

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SLOW = 6 * HOUR


def stars(number: int, newest: datetime = NOW - DAY, apart: timedelta = SECOND) -> list[Star]:
    """That many stars, each given a little before the one before it."""
    return [Star(newest - n * apart) for n in range(number)]


def follow(given: list[Star], path: Path | None = None, **options: Any) -> Followed:
    return Followed(StarsReader, FakeGitHub(Repository("acme/widget", stars=given)), path, slow_interval=SLOW, **options)


def told(day: int, week: int, month: int) -> dict[str, float]:
    return {"stars_new{24h}": day, "stars_new{7d}": week, "stars_new{30d}": month}


def test_stars_are_counted_by_window() -> None:
    given = [Star(NOW - HOUR), Star(NOW - 2 * DAY), Star(NOW - 8 * DAY), Star(NOW - 29 * DAY), Star(NOW - 31 * DAY)]
    assert follow(given).refreshed() == told(1, 2, 4)


@pytest.mark.parametrize(("age", "counted"), [(DAY, 0), (DAY - SECOND, 1)])
def test_a_window_begins_just_after_its_start(age: timedelta, counted: int) -> None:
    assert follow([Star(NOW - age)]).refreshed()["stars_new{24h}"] == counted


def test_a_repository_without_stars_counts_zero_and_is_not_asked() -> None:
    followed = follow([])
    assert followed.refreshed() == told(0, 0, 0)
    assert followed.github.sizes == []


def test_stars_grow_old_without_a_request() -> None:
    followed = follow([Star(NOW - HOUR)])
    followed.refresh(NOW)
    assert followed.queries(NOW + 5 * HOUR) == 0
    assert followed.figures() == told(1, 1, 1)
    followed.refresh(NOW + 8 * DAY)
    assert followed.figures() == told(0, 0, 1)


class TestBudget:
    def test_50_000_stars_cost_no_more_than_those_of_the_window(self) -> None:
        followed = follow(stars(150) + stars(50_000, newest=NOW - 31 * DAY))
        # Two pages of the window and a look at what came meanwhile.
        assert followed.queries(NOW) == 3
        assert followed.points == 3
        assert followed.figures() == told(0, 150, 150)

    def test_nothing_is_asked_where_the_number_is_the_same_until_the_slow_interval_is_over(self) -> None:
        followed = follow(stars(5))
        assert [followed.queries(NOW + n * HOUR) for n in range(8)] == [1, 0, 0, 0, 0, 0, 1, 0]

    def test_a_new_star_takes_one_page(self) -> None:
        given = stars(500)
        followed = follow(given)
        followed.refresh(NOW)
        given.append(Star(NOW + MINUTE))
        assert followed.queries(NOW + HOUR) == 1
        assert followed.figures() == told(1, 501, 501)

    def test_a_star_that_is_taken_back_has_the_window_read_again(self) -> None:
        given = stars(250)
        followed = follow(given)
        followed.refresh(NOW)
        del given[200]
        # One page tells that one is missing, three pages tell which, and a look at the top ends it.
        assert followed.queries(NOW + HOUR) == 5
        assert followed.figures() == told(0, 249, 249)
        assert followed.queries(NOW + 2 * HOUR) == 0

    def test_a_star_older_than_the_window_may_be_taken_back_too(self) -> None:
        given = [*stars(5), Star(NOW - 40 * DAY)]
        followed = follow(given)
        followed.refresh(NOW)
        given.pop()
        assert followed.queries(NOW + HOUR) == 2
        assert followed.figures() == told(0, 5, 5)
        assert followed.queries(NOW + 2 * HOUR) == 0

    def test_stars_that_leave_the_window_are_not_taken_for_ones_taken_back(self) -> None:
        given = [*stars(3), *stars(3, newest=NOW - 29 * DAY)]
        followed = follow(given)
        followed.refresh(NOW)
        for days in (2, 4):
            given.append(Star(NOW + days * DAY))
            assert followed.queries(NOW + days * DAY) == 1
        assert followed.figures() == told(1, 5, 5)

    def test_a_list_that_never_rests_is_not_read_for_ever(self) -> None:
        given = stars(9)
        followed = follow(given, page=2)
        followed.meanwhile = [lambda: given.append(Star(NOW)) for _ in range(500)]
        # Nine stars and those given meanwhile take six pages or seven, twice, and then the top is looked at.
        assert 10 < followed.queries(NOW) < 25

    def test_where_many_are_in_the_window_it_is_read_again_once_in_a_slow_interval(self) -> None:
        given = stars(MANY + 100)
        followed = follow(given)
        assert followed.queries(NOW) == 12
        del given[700]
        assert followed.queries(NOW + HOUR) == 1
        assert followed.queries(NOW + 2 * HOUR) == 0
        assert followed.figures()["stars_new{30d}"] == MANY + 100, "the star that is gone is still among them"
        given.append(Star(NOW + 2 * HOUR))
        assert followed.queries(NOW + 3 * HOUR) == 1
        assert followed.figures()["stars_new{30d}"] == MANY + 101, "new ones are counted meanwhile"
        assert followed.queries(NOW + SLOW) == 12
        assert followed.figures()["stars_new{30d}"] == MANY + 100


class TestChanges:
    def test_as_many_taken_back_as_given_are_noticed_after_the_slow_interval(self) -> None:
        given = stars(5)
        followed = follow(given)
        followed.refresh(NOW)
        del given[3]
        given.append(Star(NOW + MINUTE))
        assert followed.refreshed(NOW + HOUR) == told(0, 5, 5)
        assert followed.refreshed(NOW + SLOW) == told(1, 5, 5)

    def test_as_many_taken_back_as_given_are_noticed_with_the_next_star(self) -> None:
        given = stars(5)
        followed = follow(given)
        followed.refresh(NOW)
        del given[3]
        given += [Star(NOW + MINUTE), Star(NOW + 2 * MINUTE)]
        assert followed.refreshed(NOW + HOUR) == told(2, 6, 6)

    def test_stars_of_the_same_second_are_all_counted_across_pages(self) -> None:
        given = stars(9, apart=timedelta(0))
        followed = follow(given, page=2)
        assert followed.refreshed() == told(0, 9, 9)
        del given[4]
        assert followed.refreshed(NOW + HOUR) == told(0, 8, 8)

    def test_when_all_are_taken_back_there_are_none(self) -> None:
        given = stars(5)
        followed = follow(given)
        followed.refresh(NOW)
        given.clear()
        assert followed.refreshed(NOW + HOUR) == told(0, 0, 0)
        given.append(Star(NOW + HOUR))
        assert followed.refreshed(NOW + 2 * HOUR) == told(1, 1, 1)

    @pytest.mark.parametrize("offsets", [False, True], ids=["places", "positions"])
    @pytest.mark.parametrize("taken_back", [0, 3, 8])
    @pytest.mark.parametrize("at", [1, 2, 3])
    def test_changes_between_two_pages_are_made_good_in_the_next_refresh(self, offsets: bool, taken_back: int, at: int) -> None:
        given = stars(9)
        followed = follow(given, page=2)
        followed.github.offset_cursors = offsets

        unlucky = given[taken_back]

        def give() -> None:
            given.append(Star(NOW))

        def swap() -> None:
            given.remove(unlucky)
            give()

        followed.meanwhile = [*[lambda: None] * (at - 1), give, swap]
        followed.refresh(NOW)
        given.append(Star(NOW + MINUTE))
        assert followed.refreshed(NOW + HOUR) == told(3, 11, 11)
        assert followed.queries(NOW + 2 * HOUR) == 0

    def test_a_double_and_a_gap_that_make_up_for_each_other_are_noticed(self) -> None:
        given = [Star(NOW - 3 * DAY)]
        followed = follow(given, page=2)
        followed.github.offset_cursors = True
        followed.refresh(NOW - 2 * DAY)
        newest = [Star(NOW - age * HOUR) for age in (1, 2, 30, 31, 32, 33)]
        given += newest
        # Positions show the second one again after a star was given, and never the fourth after the first was taken back.
        followed.meanwhile = [lambda: given.append(Star(NOW)), lambda: given.remove(newest[0])]
        assert followed.refreshed(NOW) == told(2, 7, 7)


class TestInterruption:
    @pytest.mark.parametrize("lives", range(6))
    def test_a_kill_at_any_transaction_loses_only_time(self, lives: int, tmp_path: Path) -> None:
        given = stars(10)
        followed = follow(given, tmp_path / "facts", page=2)
        assert followed.killed(NOW, lives)
        del given[7]
        given += [Star(NOW + MINUTE), Star(NOW + MINUTE)]
        assert followed.refreshed(NOW + HOUR) == told(2, 11, 11)

    def test_a_way_that_was_interrupted_goes_on_where_it_was(self, tmp_path: Path) -> None:
        followed = follow(stars(20), tmp_path / "facts", page=2)
        assert followed.killed(NOW, 6)
        assert not followed.complete()
        # Four pages of ten are left, and then the top is looked at.
        assert followed.queries(NOW + HOUR) == 5
        assert followed.figures() == told(0, 20, 20)

    def test_what_has_not_been_read_again_stays_while_the_window_is(self, tmp_path: Path) -> None:
        given = stars(10)
        followed = follow(given, tmp_path / "facts", page=2)
        followed.refresh(NOW)
        del given[7]
        assert followed.killed(NOW + HOUR, 3)
        assert followed.figures() == told(0, 10, 10)
        assert followed.refreshed(NOW + 2 * HOUR) == told(0, 9, 9)

    def test_a_cursor_that_has_expired_is_given_up(self, tmp_path: Path) -> None:
        followed = follow(stars(9), tmp_path / "facts", page=2)
        assert followed.killed(NOW, 2)
        with followed.store.transaction() as database:
            database.execute("UPDATE mark SET cursor = 'expired'")
        assert followed.refreshed(NOW + HOUR) == told(0, 9, 9)

    def test_a_page_that_is_too_much_is_asked_for_in_smaller_ones(self) -> None:
        followed = follow(stars(60))
        followed.github.errors[("acme/widget", "stargazers")] = "RESOURCE_LIMITS_EXCEEDED"
        followed.meanwhile = [lambda: None, followed.github.errors.clear]
        assert followed.refreshed(NOW) == told(0, 60, 60)
        # 100 and 50 were refused; 25 at a time led to the end, and the top was looked at.
        assert len(followed.github.sizes) == 2 + 3 + 1


def page(*moments: Any, total: Any = 5, **info: Any) -> Any:
    edges = [{"starredAt": moment} for moment in moments]
    return {"stargazers": {"totalCount": total, "pageInfo": {"hasNextPage": False, "endCursor": None, **info}, "edges": edges}}


GIVEN = "2026-01-27T11:00:00Z"
MORE = {"hasNextPage": True, "endCursor": "same"}


@pytest.mark.parametrize(
    "answers",
    [
        [{}],
        [{"stargazers": None}],
        [page(None)],
        [page("yesterday")],
        [page(GIVEN, total=None)],
        [page(GIVEN, total=0)],
        [page(*[GIVEN] * 101, total=200)],
        [page(GIVEN, hasNextPage=True)],
        [page(**MORE)],
    ],
)
def test_an_answer_that_does_not_fit_keeps_nothing(answers: list[Any]) -> None:
    followed = follow(stars(1))
    followed.answers = answers
    assert followed.refresh(NOW) == {"acme/widget": Reason.MALFORMED}
    assert list(followed.store.rows("SELECT * FROM star")) == []
    assert not followed.complete()


def test_pages_that_lead_in_a_circle_end_with_an_error() -> None:
    followed = follow(stars(1))
    followed.answers = [page(GIVEN, **MORE)] * 2
    assert followed.refresh(NOW) == {"acme/widget": Reason.MALFORMED}


@pytest.mark.parametrize("cursor", [None, "c1"])
def test_the_query_is_valid_cheap_and_asks_for_nobody(cursor: str | None) -> None:
    followed = follow([])
    descent = Descent.begin(None, 0, 0)
    descent = descent if cursor is None else descent.advance([1], cursor)
    variables = Variables()
    query = query_of([PageStep(Place("acme/widget", 1, 5, followed.store, 0), descent, 100).write(variables)], variables)
    assert validate(schema(), parse(query.document)) == []
    wanted = demand(parse(query.document), query.variables, schema())
    assert (wanted.requests, wanted.nodes) == (1, 100)
    assert not {"node", "nodes", "login", "user", "email", "viewer"} & set(re.findall(r"\w+", query.document))


def test_only_moments_are_kept(tmp_path: Path) -> None:
    followed = follow([Star(NOW - HOUR, Account("planted-anna"))], tmp_path / "facts")
    followed.refreshed(NOW)
    assert list(followed.store.rows("SELECT * FROM star")) == [(1, int((NOW - HOUR).timestamp()))]
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"stars" in kept
    assert b"planted" not in kept.lower()


ACTS = ("star", "unstar")
READINGS = st.lists(st.sampled_from([None, None, 0, 2, 99]), min_size=40, max_size=40)
"""After each act whether there is a refresh, and after how many transactions it is killed."""


@settings(max_examples=60, deadline=None)
@given(acts=histories(ACTS), meanwhile=histories(ACTS, most=8), readings=READINGS, offsets=st.booleans())
def test_however_often_it_was_read_it_is_as_if_read_once_at_the_end(
    tmp_path_factory: pytest.TempPathFactory, acts: list[Act], meanwhile: list[Act], readings: list[int | None], offsets: bool
) -> None:
    scene = Scene()
    scene.people.extend(Account(f"planted-{n}") for n in range(12))
    scene.github.offset_cursors = offsets
    followed = Followed(StarsReader, scene.github, tmp_path_factory.mktemp("store") / "facts", slow_interval=SLOW, page=2)
    for act, reading in zip(acts, readings, strict=False):
        play(scene, act)
        if reading is not None:
            followed.killed(act.at, reading)
    # Now stars are given and taken back between the pages of one refresh.
    followed.meanwhile = [lambda act=act: play(scene, replace(act, at=END)) for act in meanwhile]  # type: ignore[misc]
    followed.refresh(END)
    followed.meanwhile = []
    assert followed.refreshed(END + SLOW) == followed.fresh().refreshed(END + SLOW)
    followed.store.close()
