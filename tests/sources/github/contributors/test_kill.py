"""A kill between any two transactions loses nothing but time."""

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from support.github import Account, Commit, Repository, actions
from support.github.contributed import Contributed, Killed
from support.tools import NOW

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ADA, BOB, EVE = Account("planted-ada"), Account("planted-bob"), Account("planted-eve")


def follow(path: Path) -> Contributed:
    alpha = Repository("acme/alpha", commits=[Commit(NOW - 90 * DAY, ADA, "a@x"), Commit(NOW - 40 * DAY, BOB, "b@x")])
    beta = Repository("acme/beta", commits=[Commit(NOW - 3 * DAY, BOB, "b@x"), Commit(NOW - 2 * DAY, EVE, "e@x")])
    return Contributed(alpha, beta, path=path)


def test_what_was_kept_before_is_whole_after_a_kill(tmp_path: Path) -> None:
    followed = follow(tmp_path / "facts.sqlite")
    before = followed.counts()
    actions.commit(followed.github.repositories[0], NOW + MINUTE, EVE, "e@y")
    with pytest.raises(Killed):
        followed.refresh(NOW + HOUR, lives=0)
    followed.store.close()
    followed.start()
    assert list(followed.store.rows("SELECT count(*) FROM contribution")) == [(3,)]
    followed.github.repositories[0].commits.pop()
    assert followed.counts(NOW + 2 * HOUR) == before
    followed.store.close()


def test_killed_at_every_transaction_it_still_gets_there(tmp_path: Path) -> None:
    expected = follow(tmp_path / "undisturbed.sqlite").counts()
    for lives in count():
        followed = follow(tmp_path / f"facts-{lives}.sqlite")
        try:
            followed.refresh(lives=lives)
            finished = True
        except Killed:
            finished = False
        followed.store.close()
        followed.start()
        assert followed.counts(NOW + MINUTE) == expected
        followed.store.close()
        if finished:
            break
    assert lives == 4, "two lists and two windows"
