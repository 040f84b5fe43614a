"""The tree of routes: one leaf a channel, found by the label `channels`, so that a new alert needs no new route."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from exporter.document import format_duration
from exporter.render.alertmanager.channels import BusinessHours, Channels, Digest, Hours, Sent
from exporter.render.alertmanager.receivers import NOBODY, WATCHDOG

__all__ = ["route", "time_intervals"]

BUSINESS_HOURS = "business-hours"

Route = Mapping[str, Any]

_PAGE = {"group_wait": "10s", "group_interval": "1m", "repeat_interval": "1h"}
_TICKET = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"}
"""The waits of the root, which every leaf has that says no others."""

_ONE_A_PROJECT = ["project"]
"""A day on which everything breaks is one message a project, which lists the worst first."""
_ONE_A_KPI = ["project", "kpi", "alertname"]
"""Whoever is on call takes and closes each page on its own; an escalation is a page anew, not a line in one that was taken."""

_NEWS = {"matchers": ['priority = "P3"'], "repeat_interval": "4d"}
"""News ask for nothing today, so they are told once. Alertmanager forgets after five days what it has sent."""

_DIGEST_INTERVAL = timedelta(minutes=30)
"""Longest time between two looks at the window of a digest; each window sees at least two."""


def route(channels: Channels) -> Route:
    """The root, whose receiver gets what no leaf takes, and its leaves."""
    leaves = [_leaf(name, channel, channels.business_hours) for name, channel in channels.channels.items()]
    root = {"receiver": channels.root, "group_by": ["alertname", "project"], **_TICKET}
    return {**root, "routes": [_watchdog(channels), *leaves]}


def time_intervals(channels: Channels) -> list[Mapping[str, Any]]:
    """The windows that the routes name."""
    windows: dict[str, tuple[Hours, tuple[str, ...]]] = {
        _window(name): (channel, (channel.weekday,)) for name, channel in channels.channels.items() if isinstance(channel, Digest)
    }
    if channels.business_hours is not None:
        windows[BUSINESS_HOURS] = (channels.business_hours, channels.business_hours.weekdays)
    return [
        {
            "name": name,
            "time_intervals": [
                {
                    "weekdays": list(weekdays),
                    "times": [{"start_time": hours.start, "end_time": hours.end}],
                    "location": hours.zone,
                }
            ],
        }
        for name, (hours, weekdays) in windows.items()
    ]


def _watchdog(channels: Channels) -> Route:
    """Stands before all leaves and ends the way of its alert: it always fires, and nobody reads it."""
    watchdog = channels.watchdog
    found = {"receiver": WATCHDOG if watchdog else NOBODY, "matchers": ['alertname = "Watchdog"']}
    if watchdog is None:
        return found
    return {**found, "group_wait": "0s", "group_interval": "1m", "repeat_interval": format_duration(watchdog.every)}


def _leaf(name: str, channel: Sent, hours: BusinessHours | None) -> Route:
    leaf: dict[str, Any] = {"receiver": name, "matchers": [f'channels =~ ".*,{name},.*"'], "continue": True}
    if isinstance(channel, Digest):
        interval = min(_DIGEST_INTERVAL, timedelta(minutes=channel.minutes) / 2)
        return {
            **leaf,
            "group_by": _ONE_A_PROJECT,
            "group_interval": format_duration(interval),
            "repeat_interval": "1d",
            "active_time_intervals": [_window(name)],
        }
    group_by = _ONE_A_KPI if channel.apart else _ONE_A_PROJECT
    return {**leaf, "group_by": group_by, **(_PAGE if channel.urgent else {}), "routes": [*_office(hours), _NEWS]}


def _office(hours: BusinessHours | None) -> list[Route]:
    return [] if hours is None else [{"matchers": ['priority = "P2"'], "active_time_intervals": [BUSINESS_HOURS]}]


def _window(channel: str) -> str:
    return f"{channel}-window"
