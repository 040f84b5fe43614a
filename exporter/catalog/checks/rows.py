"""Rows: which figures of a KPI a term or an alert may name."""

from exporter.catalog.model import Kpi, Target, window_name

__all__ = ["has_row", "named_rows", "targets_by_row"]


def targets_by_row(kpi: Kpi) -> dict[str, list[Target]]:
    """The rows that the catalog itself names, with their targets: the total, one for each other window, one for each segment."""
    rows: dict[str, list[Target]] = {"": []} if kpi.has_total else {}
    for target in kpi.targets:
        window = kpi.other_window(target)
        rows.setdefault(window_name(window) if window else "", []).append(target)
    for segment in kpi.segments:
        rows.setdefault(segment.name, []).extend(segment.targets)
    return rows


def named_rows(kpi: Kpi) -> list[str]:
    """The names of the rows that have one."""
    return [name for name in targets_by_row(kpi) if name]


def has_row(kpi: Kpi, name: str) -> bool:
    """Whether a KPI has, or may come to have, a row of that name: the facts may bring segments that nobody declared."""
    return name in targets_by_row(kpi) or (bool(name) and _takes_any(kpi))


def _takes_any(kpi: Kpi) -> bool:
    """Whether a label of `by` is open, or has no declared segment."""
    by = kpi.value.by if kpi.value else ()
    declared = {segment.label or by[0] for segment in kpi.segments} if by else set()
    return any(label in kpi.open or label not in declared for label in by)
