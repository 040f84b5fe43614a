"""Whatever happens between refreshes, and whenever they come: in the end the figures are those of a fresh reading."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.github import Account, Category, Comment, Discussion, FakeGitHub, Repository
from support.tools import NOW

SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ACCOUNTS = [*(Account(f"planted-{i}") for i in range(9)), Account("planted-app", "Bot"), None]
CATEGORIES = [Category("Ideas"), Category("Q&A", answerable=True)]


class History:
    """Two repositories in which things happen at random. GitHub tells of most by `updated_at`, of `silent` ones it does not."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.now = NOW - 60 * DAY
        self.repositories = [Repository("acme/widget"), Repository("acme/gadget")]
        self.told: list[Callable[[], None]] = [
            self.open,
            self.open,
            self.comment,
            self.comment,
            self.reply,
            self.answer,
            self.hide,
        ]
        self.silent: list[Callable[[], None]] = [self.vote, self.transfer, self.hide_silently]

    def wait(self) -> datetime:
        """Lets time pass."""
        self.now += self.random.choice([timedelta(), SECOND, 20 * SECOND, 10 * MINUTE, HOUR, 5 * HOUR, 2 * DAY])
        return self.now

    def open(self) -> None:
        category = self.random.choice(CATEGORIES)
        comments = [Comment(self.someone(), self.now) for _ in range(self.random.choice([0, 0, 3, 14]))]
        repository = self.random.choice(self.repositories)
        repository.discussions.append(Discussion(category, self.someone(), self.now, comments))

    def comment(self) -> None:
        if discussion := self.touched():
            discussion.comments.append(Comment(self.someone(), self.now))

    def reply(self) -> None:
        if (discussion := self.touched()) and discussion.comments:
            writers = [self.someone() for _ in range(self.random.choice([1, 1, 12]))]
            self.random.choice(discussion.comments).replies.extend(Comment(who, self.now) for who in writers)

    def answer(self) -> None:
        if (discussion := self.touched()) and discussion.comments and discussion.category.answerable:
            discussion.answer = self.random.choice([None, *discussion.comments])

    def hide(self) -> None:
        if (discussion := self.touched()) and discussion.comments:
            self.random.choice(discussion.comments).minimized ^= True

    def hide_silently(self) -> None:
        if (discussion := self.any()) and discussion.comments:
            self.random.choice(discussion.comments).minimized ^= True

    def vote(self) -> None:
        if discussion := self.any():
            discussion.upvotes += 1
            for comment in discussion.comments[:1]:
                comment.reactions += 1

    def delete(self) -> None:
        repository = self.random.choice(self.repositories)
        if repository.discussions:
            repository.discussions.remove(self.random.choice(repository.discussions))

    def transfer(self) -> None:
        here, there = self.random.sample(self.repositories, 2)
        if here.discussions:
            moved = self.random.choice(here.discussions)
            here.discussions.remove(moved)
            moved.number = 0
            there.discussions.append(moved)

    def someone(self) -> Account | None:
        return self.random.choice(ACCOUNTS)

    def any(self) -> Discussion | None:
        found = self.random.choice(self.repositories).discussions
        return self.random.choice(found) if found else None

    def touched(self) -> Discussion | None:
        """A discussion in which something happens now."""
        discussion = self.any()
        if discussion:
            discussion.updated_at = max(discussion.updated_at, self.now)
        return discussion


def follow(watch: Any, path: Any, history: History, *, events: list[Callable[[], None]], offsets: bool) -> tuple[Any, FakeGitHub]:
    """Lets a history happen under the eyes of a process that is killed now and then."""
    random = history.random
    github = FakeGitHub(*history.repositories)
    github.offset_cursors = offsets
    watched = watch(github, path=path, page=random.choice([2, 5, 50]))
    for _ in range(random.randint(1, 40)):
        history.wait()
        random.choice([*events, history.delete])()
        if random.random() < 0.4:
            moment = history.wait()
            if random.random() < 0.3:
                watched.killed(moment, random.randrange(5))
            else:
                assert watched.refresh(moment) == {}
    return watched, github


@given(seed=st.integers(0, 2**32))
@settings(max_examples=80, deadline=None)
def test_what_changed_is_as_a_fresh_reading_has_it(open_watch: Any, tmp_path_factory: Any, seed: int) -> None:
    with open_watch() as watch:
        history = History(Random(seed))
        watched, github = follow(
            watch, tmp_path_factory.mktemp("state") / "facts.db", history, events=history.told, offsets=False
        )
        end = history.wait()
        assert watched.refreshed(end) == watch(github).refreshed(end)
        assert github.refused == []


@pytest.mark.parametrize("offsets", [False, True], ids=["places", "offsets"])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=50, deadline=None)
def test_what_changed_in_silence_is_as_a_fresh_reading_has_it_eight_days_later(
    open_watch: Any, tmp_path_factory: Any, offsets: bool, seed: int
) -> None:
    with open_watch() as watch:
        history = History(Random(seed))
        watched, github = follow(
            watch, tmp_path_factory.mktemp("state") / "facts.db", history, events=history.told + history.silent, offsets=offsets
        )
        end = history.now + 8 * DAY
        # A reading of all that was interrupted is finished first, and the next one is due then.
        assert watched.refresh(end) == {}
        assert watched.refreshed(end) == watch(github).refreshed(end)
