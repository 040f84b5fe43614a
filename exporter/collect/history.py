"""The past of KPIs, asked of a Prometheus server that scrapes this exporter."""

import math
from datetime import timedelta

from exporter.errors import Reason, UpstreamError
from exporter.http import Client
from exporter.kpi.history import LADDER, LOOKBACK
from exporter.promql import selector, span

__all__ = ["PrometheusHistory"]

DAY = timedelta(days=1)


class PrometheusHistory:
    """Answers what KPIs of one project were worth; implements `exporter.kpi.History`.

    It reads what the exporter gave and what the rules of this project record, in the unit of each row. Where several exporters
    gave a figure at that moment, the highest counts, as in the rules. Every question raises UpstreamError where Prometheus
    cannot be asked.
    """

    def __init__(self, client: Client, url: str, project: str) -> None:
        self._client = client
        self._url = f"{url.rstrip('/')}/api/v1/query"
        self._project = project

    def value(self, kpi: str, segment: str, over: timedelta) -> float | None:
        """The value `over` ago, None when Prometheus has none."""
        then = f"[{span(LOOKBACK)}] offset {span(over)}"
        derived, given = self._series("kpi:value:derived", kpi, segment), self._series("kpi_value", kpi, segment)
        return self._asked(f"max(last_over_time({derived}{then})) or max(last_over_time({given}{then}))")

    def peak(self, kpi: str, segment: str) -> float | None:
        """The highest value from a year ago until a day ago, None when Prometheus has none."""
        series = self._series("kpi:value:max_1h", kpi, segment)
        return self._asked(f"max(max_over_time({series}[{span(LADDER)}] offset {span(DAY)}))")

    def derived(self, kpi: str, segment: str) -> float | None:
        """What the rules have recorded for a row that rests on the past, None when they have nothing."""
        return self._asked(f"max({self._series('kpi:value:derived', kpi, segment)})")

    def _series(self, metric: str, kpi: str, segment: str) -> str:
        return selector(metric, project=self._project, kpi=kpi, segment=segment)

    def _asked(self, query: str) -> float | None:
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
