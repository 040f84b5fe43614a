"""NPS with its interval, means and shares. Pure; the order of the answers does not matter, to the last bit."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

__all__ = ["NetPromoter", "counts", "mean", "net_promoter", "net_promoter_score", "share"]

_PROMOTER = 9
_PASSIVE = 7
_Z = 1.959963984540054
"""Quantile of the standard normal distribution that leaves 2.5 % above it."""
_ADDED = 0.75
"""Answers that are added to the promoters and to the detractors; twice as many are added to the passives."""


@dataclass(frozen=True, slots=True)
class NetPromoter:
    """The net promoter score from -100 to 100, the bounds of its 95 % interval, and the shares (0 to 1) that it is made of."""

    score: float
    promoters: float
    passives: float
    detractors: float
    lower: float
    upper: float


def net_promoter(ratings: Collection[float]) -> NetPromoter:
    """The net promoter score of at least one rating from 0 to 10.

    The interval is the adjusted Wald interval for the difference of two shares of one sample, one of those that Rocks found to
    perform best ("Interval Estimation for the Net Promoter Score", The American Statistician 70(4), 2016, arXiv:1601.07235): 3/4
    of an answer is added to the promoters and to the detractors, and 3 to all answers. With the shares p and d that come of it,
    and N answers, it is

        p - d ± 1.96 √((p + d - (p - d)²) / N)

    times 100, cut to -100 and 100. So it has a width where all answers are alike. The score itself is always in it.
    """
    total = len(ratings)
    promoters = sum(rating >= _PROMOTER for rating in ratings)
    detractors = sum(rating < _PASSIVE for rating in ratings)
    score = 100 * (promoters - detractors) / total
    adjusted = total + 4 * _ADDED
    p, d = (promoters + _ADDED) / adjusted, (detractors + _ADDED) / adjusted
    margin = _Z * math.sqrt((p + d - (p - d) ** 2) / adjusted)
    return NetPromoter(
        score,
        promoters / total,
        (total - promoters - detractors) / total,
        detractors / total,
        # The adjusted centre is nearer to 0 than the score, which a single answer would leave outside.
        max(-100.0, min(score, 100 * (p - d - margin))),
        min(100.0, max(score, 100 * (p - d + margin))),
    )


def net_promoter_score(ratings: Collection[float]) -> float:
    """The share of ratings of 9 and 10 minus that of 0 to 6, times 100, of at least one rating."""
    return net_promoter(ratings).score


def mean(numbers: Collection[float]) -> float:
    """The arithmetic mean of at least one number, in their unit."""
    return math.fsum(numbers) / len(numbers)


def share(hits: Iterable[bool]) -> float:
    """The share (0 to 1) of what is true among at least one."""
    found = list(hits)
    return sum(found) / len(found)


def counts(chosen: Iterable[Iterable[str]], known: Iterable[str]) -> Mapping[str, int]:
    """How many choices hold each word that is known; 0 where none does."""
    number = dict.fromkeys(known, 0)
    for words in chosen:
        for word in words:
            if word in number:
                number[word] += 1
    return number
