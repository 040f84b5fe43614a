"""What is asked again, when, and that nothing is lost by it."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import Reason
from exporter.sources.github.pull_requests import PullRequestsReader
from exporter.sources.github.pull_requests.reader import RESYNC
from support.github import Account, Comment, FakeGitHub, PullRequest, Repository, Review, actions
from support.github.followed import Followed
from support.github.histories import END, Act, Scene, histories, play
from support.tools import NOW

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANNA, BEN, BOT = Account("planted-anna"), Account("planted-ben"), Account("planted-bot", "Bot")
WAITING = "pull_requests_awaiting_review"


def pulls(number: int, newest: datetime = NOW - DAY, apart: timedelta = MINUTE) -> list[PullRequest]:
    """That many open pull requests of Anna's, each opened a little before the one before it."""
    return [PullRequest(author=ANNA, created_at=newest - n * apart) for n in range(number)]


def follow(found: list[PullRequest], path: Path | None = None, **options: Any) -> Followed:
    return Followed(PullRequestsReader, FakeGitHub(Repository("acme/widget", pull_requests=found)), path, **options)


def review(pull: PullRequest, at: datetime) -> None:
    actions.review(pull, at, BEN)


class TestBudget:
    def test_nothing_is_asked_where_nothing_has_changed(self) -> None:
        followed = follow(pulls(3))
        assert [followed.queries(NOW + n * HOUR) for n in range(3)] == [1, 0, 0]

    def test_a_thousand_pull_requests_take_ten_pages_and_one_look_at_the_top(self) -> None:
        followed = follow(pulls(1000))
        assert followed.queries(NOW) == 11
        assert followed.points == 10 * 3 + 1
        assert followed.figures()[WAITING] == 1000

    def test_no_page_is_read_that_is_older_than_needed(self) -> None:
        followed = follow(pulls(50) + pulls(1000, newest=NOW - 91 * DAY))
        assert followed.queries(NOW) == 1

    def test_one_that_has_changed_takes_one_short_page(self) -> None:
        found = pulls(1000)
        followed = follow(found)
        followed.refresh(NOW)
        before = followed.points
        review(found[500], NOW + HOUR)
        assert followed.queries(NOW + 2 * HOUR) == 1
        assert followed.points - before == 1
        assert followed.figures()[WAITING] == 999

    def test_what_changed_just_before_a_reading_is_read_once_more(self) -> None:
        followed = follow(pulls(1, newest=NOW - 10 * SECOND))
        assert [followed.queries(NOW + n * HOUR) for n in range(3)] == [1, 1, 0]

    def test_everything_is_read_again_after_a_week(self) -> None:
        followed = follow(pulls(150))
        assert followed.queries(NOW) == 3
        assert followed.queries(NOW + timedelta(seconds=RESYNC)) == 3
        assert followed.queries(NOW + timedelta(seconds=RESYNC) + HOUR) == 0

    def test_repositories_take_turns_in_reading_everything_again(self) -> None:
        repositories = [Repository(f"acme/r{n}", pull_requests=pulls(1)) for n in range(50)]
        followed = Followed(PullRequestsReader, FakeGitHub(*repositories))
        followed.refresh(NOW)
        entries = []
        for hour in range(4 * 24, 7 * 24 + 2):
            before = sum(followed.github.sizes)
            followed.refresh(NOW + hour * HOUR)
            entries.append(sum(followed.github.sizes) - before)
        assert (sum(entries), max(entries) <= 4) == (50, True)

    def test_a_repository_that_fell_asleep_is_not_read_again(self) -> None:
        followed = follow(pulls(1))
        asked = [followed.queries(NOW + n * 8 * DAY) for n in range(16)]
        assert sum(asked[12:]) <= 1, "once more, to forget what is older than 90 days"


class TestChanges:
    def test_a_change_in_the_second_of_the_last_reading_is_not_missed(self) -> None:
        first, second = pulls(2, newest=NOW - HOUR)
        first.updated_at = NOW
        followed = follow([first, second])
        followed.refresh(NOW)
        review(second, NOW)
        assert followed.refreshed(NOW + MINUTE)[WAITING] == 1

    def test_a_change_that_others_see_late_is_not_missed(self) -> None:
        first, second = pulls(2, newest=NOW - HOUR)
        followed = follow([first, second])
        review(first, NOW - SECOND)
        followed.refresh(NOW)
        review(second, NOW - MINUTE)
        review(first, NOW + HOUR)
        assert followed.refreshed(NOW + 2 * HOUR)[WAITING] == 0

    def test_what_no_update_tells_is_found_after_a_week(self) -> None:
        pull = PullRequest(author=ANNA, created_at=NOW - DAY, reviews=[Review(BEN, NOW - HOUR)])
        followed = follow([pull])
        assert followed.refreshed(NOW)[WAITING] == 0
        pull.reviews[0].minimized = True
        assert followed.refreshed(NOW + HOUR)[WAITING] == 0
        assert followed.refreshed(NOW + timedelta(seconds=RESYNC))[WAITING] == 1

    def test_one_that_is_no_longer_shown_is_forgotten_after_a_week(self) -> None:
        found = pulls(3)
        followed = follow(found)
        followed.refresh(NOW)
        del found[1]
        assert followed.refreshed(NOW + timedelta(seconds=RESYNC))[WAITING] == 2

    def test_one_that_changes_while_everything_is_read_again_is_there_after_it(self) -> None:
        found = pulls(6)
        followed = follow(found, page=2)
        followed.refresh(NOW)
        later = NOW + timedelta(seconds=RESYNC)
        followed.meanwhile = [lambda: review(found[4], later)]
        assert followed.refreshed(later)[WAITING] == 5

    @pytest.mark.parametrize("offsets", [False, True], ids=["places", "positions"])
    @pytest.mark.parametrize("at", [1, 2, 3])
    def test_one_that_moves_to_the_top_between_two_pages_hides_no_other(self, offsets: bool, at: int) -> None:
        found = pulls(8)
        followed = follow(found, page=2)
        followed.github.offset_cursors = offsets
        followed.meanwhile = [*[lambda: None] * (at - 1), lambda: review(found[7], NOW), lambda: review(found[0], NOW)]
        followed.refresh(NOW)
        assert followed.refreshed(NOW + HOUR)[WAITING] == 6

    def test_a_long_absence_ends_with_what_somebody_new_would_see(self) -> None:
        found = pulls(5)
        followed = follow(found, page=2)
        followed.refresh(NOW)
        found += pulls(7, newest=NOW + 100 * DAY)
        assert followed.refreshed(NOW + 101 * DAY) == followed.fresh().refreshed(NOW + 101 * DAY)


class TestInterruption:
    @pytest.mark.parametrize("lives", range(6))
    def test_a_kill_at_any_transaction_loses_only_time(self, lives: int, tmp_path: Path) -> None:
        found = pulls(9)
        followed = follow(found, tmp_path / "facts", page=2)
        assert followed.killed(NOW, lives)
        review(found[0], NOW + MINUTE)
        review(found[8], NOW + MINUTE)
        assert followed.refreshed(NOW + HOUR)[WAITING] == 7

    @pytest.mark.parametrize("lives", range(6))
    def test_a_kill_while_everything_is_read_again_loses_only_time(self, lives: int, tmp_path: Path) -> None:
        found, later = pulls(10), NOW + timedelta(seconds=RESYNC)
        followed = follow(found, tmp_path / "facts", page=2)
        followed.refresh(NOW)
        del found[3]
        assert followed.killed(later, lives)
        review(found[8], later + MINUTE)
        assert followed.refreshed(later + HOUR)[WAITING] == 8

    def test_a_way_that_was_interrupted_goes_on_where_it_was(self, tmp_path: Path) -> None:
        followed = follow(pulls(20), tmp_path / "facts", page=2)
        assert followed.killed(NOW, 6)
        assert not followed.complete()
        # Four pages of ten are left, and then the top is looked at.
        assert followed.queries(NOW + HOUR) == 5
        assert followed.figures()[WAITING] == 20

    def test_a_page_is_read_again_where_the_first_review_was_not_found_in_time(self, tmp_path: Path) -> None:
        chatter = [Comment(BOT, NOW - DAY + n * SECOND) for n in range(20)]
        found = [PullRequest(author=ANNA, created_at=NOW - DAY, comments=[*chatter, Comment(BEN, NOW - HOUR)])]
        followed = follow(found, tmp_path / "facts")
        followed.meanwhile = [lambda: followed.github.errors.update({("acme/widget", "pullRequest"): "FORBIDDEN"})]
        assert followed.refresh(NOW) == {"acme/widget": Reason.AUTH}
        assert not followed.complete()
        followed.github.errors.clear()
        assert followed.refreshed(NOW + HOUR)[WAITING] == 0

    def test_a_cursor_that_has_expired_is_given_up(self, tmp_path: Path) -> None:
        followed = follow(pulls(9), tmp_path / "facts", page=2)
        assert followed.killed(NOW, 2)
        with followed.store.transaction() as database:
            database.execute("UPDATE mark SET cursor = 'expired'")
        assert followed.refreshed(NOW + HOUR)[WAITING] == 9

    def test_a_page_that_is_too_much_is_asked_for_in_smaller_ones(self) -> None:
        followed = follow(pulls(40))
        followed.github.errors[("acme/widget", "pullRequests")] = "RESOURCE_LIMITS_EXCEEDED"
        followed.meanwhile = [lambda: None, lambda: None, followed.github.errors.clear]
        assert followed.refreshed(NOW)[WAITING] == 40
        # 100 and 50 and 25 were refused; 10 at a time led to the end, and the top was looked at.
        assert len(followed.github.sizes) == 3 + 4 + 1

    def test_a_page_that_is_always_too_much_fails(self) -> None:
        followed = follow(pulls(4))
        followed.github.errors[("acme/widget", "pullRequests")] = "RESOURCE_LIMITS_EXCEEDED"
        assert followed.refresh(NOW) == {"acme/widget": Reason.TOO_LARGE}
        assert not followed.complete()


def page(*nodes: Any, **info: Any) -> Any:
    return {"pullRequests": {"pageInfo": {"hasNextPage": False, "endCursor": None, **info}, "nodes": list(nodes)}}


NOTHING = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}
MORE = {"hasNextPage": True, "endCursor": "same"}
PULL = {
    "number": 1,
    "createdAt": "2026-01-26T12:00:00Z",
    "updatedAt": "2026-01-26T12:00:00Z",
    "closedAt": None,
    "mergedAt": None,
    "author": {"__typename": "User", "login": "planted-anna"},
    "reviews": NOTHING,
    "comments": NOTHING,
    "timelineItems": {"filteredCount": 0},
}


class TestMalformed:
    def test_a_page_as_the_schema_promises_is_read(self) -> None:
        followed = follow(pulls(1))
        followed.answers = [page(PULL)]
        assert followed.refreshed(NOW)[WAITING] == 1

    @pytest.mark.parametrize(
        "answer",
        [
            {},
            {"pullRequests": None},
            page(None),
            page({**PULL, "number": 0}),
            page({**PULL, "number": 2**40}),
            page({**PULL, "number": "1"}),
            page({**PULL, "createdAt": None}),
            page({**PULL, "updatedAt": "yesterday"}),
            page({**PULL, "updatedAt": "2026-01-26T12:00:00"}),
            page({**PULL, "closedAt": 5}),
            page({**PULL, "author": {"login": "planted-anna"}}),
            page({**PULL, "reviews": None}),
            page({**PULL, "comments": {"nodes": []}}),
            page({**PULL, "timelineItems": {"filteredCount": -1}}),
            page(*[PULL] * 101),
            page(hasNextPage=True),
            page(**MORE),
            page({**PULL, "comments": {"pageInfo": MORE, "nodes": []}}),
        ],
    )
    def test_an_answer_that_does_not_fit_keeps_nothing(self, answer: Any) -> None:
        followed = follow(pulls(1))
        followed.answers = [answer]
        assert followed.refresh(NOW) == {"acme/widget": Reason.MALFORMED}
        assert list(followed.store.rows("SELECT * FROM pull_request")) == []
        assert not followed.complete()

    def test_pages_that_lead_in_a_circle_end_with_an_error(self) -> None:
        followed = follow(pulls(1))
        followed.answers = [page(PULL, **MORE), page(PULL, **MORE)]
        assert followed.refresh(NOW) == {"acme/widget": Reason.MALFORMED}

    @pytest.mark.parametrize(
        "answer", [{"pullRequest": {}}, {"pullRequest": None}, {"pullRequest": {"comments": {"pageInfo": MORE, "nodes": [
            {"createdAt": "2026-01-26T13:00:00Z", "isMinimized": False, "author": {"__typename": "Bot", "login": "b"}}]}}}]
    )  # fmt: skip
    def test_further_comments_that_lead_nowhere_end_with_an_error(self, answer: Any) -> None:
        remark = {"createdAt": "2026-01-26T12:30:00Z", "isMinimized": False, "author": {"__typename": "Bot", "login": "b"}}
        followed = follow(pulls(1))
        followed.answers = [page({**PULL, "comments": {"pageInfo": MORE, "nodes": [remark]}}), answer]
        assert followed.refresh(NOW) == {"acme/widget": Reason.MALFORMED}
        assert list(followed.store.rows("SELECT * FROM pull_request")) == []


def test_nothing_that_a_person_wrote_is_kept(tmp_path: Path) -> None:
    found = [
        PullRequest(author=ANNA, created_at=NOW - DAY, reviews=[Review(BEN, NOW)], comments=[Comment(BEN, NOW)]),
        PullRequest(author=BOT, created_at=NOW - DAY),
    ]
    followed = follow(found, tmp_path / "facts")
    followed.refreshed(NOW)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"pull_requests" in kept
    assert b"planted" not in kept.lower()


ACTS = ("open_pull", "comment", "delete_comment", "review", "merge", "close_pull", "reopen_pull", "cross_reference")
READINGS = st.lists(st.sampled_from([None, None, 0, 2, 99]), min_size=40, max_size=40)
"""After each act whether there is a refresh, and after how many transactions it is killed."""


@settings(max_examples=60, deadline=None)
@given(acts=histories(ACTS), meanwhile=histories(ACTS, most=8), readings=READINGS, offsets=st.booleans())
def test_however_often_it_was_read_it_is_as_if_read_once_at_the_end(
    tmp_path_factory: pytest.TempPathFactory, acts: list[Act], meanwhile: list[Act], readings: list[int | None], offsets: bool
) -> None:
    scene = Scene()
    scene.github.offset_cursors = offsets
    followed = Followed(PullRequestsReader, scene.github, tmp_path_factory.mktemp("store") / "facts", page=2)
    for act, reading in zip(acts, readings, strict=False):
        play(scene, act)
        if reading is not None:
            followed.killed(act.at, reading)
    # Now things happen between the pages of one refresh.
    followed.meanwhile = [lambda act=act: play(scene, replace(act, at=END)) for act in meanwhile]  # type: ignore[misc]
    followed.refresh(END)
    followed.meanwhile = []
    assert followed.refreshed(END + MINUTE) == followed.fresh().refreshed(END + MINUTE)
    followed.store.close()


@settings(max_examples=50, deadline=None)
@given(acts=histories((*ACTS, "delete_account")), readings=READINGS)
def test_accounts_that_are_deleted_make_no_difference_after_a_week(acts: list[Act], readings: list[int | None]) -> None:
    scene = Scene()
    followed = Followed(PullRequestsReader, scene.github, page=2)
    for act, reading in zip(acts, readings, strict=False):
        play(scene, act)
        if reading is not None:
            followed.refresh(act.at)
    later = END + timedelta(seconds=RESYNC)
    assert followed.refreshed(later) == followed.fresh().refreshed(later)
