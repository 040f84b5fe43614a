"""One event, judged."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from exporter.receiver.event import Event, Judge, Refusal
from exporter.sources.telemetry.tables import TABLES
from support.receiver import EXAMPLES, NOW, USER, example

ID = "0b9fdd4c-3c2a-4f0e-9a55-2f3f3a1d7c11"
SKEW = timedelta(minutes=5)
DAY = timedelta(days=1)

judge = Judge(SKEW, lambda user: f"hashed {user}")


def refusal(**changed: Any) -> Refusal:
    found = judge.judge(example(changed.pop("kind", "command_generated"), **changed), NOW)
    assert isinstance(found, Refusal)
    return found


def row(kind: str = "command_generated", **changed: Any) -> Any:
    found = judge.judge(example(kind, **changed), NOW)
    assert isinstance(found, Event)
    return found.row


def test_a_valid_event_becomes_a_row_of_its_table() -> None:
    given = example(event_id=ID, timestamp="2026-01-20T10:00:00.1239+01:00")
    assert judge.judge(given, NOW) == Event(
        "command_generated",
        {
            "event_id": UUID(ID),
            "timestamp": datetime(2026, 1, 20, 9, 0, 0, 123_000, UTC),
            "user_id": f"hashed {USER}",
            "platform": "macos",
            "category": "git",
            "retries": 1,
        },
    )


def test_there_is_an_example_of_every_kind_that_the_tables_know() -> None:
    assert sorted(EXAMPLES) == sorted(table.event for table in TABLES.values())


@pytest.mark.parametrize("kind", EXAMPLES)
def test_every_kind_of_event_fills_every_column_of_its_table(kind: str) -> None:
    found = judge.judge(example(kind), NOW)
    assert isinstance(found, Event)
    assert list(found.row) == ["event_id", *(column.name for column in TABLES[found.table].columns)]
    assert None not in found.row.values()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_each_field_that_a_table_requires_must_be_there(kind: str) -> None:
    table = next(table for table in TABLES.values() if table.event == kind)
    required = ["event_id", *(column.name for column in table.columns if column.required)]
    assert [refusal(kind=kind, **{name: ...}) for name in required] == [Refusal(name, "is missing") for name in required]


@pytest.mark.parametrize("nothing", [None, ...], ids=["null", "left out"])
def test_a_field_that_is_not_required_may_be_null_or_left_out(nothing: Any) -> None:
    assert row("command_feedback", user_id=nothing)["user_id"] is None
    assert row("command_generated", retries=nothing)["retries"] is None


def test_null_is_no_value_for_a_field_that_is_required() -> None:
    assert refusal(category=None).field == "category"


@pytest.mark.parametrize("given", [None, "text", 1, [], [example()]])
def test_what_is_no_object_is_no_event(given: Any) -> None:
    assert judge.judge(given, NOW) == Refusal("", "must be an object")


def test_a_field_that_the_table_lacks_is_refused_without_its_name() -> None:
    assert refusal(kind="crash", **{"ada@example.org": 1}) == Refusal(
        "", "must have no other fields than event_type, event_id, timestamp, platform, version"
    )


@pytest.mark.parametrize("kind", [..., None, 1, [], {}, "downloads", "Crash", ""])
def test_an_unknown_kind_is_refused_and_the_known_ones_are_told(kind: Any) -> None:
    found = refusal(event_type=kind)
    assert found.field == "event_type"
    assert found.problem.startswith("must be one of command_feedback, command_generated, ")


WRONG: dict[str, tuple[str, str, list[Any]]] = {
    "event_id": (
        "command_generated",
        "must be a UUID of 36 characters, new for each event",
        ["", "1", 1, ID[:-1], ID.replace("-", ""), f"{{{ID}}}", f"urn:uuid:{ID}", f"{ID}\n",
         "00000000-0000-0000-0000-000000000000"],
    ),
    "timestamp": (
        "command_generated",
        "must be a moment with its zone, such as 2026-01-20T10:00:00Z",
        ["", 1_769_500_000, "2026-01-20", "2026-01-20T10:00:00", "2026-01-20 10:00:00Z", "2026-01-20T10:00:00z",
         "20260120T100000Z", "2026-01-20T10:00Z", "2026-01-20T10:00:00,5Z", "2026-01-20T10:00:00+0100",
         "２026-01-20T10:00:00Z", "yesterday"],
    ),
    "user_id": (
        "command_generated",
        "must be a hash: 16 to 128 letters, digits, - and _",
        ["", 1, "a" * 15, "a" * 129, "ada.lovelace@example.org", "/home/ada/.config/caro", "ada lovelace of london",
         f"{USER}\n", ["a" * 16]],
    ),
    "platform": (
        "command_generated",
        "must be a word of letters, digits and _ . + - that names nobody and no place",
        ["", 1, True, "ada@example.org", "/home/ada", "C:\\Users\\ada", "~ada", "rm -rf build", "10.0.0.1", "https://example.org",
         "0123456789abcdef" * 2, "a" * 65, "mac\nos", "mac\x00os", "\ud800", ["macos"], {"macos": 1}],
    ),
    "success": ("command_feedback", "must be true or false", [0, 1, "true", "yes", [], 1.0]),
    "rating": (
        "satisfaction_survey", "must be a whole number from 1 to 5", [0, 6, -1, 4.5, 5.0, "5", True, 10**400, float("nan"), []],
    ),
    "retries": ("command_generated", "must be a whole number from 0 to 1000", [-1, 0.5, 1001, "1", False]),
    "duration_ms": (
        "command_generation_latency",
        "must be a number from 0 to 1000000000000",
        [-1, -0.001, 10**13, 10**400, float("inf"), float("nan"), "45", True, None, []],
    ),
    "memory_kb": ("memory_usage", "must be a number from 0 to 1000000000000", [-1, "34000", False, float("inf")]),
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "kind", "problem", "value"),
    [(field, kind, problem, value) for field, (kind, problem, values) in WRONG.items() for value in values],
)
def test_a_wrong_value_is_refused_and_not_repeated(field: str, kind: str, problem: str, value: Any) -> None:
    assert refusal(kind=kind, **{field: value}) == Refusal(field, problem)


@pytest.mark.parametrize(
    "value",
    ["2026-02-30T10:00:00Z", "2026-01-20T25:00:00Z", "2026-01-20T10:00:60Z", "0000-01-01T00:00:00Z",
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-20T10:00:00+25:00"],
)  # fmt: skip
def test_a_moment_that_there_is_not_is_refused(value: str) -> None:
    assert refusal(timestamp=value) == Refusal("timestamp", "must be a moment that there is")


def test_an_event_may_be_as_far_in_the_future_as_clocks_may_differ() -> None:
    assert row(at=NOW + SKEW)["timestamp"] == NOW + SKEW
    assert refusal(at=NOW + SKEW + timedelta(milliseconds=1)) == Refusal("timestamp", "must not be more than 5m in the future")


def test_an_event_may_be_ninety_days_old() -> None:
    assert row(at=NOW - 90 * DAY)["timestamp"] == NOW - 90 * DAY
    assert refusal(at=NOW - 90 * DAY - timedelta(milliseconds=1)) == Refusal("timestamp", "must not be more than 90d in the past")


def test_an_id_is_the_same_in_capital_letters() -> None:
    assert row(event_id=ID.upper())["event_id"] == UUID(ID)


def test_numbers_at_their_bounds_are_taken() -> None:
    ratings = [row("satisfaction_survey", rating=rating)["rating"] for rating in (1, 5)]
    durations = [row("command_generation_latency", duration_ms=value)["duration_ms"] for value in (0, 0.25, 10**12)]
    assert (ratings, durations) == ([1, 5], [0.0, 0.25, 1e12])
