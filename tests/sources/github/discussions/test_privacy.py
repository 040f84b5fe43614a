"""Nothing that a person wrote and no login is kept, told or logged; hashes stand for people."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest

from support.github import PLANTED, Account, Category, Comment, Discussion, FakeGitHub, Repository
from support.tools import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LOGIN = "planted-anna"


def world() -> FakeGitHub:
    comments = [Comment(Account(f"{LOGIN}-{i}"), NOW - HOUR, replies=[Comment(Account(LOGIN), NOW - HOUR)]) for i in range(13)]
    question = Discussion(Category("Q&A", answerable=True), Account(LOGIN), NOW - DAY, comments, comments[0])
    assert question.title == PLANTED
    github = FakeGitHub(Repository("acme/widget", discussions=[question]), Repository("acme/gadget", discussions=[question]))
    github.errors["acme/gadget", "discussions"] = "FORBIDDEN"
    return github


def test_the_files_hold_neither_logins_nor_texts(watch, tmp_path: Path) -> None:
    watched = watch(world(), path=tmp_path / "facts.db")
    watched.refresh()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"Q&A" in kept
    assert b"planted" not in kept.lower()


def test_a_hash_is_kept_for_each_person_and_it_says_nothing_without_the_secret_of_the_store(watch) -> None:
    hashes = []
    for _ in range(2):
        watched = watch(world())
        watched.refresh()
        hashes.append({person for (person,) in watched.store.rows("SELECT DISTINCT person FROM post")})
    assert [len(each) for each in hashes] == [14, 14]
    assert hashes[0].isdisjoint(hashes[1])


def test_neither_samples_nor_log_lines_nor_rows_hold_a_login(watch, caplog: pytest.LogCaptureFixture) -> None:
    github = world()
    watched = watch(github)
    with caplog.at_level(logging.DEBUG):
        assert watched.refresh() == {"acme/gadget": "auth"}
    seen = watched.seen(github.repositories[0])
    told = [*watched.reader.samples(seen, NOW), *watched.reader.pooled([seen], NOW)]
    rows = [row for table in ("discussion", "post", "mark") for row in watched.store.rows(f"SELECT * FROM {table}")]
    assert told
    assert rows
    assert "planted" not in repr([told, rows, [record.__dict__ for record in caplog.records]])
