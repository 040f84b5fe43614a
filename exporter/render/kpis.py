"""The reference page of KPIs: what the shipped catalogs measure, how each figure is had, and what is asked of it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from exporter.catalog.model import Alert, Catalog, Kpi, Segment, Target, Term, Value
from exporter.document import format_duration
from exporter.kpi.words import in_words
from exporter.render.projects import Project
from exporter.render.rules.words import symptom

__all__ = ["kpis_page"]

_INTRODUCTION = """\
# KPIs

The KPIs of the catalogs that ship. Rendered by `kpi-exporter render docs`; edit the catalogs, not this page.

A KPI is had *from sources* where the exporter reads it, *derived* where it is made of other KPIs or of their past, and *by hand*
where only people know: then it lives on [figures that they enter](sources/manual.md). Entered figures also fill in wherever a
source gives nothing. Days of targets are those of the launch that the catalog names; a project may set another.
"""
_HEAD = "| KPI | meaning | how it is had | target | alerts | document |\n|---|---|---|---|---|---|"
_FROM_SOURCES, _DERIVED, _BY_HAND = "from sources", "derived", "by hand"
_WAYS = (_FROM_SOURCES, _DERIVED, _BY_HAND)


def kpis_page(projects: Sequence[Project]) -> str:
    """The page, with one table a category and the coverage counted."""
    sections = [_INTRODUCTION, _coverage(projects)]
    for project in projects:
        catalog = project.catalog
        sections.append(f"## {catalog.project}\n\nLaunch: {catalog.launch.isoformat()}.\n")
        for category, kpis in groupby(catalog.kpis, key=lambda kpi: kpi.category):
            rows = "\n".join(_row(kpi, catalog) for kpi in kpis)
            sections.append(f"### {category.replace('_', ' ').capitalize()} ({catalog.project})\n\n{_HEAD}\n{rows}\n")
    return "\n".join(sections)


def _coverage(projects: Sequence[Project]) -> str:
    lines = [f"| catalog | KPIs | {' | '.join(_WAYS)} | alerts |", "|---|---|---|---|---|---|"]
    totals = [0] * (len(_WAYS) + 2)
    for project in projects:
        ways = [_way(kpi) for kpi in project.catalog.kpis]
        alerts = sum(len(project.catalog.rules(kpi)) for kpi in project.catalog.kpis)
        numbers = [len(ways), *(ways.count(way) for way in _WAYS), alerts]
        totals = [total + number for total, number in zip(totals, numbers, strict=True)]
        lines.append(f"| `{project.catalog.project}` | {' | '.join(map(str, numbers))} |")
    lines.append(f"| together | {' | '.join(map(str, totals))} |")
    return "\n".join(lines) + "\n"


def _way(kpi: Kpi) -> str:
    if any(term.metric is not None for value in kpi.values for term in value.terms):
        return _FROM_SOURCES
    return _DERIVED if kpi.values else _BY_HAND


def _row(kpi: Kpi, catalog: Catalog) -> str:
    cells = (
        f"`{kpi.id}`<br>{kpi.title}",
        kpi.definition,
        "<br>".join(_origins(kpi)),
        "<br>".join(_aims(kpi, catalog.launch)),
        "<br>".join(_alert(alert, kpi) for alert in catalog.rules(kpi)) or "–",
        kpi.reference or "–",
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _origins(kpi: Kpi) -> Iterator[str]:
    if kpi.value is not None:
        by = f", by {' and '.join(f'`{label}`' for label in kpi.value.by)}" if kpi.value.by else ""
        yield _origin(kpi.value) + by
    own = [segment for segment in kpi.segments if segment.value is not None]
    for segment in own:
        assert segment.value is not None
        yield f"`{segment.name}`: {_origin(segment.value)}"
    rest = [segment.name for segment in kpi.segments if segment.value is None] if kpi.value is None or not kpi.value.by else []
    if kpi.value is None:
        yield "by hand" + (f" ({', '.join(rest)})" if own and rest else "")


def _origin(value: Value) -> str:
    if value.growth is not None:
        return f"growth of {_row_name(value.growth.kpi, value.growth.segment)} over {format_duration(value.growth.over)}"
    if value.forecast is not None:
        ahead = format_duration(value.forecast.ahead)
        return f"{value.forecast.scenario} forecast of {_row_name(value.forecast.kpi, value.forecast.segment)}, {ahead} ahead"
    if value.attainment is not None:
        return f"attainment of {_row_name(value.attainment.kpi, value.attainment.segment)}"
    if value.on_target is not None:
        return f"share of targets met ({', '.join(value.on_target)})"
    if value.weighted is not None:
        return "score: " + ", ".join(f"{term.weight:g} × {_term(term)}" for term in value.weighted)
    sign = " ÷ " if value.ratio is not None else " − " if value.difference is not None else " + "
    return sign.join(_term(term) for term in value.terms)


def _term(term: Term) -> str:
    if term.kpi is not None:
        return _row_name(term.kpi, term.segment)
    if term.metric is None:
        return f"{term.constant:g}"
    where = ", ".join(f"{label}={value}" for label, value in term.where.items())
    text = f"`{term.metric}{{{where}}}`" if where else f"`{term.metric}`"
    return text if term.aggregate == "sum" else f"{term.aggregate} of {text}"


def _row_name(kpi: str, segment: str) -> str:
    return f"`{kpi}` ({segment})" if segment else f"`{kpi}`"


def _aims(kpi: Kpi, launch: date) -> Iterator[str]:
    """Targets, limits and bands, of the KPI and of its segments."""
    nothing = True
    parts: Iterable[Kpi | Segment] = (kpi, *kpi.segments)
    for part in parts:
        name = part.name if isinstance(part, Segment) else ""
        texts = [_target(target, kpi, name, launch) for target in part.targets]
        if part.max_allowed is not None:
            word = "least" if kpi.direction == "up" else "most"
            texts.append(f"{word} allowed {in_words(part.max_allowed, kpi.unit_of(name))}")
        if texts:
            nothing = False
            yield (f"{name}: " if name else "") + ", ".join(texts)
    if kpi.bands is not None:
        beyond, short = ("above", "below") if kpi.direction == "up" else ("below", "above")
        green, red = in_words(kpi.bands.green, kpi.unit), in_words(kpi.bands.red, kpi.unit)
        yield f"green {beyond} {green}, red {short} {red}"
        nothing = False
    if nothing:
        yield "–"


def _target(target: Target, kpi: Kpi, segment: str, launch: date) -> str:
    bound = "at least" if target.at_least is not None else "at most"
    by = f" by {target.by.on(launch).isoformat()}" if target.by is not None else ""
    window = f" over {format_duration(target.window)}" if target.window is not None and target.window != kpi.window else ""
    return f"{bound} {in_words(target.number, kpi.unit_of(segment))}{by}{window}"


def _alert(alert: Alert, kpi: Kpi) -> str:
    named = [name for name in alert.segments if name]
    segments = f" ({'each' if named == ['*'] else ', '.join(named)})" if named else ""
    page = f"../prometheus/runbooks/{alert.name}.md"
    return f"[{alert.priority}]({page}) {symptom(kpi.unit_of(alert.segments[0]), alert.when)}{segments}"
