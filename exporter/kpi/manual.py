"""Manual figures: what people entered, by KPI and segment."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from exporter.kpi.figure import Figure
from exporter.kpi.index import Index

__all__ = ["SOURCE", "VALUE", "entered"]

SOURCE = "manual"
VALUE = "manual_figure"
_DATE = "manual_figure_timestamp_seconds"


def entered(index: Index) -> Mapping[str, Mapping[str, Figure]]:
    """The figures of the source `manual`: KPI, then segment. A figure counts from its date, so without a date there is none."""
    dates = _by_segment(index, _DATE)
    figures: dict[str, dict[str, Figure]] = defaultdict(dict)
    for (kpi, segment), value in _by_segment(index, VALUE).items():
        date = dates.get((kpi, segment))
        if date is not None:
            figures[kpi][segment] = Figure(value, frozenset({SOURCE}), datetime.fromtimestamp(date, UTC))
    return figures


def _by_segment(index: Index, metric: str) -> dict[tuple[str, str], float]:
    samples = sorted(
        (sample for sample, origin in index.select(metric, {}) if origin.source == SOURCE), key=lambda sample: sample.value
    )
    labels = [(dict(sample.labels), sample.value) for sample in samples]
    return {(label["kpi"], label["segment"]): value for label, value in labels}
