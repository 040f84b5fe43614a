"""What is counted: a world small enough to check by eye, with the traps of discussions in it."""

from datetime import timedelta

from support.github import Account, Category, Comment, Discussion, Repository
from support.tools import NOW

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
ANNA, BEN, CARO = Account("planted-anna"), Account("planted-ben"), Account("planted-caro")
IDEAS, QUESTIONS, POLLS = Category("Ideas"), Category("Q&A", answerable=True), Category("Polls")


def test_a_small_world_is_counted_as_by_eye(watch) -> None:
    accepted = Comment(BEN, NOW - 4 * DAY, upvotes=2, reactions=3)
    repository = Repository(
        "acme/widget",
        discussions=[
            # A year ago Anna proposed something, and Ben replied.
            Discussion(IDEAS, ANNA, NOW - 365 * DAY, [Comment(ANNA, NOW - 364 * DAY, replies=[Comment(BEN, NOW - 363 * DAY)])]),
            # Five days ago Anna asked; Ben's answer was accepted a day later.
            Discussion(QUESTIONS, ANNA, NOW - 5 * DAY, [accepted], accepted, upvotes=4),
            # An hour ago Caro asked; nobody has answered yet.
            Discussion(QUESTIONS, CARO, NOW - HOUR, upvotes=0),
        ],
    )
    assert watch(repository).refreshed() == {
        "discussions": 3,
        "discussions_by_category{Ideas}": 1,
        "discussions_by_category{Q&A}": 2,
        "discussions_answerable": 2,
        "discussions_answered": 1,
        "discussions_newly_opened{24h}": 1,
        "discussions_newly_opened{7d}": 2,
        "discussions_newly_opened{30d}": 2,
        "discussion_posts{24h}": 1,
        "discussion_posts{7d}": 3,
        "discussion_posts{30d}": 3,
        "discussion_upvotes": 1 + 4 + 2,
        "discussion_participants{30d}": 3,
        "discussion_participants_new{30d}": 1,
        "discussion_answered_ratio": 1 / 2,
        "discussion_votes_per_answer": 5,
    }


def test_a_repository_without_discussions_counts_zero_and_is_not_asked(watch) -> None:
    watched = watch(Repository("acme/widget"))
    figures = watched.refreshed()
    assert set(figures.values()) == {0}
    assert "discussion_answered_ratio" not in figures
    assert "discussion_votes_per_answer" not in figures
    assert watched.github.sizes == []


def test_a_category_in_which_nothing_can_be_accepted_has_no_share_in_the_answered_ones(watch) -> None:
    talk = Discussion(IDEAS, ANNA, NOW - DAY, [Comment(BEN, NOW - HOUR)])
    question = Discussion(QUESTIONS, ANNA, NOW - DAY)
    figures = watch(Repository("acme/widget", discussions=[talk, question])).refreshed()
    assert figures["discussion_answered_ratio"] == 0
    assert figures["discussions_answerable"] == 1


def test_where_no_question_was_asked_in_30_days_there_is_no_share(watch) -> None:
    accepted = Comment(BEN, NOW - 40 * DAY)
    old = Discussion(QUESTIONS, ANNA, NOW - 31 * DAY - HOUR, [accepted], accepted)
    figures = watch(Repository("acme/widget", discussions=[old])).refreshed()
    assert "discussion_answered_ratio" not in figures
    assert figures["discussion_votes_per_answer"] == 0


def test_an_answer_by_the_author_counts(watch) -> None:
    found = Comment(ANNA, NOW - HOUR)
    figures = watch(Repository("acme/widget", discussions=[Discussion(QUESTIONS, ANNA, NOW - DAY, [found], found)])).refreshed()
    assert figures["discussion_answered_ratio"] == 1
    assert figures["discussion_participants{30d}"] == 1


def test_bots_are_nobody_and_write_nothing(watch) -> None:
    bots = [Account("planted-app", "Bot"), Account("planted-ci[bot]"), Account("Planted-Helper")]
    discussions = [
        Discussion(IDEAS, bots[0], NOW - HOUR, [Comment(bot, NOW - HOUR, replies=[Comment(bot, NOW - HOUR)]) for bot in bots])
    ]
    figures = watch(Repository("acme/widget", discussions=discussions), bots=("planted-helper",)).refreshed()
    assert figures["discussion_posts{30d}"] == figures["discussion_participants{30d}"] == 0
    assert figures["discussions"] == figures["discussions_newly_opened{30d}"] == 1


def test_what_accounts_wrote_that_are_gone_is_written_but_by_nobody_in_particular(watch) -> None:
    discussion = Discussion(IDEAS, None, NOW - DAY, [Comment(None, NOW - HOUR), Comment(BEN, NOW - HOUR)])
    figures = watch(Repository("acme/widget", discussions=[discussion])).refreshed()
    assert figures["discussion_posts{7d}"] == 3
    assert figures["discussion_participants{30d}"] == figures["discussion_participants_new{30d}"] == 1


def test_a_reply_can_be_the_first_that_somebody_writes(watch) -> None:
    old = Comment(ANNA, NOW - 99 * DAY, replies=[Comment(CARO, NOW - HOUR)])
    figures = watch(Repository("acme/widget", discussions=[Discussion(IDEAS, ANNA, NOW - 100 * DAY, [old])])).refreshed()
    assert figures["discussion_participants_new{30d}"] == figures["discussion_participants{30d}"] == 1
    assert figures["discussion_posts{24h}"] == 1


def test_somebody_who_writes_in_two_repositories_is_one_person_and_new_in_the_first_only(watch) -> None:
    here = Repository("acme/widget", discussions=[Discussion(IDEAS, ANNA, NOW - 90 * DAY), Discussion(IDEAS, BEN, NOW - DAY)])
    again = Account("Planted-BEN")
    there = Repository("acme/gadget", discussions=[Discussion(IDEAS, ANNA, NOW - DAY), Discussion(IDEAS, again, NOW - HOUR)])
    figures = watch(here, there).refreshed()
    assert figures["discussion_participants{30d}"] == 2
    assert figures["discussion_participants_new{30d}"] == 1
    assert figures["discussions{acme/widget}"] == figures["discussions{acme/gadget}"] == 2


def test_hidden_and_deleted_comments_are_left_out_and_the_replies_to_them_are_not(watch) -> None:
    hidden = Comment(BEN, NOW - HOUR, minimized=True, upvotes=7, replies=[Comment(CARO, NOW - HOUR, upvotes=2)])
    deleted = Comment(BEN, NOW - HOUR, deleted_at=NOW - HOUR, upvotes=7, replies=[Comment(ANNA, NOW - HOUR, minimized=True)])
    discussion = Discussion(IDEAS, ANNA, NOW - 2 * HOUR, [hidden, deleted], upvotes=1)
    figures = watch(Repository("acme/widget", discussions=[discussion])).refreshed()
    assert figures["discussion_posts{24h}"] == figures["discussion_participants{30d}"] == 2
    assert figures["discussion_upvotes"] == 3


def test_votes_are_averaged_over_the_answers_of_all_repositories(watch) -> None:
    loved, ignored = Comment(BEN, NOW - DAY, upvotes=3, reactions=5), Comment(BEN, NOW - DAY)
    here = Repository("acme/widget", discussions=[Discussion(QUESTIONS, ANNA, NOW - 2 * DAY, [loved], loved)])
    there = Repository(
        "acme/gadget",
        discussions=[
            Discussion(QUESTIONS, ANNA, NOW - 2 * DAY, [ignored], ignored),
            Discussion(QUESTIONS, ANNA, NOW - 2 * DAY, [Comment(BEN, NOW - DAY, upvotes=9)]),
        ],
    )
    figures = watch(here, there).refreshed()
    assert figures["discussion_votes_per_answer"] == 4
    assert figures["discussion_answered_ratio"] == 2 / 3


def test_a_window_begins_just_after_its_start(watch) -> None:
    moments = [NOW - 30 * DAY, NOW - 30 * DAY + timedelta(seconds=1)]
    figures = watch(Repository("acme/widget", discussions=[Discussion(POLLS, ANNA, at) for at in moments])).refreshed()
    assert figures["discussions_newly_opened{30d}"] == figures["discussion_posts{30d}"] == 1
    assert figures["discussion_participants{30d}"] == 1
    assert figures["discussion_participants_new{30d}"] == 0
