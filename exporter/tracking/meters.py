"""What is counted about tracking issues; every method may be called from any thread."""

import threading
from collections import Counter
from collections.abc import Iterator

from prometheus_client.metrics_core import CounterMetricFamily
from prometheus_client.metrics_core import Metric as Family

from exporter.collect import own_metrics as own
from exporter.errors import Reason

__all__ = ["ACTIONS", "Meters"]

ACTIONS = ("opened", "reopened", "commented", "closed")


class Meters:
    """Counts of all projects since the process started."""

    def __init__(self) -> None:
        self._actions: Counter[tuple[str, str]] = Counter()
        self._failures: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def begin(self, project: str) -> None:
        """From now on the project is counted, beginning with zeros."""
        with self._lock:
            self._actions.update({(project, action): 0 for action in ACTIONS})

    def done(self, project: str, action: str) -> None:
        """One of ACTIONS was done."""
        with self._lock:
            self._actions[project, action] += 1

    def failed(self, project: str, reason: Reason) -> None:
        """One alert could not be brought to its issue."""
        with self._lock:
            self._failures[project, reason.value] += 1

    def families(self) -> Iterator[Family]:
        """The counts of this moment."""
        with self._lock:
            counts = ((own.TRACKING, dict(self._actions)), (own.TRACKING_FAILURES, dict(self._failures)))
        for metric, series in counts:
            family = CounterMetricFamily(metric.name, metric.help, labels=metric.labels)
            for labels, count in sorted(series.items()):
                family.add_metric(labels, count)
            yield family
