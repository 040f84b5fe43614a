"""How the units of KPIs are shown in Grafana."""

from exporter.catalog.model import KpiUnit
from exporter.render.dashboards.model import Json

__all__ = ["GRAFANA_UNITS", "bounds", "grafana_unit", "in_points", "shown_scale"]

GRAFANA_UNITS: dict[KpiUnit, str] = {
    "ratio": "percentunit",
    "seconds": "s",
    "bytes": "decbytes",
    "usd": "currencyUSD",
}
_PLAIN = "locale"
"""Whole numbers with thousands separated, others with up to three digits behind the point."""
_BOUNDS: dict[KpiUnit, tuple[float, float]] = {
    "score_-100_100": (-100, 100),
    "score_0_10": (0, 10),
    "score_1_10": (1, 10),
    "score_1_5": (1, 5),
}


def grafana_unit(unit: KpiUnit) -> str:
    """Grafana's name of a unit."""
    return GRAFANA_UNITS.get(unit, _PLAIN)


def bounds(unit: KpiUnit) -> Json:
    """Least and most that a score can be; nothing for what has no such bounds."""
    least, most = _BOUNDS.get(unit, (None, None))
    return {} if least is None else {"min": least, "max": most}


def shown_scale(unit: KpiUnit) -> Json:
    """The bounds of a score, told with one digit behind the point; nothing for other units."""
    limits = bounds(unit)
    return {**limits, "decimals": 1} if limits else {}


def in_points(unit: KpiUnit) -> bool:
    """Whether a distance is told in points, as between two shares or scores, and not as a share of the target."""
    return unit == "ratio" or unit in _BOUNDS
