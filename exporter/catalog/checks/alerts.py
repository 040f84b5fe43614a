"""Alerts: what they watch, what they compare it with and where they go exists."""

from itertools import chain

from exporter.catalog.checks.places import Found, kpis
from exporter.catalog.checks.rows import has_row, named_rows, targets_by_row
from exporter.catalog.model import DEFAULT_CHANNELS, Alert, Catalog, Kpi
from exporter.document import did_you_mean, format_duration, found
from exporter.document.reader import Where

__all__ = ["alert_problems"]


def alert_problems(catalog: Catalog) -> Found:
    """Segments and channels that do not exist, targets that are missing, escalations that come too early."""
    channels = {*catalog.channels, *chain.from_iterable(DEFAULT_CHANNELS.values())}
    for at, kpi in kpis(catalog):
        for index, alert in enumerate(kpi.alerts):
            place = (*at, "alerts", index)
            yield from _watched(place, kpi, alert)
            yield from _compared(place, kpi, alert)
            yield from _sent(place, alert, channels)


def _watched(at: Where, kpi: Kpi, alert: Alert) -> Found:
    for index, name in enumerate(alert.segments):
        place = (*at, "segments", index)
        if name == "":
            if not kpi.has_total:
                yield place, "must name segments: the KPI has no figure without one"
        elif name == "*":
            if not kpi.segments and not (kpi.value and kpi.value.by):
                yield place, "watches every segment, but the KPI has none"
        elif not has_row(kpi, name):
            yield place, f"unknown segment {found(name)}, {did_you_mean(name, named_rows(kpi))}"


def _compared(at: Where, kpi: Kpi, alert: Alert) -> Found:
    """A factor of a target needs a target on every row that the catalog names and the alert watches."""
    form = next((form for form in ("below_target", "above_target") if getattr(alert.when, form) is not None), None)
    if form is None:
        return
    rows = targets_by_row(kpi)
    segments = [segment.name for segment in kpi.segments]
    watched = dict.fromkeys(name for one in alert.segments for name in (segments if one == "*" else (one,)))
    bare = [name for name in watched if has_row(kpi, name) and not rows.get(name)]
    if "" in bare:
        yield (*at, "when", form), "needs a target, but the KPI has none for the figure without segment"
    if named := [found(name) for name in bare if name]:
        yield (*at, "when", form), f"needs a target, but there is none for the segment {', '.join(named)}"


def _sent(at: Where, alert: Alert, channels: set[str]) -> Found:
    places = [((*at, "channels", index), channel) for index, channel in enumerate(alert.channels)]
    if alert.escalate is not None:
        places += [((*at, "escalate", "channels", index), channel) for index, channel in enumerate(alert.escalate.channels)]
        if alert.escalate.after <= alert.hold:
            hold = format_duration(alert.hold)
            yield (*at, "escalate", "after"), f"must be longer than for, {hold}, found {format_duration(alert.escalate.after)}"
    for place, channel in places:
        if channel not in channels:
            yield place, f'unknown channel "{channel}", {did_you_mean(channel, channels)}'
