"""Downloads: how many installations there were, of what, and by which channel they came."""

from collections.abc import Iterator

from exporter.facts import Sample
from exporter.sources.telemetry.figures.counts import EVENTS, Events, by_window, by_word
from exporter.sources.telemetry.metrics import CHANNEL_DOWNLOADS, PLATFORM_DOWNLOADS, TOTAL_DOWNLOADS, VERSION_DOWNLOADS
from exporter.sources.telemetry.reading import Reading

__all__ = ["samples"]

_DOWNLOADS = Events("downloads")


def samples(reading: Reading) -> Iterator[Sample]:
    """Installations by window, by platform, by channel and by version; one who installs again counts again."""
    relation = reading.warehouse.relation("downloads")
    for window, sums in by_window(reading, _DOWNLOADS):
        yield TOTAL_DOWNLOADS.sample(sums.get(EVENTS, 0), window=window)
    yield from by_word(reading, PLATFORM_DOWNLOADS, relation, "platform")
    yield from by_word(reading, CHANNEL_DOWNLOADS, relation, "channel")
    yield from by_word(reading, VERSION_DOWNLOADS, relation, "version")
