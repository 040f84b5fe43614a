"""Feedback: what users answer when they are asked whether a command worked."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement

from exporter.facts import Sample
from exporter.sources.telemetry.figures.counts import Tally, by_window, events_with, how_many, of_week
from exporter.sources.telemetry.metrics import CATEGORY_FEEDBACK, CATEGORY_POSITIVE_FEEDBACK, POSITIVE_FEEDBACK, TOTAL_FEEDBACK
from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.warehouse import Relation

__all__ = ["samples"]


def _answered(feedback: Relation) -> ColumnElement[bool]:
    return feedback["success"].is_not(None)


_FEEDBACK = Tally(
    "feedback",
    "command_feedback",
    lambda relation: {"all": how_many(_answered(relation)), "positive": how_many(relation["success"])},
    "success",
)


def samples(reading: Reading) -> Iterator[Sample]:
    """Answers and positive ones by window and by category; an event that does not tell the answer is none."""
    relation = reading.warehouse.relation("command_feedback", "success")
    for window, sums in by_window(reading, _FEEDBACK):
        yield TOTAL_FEEDBACK.sample(sums.get("all", 0), window=window)
        yield POSITIVE_FEEDBACK.sample(sums.get("positive", 0), window=window)
    if not relation.has("category"):
        return
    worked = of_week(reading, relation, "category", relation["success"])
    for word, group in of_week(reading, relation, "category", _answered(relation)).items():
        positive = events_with(word, worked)
        if positive is not None and reading.groups.may_be_told(group):
            yield CATEGORY_FEEDBACK.sample(group.events, category=word, window="7d")
            yield CATEGORY_POSITIVE_FEEDBACK.sample(positive, category=word, window="7d")
