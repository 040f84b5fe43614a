"""The past of KPIs, asked of a Prometheus server that scrapes this exporter."""

import math
from datetime import timedelta

from exporter.document import format_duration
from exporter.errors import Reason, UpstreamError
from exporter.http import Client

__all__ = ["PrometheusHistory"]

LOOKBACK = timedelta(hours=1)
"""How far from the moment asked for the nearest value may lie, so that one missed scrape does not hide the past."""


class PrometheusHistory:
    """Answers what a KPI of one project was worth some time ago; implements `exporter.kpi.History`."""

    def __init__(self, client: Client, url: str, project: str) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/api/v1/query"
        self._project = project

    def __call__(self, kpi: str, segment: str, over: timedelta) -> float | None:
        """The value `over` ago, None when Prometheus has none; raises UpstreamError when it cannot be asked."""
        series = f'kpi_value{{project="{_quoted(self._project)}",kpi="{_quoted(kpi)}",segment="{_quoted(segment)}"}}'
        query = f"last_over_time({series}[{format_duration(LOOKBACK)}] offset {format_duration(over)})"
        answer = self._client.get(self._url, params={"query": query}, conditional=False).json()
        match answer:
            case {"status": "success", "data": {"resultType": "vector", "result": []}}:
                return None
            case {"status": "success", "data": {"resultType": "vector", "result": [{"value": [_, str(number)]}, *_]}}:
                try:
                    value = float(number)
                except ValueError:
                    pass
                else:
                    return value if math.isfinite(value) else None
        raise UpstreamError(Reason.MALFORMED, "Prometheus did not answer as its HTTP API says")


def _quoted(text: str) -> str:
    """A label value as PromQL writes it between double quotes."""
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
