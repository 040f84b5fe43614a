"""What may be shown to everybody: the totals of KPIs whose audience is public. A public Prometheus takes these series alone."""

from collections.abc import Sequence
from datetime import timedelta

from exporter.promql import span
from exporter.render.rules.model import Recording
from exporter.render.rules.series import CURRENT, INFO, PASTS, growth

__all__ = ["PUBLIC", "public_growth", "public_recordings"]

PUBLIC = "kpi:public:value"
"""What a public KPI is worth. Segments are left out: they may tell of few people."""


def public_growth(over: timedelta) -> str:
    """The series of the change of public KPIs within `over`, as a share of what they were worth."""
    return f"kpi:public:growth_{span(over)}"


def public_recordings() -> Sequence[Recording]:
    """The value of each public KPI, and how it grows."""
    shown = f'on (project, kpi)\n{INFO}{{audience="public"}}'
    figures = {
        PUBLIC: CURRENT,
        **{public_growth(over): growth(over) for over in PASTS},
    }
    return [Recording(name, f'{series}{{segment=""}}\nand {shown}') for name, series in figures.items()]
