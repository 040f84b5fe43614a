"""surveys: the net promoter score with its interval, means and shares, against sums made by hand."""

import math
from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.surveys.statistics import counts, mean, net_promoter, net_promoter_score, share

RATINGS = st.lists(st.integers(0, 10), min_size=1, max_size=60)


def test_the_score_is_the_share_of_promoters_minus_that_of_detractors() -> None:
    """Of ten, six are promoters (9, 10), two are passive (7, 8) and two detract (0 to 6): 60 - 20."""
    nps = net_promoter([10, 10, 10, 9, 9, 9, 8, 7, 6, 0])
    assert (nps.score, nps.promoters, nps.passives, nps.detractors) == (40, 0.6, 0.2, 0.2)


def test_the_interval_of_ten_answers_by_hand() -> None:
    """p = 6.75 / 13 = 0.519231, d = 2.75 / 13 = 0.211538, p - d = 0.307692; √((0.730769 - 0.094675) / 13) = 0.221201; 1.96 times
    that is 0.433546.
    """
    nps = net_promoter([10, 10, 10, 9, 9, 9, 8, 7, 6, 0])
    assert (nps.lower, nps.upper) == pytest.approx((-12.5854, 74.1239), abs=1e-3)


def test_an_interval_has_a_width_where_all_answers_are_alike() -> None:
    """p = 5.75 / 8 = 0.71875, d = 0.75 / 8 = 0.09375, p - d = 0.625; √((0.8125 - 0.390625) / 8) = 0.22964; × 1.96: 0.450085."""
    assert (net_promoter([10] * 5).lower, net_promoter([10] * 5).upper) == (pytest.approx(17.4915, abs=1e-3), 100)
    assert (net_promoter([0] * 5).lower, net_promoter([0] * 5).upper) == (-100, pytest.approx(-17.4915, abs=1e-3))


def test_a_thousand_answers_leave_little_doubt() -> None:
    """p = 600.75 / 1003, d = 200.75 / 1003, p - d = 0.398804; √((0.799103 - 0.159045) / 1003) = 0.025262; × 1.96: 0.049512."""
    nps = net_promoter([10] * 600 + [7] * 200 + [0] * 200)
    assert (nps.lower, nps.score, nps.upper) == pytest.approx((34.929, 40, 44.832), abs=1e-3)


def test_a_single_answer_says_next_to_nothing() -> None:
    nps = net_promoter([10])
    assert (nps.score, nps.upper) == (100, 100)
    assert nps.lower < -40


@pytest.mark.parametrize("shares", [(0.5, 0.3, 0.2), (0.7, 0.2, 0.1), (0.9, 0.08, 0.02), (0.2, 0.3, 0.5), (0.34, 0.33, 0.33)])
def test_the_interval_holds_the_truth_in_about_nineteen_of_twenty_surveys(shares: tuple[float, float, float]) -> None:
    """Summed over all that 20 respondents can answer, each with its probability."""
    truth, covered = 100 * (shares[0] - shares[2]), 0.0
    for promoters, detractors in product(range(21), range(21)):
        passives = 20 - promoters - detractors
        if passives < 0:
            continue
        nps = net_promoter([10] * promoters + [7] * passives + [0] * detractors)
        ways = math.factorial(20) / (math.factorial(promoters) * math.factorial(passives) * math.factorial(detractors))
        if nps.lower <= truth <= nps.upper:
            covered += ways * shares[0] ** promoters * shares[1] ** passives * shares[2] ** detractors
    assert 0.93 < covered < 0.99


@given(RATINGS)
def test_a_score_lies_in_its_interval_and_both_within_bounds(ratings: list[int]) -> None:
    nps = net_promoter(ratings)
    assert -100 <= nps.lower <= nps.score <= nps.upper <= 100
    assert nps.promoters + nps.passives + nps.detractors == pytest.approx(1)
    assert nps.score == pytest.approx(100 * (nps.promoters - nps.detractors))
    assert net_promoter_score(ratings) == nps.score


@given(st.lists(st.floats(-1e15, 1e15), min_size=1), st.randoms())
def test_the_order_of_answers_does_not_matter_to_the_last_bit(numbers: list[float], chance: Random) -> None:
    shuffled = list(numbers)
    chance.shuffle(shuffled)
    assert mean(numbers) == mean(shuffled)


def test_a_mean_and_a_share() -> None:
    assert mean([1, 2, 6]) == 3
    assert mean([0.1] * 10) == 0.1
    assert share([True, False, True, True]) == 0.75


def test_words_are_counted_once_a_choice_and_those_that_nobody_chose_are_0() -> None:
    chosen = [frozenset({"gin", "chi"}), frozenset({"gin"}), frozenset({"stranger"})]
    assert counts(chosen, ("gin", "chi", "echo")) == {"gin": 2, "chi": 1, "echo": 0}
