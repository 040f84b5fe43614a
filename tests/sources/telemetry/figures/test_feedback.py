"""Feedback: answers and positive ones, by window and by category."""

from datetime import datetime

from exporter.sources.telemetry.figures import feedback
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def answer(at: datetime, worked: bool | None, category: str | None = "git", user: str = "ann") -> dict[str, object]:
    return {"timestamp": at, "user_id": user, "category": category, "success": worked}


def test_answers_by_window_and_category(store: Store) -> None:
    store.insert(
        "command_feedback",
        [
            answer(ago(hours=1), True),
            answer(ago(days=7), True, "files"),
            answer(ago(days=2), False, "files"),
            answer(ago(days=3), False, None),
            answer(ago(days=20), True),
            answer(ago(days=29), False),
            answer(NOW, True),
        ],
    )
    assert figures(store, feedback.samples) == {
        "feedback{24h}": 1,
        "positive_feedback{24h}": 1,
        "feedback{7d}": 4,
        "positive_feedback{7d}": 2,
        "feedback{28d}": 5,
        "positive_feedback{28d}": 3,
        "feedback{30d}": 6,
        "positive_feedback{30d}": 3,
        "category_feedback{files,7d}": 2,
        "category_positive_feedback{files,7d}": 1,
        "category_feedback{git,7d}": 1,
        "category_positive_feedback{git,7d}": 1,
    }


def test_an_event_without_an_answer_is_no_answer(store: Store) -> None:
    store.insert("command_feedback", [answer(ago(hours=1), None), answer(ago(hours=1), True)])
    told = figures(store, feedback.samples)
    assert (told["feedback{7d}"], told["category_feedback{git,7d}"]) == (1, 1)


def test_a_category_is_told_by_all_who_answered_in_it(store: Store) -> None:
    """One of two users was content: the share can be made of what is told."""
    store.insert("command_feedback", [answer(ago(hours=1), True), answer(ago(hours=1), False, user="bob")])
    told = figures(store, feedback.samples, min_group=2)
    assert (told["category_feedback{git,7d}"], told["category_positive_feedback{git,7d}"]) == (2, 1)


def test_a_category_in_which_nobody_was_content_is_told_with_zero(store: Store) -> None:
    store.insert("command_feedback", [answer(ago(hours=1), False)])
    assert figures(store, feedback.samples)["category_positive_feedback{git,7d}"] == 0


def test_a_category_of_few_users_is_not_told(store: Store) -> None:
    store.insert("command_feedback", [answer(ago(hours=1), True)] * 10)
    assert not any(name.startswith("category") for name in figures(store, feedback.samples, min_group=2))


def test_answers_may_be_numbers(store: Store) -> None:
    """As many products store them, 1 for yes."""
    store.insert("command_feedback", [answer(ago(hours=1), True), answer(ago(hours=1), False)])
    if store.engine == "postgresql":
        store.execute("ALTER TABLE analytics.command_feedback ALTER success TYPE integer USING success::integer")
    told = figures(store, feedback.samples)
    assert (told["feedback{7d}"], told["positive_feedback{7d}"]) == (2, 1)


def test_without_users_the_answers_stand_for_them(store: Store) -> None:
    store.insert("command_feedback", [answer(ago(hours=1), True)] * 5)
    tables = {"command_feedback": {"columns": {"user_id": None}}}
    assert figures(store, feedback.samples, min_group=5, tables=tables)["category_positive_feedback{git,7d}"] == 5
