"""Notifications as Alertmanager sends them to a webhook."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exporter.tracking.message import Alert, read_message

__all__ = ["ANNOTATIONS", "FINGERPRINT", "LABELS", "alert", "alerts_in", "message", "notification"]

FINGERPRINT = "3fa2b1c09d8e7f60"
LABELS = {
    "alertname": "BoltBenchmarkLatencyRegression",
    "project": "bolt",
    "kpi": "benchmark_regression",
    "segment": "latency",
    "priority": "P1",
    "severity": "warning",
    "channels": ",github-issue,slack-team,",
}
ANNOTATIONS = {
    "summary": "A benchmark became slower",
    "description": "The latency is 12.3 % worse than before.",
    "value": "12.3 %",
    "limit": "at most 10 %",
    "action": "Find the change that slowed it down.",
    "respond_within": "24 h",
    "runbook_url": "https://example.org/runbooks/BoltBenchmarkLatencyRegression.md",
    "dashboard_url": "https://grafana.example.org/d/kpi-detail?var-project=bolt&var-kpi=benchmark_regression",
}
_STILL_FIRING = "0001-01-01T00:00:00Z"


def alert(
    status: str,
    since: datetime,
    until: datetime | None = None,
    *,
    fingerprint: str = FINGERPRINT,
    labels: Mapping[str, str] | None = None,
    annotations: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One alert; of the labels and annotations only those that differ need be given."""
    return {
        "status": status,
        "labels": {**LABELS, **(labels or {})},
        "annotations": {**ANNOTATIONS, **(annotations or {})},
        "startsAt": since.isoformat(),
        "endsAt": _STILL_FIRING if until is None else until.isoformat(),
        "generatorURL": "http://planted-host:9090/graph?g0.expr=planted",
        "fingerprint": fingerprint,
    }


def message(*alerts: Mapping[str, Any], **more: Any) -> bytes:
    """A notification of these alerts."""
    return json.dumps(
        {
            "version": "4",
            "groupKey": "{}:{}",
            "truncatedAlerts": 0,
            "status": "firing",
            "receiver": "github-issue",
            "groupLabels": {},
            "commonLabels": {},
            "commonAnnotations": {},
            "externalURL": "http://planted-host:9093",
            "alerts": alerts,
            **more,
        }
    ).encode()


def notification(status: str, since: datetime, until: datetime | None = None, **alert_settings: Any) -> bytes:
    """A notification of one alert."""
    return message(alert(status, since, until, **alert_settings))


def alerts_in(body: bytes) -> tuple[Alert, ...]:
    """The alerts of a notification, as the exporter reads them."""
    return read_message(body).alerts
