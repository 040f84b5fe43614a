"""GitHub's lists of everybody who ever committed."""

from datetime import datetime, timedelta

import pytest

from exporter.errors import Reason
from support.github import Account, Commit, Repository, actions
from support.github.contributed import Contributed
from support.tools import NOW
from support.upstream import Answer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ADA, BOB = Account("planted-ada"), Account("planted-bob")
LIST = ("acme/widget", "contributors")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def by(author: Account | None, days: float, email: str) -> Commit:
    return Commit(ago(days), author, email)


def follow(*commits: Commit, mailmap: str | None = None, bots: tuple[str, ...] = ()) -> Contributed:
    return Contributed(Repository("acme/widget", commits=list(commits), mailmap=mailmap), bots=bots)


def test_everybody_counts_who_ever_committed() -> None:
    assert follow(by(ADA, 900, "a@x"), by(None, 800, "g@x"), by(BOB, 1, "b@x")).counts()["ever"] == 3


def test_a_list_has_many_pages() -> None:
    followed = follow(*[by(Account(f"planted-{n}"), 300, f"{n}@x") for n in range(250)])
    assert followed.counts()["ever"] == 250
    assert followed.lists == 3


def test_people_on_several_lists_count_once() -> None:
    alpha = Repository("acme/alpha", commits=[by(ADA, 300, "a@x"), by(None, 300, "g@x")])
    beta = Repository("acme/beta", commits=[by(ADA, 300, "a@y"), by(None, 300, "G@x"), by(BOB, 300, "b@x")])
    assert Contributed(alpha, beta).counts()["ever"] == 3


@pytest.mark.parametrize("bot", [Account("planted-helper", "Bot"), Account("planted-helper[bot]"), Account("Planted-Robot")])
def test_bots_on_the_list_do_not_count(bot: Account) -> None:
    followed = follow(by(bot, 300, "h@x"), by(None, 300, "1+planted-robot@users.noreply.github.com"), bots=("planted-robot",))
    assert followed.counts()["ever"] == 0


def test_the_mailmap_holds_for_the_list_from_the_first_refresh_on() -> None:
    mailmap = "<g@new> <g@old>\nrenovate[bot] <ci@x>\n<5+planted-ada@users.noreply.github.com> <a@old>\n"
    commits = by(None, 300, "g@old"), by(None, 300, "g@new"), by(None, 300, "ci@x"), by(None, 300, "a@old"), by(ADA, 300, "a@x")
    assert follow(*commits).counts()["ever"] == 5
    assert follow(*commits, mailmap=mailmap).counts()["ever"] == 2


def test_an_address_on_the_list_is_the_account_that_recent_commits_tie_it_to() -> None:
    followed = follow(by(ADA, 300, "a@x"), by(ADA, 3, "a@x"))
    followed.rest.linked = 0
    assert followed.counts() == {"ever": 1, "active": 1, "first_time": 0, "previous": 0, "retained": 0}


def test_people_count_at_once_where_the_list_is_an_older_one() -> None:
    followed = follow(by(ADA, 300, "a@x"))
    followed.refresh()
    actions.commit(followed.github.repositories[0], NOW + MINUTE, BOB, "b@x")
    assert followed.requests(NOW + HOUR) == (2, 0)
    assert followed.kept()["ever"] == 2


class TestWhenItIsRead:
    def test_once_more_a_day_after_the_last_push_and_then_no_more(self) -> None:
        followed = follow(by(ADA, 300, "a@x"))
        assert [followed.requests(NOW + n * DAY)[1] for n in range(5)] == [1, 1, 0, 0, 0]

    def test_daily_at_most(self) -> None:
        followed = follow(by(ADA, 300, "a@x"))
        widget = followed.github.repositories[0]
        asked = []
        for hour in range(0, 72, 6):
            actions.commit(widget, NOW + hour * HOUR, ADA, "a@x")
            asked.append(followed.requests(NOW + hour * HOUR)[1])
        assert asked == [1, 0, 0, 0] * 3

    def test_again_after_a_push(self) -> None:
        followed = follow(by(ADA, 300, "a@x"))
        for day in range(4):
            followed.refresh(NOW + day * DAY)
        actions.commit(followed.github.repositories[0], NOW + 4 * DAY, BOB, "b@x", committed_at=ago(100))
        assert [followed.requests(NOW + n * DAY)[1] for n in range(4, 8)] == [1, 1, 0, 0]
        assert followed.kept()["ever"] == 2

    def test_at_once_where_the_clock_was_set_back(self) -> None:
        followed = follow(by(ADA, 300, "a@x"))
        followed.refresh(NOW + 50 * DAY)
        assert followed.requests(NOW)[1] == 1


class TestRefused:
    """GitHub answers 403 where a history is too large for a list."""

    def test_all_else_is_told(self) -> None:
        followed = follow(by(ADA, 300, "a@x"), by(BOB, 1, "b@x"))
        followed.rest.failing[LIST] = Answer.json({"message": "planted"}, 403)
        assert followed.counts() == {"active": 1, "first_time": 1, "previous": 0, "retained": 0}

    def test_who_is_new_cannot_be_told_where_it_is_one_of_several(self) -> None:
        followed = Contributed(
            Repository("acme/widget", commits=[by(ADA, 300, "a@x")]), Repository("acme/beta", commits=[by(ADA, 1, "a@x")])
        )
        followed.rest.failing[LIST] = Answer.json({"message": "planted"}, 403)
        assert followed.counts() == {"active": 1, "previous": 0, "retained": 0}

    def test_it_is_asked_for_again_after_a_day(self) -> None:
        followed = follow(by(ADA, 300, "a@x"))
        followed.rest.failing[LIST] = Answer.json({"message": "planted"}, 403)
        assert [followed.requests(NOW + n * 12 * HOUR)[1] for n in range(5)] == [1, 0, 1, 0, 1]
        followed.rest.failing.clear()
        assert followed.counts(NOW + 4 * DAY)["ever"] == 1

    def test_an_older_list_does_not_stand_in_for_it(self) -> None:
        followed = follow(by(ADA, 300, "a@x"))
        followed.refresh()
        followed.rest.failing[LIST] = Answer.json({"message": "planted"}, 403)
        assert "ever" not in followed.counts(NOW + DAY)


@pytest.mark.parametrize(("status", "reason"), [(404, Reason.NOT_FOUND), (500, Reason.SERVER_ERROR)])
def test_a_list_that_fails_otherwise_fails_its_repository(status: int, reason: Reason) -> None:
    followed = follow(by(ADA, 300, "a@x"))
    followed.rest.failing[LIST] = Answer.json({"message": "planted"}, status)
    assert followed.refresh() == {"acme/widget": reason}
    assert followed.github.sizes == []


@pytest.mark.parametrize(
    "entries",
    [
        {"message": "planted"},
        ["planted"],
        [{"type": "User"}],
        [{"login": 5, "type": "User"}],
        [{"login": "planted"}],
        [{"type": "Anonymous", "name": "planted"}],
    ],
)
def test_a_malformed_list_fails_its_repository_and_keeps_nothing(entries: object) -> None:
    followed = follow(by(ADA, 300, "a@x"))
    followed.rest.failing[LIST] = Answer.json(entries)
    assert followed.refresh() == {"acme/widget": Reason.MALFORMED}
    assert list(followed.store.rows("SELECT * FROM contributor")) == []


def test_a_list_that_github_says_is_empty_is_empty() -> None:
    followed = follow(by(ADA, 300, "a@x"))
    followed.rest.failing[LIST] = Answer(204)
    assert followed.counts()["ever"] == 0
