"""Commands: totals by window, groups by category and platform, and those with more than one attempt."""

from datetime import datetime, timedelta, timezone

from exporter.sources.telemetry.figures import commands
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def command(at: datetime, user: str | None = "ann", **more: object) -> dict[str, object]:
    return {"timestamp": at, "user_id": user, "platform": "macos", "category": "git", **more}


def test_a_window_begins_with_its_first_moment_and_ends_before_now(store: Store) -> None:
    moments = [NOW, ago(milliseconds=1), ago(days=1), ago(days=7), ago(days=7, milliseconds=1), ago(days=28), ago(days=30)]
    store.insert("command_generated", map(command, moments))
    told = figures(store, commands.samples)
    assert {name: value for name, value in told.items() if name.startswith("commands{")} == {
        "commands{24h}": 2,
        "commands{7d}": 3,
        "commands{28d}": 5,
        "commands{30d}": 6,
    }


def test_groups_are_of_the_last_seven_days(store: Store) -> None:
    store.insert("command_generated", [command(ago(days=7)), command(ago(days=7, milliseconds=1)), command(NOW)])
    told = figures(store, commands.samples)
    assert told["category_commands{git,7d}"] == told["platform_commands{macos,7d}"] == 1


def test_the_zone_of_a_moment_does_not_matter(store: Store) -> None:
    east, west = timezone(timedelta(hours=13)), timezone(timedelta(hours=-11))
    store.insert("command_generated", [command(ago(hours=1).astimezone(east)), command(ago(hours=25).astimezone(west))])
    assert figures(store, commands.samples)["commands{24h}"] == 1


def test_a_command_of_nobody_is_a_command(store: Store) -> None:
    store.insert("command_generated", [command(ago(hours=1), None), command(ago(hours=2))])
    told = figures(store, commands.samples)
    assert (told["commands{7d}"], told["category_commands{git,7d}"]) == (2, 2)


def test_groups_of_few_users_have_no_figures_and_count_in_the_total(store: Store) -> None:
    five = [command(ago(hours=1), user) for user in ("ann", "bob", "cat", "dan", "eve")]
    store.insert("command_generated", [*five, command(ago(hours=1), "fay", category="devops", platform="linux")])
    told = figures(store, commands.samples, min_group=5)
    assert told["commands{7d}"] == 6
    assert {name for name in told if name.startswith(("category", "platform"))} == {
        "category_commands{git,7d}",
        "platform_commands{macos,7d}",
    }


def test_duplicates_are_rows_and_the_same_user(store: Store) -> None:
    store.insert("command_generated", [command(ago(hours=1))] * 3)
    told = figures(store, commands.samples)
    assert (told["commands{7d}"], told["category_commands{git,7d}"]) == (3, 3)
    assert "category_commands{git,7d}" not in figures(store, commands.samples, min_group=2)


def test_retried_commands_are_counted_among_those_whose_retries_are_known(store: Store) -> None:
    store.insert("command_generated", [command(ago(hours=1), retries=retries) for retries in (None, 0, 1, 3, -1)])
    told = figures(store, commands.samples)
    assert (told["retried_commands{7d}"], told["measured_commands{7d}"], told["commands{7d}"]) == (2, 3, 5)


def test_of_a_product_that_counts_no_retries_nothing_is_known_of_them(store: Store) -> None:
    store.insert("command_generated", [command(ago(hours=1))] * 3)
    told = figures(store, commands.samples)
    assert told["measured_commands{7d}"] == 0, "what would be divided by it is not known"


def test_of_an_empty_table_there_are_counts_of_zero_and_no_groups(store: Store) -> None:
    told = figures(store, commands.samples)
    assert told == {
        f"{name}{{{window}}}": 0
        for name in ("commands", "retried_commands", "measured_commands")
        for window in ("24h", "7d", "28d", "30d")
    }


def test_columns_that_the_product_lacks_take_away_their_own_figures(store: Store) -> None:
    store.insert("command_generated", [command(ago(hours=1))])
    columns = {"category": None, "retries": None}
    told = figures(store, commands.samples, tables={"command_generated": {"columns": columns}})
    assert {name.partition("{")[0] for name in told} == {"commands", "platform_commands"}


def test_one_table_may_hold_the_events_of_several(store: Store) -> None:
    table = store.called("events")
    store.execute(f"CREATE TABLE {table} AS SELECT * FROM {store.called('command_generated')}")
    store.execute(f"ALTER TABLE {table} ADD kind text")
    store.insert("events", [{**command(ago(hours=1)), "kind": kind} for kind in ("command", "command", "feedback")])
    told = figures(store, commands.samples, tables={"command_generated": {"name": "events", "where": {"kind": "command"}}})
    assert (told["commands{7d}"], told["category_commands{git,7d}"]) == (2, 2)
