"""Which groups of a column leave the warehouse, and what is said of the others: how many there are."""

import logging
import pickle
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from exporter.sources.telemetry.config import TelemetryConfig
from exporter.sources.telemetry.groups import Group, Groups
from exporter.sources.telemetry.warehouse import open_warehouse
from support.telemetry import ago
from support.tools import NOW
from support.warehouses import Store, new_store

PLANTED = (
    "planted@example.org",
    "/home/planted",
    "C:\\planted",
    "~/planted",
    "https://planted.example.org",
    "10.11.12.13",
    "curl planted | sh",
    "--planted",
    "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "",
    "planted" * 10_000,
)


def commands(*users_and_words: tuple[str | None, str | None]) -> list[Mapping[str, Any]]:
    return [{"timestamp": ago(days=1), "user_id": user, "category": word} for user, word in users_and_words]


def groups_of(
    store: Store, table: str = "command_generated", column: str = "category", **config: Any
) -> tuple[Sequence[Group], Mapping[tuple[str, str], int]]:
    settings = store.config(**config)
    groups = Groups(settings)
    with open_warehouse(settings) as warehouse:
        return groups.of(warehouse, warehouse.relation(table), column, ago(days=7), NOW), groups.refused


def test_a_group_has_its_events_and_its_distinct_users(store: Store) -> None:
    store.insert("command_generated", commands(("ann", "git"), ("ann", "git"), ("bob", "git"), (None, "git"), ("ann", "files")))
    groups, refused = groups_of(store, min_group=1)
    assert groups == [Group("files", 1, 1), Group("git", 4, 2)]
    assert refused == {("command_generated", "category"): 0}


def test_groups_of_few_users_are_left_out_and_are_not_refused(store: Store) -> None:
    five = [(user, "git") for user in ("ann", "bob", "cat", "dan", "eve")]
    store.insert("command_generated", commands(*five, *(("ann", "devops") for _ in range(50)), *five[:4], (None, "files")))
    groups, refused = groups_of(store)
    assert groups == [Group("git", 9, 5)]
    assert refused == {("command_generated", "category"): 0}


def test_events_without_a_user_make_no_group_larger(store: Store) -> None:
    four = [(user, "git") for user in ("ann", "bob", "cat", "dan")]
    store.insert("command_generated", commands(*four, *((None, "git") for _ in range(50))))
    assert groups_of(store)[0] == []
    assert groups_of(store, min_group=4)[0] == [Group("git", 54, 4)]


def test_where_a_table_tells_no_users_events_stand_for_them(store: Store) -> None:
    rows = [{"timestamp": ago(days=1), "platform": word} for word in ["macos"] * 5 + ["linux"] * 4]
    store.insert("crashes", rows)
    assert groups_of(store, "crashes", "platform")[0] == [Group("macos", 5, 5)]


def test_events_stand_for_users_too_where_the_configuration_says_that_there_are_none(store: Store) -> None:
    store.insert("command_generated", commands(*((None, "git") for _ in range(5))))
    assert groups_of(store)[0] == []
    tables = {"command_generated": {"columns": {"user_id": None}}}
    assert groups_of(store, tables=tables)[0] == [Group("git", 5, 5)]


def test_known_words_are_there_when_nothing_happened(store: Store) -> None:
    store.insert("command_generated", commands(("ann", "git")))
    assert groups_of(store, known={"category": ["files", "git", "devops"]})[0] == [Group("devops", 0, 0), Group("files", 0, 0)]


@pytest.mark.parametrize(
    ("known", "problem"),
    [
        (
            {"category": ["file management"]},
            'known must have short words such as file_management in category, found "file management"',
        ),
        ({"user_id": ["ann"]}, 'known has no column "user_id"'),
    ],
)
def test_only_words_can_be_known(known: Mapping[str, Sequence[str]], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        TelemetryConfig(url=SecretStr("sqlite:///events.db"), known=known)


def test_no_value_is_no_word(store: Store) -> None:
    store.insert("command_generated", commands(("ann", None), ("bob", None)))
    assert groups_of(store, min_group=1) == ([], {("command_generated", "category"): 0})


def test_words_stand_as_they_are(store: Store) -> None:
    store.insert("command_generated", commands(("ann", "Git"), ("ann", "git")))
    assert [group.word for group in groups_of(store, min_group=1)[0]] == ["Git", "git"]


def test_events_outside_the_time_make_no_group(store: Store) -> None:
    moments = {"edge": ago(days=7), "early": ago(days=7, milliseconds=1), "late": NOW}
    store.insert("command_generated", [{"timestamp": at, "user_id": "ann", "category": word} for word, at in moments.items()])
    assert groups_of(store, min_group=1) == ([Group("edge", 1, 1)], {("command_generated", "category"): 0})


@pytest.mark.parametrize("text", PLANTED)
def test_what_is_no_word_is_counted_and_nowhere_repeated(store: Store, text: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    users = ("ann", "bob", "cat", "dan", "eve")
    store.insert("command_generated", commands(*((user, word) for user in users for word in (text, "git"))))
    settings = store.config()
    groups = Groups(settings)
    with open_warehouse(settings) as warehouse:
        told = groups.of(warehouse, warehouse.relation("command_generated"), "category", ago(days=7), NOW)
    assert told == [Group("git", 5, 5)]
    assert groups.refused == {("command_generated", "category"): 1}
    everything = repr((told, vars(groups), groups.refused, caplog.text)).encode() + pickle.dumps(vars(groups)["_read"])
    assert b"planted" not in everything
    assert text == "" or text.encode() not in everything


def test_a_hundred_words_with_the_most_events_leave_and_the_others_are_refused(store: Store) -> None:
    store.insert("command_generated", commands(*(("ann", f"word{n:03}") for n in range(103) for _ in range(1 + (n > 2)))))
    groups, refused = groups_of(store, min_group=1)
    assert [group.word for group in groups] == [f"word{n:03}" for n in range(3, 103)]
    assert refused == {("command_generated", "category"): 3}


def test_known_words_come_before_those_with_more_events(store: Store) -> None:
    noise = [("ann", f"word{n:04}") for n in range(1_100) for _ in range(2)]
    store.insert("command_generated", commands(("bob", "zzz"), *noise))
    groups, refused = groups_of(store, min_group=1, known={"category": ["zzz"]})
    assert (len(groups), groups[-1]) == (100, Group("zzz", 1, 1))
    assert refused == {("command_generated", "category"): 1_001}


def test_many_hashes_do_not_crowd_out_the_words(store: Store) -> None:
    noise = [("ann", f"{n:032x}") for n in range(500) for _ in range(2)]
    store.insert("command_generated", commands(("bob", "git"), *noise))
    assert groups_of(store, min_group=1) == ([Group("git", 1, 1)], {("command_generated", "category"): 500})


def test_many_addresses_are_counted_by_the_engine(store: Store) -> None:
    """Two hundred thousand distinct ones, of which none is read."""
    store.insert("command_generated", commands(("bob", "git")))
    table = store.called("command_generated")
    store.execute(
        f"INSERT INTO {table} (timestamp, user_id, category) "
        "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 200000) "
        f"SELECT (SELECT timestamp FROM {table}), 'ann', n || '@example.org' FROM numbers"
    )
    settings = store.config(min_group=1)
    groups, rows = Groups(settings), []
    with open_warehouse(settings) as warehouse:
        relation = warehouse.relation("command_generated")

        class Watched:
            def rows(self, statement: Any) -> Any:
                rows.extend(warehouse.rows(statement))
                return rows

        told = groups.of(Watched(), relation, "category", ago(days=7), NOW)
    assert told == [Group("git", 1, 1)]
    assert groups.refused == {("command_generated", "category"): 200_000}
    assert len(rows) <= 1_000
    assert not any("@" in str(row) for row in rows)


def test_bytes_that_are_no_text_harm_no_other_word(tmp_path: Path) -> None:
    """SQLite lets a product store anything anywhere."""
    with new_store("sqlite", tmp_path, None) as store:
        store.insert("command_generated", commands(("ann", "git")))
        stamp = store.stored(ago(days=1))
        for value in ("x'ff00fe'", "CAST(x'ff2f' AS TEXT)", "7", "1.5"):
            store.execute(f"INSERT INTO command_generated (timestamp, user_id, category) VALUES ({stamp}, 'ann', {value})")
        groups, refused = groups_of(store, min_group=1)
    assert [group.word for group in groups] == ["1.5", "7", "git"]
    assert refused == {("command_generated", "category"): 2}


def test_a_column_need_not_be_of_type_text(store: Store) -> None:
    """An enumeration of PostgreSQL, or a number."""
    table = store.called("command_generated")
    store.insert("command_generated", commands(("ann", "1"), ("bob", "2")))
    if store.engine == "postgresql":
        store.execute("CREATE TYPE analytics.kind AS ENUM ('1', '2')")
        store.execute(f"ALTER TABLE {table} ALTER category TYPE analytics.kind USING category::analytics.kind")
    assert groups_of(store, min_group=1)[0] == [Group("1", 1, 1), Group("2", 1, 1)]


def test_a_column_that_is_asked_for_twice_is_read_once(store: Store) -> None:
    store.insert("command_generated", commands(("ann", "git")))
    settings = store.config(min_group=1)
    groups, asked = Groups(settings), []
    with open_warehouse(settings) as warehouse:
        relation = warehouse.relation("command_generated")

        class Watched:
            def rows(self, statement: Any) -> Any:
                asked.append(statement)
                return warehouse.rows(statement)

        told = [groups.of(Watched(), relation, "category", ago(days=7), NOW) for _ in range(2)]
    assert told[0] == told[1] == [Group("git", 1, 1)]
    assert len(asked) == 1
