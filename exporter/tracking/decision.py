"""What an alert asks of its tracking issue. Pure.

Notifications come late, twice, and out of order: Alertmanager repeats what fires, tries again what failed, and several of them
may send the same, each with a beginning of its own where several Prometheus servers evaluate the rule. So nothing is done for
having been sent, only for being later than what the issue knows.
"""

from datetime import datetime, timedelta
from enum import Enum

from exporter.tracking.marker import Marker
from exporter.tracking.message import Alert

__all__ = ["Step", "step_for"]

OVERTAKEN = timedelta(minutes=10)
"""How long after the end of an episode a notification of it may still arrive: Alertmanager tries for a `group_interval`."""


class Step(Enum):
    """What is to be done."""

    NOTHING = "nothing"
    OPEN = "open an issue"
    AGAIN = "tell that the alert fires again, and reopen the issue"
    BACK = "reopen the issue without a word: the alert did not end after all"
    CLOSE = "tell that the alert is resolved, and close the issue"


def step_for(alert: Alert, marker: Marker | None, closed_at: datetime | None, now: datetime) -> Step:
    """What to do about an alert whose issue has this marker, or none, and was closed at that moment where it is closed.

    An issue that a person closed while the alert fires stays closed until a later episode.
    """
    if alert.status == "resolved":
        fires = marker is not None and marker.until is None
        return Step.CLOSE if marker is not None and fires and alert.ends_at >= marker.since else Step.NOTHING
    if marker is None:
        return Step.OPEN
    if marker.until is None:
        return Step.AGAIN if closed_at is not None and alert.starts_at > closed_at else Step.NOTHING
    if alert.starts_at > marker.until:
        return Step.AGAIN
    return Step.BACK if now - marker.until > OVERTAKEN else Step.NOTHING
