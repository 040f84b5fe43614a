"""Discussions that do not fit into their entry on a page: 10 comments with 10 replies each."""

from datetime import timedelta
from pathlib import Path

from exporter.sources.github.discussions.threads import MOST_PAGES
from support.github import Account, Category, Comment, Discussion, FakeGitHub, Repository
from support.tools import NOW

HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
ANNA = Account("planted-anna")
IDEAS = Category("Ideas")
BEGUN = NOW - 20 * HOUR


def by_many(number: int) -> list[Comment]:
    """So many comments, each by somebody else, with one upvote."""
    return [Comment(Account(f"planted-{number}-{i}"), BEGUN + i * SECOND, upvotes=1) for i in range(number)]


def acme(*comments: list[Comment]) -> Repository:
    return Repository("acme/widget", discussions=[Discussion(IDEAS, ANNA, BEGUN, each, upvotes=0) for each in comments])


def test_all_150_comments_of_a_discussion_are_read(watch) -> None:
    watched = watch(acme(by_many(150), by_many(3)))
    # The page, then comments 11 to 110 and 111 to 150.
    assert watched.queries(NOW) == 3
    figures = watched.figures()
    assert figures["discussion_participants{30d}"] == 1 + 150 + 3
    assert figures["discussion_posts{24h}"] == 2 + 150 + 3
    assert figures["discussion_upvotes"] == 153


def test_all_120_replies_to_a_comment_are_read(watch) -> None:
    comment = Comment(ANNA, BEGUN, replies=by_many(120))
    watched = watch(acme([comment]))
    assert watched.queries(NOW) == 3
    assert watched.figures()["discussion_posts{24h}"] == 1 + 1 + 120


def test_replies_to_a_comment_on_a_further_page_are_read_to_their_end_too(watch) -> None:
    comments = [*by_many(30), Comment(ANNA, BEGUN + 60 * SECOND, replies=by_many(50))]
    watched = watch(acme(comments))
    # The page, comments 11 to 31 with 40 replies each, replies 41 to 50.
    assert watched.queries(NOW) == 3
    assert watched.figures()["discussion_participants{30d}"] == 1 + 30 + 50


def test_further_pages_of_many_discussions_share_requests(watch) -> None:
    watched = watch(acme(*[by_many(20) for _ in range(11)]))
    assert watched.queries(NOW) == 2
    assert watched.figures()["discussion_posts{24h}"] == 11 * 21


def test_a_long_discussion_that_was_not_listed_before_is_read_to_its_end(watch) -> None:
    repository = acme(by_many(3))
    watched = watch(repository)
    watched.refresh()
    there_before = Discussion(IDEAS, ANNA, BEGUN - HOUR, by_many(60), updated_at=BEGUN - HOUR)
    repository.discussions.append(there_before)
    # The numbers, the discussion with 50 comments, the other 10.
    assert watched.queries(NOW + HOUR) == 3
    assert watched.figures() == watch(repository).refreshed(NOW + HOUR)


def test_a_discussion_without_end_is_read_so_far_and_keeps_no_other_from_being_read(watch) -> None:
    endless = Comment(ANNA, BEGUN, replies=[Comment(ANNA, BEGUN + i * SECOND) for i in range(10_050)])
    watched = watch(acme([endless], by_many(20)))
    assert watched.queries(NOW) == 1 + MOST_PAGES
    assert watched.figures()["discussion_posts{24h}"] == 2 + 20 + 1 + 10 + 100 * MOST_PAGES


def test_what_is_too_much_for_github_is_asked_for_in_smaller_pages(watch) -> None:
    repository = acme(*[by_many(60) for _ in range(12)])
    github = FakeGitHub(repository)
    github.too_heavy = 1_500
    figures = watch(github).refreshed()
    github.too_heavy = None
    assert figures == watch(repository).refreshed()


def test_a_page_that_is_too_much_in_any_size_fails_the_repository(watch) -> None:
    github = FakeGitHub(acme(by_many(60)))
    github.too_heavy = 0
    assert watch(github).refresh() == {"acme/widget": "server_error"}


def test_a_place_in_the_list_that_github_no_longer_knows_is_given_up_for_the_top(watch, tmp_path: Path) -> None:
    repository = acme(*[by_many(2) for _ in range(12)])
    watched = watch(repository, path=tmp_path / "facts.db", page=5)
    assert watched.killed(NOW, lives=1)
    with watched.store.transaction() as database:
        assert database.execute("UPDATE mark SET cursor = 'nowhere' WHERE cursor IS NOT NULL").rowcount == 1
    assert watched.refreshed(NOW + HOUR) == watch(repository).refreshed(NOW + HOUR)
