"""How much is asked of GitHub."""

from datetime import timedelta
from typing import Any

import pytest

from support.github import Account, Commit, FakeGitHub, Repository, actions
from support.github.contributed import Contributed
from support.tools import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ADA, BOB = Account("planted-ada"), Account("planted-bob")


def steady(commits: int, people: int = 5) -> Repository:
    """A repository with that many commits in the window, by people who have been there before."""
    authors = [Account(f"planted-{n}") for n in range(people)]
    moments = [NOW - 100 * DAY] * people + [NOW - 59 * DAY + n * (58 * DAY) / commits for n in range(commits)]
    written = [Commit(moment, authors[n % people], f"planted-{n % people}@x") for n, moment in enumerate(moments)]
    return Repository("acme/widget", commits=written)


def push(repository: Repository, after: timedelta, author: Account | None, email: str) -> None:
    actions.commit(repository, NOW + after, author, email)


def test_nothing_is_asked_where_the_head_is_the_same() -> None:
    followed = Contributed(steady(50))
    followed.refresh()
    assert followed.requests(NOW + 15 * MINUTE) == (0, 0)
    followed.refresh(NOW + DAY)
    assert [followed.requests(NOW + n * DAY) for n in range(2, 30)] == [(0, 0)] * 28


def test_a_push_by_somebody_known_costs_one_query() -> None:
    followed = Contributed(steady(50))
    widget = followed.github.repositories[0]
    followed.refresh()
    push(widget, MINUTE, widget.commits[0].author, "planted-0@x")
    assert followed.requests(NOW + 15 * MINUTE) == (1, 0)


def test_a_push_by_somebody_new_costs_two_queries_and_the_next_one_a_single_query() -> None:
    followed = Contributed(steady(50))
    widget = followed.github.repositories[0]
    followed.refresh()
    push(widget, MINUTE, BOB, "planted-bob@x")
    assert followed.requests(NOW + 15 * MINUTE) == (2, 0)
    push(widget, 16 * MINUTE, BOB, "planted-bob@x")
    assert followed.requests(NOW + 30 * MINUTE) == (1, 0)


def test_nineteen_hundred_commits_take_one_query_once_their_number_is_known() -> None:
    followed = Contributed(steady(1900))
    widget = followed.github.repositories[0]
    followed.refresh()
    assert len(followed.github.sizes) == 5, "four slices of five pages each"
    push(widget, MINUTE, widget.commits[0].author, "planted-0@x")
    assert followed.requests(NOW + 15 * MINUTE) == (1, 0)
    assert followed.github.demands[-1].requests == 29


def test_many_new_people_are_looked_for_together() -> None:
    newcomers = [Commit(NOW - timedelta(days=9, minutes=n), Account(f"planted-{n}"), f"{n}@x") for n in range(60)]
    followed = Contributed(Repository("acme/widget", commits=[Commit(NOW - 90 * DAY, ADA, "a@x"), *newcomers]))
    assert followed.counts()["first_time"] == 60
    assert followed.github.sizes == [1, 3]


def test_many_repositories_share_queries() -> None:
    followed = Contributed(*[Repository(f"acme/r{n}", commits=[Commit(NOW - DAY, ADA, "a@x")]) for n in range(24)])
    assert followed.requests(NOW) == (4, 24)


class TestTooMuchAtOnce:
    """GitHub answers 502 where a query takes it too long."""

    def test_slices_are_asked_for_one_by_one(self) -> None:
        followed = Contributed(steady(1000))
        followed.refresh()
        push(followed.github.repositories[0], MINUTE, BOB, "planted-bob@x")
        followed.github.too_heavy = 200
        queries = len(followed.github.sizes)
        assert followed.counts(NOW + HOUR)["active"] == 6
        asked = [demand.nodes for demand in followed.github.demands[queries:]]
        assert asked[:4] == [1500, 700, 300, 100], "15 slices at once, half of them, a quarter, one"
        assert len(asked) < 25, "the others are not tried again at once"

    def test_people_are_looked_for_one_by_one(self) -> None:
        people = [Account(f"planted-{n}") for n in range(30)]
        old = [Commit(NOW - 90 * DAY, person, "planted@x") for person in people[::2]]
        new = [Commit(NOW - timedelta(days=9, minutes=n), person, f"{n}@x") for n, person in enumerate(people)]
        followed = Contributed(Repository("acme/widget", commits=old + new))

        def heavy(body: Any) -> Any:
            if followed.github.demands[-1].nodes in range(3, 100):
                return {"errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "planted"}]}
            return body

        followed.spoil = heavy
        assert followed.counts()["first_time"] == 15

    def test_what_is_too_much_even_so_fails_the_repository(self) -> None:
        followed = Contributed(steady(50))
        followed.spoil = lambda body: {"errors": [{"type": "RESOURCE_LIMITS_EXCEEDED", "message": "planted"}]}
        assert followed.refresh() == {"acme/widget": "too_large"}
        followed.spoil = None
        assert followed.counts(NOW + HOUR)["active"] == 5


def test_a_list_is_not_asked_for_where_the_branch_is_empty() -> None:
    github = FakeGitHub(Repository("acme/empty"), Repository("acme/widget", commits=[Commit(NOW - DAY, ADA, "a@x")]))
    assert Contributed(github=github).requests(NOW) == (2, 1)


@pytest.mark.parametrize("commits", [1, 70])
def test_an_ordinary_repository_takes_a_fiftieth_of_a_point(commits: int) -> None:
    followed = Contributed(steady(commits, people=1))
    widget = followed.github.repositories[0]
    followed.refresh()
    push(widget, MINUTE, widget.commits[0].author, "planted-0@x")
    followed.refresh(NOW + HOUR)
    assert followed.github.demands[-1].requests == 2
