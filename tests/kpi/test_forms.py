"""Forms of a value: ratio, difference, sum, weighted, and KPIs that rest on others."""

from datetime import date, timedelta

import pytest

from support.kpi import NOW, entered, kpi, part, row_of, rows_of, sample, snapshot

A, B = {"metric": "a"}, {"metric": "b"}


def facts(**values):
    return snapshot(part(*(sample(name, value) for name, value in values.items())), declared=["a", "b"])


@pytest.mark.parametrize(
    ("form", "value"),
    [({"ratio": [A, B]}, 1.5), ({"difference": [A, B]}, 1), ({"sum": [A, B]}, 5), ({"sum": [A, B, {"constant": 10}]}, 15)],
)
def test_forms_of_two_terms(form, value):
    assert row_of(kpi(value=form), facts(a=3, b=2)).value == value


@pytest.mark.parametrize("form", [{"ratio": [A, B]}, {"difference": [A, B]}, {"sum": [A, B]}])
def test_an_unknown_term_leaves_no_value(form):
    row = row_of(kpi(value=form), facts(a=3))
    assert (row.value, row.why) == (None, "github has no b")


def test_nothing_is_divided_by_zero():
    row = row_of(kpi(value={"ratio": [A, B]}), facts(a=0, b=0))
    assert (row.value, row.why) == (None, "it would be divided by 0")


def test_a_result_beyond_floats_is_no_value():
    row = row_of(kpi(value={"ratio": [A, B]}), facts(a=1e308, b=1e-308))
    assert (row.value, row.why) == (None, "the result is too large")


def test_a_sum_of_terms_beyond_floats_is_no_value():
    assert row_of(kpi(value={"sum": [A, B]}), facts(a=1e308, b=1e308)).why == "the result is too large"


def test_constants_alone_are_no_value():
    row = row_of(kpi(value={"sum": [{"constant": 1}, {"constant": 2}]}), facts(a=3))
    assert (row.value, row.why) == (None, "it rests on constants alone")


def score(*terms):
    return kpi(value={"weighted": list(terms)})


def weight(name, weight, worst, best):
    return {"metric": name, "weight": weight, "worst": worst, "best": best}


def test_a_weighted_score_is_the_mean_of_what_each_term_reaches():
    """a is half way and counts 3; b, where less is better, is at its best and counts 1: (3·0.5 + 1·1) ÷ 4."""
    row = row_of(score(weight("a", 3, 0, 10), weight("b", 1, 100, 20)), facts(a=5, b=20))
    assert row.value == 62.5


@pytest.mark.parametrize(("a", "value"), [(-5, 0), (0, 0), (2.5, 25), (10, 100), (99, 100)])
def test_a_weighted_term_is_held_between_worst_and_best(a, value):
    assert row_of(score(weight("a", 2, 0, 10)), facts(a=a)).value == value


def test_a_weighted_score_is_over_the_known_terms():
    assert row_of(score(weight("a", 3, 0, 10), weight("b", 1, 0, 10)), facts(a=5)).value == 50


def test_a_weighted_score_of_unknown_terms_is_no_value():
    row = row_of(score(weight("a", 3, 0, 10), weight("b", 1, 0, 10)), facts())
    assert (row.value, row.why) == (None, "github has no a")


def test_a_weighted_constant_alone_is_no_value():
    assert row_of(score(weight("a", 1, 0, 10), {"constant": 5, "weight": 1, "worst": 0, "best": 10}), facts()).value is None


BUGS = kpi("bugs", value={"metric": "open_bugs", "by": "priority"})
OPEN = snapshot(part(sample("open_bugs", 1, priority="P0"), sample("open_bugs", 3, priority="P1")))


def test_a_kpi_rests_on_another_whatever_their_order():
    share = kpi("urgent", value={"ratio": [{"kpi": "bugs", "segment": "P0"}, {"kpi": "bugs"}]})
    assert rows_of([share, BUGS], OPEN)["urgent", ""].value == 0.25
    assert rows_of([BUGS, share], OPEN)["urgent", ""].value == 0.25


def test_a_kpi_rests_on_a_figure_that_was_entered():
    churn = kpi("churn", value={"difference": [{"constant": 1}, {"kpi": "retention"}]})
    row = rows_of([churn, kpi("retention")], entered(date(2026, 1, 20), retention=0.75))["churn", ""]
    assert (row.value, row.source) == (0.25, "manual")


def test_origin_is_that_of_all_terms():
    old = NOW - timedelta(days=1)
    total = kpi("total", value={"sum": [{"metric": "a"}, {"kpi": "bugs"}]})
    row = rows_of([BUGS, total], OPEN, snapshot(part(sample("a", 1), time=old), source="git"))["total", ""]
    assert (row.value, row.source, row.time) == (5, "git+github", old)


@pytest.mark.parametrize(("segment", "why"), [("", "bugs has no value"), ("P9", "bugs P9 has no value")])
def test_a_kpi_without_that_value_is_named(segment, why):
    other = kpi("other", value={"kpi": "bugs", "segment": segment})
    row = rows_of([other, BUGS], snapshot(part(), declared=["open_bugs"]))["other", ""]
    assert (row.value, row.why) == (None, why)


def test_a_kpi_that_rests_on_itself_has_no_value():
    one, two = kpi("one", value={"kpi": "two"}), kpi("two", value={"sum": [{"kpi": "one"}, {"metric": "a"}]})
    rows = rows_of([one, two], facts(a=1))
    assert (rows["one", ""].value, rows["two", ""].value) == (None, None)
