"""Commands: how many were made, of which kind, and how many took more than one attempt."""

from collections.abc import Iterator

from exporter.facts import Sample
from exporter.sources.telemetry.figures.counts import EVENTS, Events, Tally, by_window, by_word, how_many
from exporter.sources.telemetry.figures.numbers import usable
from exporter.sources.telemetry.metrics import (
    CATEGORY_COMMANDS,
    MEASURED_COMMANDS,
    PLATFORM_COMMANDS,
    RETRIED_COMMANDS,
    TOTAL_COMMANDS,
)
from exporter.sources.telemetry.reading import Reading

__all__ = ["COMMANDS", "samples"]

COMMANDS = Events("command_generated")
_ATTEMPTS = Tally(
    "commands by retries",
    "command_generated",
    lambda relation: {
        "retried": how_many(usable(relation, "retries", 1.0)),
        "measured": how_many(usable(relation, "retries")),
    },
    "retries",
)


def samples(reading: Reading) -> Iterator[Sample]:
    """Commands by window, by category and by platform, and the retried ones among those whose retries are known."""
    relation = reading.warehouse.relation("command_generated")
    for window, sums in by_window(reading, COMMANDS):
        yield TOTAL_COMMANDS.sample(sums.get(EVENTS, 0), window=window)
    yield from by_word(reading, CATEGORY_COMMANDS, relation, "category")
    yield from by_word(reading, PLATFORM_COMMANDS, relation, "platform")
    if relation.has("retries"):
        for window, sums in by_window(reading, _ATTEMPTS):
            yield RETRIED_COMMANDS.sample(sums.get("retried", 0), window=window)
            yield MEASURED_COMMANDS.sample(sums.get("measured", 0), window=window)
