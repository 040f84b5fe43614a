"""What later refreshes read, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest

from support.github import Account, Category, Comment, Discussion, FakeGitHub, Repository
from support.tools import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANNA, BEN = Account("planted-anna"), Account("planted-ben")
IDEAS, QUESTIONS = Category("Ideas"), Category("Q&A", answerable=True)


def repository(number: int, *, newest: timedelta = 2 * DAY) -> Repository:
    """A repository with so many discussions, one a day."""
    return Repository("acme/widget", discussions=[Discussion(IDEAS, ANNA, NOW - newest - i * DAY) for i in range(number)])


@pytest.mark.parametrize(("discussions", "requests"), [(1, 1), (50, 1), (51, 3), (230, 6)])
def test_the_first_reading_takes_a_request_for_50_discussions_and_one_more_look_at_the_top_of_several_pages(
    watch, discussions: int, requests: int
) -> None:
    assert watch(repository(discussions)).queries(NOW) == requests


def test_a_thousand_discussions_cost_120_points(watch) -> None:
    watched = watch(repository(1000))
    assert watched.queries(NOW) == 21
    assert sum(wanted.points for wanted in watched.github.demands) == 21 * 6
    assert watched.figures()["discussions"] == 1000


def test_where_nothing_happened_nothing_is_asked(watch) -> None:
    watched = watch(repository(60))
    watched.refresh()
    assert watched.queries(NOW + HOUR) == 0


def test_a_comment_costs_one_request(watch) -> None:
    acme = repository(60)
    watched = watch(acme)
    watched.refresh()
    acme.discussions[40].comments.append(Comment(BEN, NOW + HOUR))
    acme.discussions[40].updated_at = NOW + HOUR
    assert watched.queries(NOW + 2 * HOUR) == 1
    assert watched.figures()["discussion_participants_new{30d}"] == 1


def test_repositories_share_requests(watch) -> None:
    many = [Repository(f"acme/r{i}", discussions=[Discussion(IDEAS, ANNA, NOW - DAY)]) for i in range(12)]
    assert watch(*many).queries(NOW) == 1


def test_what_comes_within_the_second_of_the_last_reading_is_read_by_the_next(watch) -> None:
    acme = repository(1)
    acme.discussions[0].updated_at = NOW
    watched = watch(acme)
    watched.refresh()
    acme.discussions[0].comments.append(Comment(BEN, NOW))
    assert watched.refreshed(NOW + HOUR)["discussion_posts{24h}"] == 1
    assert watched.queries(NOW + 2 * HOUR) == 0


def test_an_answer_that_is_accepted_and_then_not_is_seen_both_times(watch) -> None:
    reply = Comment(BEN, NOW - 2 * DAY)
    question = Discussion(QUESTIONS, ANNA, NOW - 3 * DAY, [reply])
    watched = watch(Repository("acme/widget", discussions=[question]))
    assert watched.refreshed()["discussions_answered"] == 0
    question.answer, question.updated_at = reply, NOW + HOUR
    assert watched.refreshed(NOW + 2 * HOUR)["discussions_answered"] == 1
    question.answer, question.updated_at = None, NOW + 3 * HOUR
    figures = watched.refreshed(NOW + 4 * HOUR)
    assert figures["discussions_answered"] == 0
    assert "discussion_votes_per_answer" not in figures


@pytest.mark.parametrize("gone", [0, 3, 59])
def test_a_discussion_that_is_deleted_or_transferred_away_is_forgotten_with_its_posts(watch, gone: int) -> None:
    acme = repository(60)
    watched = watch(acme)
    assert watched.refreshed()["discussions"] == 60
    del acme.discussions[gone]
    figures = watched.refreshed(NOW + HOUR)
    assert figures["discussions"] == 59
    assert figures == watch(acme).refreshed(NOW + HOUR)
    assert [count for (count,) in watched.store.rows("SELECT count(*) FROM post")] == [59]


def test_a_deletion_costs_a_request_for_100_discussions(watch) -> None:
    acme = repository(230)
    watched = watch(acme)
    watched.refresh()
    del acme.discussions[100]
    assert watched.queries(NOW + HOUR) == 3
    assert watched.queries(NOW + 2 * HOUR) == 0


def test_the_last_discussion_of_all_can_go(watch) -> None:
    acme = repository(1)
    watched = watch(acme)
    watched.refresh()
    acme.discussions.clear()
    assert set(watched.refreshed(NOW + HOUR).values()) == {0}


def test_a_discussion_that_is_transferred_here_with_its_old_times_is_read(watch) -> None:
    acme = repository(60)
    watched = watch(acme)
    watched.refresh()
    acme.discussions.append(Discussion(IDEAS, BEN, NOW - 80 * DAY))
    assert watched.queries(NOW + HOUR) == 2
    figures = watched.figures()
    assert figures["discussions"] == 61
    assert figures["discussions_newly_opened{30d}"] == 28


def test_a_discussion_that_moves_between_two_repositories_is_counted_once(watch) -> None:
    here, there = repository(3), Repository("acme/gadget", discussions=[Discussion(IDEAS, BEN, NOW - 9 * DAY)])
    watched = watch(here, there)
    watched.refresh()
    moved = here.discussions.pop(1)
    moved.number = 0
    there.discussions.append(moved)
    figures = watched.refreshed(NOW + HOUR)
    assert (figures["discussions{acme/widget}"], figures["discussions{acme/gadget}"]) == (2, 2)
    assert figures == watch(here, there).refreshed(NOW + HOUR)


def test_one_that_goes_while_another_of_old_comes_is_noticed_within_eight_days(watch) -> None:
    acme = repository(60)
    watched = watch(acme)
    watched.refresh()
    del acme.discussions[7]
    acme.discussions.append(Discussion(QUESTIONS, BEN, NOW - 80 * DAY))
    assert watched.refreshed(NOW + HOUR)["discussions_answerable"] == 0
    figures = watched.refreshed(NOW + 8 * DAY)
    assert figures == watch(acme).refreshed(NOW + 8 * DAY)
    assert figures["discussions_answerable"] == 1


def test_numbers_of_more_than_1000_discussions_are_listed_once_in_slow_interval(watch) -> None:
    acme = repository(1010, newest=timedelta(days=40))
    watched = watch(acme)
    watched.refresh()
    del acme.discussions[5]
    assert watched.queries(NOW + HOUR) == 11
    del acme.discussions[5]
    assert watched.queries(NOW + 2 * HOUR) == 0
    assert watched.queries(NOW + 8 * HOUR) == 11
    assert watched.figures()["discussions"] == 1008


def test_where_github_counts_what_it_does_not_list_nothing_is_forgotten_and_it_is_not_asked_all_the_time(watch) -> None:
    def one_more(number: int, said: Any) -> Any:
        for name, entry in said["data"].items():
            if name != "rateLimit":
                entry["discussions"]["totalCount"] += 1
        return said

    watched = watch(repository(3), spoil=one_more)
    # A page, and the numbers.
    assert watched.queries(NOW) == 2
    assert watched.figures()["discussions"] == 3
    watched.unlisted = 1
    assert watched.queries(NOW + HOUR) == 0
    assert watched.queries(NOW + 7 * HOUR) == 1
    assert watched.figures()["discussions"] == 3


def test_what_goes_while_the_numbers_are_listed_is_forgotten_by_the_next_refresh(watch) -> None:
    acme = repository(230)
    watched = watch(acme)
    watched.refresh()
    del acme.discussions[100]
    pages = iter(range(9))

    def meanwhile(number: int, said: Any) -> Any:
        if next(pages) == 0:
            # The oldest discussions were on the page that has just been answered.
            del acme.discussions[-5]
        return said

    watched.spoil = meanwhile
    assert watched.refreshed(NOW + HOUR)["discussions"] == 229
    assert watched.refreshed(NOW + 2 * HOUR)["discussions"] == 228


def test_discussions_of_the_same_second_on_both_sides_of_a_page_are_told_apart(watch) -> None:
    acme = Repository("acme/widget", discussions=[Discussion(IDEAS, ANNA, NOW - 40 * DAY) for _ in range(210)])
    watched = watch(acme)
    watched.refresh()
    for gone in (205, 150, 100, 99, 3):
        del acme.discussions[gone]
    acme.discussions.append(Discussion(QUESTIONS, ANNA, NOW - 40 * DAY))
    figures = watched.refreshed(NOW + HOUR)
    assert figures == watch(acme).refreshed(NOW + HOUR)
    assert (figures["discussions"], figures["discussions_answerable"]) == (206, 1)


def test_a_refresh_lists_50_pages_of_numbers_and_the_next_goes_on(watch) -> None:
    acme = repository(5_150, newest=40 * DAY)
    watched = watch(acme)
    watched.refresh()
    for gone in (5_000, 2_500, 7):
        del acme.discussions[gone]
    assert watched.queries(NOW + HOUR) == 50
    assert watched.figures()["discussions"] == 5_148
    assert watched.queries(NOW + 2 * HOUR) == 2
    assert watched.figures()["discussions"] == 5_147
    assert watched.queries(NOW + 9 * HOUR) == 0


def test_a_refresh_reads_40_pages_of_votes_and_the_next_goes_on(watch) -> None:
    acme = repository(100, newest=40 * DAY)
    watched = watch(acme, page=1)
    watched.refresh()
    for discussion in acme.discussions:
        discussion.upvotes += 1
    assert watched.queries(NOW + 8 * DAY) == 40
    assert watched.figures()["discussion_upvotes"] == 140
    assert watched.queries(NOW + 8 * DAY + HOUR) == 40
    assert watched.queries(NOW + 8 * DAY + 2 * HOUR) == 20
    assert watched.figures()["discussion_upvotes"] == 200
    assert watched.queries(NOW + 8 * DAY + 3 * HOUR) == 0


def test_votes_for_what_changed_in_the_last_month_are_read_once_a_day(watch) -> None:
    acme = repository(60)
    watched = watch(acme)
    watched.refresh()
    acme.discussions[3].upvotes += 5
    acme.discussions[50].upvotes += 7
    assert watched.queries(NOW + 12 * HOUR) == 0
    # 28 discussions, 20 a page.
    assert watched.queries(NOW + DAY) == 2
    assert watched.figures()["discussion_upvotes"] == 65
    assert watched.queries(NOW + DAY + HOUR) == 0


def test_all_votes_are_read_once_a_week(watch) -> None:
    acme = repository(60)
    watched = watch(acme)
    watched.refresh()
    acme.discussions[50].upvotes += 7
    assert watched.refreshed(NOW + 6 * DAY)["discussion_upvotes"] == 60
    assert watched.queries(NOW + 7 * DAY) == 2
    assert watched.figures()["discussion_upvotes"] == 67
    assert watched.queries(NOW + 7 * DAY + HOUR) == 0


def test_a_quiet_month_needs_no_daily_reading(watch) -> None:
    watched = watch(repository(60, newest=31 * DAY))
    watched.refresh()
    assert watched.queries(NOW + 2 * DAY) == 0


def test_a_category_that_is_renamed_is_right_within_a_week(watch) -> None:
    ideas = Category("Ideas")
    acme = Repository("acme/widget", discussions=[Discussion(ideas, ANNA, NOW - 60 * DAY)])
    watched = watch(acme)
    watched.refresh()
    ideas.name = "Proposals"
    assert watched.refreshed(NOW + 7 * DAY)["discussions_by_category{Proposals}"] == 1


def test_discussions_that_are_turned_off_count_zero_and_come_back_when_they_are_turned_on(watch) -> None:
    acme = repository(60)
    watched = watch(acme)
    before = watched.refreshed()
    kept, acme.discussions = acme.discussions, []
    assert watched.queries(NOW + HOUR) == 0
    assert set(watched.figures().values()) == {0}
    acme.discussions = kept
    assert watched.queries(NOW + 2 * HOUR) == 3
    assert watched.figures() == before


def test_discussions_begin_where_there_were_none(watch) -> None:
    acme = Repository("acme/widget")
    watched = watch(acme)
    watched.refresh()
    acme.discussions.append(Discussion(IDEAS, ANNA, NOW + HOUR))
    assert watched.refreshed(NOW + 2 * HOUR)["discussions"] == 1


def test_a_clock_that_is_set_back_stops_nothing(watch) -> None:
    acme = repository(5)
    watched = watch(acme)
    watched.refresh(NOW + 400 * DAY)
    acme.discussions[2].upvotes += 3
    assert watched.refreshed(NOW)["discussion_upvotes"] == 8


def test_a_repository_that_fails_does_not_disturb_another(watch) -> None:
    github = FakeGitHub(repository(3), Repository("acme/gadget", discussions=[Discussion(IDEAS, BEN, NOW - DAY)]))
    github.errors["acme/widget", "discussions"] = "FORBIDDEN"
    watched = watch(github)
    assert watched.refresh() == {"acme/widget": "auth"}
    widget, gadget = map(watched.seen, github.repositories)
    assert not watched.reader.complete(widget)
    assert watched.reader.complete(gadget)
