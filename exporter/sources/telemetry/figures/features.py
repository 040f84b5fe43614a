"""Features: how many users use each."""

from collections.abc import Iterator

from exporter.facts import Sample
from exporter.sources.telemetry.metrics import FEATURE_USERS
from exporter.sources.telemetry.reading import WEEK, Reading

__all__ = ["samples"]


def samples(reading: Reading) -> Iterator[Sample]:
    """Distinct users of each feature in the last 7 days."""
    relation = reading.warehouse.relation("feature_used", "user_id", "feature")
    for group in reading.groups.of(reading.warehouse, relation, "feature", reading.ago(WEEK), reading.now):
        yield FEATURE_USERS.sample(group.users, feature=group.word, window="7d")
