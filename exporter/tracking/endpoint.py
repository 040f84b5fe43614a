"""The endpoint to which Alertmanager sends the alerts of the channel `github-issue`."""

import logging
import math
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING

from exporter.logs import fields
from exporter.tracking.message import Alert, Unreadable, read_message
from exporter.tracking.tracker import Setback, Tracker
from exporter.web.bearer import Bearer
from exporter.web.routes import Answer

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["LARGEST_BODY", "Endpoint"]

log = logging.getLogger(__name__)

LARGEST_BODY = 2 * 2**20
"""Bytes of a message: some thousand alerts."""
WORKING = 5.0
"""Seconds within which requests to GitHub are begun; with the last one it makes less than the ten that senders may wait."""


class Endpoint:
    """Lets the trackers of projects take the alerts of who knows the token.

    The status tells Alertmanager what to do: it tries again at once after 5xx, and after anything else with the next notification
    of the group. 424 is what only a person can put right, 503 what passes. `monotonic` gives seconds that never go back.
    """

    def __init__(self, token: str, trackers: Mapping[str, Tracker], monotonic: Callable[[], float]) -> None:
        self.trackers = trackers
        self._bearer = Bearer(token)
        self._monotonic = monotonic
        self._told: set[str] = set()

    def __call__(self, environ: "WSGIEnvironment") -> Answer:
        deadline = self._monotonic() + WORKING
        if not self._bearer.admits(environ.get("HTTP_AUTHORIZATION", "")):
            challenge = (("WWW-Authenticate", "Bearer"),)
            return _answer(HTTPStatus.UNAUTHORIZED, "send the token that the configuration names under webhook", challenge)
        length = environ.get("CONTENT_LENGTH", "")
        if not (length.isascii() and length.isdigit()):
            return _answer(HTTPStatus.LENGTH_REQUIRED, "send the body whole, with its Content-Length")
        if len(length) > len(str(LARGEST_BODY)) or int(length) > LARGEST_BODY:
            return _answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"send at most {LARGEST_BODY:,} bytes: set max_alerts")
        body = environ["wsgi.input"].read(int(length))
        if len(body) < int(length):
            return _answer(HTTPStatus.BAD_REQUEST, "the body ends before the length that its header says")
        try:
            message = read_message(body)
        except Unreadable as error:
            return _answer(HTTPStatus.BAD_REQUEST, str(error))
        if message.truncated_alerts:
            log.warning("alerts were left out of a notification: raise max_alerts", extra=fields(alerts=message.truncated_alerts))
        return self._taken(message.alerts, deadline)

    def _taken(self, alerts: tuple[Alert, ...], deadline: float) -> Answer:
        by_project: dict[str, list[Alert]] = {}
        for alert in alerts:
            by_project.setdefault(alert.project, []).append(alert)
        setbacks: list[Setback] = []
        for project, its in by_project.items():
            tracker = self.trackers.get(project)
            if tracker is None:
                self._tell_once(project)
            elif setback := tracker.take(its, deadline):
                setbacks.append(setback)
        return _told(setbacks)

    def _tell_once(self, project: str) -> None:
        """Not an error: Alertmanager would try for ever."""
        # The names come from outside: those of strangers share one line.
        known = project if len(project) <= 64 and project.isprintable() else ""
        if known not in self._told and len(self._told) < 100:
            self._told.add(known)
            log.info("alerts of a project without github_issues are passed over", extra=fields(project=known))


def _told(setbacks: list[Setback]) -> Answer:
    if not setbacks:
        return _answer(HTTPStatus.OK, "done")
    passing = [setback.seconds for setback in setbacks if setback.seconds is not None]
    if passing:
        later = (("Retry-After", str(math.ceil(max(passing)))),)
        return _answer(
            HTTPStatus.SERVICE_UNAVAILABLE, "GitHub cannot be asked for now, or the time was too short: send it again", later
        )
    return _answer(HTTPStatus.FAILED_DEPENDENCY, "GitHub refuses: the log of the exporter says why")


def _answer(status: HTTPStatus, text: str, headers: tuple[tuple[str, str], ...] = ()) -> Answer:
    return Answer(status, f"{text}\n".encode(), headers)
