"""Who was active, who is new and who stayed, by the commits of the last 60 days."""

from datetime import datetime, timedelta

import pytest

from exporter.errors import Reason
from support.github import Account, Commit, Repository, actions
from support.github.contributed import Contributed
from support.tools import NOW

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ADA, BOB = Account("planted-ada"), Account("planted-bob")


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def by(author: Account | None, days: float, email: str = "") -> Commit:
    """A commit by an account, or by an address that belongs to none."""
    return Commit(ago(days), author, email or f"{author.login if author else 'planted'}@example.org")


def follow(*commits: Commit, mailmap: str | None = None, bots: tuple[str, ...] = ()) -> Contributed:
    return Contributed(Repository("acme/widget", commits=list(commits), mailmap=mailmap), bots=bots)


def told(ever: int, active: int, first_time: int, previous: int, retained: int) -> dict[str, float]:
    return {"ever": ever, "active": active, "first_time": first_time, "previous": previous, "retained": retained}


def test_people_are_counted_by_when_they_committed() -> None:
    eve, joe = Account("planted-eve"), Account("planted-joe")
    followed = follow(by(joe, 200), by(ADA, 100), by(BOB, 45), by(ADA, 20), by(BOB, 10), by(eve, 5))
    # Ada comes back after a long time, Bob stays, Eve is new, Joe is gone.
    assert followed.counts() == told(ever=4, active=3, first_time=1, previous=1, retained=1)


def test_a_repository_without_commits_counts_zero_and_is_not_asked() -> None:
    followed = follow()
    assert followed.requests(NOW) == (0, 0)
    assert followed.kept() == told(0, 0, 0, 0, 0)


def test_a_repository_whose_branch_is_gone_counts_no_more() -> None:
    followed = follow(by(ADA, 1))
    followed.refresh()
    followed.github.repositories[0].commits.clear()
    assert followed.counts(NOW + HOUR) == told(0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    ("age", "active", "previous"), [(30 * DAY - SECOND, 1, 0), (30 * DAY, 0, 1), (60 * DAY - SECOND, 0, 1), (60 * DAY, 0, 0)]
)
def test_a_window_begins_just_after_its_start(age: timedelta, active: int, previous: int) -> None:
    counts = follow(Commit(NOW - age, ADA)).counts()
    assert (counts["active"], counts["previous"]) == (active, previous)


def test_a_commit_at_the_very_beginning_is_an_earlier_one() -> None:
    assert follow(by(ADA, 60), by(ADA, 1)).counts()["first_time"] == 0


def test_a_commit_from_the_future_counts_as_made_now() -> None:
    assert follow(by(ADA, -2)).counts() == told(1, 1, 1, 0, 0)


def test_the_window_slides_without_a_request() -> None:
    followed = follow(by(ADA, 50), by(ADA, 29), by(BOB, 20))
    assert followed.counts() == told(2, 2, 1, 1, 1)
    assert followed.requests(NOW + HOUR) == (0, 0)
    followed.refresh(NOW + 2 * DAY)
    queries = len(followed.github.sizes)
    assert followed.counts(NOW + 11 * DAY) == told(2, 0, 0, 2, 0)
    assert followed.counts(NOW + 41 * DAY) == told(2, 0, 0, 0, 0)
    assert len(followed.github.sizes) == queries


def test_what_the_window_has_left_behind_is_forgotten() -> None:
    followed = follow(by(ADA, 50), by(BOB, 20))
    followed.refresh()
    followed.refresh(NOW + 20 * DAY)
    assert list(followed.store.rows("SELECT count(*) FROM contribution")) == [(1,)]


class TestOnePerson:
    def test_two_addresses_of_an_account_are_one_person(self) -> None:
        commits = by(ADA, 40, "planted-ada@work"), by(ADA, 4, "planted-ada@home")
        assert follow(*commits).counts() == told(1, 1, 0, 1, 1)

    def test_two_addresses_without_an_account_are_two_people(self) -> None:
        commits = by(None, 40, "planted-g@work"), by(None, 4, "planted-g@home")
        assert follow(*commits).counts() == told(2, 1, 1, 1, 0)

    def test_the_mailmap_makes_them_one(self) -> None:
        commits = by(None, 40, "planted-g@work"), by(None, 4, "Planted-G@Home")
        mailmap = "Grace <planted-g@new> <planted-g@work>\nGrace <planted-g@new> <planted-g@home>\n"
        assert follow(*commits, mailmap=mailmap).counts() == told(1, 1, 0, 1, 1)

    def test_the_mailmap_joins_an_account_to_an_address_without_one(self) -> None:
        commits = by(ADA, 40, "planted-ada@home"), by(None, 4, "planted-ada@work")
        mailmap = "<planted-ada@home> <planted-ada@work>\n"
        assert follow(*commits, mailmap=mailmap).counts() == told(1, 1, 0, 1, 1)

    def test_a_noreply_address_is_the_account(self) -> None:
        commits = by(ADA, 40), by(None, 4, "123+Planted-Ada@users.noreply.github.com")
        assert follow(*commits).counts() == told(1, 1, 0, 1, 1)

    def test_the_case_of_logins_and_addresses_does_not_matter(self) -> None:
        commits = by(Account("Planted-ADA"), 40, "a@x"), by(None, 4, "planted-ada@users.noreply.github.com")
        more = by(None, 45, "Planted-G@x"), by(None, 5, "planted-g@X")
        assert follow(*commits, *more).counts() == told(2, 2, 0, 2, 2)

    def test_the_same_address_under_two_names_is_two_people_where_the_mailmap_says_so(self) -> None:
        commits = [by(None, 9, "planted@shared"), by(None, 8, "planted@shared")]
        commits[0].name, commits[1].name = "Planted Ada", "Planted Bob"
        mailmap = "Ada <planted-ada@x> Planted Ada <planted@shared>\nBob <planted-bob@x> planted bob <planted@shared>\n"
        followed = follow(*commits, mailmap=mailmap)
        assert followed.counts()["active"] == 2

    def test_a_person_active_in_two_repositories_counts_once(self) -> None:
        alpha = Repository("acme/alpha", commits=[by(ADA, 40), by(None, 3, "planted-g@x")])
        beta = Repository("acme/beta", commits=[by(ADA, 2, "planted-ada@work"), by(None, 1, "planted-g@x")])
        assert Contributed(alpha, beta).counts() == told(2, 2, 1, 1, 1)

    def test_an_address_is_tied_to_an_account_by_any_repository(self) -> None:
        alpha = Repository("acme/alpha", commits=[by(ADA, 9, "planted-ada@x")])
        beta = Repository("acme/beta", commits=[by(None, 40, "planted-ada@x")])
        assert Contributed(alpha, beta).counts() == told(1, 1, 0, 1, 1)


class TestBots:
    @pytest.mark.parametrize(
        "email", ["49699333+planted-helper[bot]@users.noreply.github.com", "1+planted-robot@users.noreply.github.com"]
    )
    def test_bots_do_not_count(self, email: str) -> None:
        followed = follow(by(None, 40, email), by(ADA, 3), by(None, 2, email), bots=("planted-robot",))
        assert followed.counts() == told(1, 1, 1, 0, 0)

    def test_an_account_that_is_configured_as_a_bot_does_not_count(self) -> None:
        followed = follow(by(Account("Planted-Robot"), 2, "r@x"), by(ADA, 3), bots=("planted-robot",))
        assert followed.counts() == told(1, 1, 1, 0, 0)


class TestChanges:
    def test_a_merge_brings_commits_older_than_those_read_before(self) -> None:
        followed = follow(by(ADA, 90), by(ADA, 2))
        widget = followed.github.repositories[0]
        assert followed.counts() == told(1, 1, 0, 0, 0)
        actions.commit(widget, NOW + MINUTE, BOB, "planted-bob@x", committed_at=ago(45))
        actions.commit(widget, NOW + MINUTE, ADA, "planted-ada@x")
        assert followed.counts(NOW + DAY) == told(2, 1, 0, 1, 0)

    def test_a_merge_brings_commits_older_than_the_window_of_somebody_new_to_the_branch(self) -> None:
        followed = follow(by(ADA, 2))
        widget = followed.github.repositories[0]
        followed.refresh()
        actions.commit(widget, NOW + MINUTE, BOB, "planted-bob@x", committed_at=ago(70))
        actions.commit(widget, NOW + MINUTE, BOB, "planted-bob@x")
        assert followed.counts(NOW + HOUR)["first_time"] == 1, "only Ada is new"

    def test_a_forced_push_takes_people_away(self) -> None:
        followed = follow(by(ADA, 90), by(ADA, 9), by(BOB, 2))
        followed.refresh()
        actions.force_push(followed.github.repositories[0], NOW + MINUTE, 1)
        assert followed.counts(NOW + 2 * DAY) == told(1, 1, 0, 0, 0)

    def test_who_was_not_looked_for_is_once_a_forced_push_leaves_only_new_commits(self) -> None:
        followed = follow(by(BOB, 3), by(ADA, 45), by(ADA, 2))
        widget = followed.github.repositories[0]
        assert followed.counts()["first_time"] == 1
        del widget.commits[1]
        actions.commit(widget, NOW + MINUTE, BOB, "planted-bob@example.org")
        assert followed.counts(NOW + HOUR)["first_time"] == 2

    def test_what_a_forced_push_changes_before_the_window_is_noticed_after_a_week(self) -> None:
        followed = follow(by(ADA, 90), by(ADA, 2))
        widget = followed.github.repositories[0]
        followed.refresh()
        del widget.commits[0]
        actions.commit(widget, NOW + MINUTE, ADA, "planted-ada@example.org")
        assert followed.counts(NOW + HOUR)["first_time"] == 0
        actions.commit(widget, NOW + 8 * DAY, ADA, "planted-ada@example.org")
        assert followed.counts(NOW + 8 * DAY)["first_time"] == 1

    def test_a_new_mailmap_has_everybody_looked_for_again(self) -> None:
        followed = follow(by(None, 90, "planted-g@old"), by(None, 2, "planted-g@new"))
        widget = followed.github.repositories[0]
        assert followed.counts() == told(2, 1, 1, 0, 0)
        widget.mailmap = "<planted-g@new> <planted-g@old>\n"
        actions.commit(widget, NOW + MINUTE, ADA, "planted-ada@x", committed_at=ago(90))
        assert followed.counts(NOW + HOUR) == told(1, 1, 0, 0, 0), "Ada is on the list only when that is read again"

    def test_a_push_while_pages_are_read_changes_nothing_in_them(self) -> None:
        followed = follow(*[by(Account(f"planted-{n}"), 20 - n / 100) for n in range(250)])
        widget = followed.github.repositories[0]
        followed.meanwhile = [lambda: widget.commits.append(by(BOB, 0))] * 2
        assert followed.counts() == told(250, 250, 250, 0, 0)
        assert followed.counts(NOW + MINUTE) == told(251, 251, 251, 0, 0)

    def test_a_head_that_is_gone_while_pages_are_read_is_left_to_the_next_refresh(self) -> None:
        followed = follow(by(ADA, 90), *[by(BOB, 20 - n / 100) for n in range(250)])
        widget = followed.github.repositories[0]
        followed.meanwhile = [lambda: actions.force_push(widget, NOW, 1)]
        assert followed.refresh() == {"acme/widget": Reason.NOT_FOUND}
        assert followed.counts(NOW + MINUTE)["active"] == 1


class TestFirstTime:
    def test_the_first_commit_in_another_repository_was_long_ago(self) -> None:
        alpha = Repository("acme/alpha", commits=[by(ADA, 300), by(BOB, 200)])
        beta = Repository("acme/beta", commits=[by(ADA, 3), by(Account("planted-eve"), 2)])
        assert Contributed(alpha, beta).counts()["first_time"] == 1

    def test_earlier_commits_under_another_address_of_the_account_count(self) -> None:
        assert follow(by(ADA, 300, "planted-ada@old"), by(ADA, 3, "planted-ada@new")).counts()["first_time"] == 0

    def test_earlier_commits_under_an_address_that_the_mailmap_knows_count(self) -> None:
        commits = by(None, 300, "planted-ada@old"), by(ADA, 3, "planted-ada@new")
        mailmap = "<planted-ada@new> <planted-ada@OLD>\n"
        assert follow(*commits).counts()["first_time"] == 1
        assert follow(*commits, mailmap=mailmap).counts()["first_time"] == 0

    def test_earlier_commits_under_the_address_that_the_mailmap_gives_count(self) -> None:
        commits = by(None, 300, "planted-g@new"), by(None, 3, "planted-g@old")
        assert follow(*commits).counts()["first_time"] == 1
        assert follow(*commits, mailmap="<planted-g@new> <planted-g@old>\n").counts()["first_time"] == 0

    def test_who_has_neither_account_nor_address_is_not_called_new(self) -> None:
        nameless = by(None, 3)
        nameless.email = ""
        assert follow(nameless).counts() == told(1, 1, 0, 0, 0)

    def test_who_comes_back_after_the_window_is_not_new(self) -> None:
        followed = follow(by(ADA, 9))
        assert followed.counts()["first_time"] == 1
        for day in range(10, 90, 10):
            followed.refresh(NOW + day * DAY)
        actions.commit(followed.github.repositories[0], NOW + 95 * DAY, ADA, "planted-ada@example.org")
        assert followed.counts(NOW + 95 * DAY) == told(1, 1, 0, 0, 0)
