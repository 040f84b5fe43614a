"""A kill at any moment loses time and nothing else."""

from datetime import timedelta
from pathlib import Path

import pytest

from support.github import Account, Category, Comment, Discussion, Repository
from support.tools import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANNA, BEN = Account("planted-anna"), Account("planted-ben")
IDEAS, QUESTIONS = Category("Ideas"), Category("Q&A", answerable=True)


def repository() -> Repository:
    """Twelve discussions, one of them long."""
    discussions = [Discussion(IDEAS, ANNA, NOW - (i + 1) * DAY, [Comment(BEN, NOW - i * DAY - HOUR)]) for i in range(12)]
    discussions[7].comments += [Comment(Account(f"planted-{i}"), NOW - 8 * DAY) for i in range(115)]
    return Repository("acme/widget", discussions=discussions)


@pytest.mark.parametrize("lives", range(8))
def test_a_first_reading_that_is_killed_goes_on_where_it_was(watch, tmp_path: Path, lives: int) -> None:
    acme = repository()
    watched = watch(acme, path=tmp_path / "facts.db", page=3)
    requests = watch(acme, page=3).queries(NOW)
    if watched.killed(NOW, lives):
        spent = len(watched.github.sizes)
        # Only what the last transaction would have kept is asked for again, and the top once more.
        assert watched.queries(NOW + HOUR) <= requests - spent + 4
    assert watched.refreshed(NOW + 2 * HOUR) == watch(acme).refreshed(NOW + 2 * HOUR)


@pytest.mark.parametrize("after", [HOUR, DAY, 8 * DAY], ids=["an hour", "a day", "a week"])
@pytest.mark.parametrize("lives", range(9))
def test_a_later_reading_that_is_killed_loses_nothing(watch, tmp_path: Path, lives: int, after: timedelta) -> None:
    acme = repository()
    watched = watch(acme, path=tmp_path / "facts.db", page=3)
    watched.refresh(NOW)
    later = NOW + after
    for i in (1, 4, 6, 9):
        acme.discussions[i].comments.append(Comment(Account(f"planted-later-{i}"), later - HOUR / 2))
        acme.discussions[i].updated_at = later - HOUR / 2 + i * timedelta(seconds=1)
    acme.discussions[10].upvotes += 3 if after >= DAY else 0
    del acme.discussions[2]
    acme.discussions.append(Discussion(QUESTIONS, BEN, NOW - 40 * DAY))
    acme.discussions.append(Discussion(QUESTIONS, BEN, NOW - 40 * DAY))
    watched.killed(later, lives)
    acme.discussions[5].comments.clear()
    acme.discussions[5].updated_at = later + HOUR
    watched.killed(later + 2 * HOUR, lives)
    watched.refresh(later + 3 * HOUR)
    assert watched.refreshed(later + 4 * HOUR) == watch(acme).refreshed(later + 4 * HOUR)


def test_a_process_that_is_killed_again_and_again_comes_to_an_end(watch, tmp_path: Path) -> None:
    acme = repository()
    watched = watch(acme, path=tmp_path / "facts.db", page=3)
    kills = 0
    while watched.killed(NOW + kills * HOUR, lives=1):
        kills += 1
        assert kills < 20
    assert kills > 2
    assert watched.refreshed(NOW + DAY) == watch(acme).refreshed(NOW + DAY)


def test_a_restart_asks_for_nothing(watch, tmp_path: Path) -> None:
    acme = repository()
    watched = watch(acme, path=tmp_path / "facts.db")
    before = watched.refreshed(NOW)
    watched.kill()
    assert watched.queries(NOW) == 0
    assert watched.figures() == before
