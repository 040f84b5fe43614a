"""What the receiver counts about itself; every method may be called from any thread."""

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric as Family

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

__all__ = ["OUTCOMES", "Metered", "Meters"]

OUTCOMES = ("accepted", "duplicate", "refused")
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds (seconds) of the histogram."""


class Meters:
    """Counts events by what became of them, and requests by their answers and times, since the process started."""

    def __init__(self) -> None:
        self._events = Counter(dict.fromkeys(OUTCOMES, 0))
        self._codes: Counter[str] = Counter()
        self._buckets = [0] * (len(_BUCKETS) + 1)
        self._seconds = 0.0
        self._lock = threading.Lock()

    def events(self, **counts: int) -> None:
        """So many events more of each outcome."""
        with self._lock:
            self._events.update(counts)

    def request(self, code: str, seconds: float) -> None:
        """One request more that was answered with a status code."""
        with self._lock:
            self._codes[code] += 1
            self._buckets[bisect_left(_BUCKETS, seconds)] += 1
            self._seconds += seconds

    def families(self) -> Iterator[Family]:
        """The counts of this moment."""
        with self._lock:
            events, codes, buckets, seconds = dict(self._events), dict(self._codes), list(self._buckets), self._seconds
        outcomes = CounterMetricFamily(
            "kpi_exporter_receiver_events", "Events from clients, by what became of them.", labels=["outcome"]
        )
        for outcome, count in events.items():
            outcomes.add_metric([outcome], count)
        requests = CounterMetricFamily(
            "kpi_exporter_receiver_requests", "Requests of clients, by the code of the answer.", labels=["code"]
        )
        for code, count in sorted(codes.items()):
            requests.add_metric([code], count)
        durations = HistogramMetricFamily(
            "kpi_exporter_receiver_request_duration_seconds", "Time from the head of a request to its answer."
        )
        durations.add_metric([], list(_cumulated(buckets)), seconds)
        yield from (outcomes, requests, durations)


class Metered:
    """A WSGI application that counts the answers of another."""

    def __init__(self, app: "WSGIApplication", meters: Meters) -> None:
        self._app = app
        self._meters = meters

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        # Until the application answers, it has failed.
        code = "500"

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal code
            code = status[:3]
            return start_response(status, headers, exc_info)

        began = time.perf_counter()
        try:
            return self._app(environ, start)
        finally:
            self._meters.request(code, time.perf_counter() - began)


def _cumulated(buckets: list[int]) -> Iterator[tuple[str, float]]:
    total = 0
    for bound, count in zip((*map(str, _BUCKETS), "+Inf"), buckets, strict=True):
        total += count
        yield bound, total
