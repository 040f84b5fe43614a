"""Names: each stands for one thing, and each label that is named exists."""

from exporter.catalog.checks.places import Found, kpis
from exporter.catalog.model import Catalog, Kpi, window_name
from exporter.document import did_you_mean, found, path_text
from exporter.document.reader import Where

__all__ = ["name_problems"]


def name_problems(catalog: Catalog) -> Found:
    """Names that stand twice, and labels of segments that nothing splits by."""
    ids: dict[str, Where] = {}
    for at, kpi in kpis(catalog):
        first = ids.setdefault(kpi.id, at)
        if first != at:
            yield (*at, "id"), f'"{kpi.id}" is the id of {path_text(first)} already'
        yield from _segment_names(at, kpi)
        yield from _labels(at, kpi)
    yield from _alert_names(catalog)


def _segment_names(at: Where, kpi: Kpi) -> Found:
    windows = {window_name(window) for target in kpi.targets if (window := kpi.other_window(target))}
    seen: dict[str, Where] = {}
    for index, segment in enumerate(kpi.segments):
        place = (*at, "segments", index)
        first = seen.setdefault(segment.name, place)
        if first != place:
            yield (*place, "name"), f"{found(segment.name)} is the name of {path_text(first)} already"
        if segment.name == "*":
            yield (*place, "name"), 'must not be "*", which stands for every segment; name a label in open instead'
        if segment.name in windows:
            yield (*place, "name"), f"{found(segment.name)} is the segment of a target with that window already"


def _labels(at: Where, kpi: Kpi) -> Found:
    by = kpi.value.by if kpi.value else ()
    for index, segment in enumerate(kpi.segments):
        place = (*at, "segments", index)
        if segment.label is not None and segment.label not in by:
            yield (*place, "label"), f'"{segment.label}" is not a label of by, {did_you_mean(segment.label, by)}'
        if segment.label is None and len(by) > 1:
            yield (*place, "label"), f"is missing; by has several: {', '.join(by)}"
    for index, label in enumerate(kpi.open):
        if label not in by:
            yield (*at, "open", index), f'"{label}" is not a label of by, {did_you_mean(label, by)}'


def _alert_names(catalog: Catalog) -> Found:
    taken: dict[str, Where] = {}
    for at, kpi in kpis(catalog):
        for index, alert in enumerate(kpi.alerts):
            for name in alert.names:
                place = (*at, "alerts", index, "name")
                first = taken.setdefault(name, place)
                if first != place:
                    yield place, f'"{name}" is the name of an alert already, see {path_text(first)}'
    for at, kpi in kpis(catalog):
        for segment, alert in catalog.limits(kpi):
            place = (*at, *(() if segment is None else ("segments", segment)), "max_allowed")
            first = taken.setdefault(alert.name, place)
            if first != place:
                yield place, f'makes an alert "{alert.name}", a name that is taken, see {path_text(first)}'
