"""Finds the sources: those of this package, and those that other distributions name by entry point."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any

import exporter.sources
from exporter.errors import KpiExporterError
from exporter.facts import Metric
from exporter.sources.base import Source

__all__ = ["declared_metrics", "sources"]

ENTRY_POINTS = "kpi_exporter.sources"
_NEEDED = ("name", "summary", "config_type", "metrics")


@cache
def sources() -> Mapping[str, type[Source[Any]]]:
    """Every source there is, by name, in the order of the names.

    Raises KpiExporterError when one cannot be used, or two have the same name.
    """
    known: dict[str, type[Source[Any]]] = {}
    for kind in (*_shipped(), *map(_installed, sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name))):
        if known.setdefault(kind.name, kind) is not kind:
            raise KpiExporterError(f"two sources are called {kind.name}: {known[kind.name].__module__} and {kind.__module__}")
    return MappingProxyType(dict(sorted(known.items())))


@cache
def declared_metrics() -> Mapping[str, Metric]:
    """Every metric that some source declares, by name. Raises KpiExporterError when two sources declare one differently."""
    declared: dict[str, Metric] = {}
    for kind in sources().values():
        for metric in kind.metrics:
            if declared.setdefault(metric.name, metric) != metric:
                raise KpiExporterError(
                    f"the metric {metric.name} is declared twice, differently; again by the source {kind.name}"
                )
    return MappingProxyType(dict(sorted(declared.items())))


def _shipped() -> list[type[Source[Any]]]:
    modules = (
        importlib.import_module(f"{exporter.sources.__name__}.{found.name}")
        for found in pkgutil.iter_modules(exporter.sources.__path__)
    )
    return [module.SOURCE for module in modules if hasattr(module, "SOURCE")]


def _installed(point: EntryPoint) -> type[Source[Any]]:
    """The source that another distribution names; whatever is wrong with it, the error says whose it is."""
    where = f"the source {point.name} of {point.dist.name if point.dist else point.value}"
    try:
        kind = point.load()
    except Exception as error:
        raise KpiExporterError(f"{where} cannot be loaded: {type(error).__name__}") from error
    if not (isinstance(kind, type) and issubclass(kind, Source)) or not all(hasattr(kind, name) for name in _NEEDED):
        raise KpiExporterError(f"{where} is no subclass of Source that sets {', '.join(_NEEDED)}")
    return kind
