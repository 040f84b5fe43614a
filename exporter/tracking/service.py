"""Tracking issues for all projects that are configured so, across reloads of the configuration."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

from prometheus_client.metrics_core import Metric as Family

from exporter.config import Config
from exporter.config.github_issues import GitHubIssues
from exporter.http import Client, MemoryCache, user_agent
from exporter.tracking.endpoint import Endpoint
from exporter.tracking.ledger import Ledger
from exporter.tracking.meters import Meters
from exporter.tracking.tracker import Tracker
from exporter.web.routes import Answer

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["PATH", "TIMEOUT", "Tracking"]

PATH = "/v1/alerts/github-issues"
TIMEOUT = timedelta(seconds=4)
"""Longest time that one request to GitHub may take."""


class Tracking:
    """Answers Alertmanager; implements `exporter.web.service.Extension`. Without a configured project it answers 404.

    `clock` gives the time (UTC), `monotonic` seconds that never go back.
    """

    def __init__(self, clock: Callable[[], datetime], monotonic: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._monotonic = monotonic
        self._meters = Meters()
        self._ledgers: dict[str, Ledger] = {}
        self._config: Config | None = None
        self._endpoint: Endpoint | None = None

    def configure(self, config: Config, folder: Callable[[str, str], Path]) -> None:
        """Takes a configuration over; `folder` gives each project a place for what is kept.

        Raises KpiExporterError, and changes nothing, where that cannot be done.
        """
        wanted = {project.name: project.github_issues for project in config.projects if project.github_issues}
        for name in wanted:
            if name not in self._ledgers:
                self._ledgers[name] = Ledger(folder(name, "github_issues") / "issues.sqlite")
        # What a tracker knows of failures and limits outlives a reload that does not concern it.
        same = self._config is not None and self._config.contact == config.contact
        known = self._endpoint.trackers if self._endpoint and same else {}
        trackers: dict[str, Tracker] = {}
        for name, section in wanted.items():
            last = known.get(name)
            trackers[name] = last if last and last.config == section else self._tracker(name, section, config.contact)
            self._meters.begin(name)
        token = config.webhook.token.get_secret_value() if config.webhook else ""
        self._config = config
        self._endpoint = Endpoint(token, trackers, self._monotonic) if trackers else None

    def answer(self, environ: "WSGIEnvironment") -> Answer:
        """What a sender of alerts is told."""
        endpoint = self._endpoint
        return Answer(HTTPStatus.NOT_FOUND, b"not found\n") if endpoint is None else endpoint(environ)

    def families(self) -> Iterable[Family]:
        """What was done and what failed."""
        return self._meters.families()

    def close(self) -> None:
        """Closes what is kept."""
        for ledger in self._ledgers.values():
            ledger.close()

    def _tracker(self, name: str, section: GitHubIssues, contact: str | None) -> Tracker:
        client = Client(timeout=TIMEOUT, cache=MemoryCache(), user_agent=user_agent(contact), now=self._clock)
        return Tracker(
            name,
            section,
            ledger=self._ledgers[name],
            client=client,
            meters=self._meters,
            clock=self._clock,
            monotonic=self._monotonic,
        )
