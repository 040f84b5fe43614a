"""How many pages it takes to know who was first."""

from datetime import timedelta

import pytest

from exporter.sources.github.pull_requests import PullRequestsReader
from exporter.sources.github.pull_requests.queries import SOME
from exporter.sources.github.pull_requests.review import MOST_PAGES
from support.github import Account, Comment, FakeGitHub, PullRequest, Repository, Review
from support.github.followed import Followed
from support.tools import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANNA, BEN, BOT = Account("planted-anna"), Account("planted-ben"), Account("planted-bot", "Bot")
OPENED = NOW - 2 * DAY
MEAN = "pull_request_first_review_seconds{mean}"
WAITING = "pull_requests_awaiting_review"


def chatter(times: int, first: timedelta = MINUTE) -> list[Comment]:
    """That many comments of a bot, one a second."""
    return [Comment(BOT, OPENED + first + timedelta(seconds=n)) for n in range(times)]


def followed(*pulls: PullRequest) -> Followed:
    return Followed(PullRequestsReader, FakeGitHub(Repository("acme/widget", pull_requests=list(pulls))))


def pull(comments: list[Comment], *reviews: Review, author: Account = ANNA, **more: object) -> PullRequest:
    return PullRequest(author=author, created_at=OPENED, comments=comments, reviews=list(reviews), **more)  # type: ignore[arg-type]


def test_a_person_among_the_first_needs_no_further_page() -> None:
    told = followed(pull([Comment(BEN, OPENED + HOUR), *chatter(2 * SOME, 2 * HOUR)]))
    assert told.queries(NOW) == 1
    assert told.figures()[MEAN] == 3600


def test_a_person_after_many_bots_is_found() -> None:
    told = followed(pull([*chatter(SOME + 150), Comment(BEN, OPENED + HOUR)]))
    assert told.queries(NOW) == 3
    assert told.figures()[MEAN] == 3600


def test_a_reviewer_after_many_reviews_of_the_author_is_found() -> None:
    own = [Review(ANNA, OPENED + n * MINUTE) for n in range(SOME)]
    told = followed(pull([], *own, Review(BEN, OPENED + HOUR)))
    assert told.queries(NOW) == 2
    assert told.figures()[MEAN] == 3600


def test_comments_are_read_on_where_one_of_them_may_be_before_the_first_review() -> None:
    told = followed(pull([*chatter(SOME), Comment(BEN, OPENED + HOUR)], Review(BEN, OPENED + 5 * HOUR)))
    assert told.queries(NOW) == 2
    assert told.figures()[MEAN] == 3600


def test_comments_are_not_read_on_where_all_of_the_rest_are_later_than_the_first_review() -> None:
    told = followed(pull(chatter(3 * SOME, HOUR), Review(BEN, OPENED + MINUTE)))
    assert told.queries(NOW) == 1
    assert told.figures()[MEAN] == 60


def test_several_pull_requests_are_read_on_side_by_side() -> None:
    told = followed(*(pull([*chatter(SOME), Comment(BEN, OPENED + HOUR)]) for _ in range(5)))
    assert told.queries(NOW) == 2
    assert told.figures()[WAITING] == 0


@pytest.mark.parametrize(
    "unasked",
    [
        pull(chatter(2 * SOME), author=BOT),
        PullRequest(author=ANNA, created_at=NOW - 31 * DAY, closed_at=NOW - DAY, comments=chatter(2 * SOME)),
    ],
    ids=["of a bot", "closed and older than a month"],
)
def test_a_pull_request_whose_first_review_no_figure_needs_is_not_read_on(unasked: PullRequest) -> None:
    assert followed(unasked).queries(NOW) == 1


def test_an_old_pull_request_that_is_open_is_read_on() -> None:
    old = PullRequest(author=ANNA, created_at=NOW - 31 * DAY, comments=[*chatter(SOME), Comment(BEN, NOW - DAY)])
    told = followed(old)
    assert told.queries(NOW) == 2
    assert told.figures()[WAITING] == 0


def test_a_talk_of_bots_without_end_is_given_up() -> None:
    told = followed(pull(chatter(SOME + 100 * MOST_PAGES + 50)))
    assert told.queries(NOW) == 1 + MOST_PAGES
    assert told.figures()[WAITING] == 1
