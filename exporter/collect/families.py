"""Snapshots, rows and the exporter's own counts as metric families of the Prometheus client library. Pure functions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family

from exporter.catalog.model import Catalog, Kpi
from exporter.collect import own_metrics as own
from exporter.collect.job import Job
from exporter.facts import Metric, Snapshot
from exporter.kpi.row import Row, Status

__all__ = ["facts_families", "kpi_families", "kpi_info_family", "reload_families", "self_families"]

Series = Iterable[tuple[tuple[str, ...], float | None]]
"""Label values in the order of the declaration, and the value; None where it is not known."""


def facts_families(snapshots: Iterable[Snapshot], declared: Mapping[str, Metric]) -> Iterator[Family]:
    """The raw facts, by metric name, each with the label `project`; a series that two sources give is taken from the first."""
    by_name: dict[str, dict[tuple[str, ...], float]] = {}
    for snapshot in snapshots:
        for sample in snapshot.samples():
            values = (snapshot.project, *(value for _, value in sample.labels))
            by_name.setdefault(sample.name, {}).setdefault(values, sample.value)
    for name, series in sorted(by_name.items()):
        yield _family(Metric(name, declared[name].help, "any", ("project", *declared[name].labels)), series.items())


def kpi_families(rows: Sequence[Row]) -> Iterator[Family]:
    """The KPI layer, one series a row; what is not known has none.

    A row that needs history has no status either: Prometheus, which has the past, records it.
    """

    def key(row: Row) -> tuple[str, ...]:
        return (row.project, row.kpi, row.segment)

    yield _family(own.VALUE, (((*key(row), row.unit), row.value) for row in rows))
    yield _family(own.TARGET, (((*key(row), row.unit), row.target) for row in rows))
    yield _family(own.GOAL, (((*key(row), row.unit), row.goal) for row in rows))
    yield _family(own.ATTAINMENT, ((key(row), row.attainment) for row in rows))
    yield _family(own.KNOWN, ((key(row), row.known) for row in rows))
    standing = [row for row in rows if not row.needs_history]
    yield _family(own.STATUS, (((*key(row), status), float(status is row.status)) for row in standing for status in Status))
    yield _family(own.VALUE_TIME, ((key(row), _timestamp(row.time)) for row in rows))
    yield _family(own.TARGET_TIME, ((key(row), _timestamp(row.target_time)) for row in rows))
    yield _family(own.GOAL_TIME, ((key(row), _timestamp(row.goal_time)) for row in rows))


def kpi_info_family(catalogs: Iterable[tuple[str, Catalog, Mapping[str, str]]]) -> Family:
    """What a KPI is; `catalogs` gives the project's name, its catalog, and the source of each KPI by id."""
    return _family(
        own.INFO,
        (
            ((project, *_about(kpi), catalog.owner(kpi), sources[kpi.id]), 1.0)
            for project, catalog, sources in catalogs
            for kpi in catalog.kpis
        ),
    )


def _about(kpi: Kpi) -> tuple[str, ...]:
    return (kpi.id, kpi.title, kpi.tier, kpi.category, kpi.direction, kpi.audience)


def self_families(jobs: Sequence[Job], version: str, python: str) -> Iterator[Family]:
    """The exporter on itself and on its upstreams."""
    yield _family(own.BUILD_INFO, [((version, python), 1.0)])
    keys = [(job.project, job.name) for job in jobs]
    yield _family(own.INTERVAL, zip(keys, (job.config.interval.total_seconds() for job in jobs), strict=True))
    tried = [(key, job.health) for key, job in zip(keys, jobs, strict=True) if job.health is not None]
    yield _family(own.UP, ((key, float(health.failure is None)) for key, health in tried))
    yield _family(own.LAST_SUCCESS, ((key, _timestamp(health.last_success)) for key, health in tried))
    yield _family(own.DURATION, ((key, health.duration_seconds) for key, health in tried))
    yield _family(own.PARTS, ((key, health.parts) for key, health in tried))
    yield _family(own.PARTS_FAILED, ((key, health.failed_parts) for key, health in tried))
    meters = [(key, job.meter.copy()) for key, job in zip(keys, jobs, strict=True)]
    yield _family(own.REQUESTS, (((*key, code), n) for key, meter in meters for code, n in sorted(meter.requests.items())))
    yield _family(own.FAILURES, (((*key, reason), n) for key, meter in meters for reason, n in sorted(meter.failures.items())))
    yield _family(own.COST, (((*key, resource), n) for key, meter in meters for resource, n in sorted(meter.costs.items())))
    quotas = [((*key, resource), quota) for key, meter in meters for resource, quota in meter.totals().items()]
    yield _family(own.QUOTA_LIMIT, ((key, quota.limit) for key, quota in quotas))
    yield _family(own.QUOTA_REMAINING, ((key, quota.remaining) for key, quota in quotas))
    yield _family(own.QUOTA_RESET, ((key, quota.reset) for key, quota in quotas))


def reload_families(successful: bool, last_success: datetime) -> Iterator[Family]:
    """How the last reload of the configuration went."""
    yield _family(own.RELOAD_SUCCESSFUL, [((), float(successful))])
    yield _family(own.RELOAD_TIME, [((), last_success.timestamp())])


def _family(metric: Metric, series: Series) -> Family:
    kind = CounterMetricFamily if metric in own.COUNTERS else GaugeMetricFamily
    family = kind(metric.name, metric.help, labels=metric.labels)
    for values, number in series:
        if number is not None:
            family.add_metric(values, number)
    return family


def _timestamp(time: datetime | None) -> float | None:
    return None if time is None else time.timestamp()
