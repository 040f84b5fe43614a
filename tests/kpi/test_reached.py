"""Figures made of how other rows stand: attainment, and the share of targets that is met."""

from datetime import UTC, date, datetime

import pytest

from support.kpi import entered, kpi, part, row_of, rows_of, sample, snapshot

DAY = date(2026, 1, 20)


def counted(id_, **fields):
    """A KPI whose value is the metric called like it."""
    return kpi(id_, value={"metric": id_}, **fields)


def facts(**values):
    return snapshot(part(*(sample(name, value) for name, value in values.items())), declared=list("abcd"))


def attained(**of):
    return kpi("attained", unit="ratio", value={"attainment": {"kpi": "a", **of}})


@pytest.mark.parametrize(("target", "value"), [({"at_least": 200}, 0.75), ({"at_most": 200}, 1.25), ({"at_most": 0}, 0)])
def test_attainment_is_that_of_the_other_kpi(target, value):
    rows = rows_of([attained(), counted("a", targets=[target])], facts(a=150))
    assert rows["attained", ""].value == rows["a", ""].attainment == value


def test_attainment_is_of_the_segment_that_is_named():
    a = kpi("a", value={"metric": "a", "by": "priority"}, segments=[{"name": "P0", "targets": [{"at_least": 4}]}])
    snap = snapshot(part(sample("a", 1, priority="P0"), sample("a", 9, priority="P1")))
    assert rows_of([attained(segment="P0"), a], snap)["attained", ""].value == 0.25


def test_attainment_follows_the_target_in_force():
    a = counted("a", targets=[{"by": "2026-01-27", "at_least": 100}, {"by": "2026-02-27", "at_least": 200}])
    before, after = datetime(2026, 1, 27, 23, tzinfo=UTC), datetime(2026, 1, 28, tzinfo=UTC)
    assert [rows_of([a, attained()], facts(a=100), now=now)["attained", ""].value for now in (before, after)] == [1, 0.5]


def test_attainment_keeps_the_origin_of_the_figure():
    row = rows_of([attained(), kpi("a", targets=[{"at_least": 10}])], entered(DAY, a=5))["attained", ""]
    assert (row.value, row.source, row.time) == (0.5, "manual", datetime(2026, 1, 20, tzinfo=UTC))


@pytest.mark.parametrize(
    ("targets", "known", "why"), [([{"at_least": 5}], {}, "a has no value"), ([], {"a": 5}, "no target is in force")]
)
def test_without_value_or_target_there_is_no_attainment(targets, known, why):
    row = rows_of([attained(), counted("a", targets=targets)], facts(**known))["attained", ""]
    assert (row.value, row.why) == (None, why)


def met(*categories):
    return kpi("met", unit="ratio", category="summary", value={"on_target": categories or ["*"]})


def test_on_target_is_the_share_of_targets_that_are_met():
    """a is beyond its target, b just on it, c short of it; d has none."""
    targets = {"a": [{"at_least": 1}], "b": [{"at_most": 5}], "c": [{"at_least": 9}], "d": []}
    kpis = [counted(name, targets=one) for name, one in targets.items()]
    row = rows_of([met(), *kpis], facts(a=5, b=5, c=5, d=5))["met", ""]
    assert (row.value, row.known) == (pytest.approx(2 / 3), 1)


def test_on_target_counts_the_categories_that_are_named():
    kpis = [counted(name, category=name, targets=[{"at_least": least}]) for name, least in (("a", 1), ("b", 9), ("c", 9))]
    shares = [rows_of([met(*names), *kpis], facts(a=5, b=5, c=5))["met", ""].value for names in ("a", "ab", "abc", "*")]
    assert shares == [1, 1 / 2, 1 / 3, 1 / 3]


def test_on_target_counts_segments_and_other_windows_with_targets_of_their_own():
    """The target of P1 is met, that of 28 days is not; the total over 7 days and P0 have none."""
    a = kpi(
        "a",
        window="7d",
        value={"metric": "a", "where": {"window": "7d"}, "by": "priority"},
        targets=[{"at_least": 50, "window": "28d"}],
        segments=[{"name": "P0"}, {"name": "P1", "targets": [{"at_least": 1}]}],
    )
    seen = [sample("a", 3, window="7d", priority=priority) for priority in ("P0", "P1")]
    snap = snapshot(part(*seen, sample("a", 30, window="28d", priority="P0")))
    assert rows_of([met(), a], snap)["met", ""].value == 0.5


def test_a_target_without_figure_counts_among_what_is_not_known():
    kpis = [counted(name, targets=[{"at_least": 1}]) for name in "abcd"]
    row = rows_of([met(), *kpis], facts(a=5))["met", ""]
    assert (row.value, row.known) == (1, 0.25)


def test_without_any_figure_nothing_of_the_targets_is_known():
    row = rows_of([met(), counted("a", targets=[{"at_least": 1}])], facts())["met", ""]
    assert (row.value, row.known, row.why) == (None, 0, "no figure with a target is known")


def test_without_any_target_in_force_there_is_no_share():
    row = rows_of([met(), counted("a")], facts(a=5))["met", ""]
    assert (row.value, row.known, row.why) == (None, None, "no target is in force")


def test_what_counts_targets_is_not_counted_itself():
    """Neither its total nor its segments, so that two such KPIs do not wait for each other."""
    other = kpi(
        "other",
        unit="ratio",
        category="c",
        value={"on_target": ["c"]},
        targets=[{"at_least": 2}],
        segments=[{"name": "a", "value": {"attainment": {"kpi": "a"}}, "targets": [{"at_least": 2}]}],
    )
    kpis = [met(), other, counted("a", targets=[{"at_least": 1}])]
    for order in (kpis, kpis[::-1]):
        rows = rows_of(order, facts(a=1))
        assert {key: row.value for key, row in rows.items() if key[0] != "a"} == {
            ("met", ""): 1,
            ("other", ""): 1,
            ("other", "a"): 1,
        }


def test_the_origin_of_a_share_is_that_of_all_figures_in_it():
    kpis = [counted("a", targets=[{"at_least": 1}]), kpi("e", targets=[{"at_least": 1}])]
    row = rows_of([met(), *kpis], facts(a=5), entered(DAY, e=1))["met", ""]
    assert (row.source, row.time) == ("github+manual", datetime(2026, 1, 20, tzinfo=UTC))


def test_a_figure_fills_in_where_no_target_has_one():
    row = rows_of([met(), counted("a", targets=[{"at_least": 1}])], facts(), entered(DAY, met=0.4))["met", ""]
    assert (row.value, row.source, row.known) == (0.4, "manual", None)


@pytest.mark.parametrize(("known", "share"), [({"a": 5, "b": 5}, 1), ({"a": 5}, 0.75), ({"b": 5}, 0.25), ({}, 0)])
def test_of_a_weighted_score_the_share_of_the_weights_is_told(known, share):
    terms = [{"metric": name, "weight": weight, "worst": 0, "best": 10} for name, weight in (("a", 3), ("b", 1))]
    assert row_of(kpi(value={"weighted": terms}), facts(**known)).known == share


@pytest.mark.parametrize(
    "value", [None, {"metric": "a"}, {"ratio": [{"metric": "a"}, {"metric": "b"}]}, {"sum": [{"metric": "a"}, {"metric": "d"}]}]
)
def test_other_forms_have_no_share_that_is_known(value):
    assert row_of(kpi(value=value), facts(a=1, b=1)).known is None
