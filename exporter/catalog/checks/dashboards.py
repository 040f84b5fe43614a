"""The layout of a dashboard: what it shows must exist, and be of a kind that its form can show."""

from collections.abc import Iterator, Set
from datetime import timedelta

from exporter.catalog.checks.places import Found
from exporter.catalog.checks.rows import has_row, named_rows, targets_by_row
from exporter.catalog.layout import MOST_WEEKS, PanelLayout, RowName
from exporter.catalog.model import Catalog, Kpi, KpiUnit
from exporter.document import did_you_mean, found
from exporter.document.reader import Where

__all__ = ["dashboard_problems"]


def dashboard_problems(catalog: Catalog) -> Found:
    """KPIs, segments and categories that are not there, owners of none, and panels that cannot show what they name."""
    categories = {kpi.category for kpi in catalog.kpis}
    for name in catalog.owners:
        if name not in categories:
            yield ("owners", name), f'"{name}" is not a category, {did_you_mean(name, categories)}'
    for place, panel in _panels(catalog):
        yield from _rows(place, panel, catalog)
        yield from _names(place, panel, catalog, categories)


def _panels(catalog: Catalog) -> Iterator[tuple[Where, PanelLayout]]:
    for row_index, row in enumerate(catalog.dashboard.rows if catalog.dashboard else ()):
        for index, panel in enumerate(row.panels):
            yield ("dashboard", "rows", row_index, "panels", index), panel


def _rows(at: Where, panel: PanelLayout, catalog: Catalog) -> Found:
    units = {}
    for place, name in _figures((*at, panel.form), getattr(panel, panel.form)):
        kpi = catalog.kpi(name.kpi)
        if kpi is None:
            yield place, _unknown(name.kpi, catalog)
        elif not has_row(kpi, name.segment):
            known = did_you_mean(name.segment, named_rows(kpi))
            yield place, f"{found(name.segment)} is not a segment of {kpi.id}, {known}" if name.segment else _no_total(kpi)
        else:
            units[name.kpi, name.segment] = kpi.unit_of(name.segment)
            yield from _schedule(place, panel.form, kpi, name.segment, catalog)
    if panel.form == "trend":
        yield from _one_unit((*at, panel.form), set(units.values()))


def _one_unit(at: Where, units: Set[KpiUnit]) -> Found:
    """What shares a scale has one unit."""
    if len(units) > 1:
        yield at, f"must be of one unit, found {', '.join(sorted(units))}"


def _figures(at: Where, value: object) -> Iterator[tuple[Where, RowName]]:
    if isinstance(value, RowName):
        yield at, value
    elif isinstance(value, tuple):
        yield from (((*at, index), one) for index, one in enumerate(value) if isinstance(one, RowName))


def _schedule(at: Where, form: str, kpi: Kpi, segment: str, catalog: Catalog) -> Found:
    """A panel that leads to a goal needs one with a day."""
    if form not in ("weeks", "forecast"):
        return
    days = [target.by.on(catalog.launch) for target in targets_by_row(kpi).get(segment, ()) if target.by is not None]
    if not days:
        yield at, f"{kpi.id} has no target with a day, which {form} needs"
    elif form == "weeks" and max(days) - catalog.launch > timedelta(weeks=MOST_WEEKS):
        yield at, f"{kpi.id} has its goal more than {MOST_WEEKS} weeks after launch, more than weeks has room for"


def _names(at: Where, panel: PanelLayout, catalog: Catalog, categories: set[str]) -> Found:
    for form in ("segments", "score"):
        id_ = getattr(panel, form)
        kpi = catalog.kpi(id_) if id_ is not None else None
        if id_ is not None and kpi is None:
            yield (*at, form), _unknown(id_, catalog)
        elif kpi is not None and form == "score" and (kpi.value is None or kpi.value.weighted is None):
            yield (*at, form), f"{id_} is not a weighted score"
        elif kpi is not None and form == "segments" and not (kpi.segments or (kpi.value is not None and kpi.value.by)):
            yield (*at, form), f"{id_} has no segments"
        elif kpi is not None and form == "segments":
            yield from _one_unit((*at, form), {kpi.unit_of(segment.name) for segment in kpi.segments})
    for form in ("scorecard", "targets_met"):
        for index, name in enumerate(getattr(panel, form) or ()):
            if name not in categories:
                yield (*at, form, index), f'"{name}" is not a category, {did_you_mean(name, categories)}'


def _unknown(id_: str, catalog: Catalog) -> str:
    return f'"{id_}" is not a KPI of this catalog, {did_you_mean(id_, [kpi.id for kpi in catalog.kpis])}'


def _no_total(kpi: Kpi) -> str:
    return f"{kpi.id} has no figure without segment; name one: {', '.join(named_rows(kpi))}"
