"""What Prometheus knows of a project already, so that nothing is told twice."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from exporter.backfill.blocks import DataDirectory
from exporter.backfill.span import HOUR, Span, moment
from exporter.errors import Reason, UpstreamError
from exporter.http import Client
from exporter.promql import quoted

__all__ = ["LONGEST_IN_MEMORY", "Own", "asked_of", "in_log", "in_memory", "limit", "read_from"]

Own = Sequence[tuple[int, int]]
"""The first and the last point of each piece that earlier runs wrote."""
_TOLD = "kpi_info"
"""What every scrape tells of a project, whatever its sources say, and so does a backfill."""
_SCRAPED = "kpi_exporter_source_interval_seconds"
"""What every scrape tells of a project, and no backfill does."""
_MOST_POINTS = 10_000
"""Points of one answer; Prometheus gives 11,000 at most."""
_STRANGE = "Prometheus did not answer as its HTTP API says"
LONGEST_IN_MEMORY = timedelta(hours=3)
"""What is older, Prometheus has made blocks of."""


def in_memory(client: Client, url: str, now: datetime) -> datetime:
    """The last moment before what a Prometheus holds in memory, where no block may reach into; `now` where it holds nothing.

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
            return moment((begin - 1) // 1000) if begin < now.timestamp() * 1000 else now
    raise UpstreamError(Reason.MALFORMED, _STRANGE)


def in_log(directory: DataDirectory, now: datetime) -> datetime:
    """The same of a Prometheus that is not asked, and may have been stopped long ago: its log has what is in no block yet.

    At its start Prometheus drops from its log all that is older than the end of the newest block, whatever scraped it. Each
    scrape notes `up`. Raises KpiExporterError.
    """
    if not directory.used:
        return now
    begin = min(directory.moments("up", directory.end, int(now.timestamp()) + 1), default=None)
    recent = now - LONGEST_IN_MEMORY
    return recent if begin is None else min(recent, moment(begin - 1))


def limit(span: Span, scraped: Iterable[int]) -> int:
    """The last point that comes before everything that was scraped."""
    first = min(scraped, default=None)
    return span.until if first is None else min(span.until, (first - 1) // span.step * span.step)


def asked_of(client: Client, url: str, project: str, span: Span, own: Own) -> Iterable[int]:
    """Moments that are no later than what was scraped of a project, out of a Prometheus; raises UpstreamError.

    The past is asked for in equal stretches, and a stretch that has something gives its beginning.
    """
    stretch = max(1, -(-(span.until - span.since) // HOUR // _MOST_POINTS)) * HOUR
    params = {
        "query": f"count by (__name__) (last_over_time({_series(project)}[{stretch}s]))",
        "start": str(span.since),
        "end": str(span.until + stretch),
        "step": str(stretch),
    }
    answer = client.get(f"{url.rstrip('/')}/api/v1/query_range", params=params, conditional=False).json()
    match answer:
        case {"status": "success", "data": {"resultType": "matrix", "result": list(series)}}:
            return [begin for one in series for begin in _begins(one, stretch, own)]
    raise UpstreamError(Reason.MALFORMED, _STRANGE)


def _begins(series: object, stretch: int, own: Own) -> Iterable[int]:
    """Moments no later than what was scraped in the stretches in which a series has something, whose ends it is given by."""
    match series:
        case {"metric": {"__name__": name}, "values": list(values)}:
            begins = [int(float(end)) - stretch for end, _ in values]
            if name == _SCRAPED:
                return [begin + 1 for begin in begins]
            foreign = [begin for begin in begins if not any(a <= begin + stretch and begin <= b for a, b in own)]
            # A stretch in which our own points end may hold scraped ones behind them.
            return [max((b for _, b in own if begin - stretch <= b <= begin), default=begin) + 1 for begin in foreign]
    raise UpstreamError(Reason.MALFORMED, _STRANGE)


def read_from(directory: DataDirectory, project: str, kpi: str, span: Span, own: Own) -> Iterable[int]:
    """The moments of what was scraped of a project, out of a data directory; raises KpiExporterError.

    `kpi` is any of its KPIs: to read all would take long, and one is enough where nothing else tells our points, once it is
    forgotten that they are ours.
    """
    moments = directory.moments(_series(project, kpi), span.since, span.until + span.step)
    return (when for when in moments if not any(a <= when <= b for a, b in own))


def _series(project: str, kpi: str | None = None) -> str:
    """What scrapes and backfills tell of a project, of one KPI where one is given."""
    only = "" if kpi is None else f",kpi=~{quoted(f'|{kpi}')}"
    return f'{{__name__=~"{_TOLD}|{_SCRAPED}",project={quoted(project)}{only}}}'
