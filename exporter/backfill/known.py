"""What Prometheus knows of a project already, so that nothing is told twice."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from exporter.backfill.blocks import DataDirectory
from exporter.backfill.span import HOUR, Span, moment
from exporter.errors import Reason, UpstreamError
from exporter.http import Client
from exporter.promql import selector

__all__ = ["LONGEST_IN_MEMORY", "Own", "asked_of", "in_memory", "limit", "read_from"]

Own = Sequence[tuple[int, int]]
"""The first and the last point of each piece that earlier runs wrote."""
_SERIES = "kpi_info"
"""What every scrape tells of a project, whatever its sources say."""
_MOST_POINTS = 10_000
"""Points of one answer; Prometheus gives 11,000 at most."""
_STRANGE = "Prometheus did not answer as its HTTP API says"
LONGEST_IN_MEMORY = timedelta(hours=3)
"""What is older, Prometheus has made blocks of."""


def in_memory(client: Client, url: str, now: datetime) -> datetime:
    """From when on a Prometheus holds samples in memory, where no block may reach into; `now` where it holds none.

    Raises UpstreamError.
    """
    try:
        answer = client.get(f"{url.rstrip('/')}/api/v1/status/tsdb", conditional=False).json()
    except UpstreamError as error:
        if error.reason is Reason.NOT_FOUND:
            # Servers that only speak the query API do not tell.
            return now - LONGEST_IN_MEMORY
        raise
    match answer:
        case {"status": "success", "data": {"headStats": {"minTime": int(begin)}}}:
            return moment(begin // 1000) if begin < now.timestamp() * 1000 else now
    raise UpstreamError(Reason.MALFORMED, _STRANGE)


def limit(span: Span, scraped: Iterable[int]) -> int:
    """The last point that comes before everything that was scraped."""
    first = min(scraped, default=None)
    return span.until if first is None else min(span.until, (first - 1) // span.step * span.step)


def asked_of(client: Client, url: str, project: str, span: Span, own: Own) -> Iterable[int]:
    """Moments that are no later than what was scraped of a project, out of a Prometheus; raises UpstreamError.

    The past is asked for in equal stretches, and a stretch that has something gives its beginning.
    """
    stretch = max(1, -(-(span.until - span.since) // HOUR // _MOST_POINTS)) * HOUR
    series = selector(_SERIES, project=project)
    params = {
        "query": f"count(last_over_time({series}[{stretch}s]))",
        "start": str(span.since),
        "end": str(span.until + stretch),
        "step": str(stretch),
    }
    answer = client.get(f"{url.rstrip('/')}/api/v1/query_range", params=params, conditional=False).json()
    match answer:
        case {"status": "success", "data": {"resultType": "matrix", "result": []}}:
            return []
        case {"status": "success", "data": {"resultType": "matrix", "result": [{"values": list(values)}]}}:
            begins = [int(float(end)) - stretch for end, _ in values]
            foreign = [begin for begin in begins if not any(a <= begin + stretch and begin <= b for a, b in own)]
            # A stretch in which our own points end may hold scraped ones behind them.
            return [max((b for _, b in own if begin - stretch <= b <= begin), default=begin) + 1 for begin in foreign]
    raise UpstreamError(Reason.MALFORMED, _STRANGE)


def read_from(directory: DataDirectory, project: str, kpi: str, span: Span, own: Own) -> Iterable[int]:
    """The moments of what was scraped of a project, out of a data directory; `kpi` is any of its KPIs."""
    moments = directory.moments(selector(_SERIES, project=project, kpi=kpi), span.since, span.until + span.step)
    return [when for when in moments if not any(a <= when <= b for a, b in own)]
