"""Channels that alerts name and that nobody has set."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from exporter.catalog.model import DEFAULT_CHANNELS, Catalog
from exporter.render.alertmanager.channels import Channels

__all__ = ["gaps"]


def gaps(channels: Channels, catalogs: Iterable[Catalog]) -> Iterator[str]:
    """A sentence for each channel that is named and not set: which alerts miss it, and where they go instead."""
    known = {name for name, _ in channels.channels.items()}
    elsewhere: dict[str, list[str]] = defaultdict(list)
    astray: dict[str, list[str]] = defaultdict(list)
    for name, wanted in _wanted(catalogs):
        for channel in set(wanted) - known:
            (elsewhere if known & set(wanted) else astray)[channel].append(name)
    for channel in sorted({*elsewhere, *astray}):
        parts = []
        if names := elsewhere[channel]:
            parts.append(f"sent to their other channels alone: {', '.join(names)}")
        if names := astray[channel]:
            parts.append(f"sent to {channels.root}: {', '.join(names)}")
        yield f"the channel {channel} is not set; {'; '.join(parts)}"


def _wanted(catalogs: Iterable[Catalog]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every alert with its channels, those of the exporter as one a priority."""
    for priority, receivers in DEFAULT_CHANNELS.items():
        yield f"alerts of {priority} that name none", receivers
    for catalog in catalogs:
        for kpi in catalog.kpis:
            for alert in catalog.rules(kpi):
                yield alert.name, alert.receivers
                if alert.escalate is not None:
                    yield alert.names[1], alert.escalate.channels
