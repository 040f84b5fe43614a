"""What is counted of pull requests, and what is not: bots, authors who answer themselves, reviews that nobody sees."""

from datetime import timedelta

import pytest

from exporter.sources.github.pull_requests import PullRequestsReader
from support.github import Account, Comment, FakeGitHub, PullRequest, Repository, Review
from support.github.followed import Followed
from support.tools import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANNA, BEN = Account("planted-anna"), Account("planted-ben")
BOT, HELPER = Account("planted-bot", "Bot"), Account("planted-helper")
OPENED = NOW - 2 * DAY


def follow(*pulls: PullRequest, **options: object) -> Followed:
    return Followed(PullRequestsReader, FakeGitHub(Repository("acme/widget", pull_requests=list(pulls))), **options)  # type: ignore[arg-type]


def figures(*pulls: PullRequest, **options: object) -> dict[str, float]:
    return follow(*pulls, **options).refreshed()


def reviewed(*reviews: Review, comments: tuple[Comment, ...] = ()) -> dict[str, float]:
    """The figures of one pull request of Anna's with these reviews and comments."""
    return figures(PullRequest(author=ANNA, created_at=OPENED, reviews=list(reviews), comments=list(comments)))


def test_a_small_world_is_counted_as_by_eye() -> None:
    assert figures(
        # Merged after a day, first reviewed after two hours.
        PullRequest(
            author=ANNA, created_at=NOW - 9 * DAY, merged_at=NOW - 8 * DAY, reviews=[Review(BEN, NOW - 9 * DAY + 2 * HOUR)]
        ),
        # Turned down after three hours, with a comment after one.
        PullRequest(
            author=BEN,
            created_at=NOW - 5 * DAY,
            closed_at=NOW - 5 * DAY + 3 * HOUR,
            comments=[Comment(ANNA, NOW - 5 * DAY + HOUR)],
            cross_references=[NOW - 4 * DAY, NOW - 3 * DAY],
        ),
        # Opened by a bot, and merged by nobody's review.
        PullRequest(author=BOT, created_at=NOW - 3 * HOUR, merged_at=NOW - 2 * HOUR),
        # Waits for a review.
        PullRequest(author=BEN, created_at=NOW - HOUR),
        # Older than every window but the longest, closed a month and a day ago.
        PullRequest(author=BEN, created_at=NOW - 60 * DAY, merged_at=NOW - 31 * DAY, cross_references=[NOW - 50 * DAY]),
    ) == {
        "pull_requests_newly_opened{human,24h}": 1,
        "pull_requests_newly_opened{human,7d}": 2,
        "pull_requests_newly_opened{human,30d}": 3,
        "pull_requests_newly_opened{bot,24h}": 1,
        "pull_requests_newly_opened{bot,7d}": 1,
        "pull_requests_newly_opened{bot,30d}": 1,
        "pull_requests_newly_closed{human,merged}": 1,
        "pull_requests_newly_closed{human,unmerged}": 1,
        "pull_requests_newly_closed{bot,merged}": 1,
        "pull_requests_newly_closed{bot,unmerged}": 0,
        "pull_requests_awaiting_review": 1,
        "pull_request_cross_references": 3,
        "pull_request_first_review_seconds{mean}": 5400,
        "pull_request_first_review_seconds{median}": 5400,
        "pull_request_first_review_seconds{p90}": 7200 - 0.1 * 3600,
        "pull_request_merge_seconds{mean}": 86400,
        "pull_request_merge_seconds{median}": 86400,
        "pull_request_merge_seconds{p90}": 86400,
    }


def test_a_repository_without_pull_requests_counts_zero_and_is_not_asked() -> None:
    followed = follow()
    told = followed.refreshed()
    assert set(told.values()) == {0}
    assert not any("seconds" in name for name in told), "there is nothing to have a median of"
    assert followed.github.sizes == []


def test_a_repository_whose_pull_requests_are_all_old_is_not_asked() -> None:
    followed = follow(PullRequest(created_at=NOW - 91 * DAY))
    assert set(followed.refreshed().values()) == {0}
    assert followed.github.sizes == []


@pytest.mark.parametrize("author", [ANNA, BOT, HELPER], ids=["its author", "a bot", "a bot by configuration"])
def test_a_review_does_not_count_when_it_is_by(author: Account) -> None:
    review = Review(author, OPENED + HOUR)
    comment = Comment(author, OPENED + HOUR)
    pull = PullRequest(author=ANNA, created_at=OPENED, reviews=[review], comments=[comment])
    assert figures(pull, bots=("planted-helper",))["pull_requests_awaiting_review"] == 1


def test_a_review_by_somebody_whose_account_is_gone_counts() -> None:
    told = reviewed(Review(None, OPENED + HOUR))
    assert (told["pull_requests_awaiting_review"], told["pull_request_first_review_seconds{mean}"]) == (0, 3600)


def test_where_the_author_is_gone_too_it_may_have_been_the_same_person() -> None:
    pull = PullRequest(author=None, created_at=OPENED, comments=[Comment(None, OPENED + HOUR)])
    assert figures(pull)["pull_requests_awaiting_review"] == 1


def test_a_review_that_was_never_submitted_does_not_count() -> None:
    assert reviewed(Review(BEN, None, "PENDING"))["pull_requests_awaiting_review"] == 1


def test_a_review_counts_from_when_it_was_submitted_not_begun() -> None:
    begun_first = Review(BEN, OPENED + 5 * HOUR, created_at=OPENED + HOUR)
    assert reviewed(begun_first)["pull_request_first_review_seconds{mean}"] == 5 * 3600
    assert reviewed(begun_first, Review(BEN, OPENED + 2 * HOUR))["pull_request_first_review_seconds{mean}"] == 2 * 3600


@pytest.mark.parametrize("state", ["APPROVED", "CHANGES_REQUESTED", "COMMENTED", "DISMISSED"])
def test_every_submitted_review_counts_whatever_it_says(state: str) -> None:
    assert reviewed(Review(BEN, OPENED + HOUR, state))["pull_requests_awaiting_review"] == 0  # type: ignore[arg-type]


def test_what_a_maintainer_has_hidden_does_not_count() -> None:
    hidden = Comment(BEN, OPENED + HOUR, minimized=True)
    assert reviewed(Review(BEN, OPENED + HOUR, minimized=True), comments=(hidden,))["pull_requests_awaiting_review"] == 1


@pytest.mark.parametrize(("review", "comment", "first"), [(2, 3, 2), (3, 2, 2)])
def test_the_first_of_reviews_and_comments_counts(review: int, comment: int, first: int) -> None:
    told = reviewed(Review(BEN, OPENED + review * HOUR), comments=(Comment(BEN, OPENED + comment * HOUR),))
    assert told["pull_request_first_review_seconds{mean}"] == first * 3600


def test_a_review_after_the_close_is_a_review() -> None:
    pull = PullRequest(author=ANNA, created_at=OPENED, closed_at=OPENED + HOUR, reviews=[Review(BEN, OPENED + 3 * HOUR)])
    assert figures(pull)["pull_request_first_review_seconds{mean}"] == 3 * 3600


def test_a_closed_pull_request_awaits_no_review() -> None:
    pull = PullRequest(author=ANNA, created_at=OPENED, closed_at=OPENED + HOUR)
    assert figures(pull)["pull_requests_awaiting_review"] == 0


def test_a_pull_request_of_a_bot_awaits_no_review_and_has_no_review_time() -> None:
    told = figures(
        PullRequest(author=BOT, created_at=OPENED), PullRequest(author=BOT, created_at=OPENED, reviews=[Review(BEN, NOW)])
    )
    assert told["pull_requests_awaiting_review"] == 0
    assert "pull_request_first_review_seconds{mean}" not in told


def test_a_pull_request_that_was_reopened_is_open() -> None:
    pull = PullRequest(author=ANNA, created_at=OPENED, closed_at=OPENED + HOUR)
    followed = follow(pull)
    assert followed.refreshed()["pull_requests_newly_closed{human,unmerged}"] == 1
    pull.state, pull.closed_at, pull.updated_at = "OPEN", None, NOW + HOUR
    told = followed.refreshed(NOW + 2 * HOUR)
    assert (told["pull_requests_newly_closed{human,unmerged}"], told["pull_requests_awaiting_review"]) == (0, 1)


@pytest.mark.parametrize(("age", "counted"), [(30 * DAY, 0), (30 * DAY - timedelta(seconds=1), 1)])
def test_a_window_begins_just_after_its_start(age: timedelta, counted: int) -> None:
    assert figures(PullRequest(author=ANNA, created_at=NOW - age))["pull_requests_newly_opened{human,30d}"] == counted


def test_what_was_not_updated_for_90_days_is_left_out_as_time_goes_by() -> None:
    followed = follow(PullRequest(author=ANNA, created_at=NOW - 89 * DAY))
    assert followed.refreshed()["pull_requests_awaiting_review"] == 1
    assert followed.refreshed(NOW + 2 * DAY)["pull_requests_awaiting_review"] == 0


def test_medians_are_over_the_pull_requests_of_all_repositories() -> None:
    def waiting(*hours: int) -> list[PullRequest]:
        return [PullRequest(author=ANNA, created_at=OPENED, reviews=[Review(BEN, OPENED + n * HOUR)]) for n in hours]

    one, two = Repository("acme/one", pull_requests=waiting(1, 2, 9)), Repository("acme/two", pull_requests=waiting(10))
    told = Followed(PullRequestsReader, FakeGitHub(one, two)).refreshed()
    assert told["pull_request_first_review_seconds{median}"] == 5.5 * 3600
    assert told["pull_requests_newly_opened{acme/one,human,7d}"] == 3
    assert told["pull_requests_newly_opened{acme/two,human,7d}"] == 1
