"""The receiver of one project, put together."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from exporter.errors import Reason, UpstreamError
from exporter.receiver.app import EventsApp, MetricsApp
from exporter.receiver.batch import MOST_EVENTS
from exporter.receiver.event import Judge
from exporter.receiver.health import Health
from exporter.receiver.intake import Intake
from exporter.receiver.meters import Meters
from exporter.receiver.pseudonym import pseudonyms
from exporter.receiver.store import Store
from exporter.sources.telemetry.config import ReceiverConfig, TelemetryConfig
from exporter.web.bucket import Bucket

__all__ = ["Receiver"]

PATIENCE = timedelta(seconds=5)
"""How long the warehouse may keep a client waiting for each thing: a connection, a lock, a statement."""

_PASSING = frozenset((Reason.CONNECTION, Reason.TIMEOUT, Reason.SERVER_ERROR))
"""What may be over soon, and is no reason not to start."""


class Receiver:
    """Takes events for a warehouse; `events` is the public WSGI application, `metrics` that for those who operate it.

    Raises UpstreamError where the URL of the warehouse cannot be used.
    """

    def __init__(
        self,
        config: TelemetryConfig,
        receiver: ReceiverConfig,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
        patience: timedelta = PATIENCE,
    ) -> None:
        self.meters = Meters()
        self._store = Store((receiver.url or config.url).get_secret_value(), config.db_schema, patience)
        self._health = Health(self._store.check, monotonic)
        judge = Judge(config.clock_skew, pseudonyms(receiver.salt.get_secret_value()))
        intake = Intake(judge, self._store, self._health, self.meters, clock)
        # The largest batch must fit, however few events a second there may be.
        rate = receiver.events_per_second
        bucket = Bucket(timedelta(seconds=1) / rate, max(rate, MOST_EVENTS), monotonic)
        token = receiver.token.get_secret_value() if receiver.token else None
        self.events = EventsApp(intake.take, self._health, bucket, token=token)
        self.metrics = MetricsApp(self.meters, self._health)

    def start(self) -> None:
        """Looks at the warehouse; raises UpstreamError where it cannot be written and waiting would not help."""
        try:
            self._store.check()
        except UpstreamError as error:
            if error.reason not in _PASSING:
                raise
            self._health.failed(error)

    def stop(self) -> None:
        """Ends the connections to the warehouse."""
        self._store.close()
