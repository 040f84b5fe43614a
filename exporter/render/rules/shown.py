"""Figures on a scale that people read, for tables in which the units of their rows differ: 3.2 in %, 45 in ms."""

from collections.abc import Sequence

from exporter.promql import number, quoted
from exporter.render.rules.model import Recording
from exporter.render.rules.series import BY_ROW, BY_UNIT, CURRENT, TARGET

__all__ = ["shown_recordings"]

_SCALES = (
    ("ratio", 0.0, 100.0, "%"),
    ("seconds", 172_800.0, 1 / 86_400, "days"),
    ("seconds", 7200.0, 1 / 3600, "h"),
    ("seconds", 120.0, 1 / 60, "min"),
    ("seconds", 1.0, 1.0, "s"),
    ("seconds", 0.0, 1000.0, "ms"),
    ("bytes", 1e9, 1e-9, "GB"),
    ("bytes", 1e6, 1e-6, "MB"),
    ("bytes", 0.0, 1e-3, "kB"),
    ("usd", 0.0, 1.0, "$"),
    ("score_0_10", 0.0, 1.0, "of 10"),
    ("score_1_10", 0.0, 1.0, "of 10"),
    ("score_1_5", 0.0, 1.0, "of 5"),
)
"""Unit, from which size on, factor, and the word of the scale; where a unit has several, the largest first."""
_BASIS = "kpi:shown:basis"
_FACTOR = "kpi:shown:factor"
_SHOWN = {"kpi:shown:value": CURRENT, "kpi:shown:target": TARGET}


def shown_recordings() -> Sequence[Recording]:
    """The scale of each figure, and value and target on it.

    It is chosen by the target, so that both share it; a target of zero knows none, so that there the value chooses.
    """
    return [
        Recording(_BASIS, f"abs({TARGET}) > 0\nor\nabs({CURRENT})\nor\nabs({TARGET})"),
        Recording(_FACTOR, _factors()),
        *(Recording(name, _rounded(series)) for name, series in _SHOWN.items()),
    ]


def _rounded(series: str) -> str:
    """A series on its scale, with two digits behind the point: more of them nobody reads."""
    return f"round({series} * on ({BY_UNIT}) group_left (scale) {_FACTOR}, 0.01)"


def _factors() -> str:
    """The factor of each figure, with the label `scale`; what is read as it is has the factor 1 and no such label."""
    scaled = [_factor(*scale) for scale in _SCALES]
    return f"\nor on ({BY_ROW})\n".join([*scaled, f"{_BASIS} * 0 + 1"])


def _factor(unit: str, least: float, factor: float, word: str) -> str:
    large = f"({_BASIS}{{unit={quoted(unit)}}} >= bool {number(least)}) == 1"
    return f'label_replace({large}, "scale", {quoted(word)}, "", "") * {number(factor)}'
