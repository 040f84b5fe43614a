"""Figures made of how other rows stand against their targets."""

from collections.abc import Sequence
from dataclasses import replace

from exporter.catalog.model import Target
from exporter.kpi.figure import Figure, absent, combined
from exporter.kpi.targets import attainment

__all__ = ["attained", "share_met"]


def attained(target: Target | None, figure: Figure) -> Figure:
    """How far a figure reaches the target in force, as `attainment` says; it keeps the origin of the figure."""
    if figure.value is None:
        return figure
    if target is None:
        return absent("no target is in force", past=figure.past)
    return combined(attainment(target, figure.value), [figure])


def share_met(standing: Sequence[tuple[Target, Figure]]) -> Figure:
    """Of the targets in force whose figure is known the share that is met, 0 to 1; `known` is the share of them all."""
    known = [(target, figure.value) for target, figure in standing if figure.value is not None]
    past = any(figure.past for _, figure in standing)
    if not standing:
        return absent("no target is in force")
    if not known:
        return replace(absent("no figure with a target is known", past=past), known=0.0)
    met = sum(target.met_by(value) for target, value in known)
    share = combined(met / len(known), [figure for _, figure in standing])
    return replace(share, known=len(known) / len(standing))
