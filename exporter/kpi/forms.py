"""The forms of a value: how the figures of its terms become one."""

import math
from collections.abc import Sequence
from dataclasses import replace

from exporter.catalog.model import Value, Weighted
from exporter.kpi.figure import Figure, absent, combined

__all__ = ["formed"]


def formed(value: Value, figures: Sequence[Figure]) -> Figure:
    """The figure that a form makes of the figures of its terms, given in the order of `value.terms`.

    All of them must be known, but for a weighted score, which is the mean over those that are. Division by zero gives nothing.
    """
    figure = _formed(value, figures)
    past = any(part.past for part in figures)
    if value.weighted is not None:
        return replace(figure, known=_share(value.weighted, figures), past=past)
    return replace(figure, past=past) if past else figure


def _formed(value: Value, figures: Sequence[Figure]) -> Figure:
    known = [figure for figure in figures if figure.value is not None]
    if not known or (len(known) < len(figures) and value.weighted is None):
        return next(figure for figure in figures if figure.value is None)
    numbers = [figure.value for figure in figures]
    try:
        if value.weighted is not None:
            return combined(_score(value.weighted, numbers), known)
        if value.ratio is not None:
            return combined(_known(numbers[0]) / _known(numbers[1]), known)
        if value.difference is not None:
            return combined(_known(numbers[0]) - _known(numbers[1]), known)
        return combined(math.fsum(map(_known, numbers)), known)
    except ZeroDivisionError:
        return absent("it would be divided by 0")
    except OverflowError:
        return absent("the result is too large")


def _share(terms: Sequence[Weighted], figures: Sequence[Figure]) -> float:
    """The share of the weights whose terms are known."""
    known = (term.weight for term, figure in zip(terms, figures, strict=True) if figure.value is not None)
    return math.fsum(known) / math.fsum(term.weight for term in terms)


def _score(terms: Sequence[Weighted], numbers: Sequence[float | None]) -> float:
    """100 × the weighted mean of the known terms, each brought to 0..1 between its worst and its best."""
    known = [(term, number) for term, number in zip(terms, numbers, strict=True) if number is not None]
    parts = (term.weight * _between(number, term.worst, term.best) for term, number in known)
    return 100 * math.fsum(parts) / math.fsum(term.weight for term, _ in known)


def _between(number: float, worst: float, best: float) -> float:
    return min(max((number - worst) / (best - worst), 0.0), 1.0)


def _known(number: float | None) -> float:
    assert number is not None
    return number
