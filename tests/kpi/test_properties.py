"""What holds for every catalog, every set of snapshots and every moment."""

import random
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import Reason
from exporter.kpi import Status, evaluate
from support.kpi import Remembered, catalog_of, entered, kpi, part, sample, snapshot

METRICS = ("a", "b", "c")
PRIORITIES = ("P0", "P1", "P2")
VALUE = st.integers(-100, 100).map(float)
BOUND = st.integers(-50, 100).map(float)
MOMENT = st.datetimes(min_value=datetime(2025, 12, 1), max_value=datetime(2026, 4, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def snapshots(draw, values=VALUE):
    """Two sources over three repositories, some of which could not be read, or only long ago."""
    made = []
    for source in ("git", "github"):
        parts = []
        for repository in draw(st.lists(st.sampled_from(("x", "y", "z")), unique=True)):
            labels = draw(st.lists(st.tuples(st.sampled_from(METRICS), st.sampled_from(PRIORITIES)), unique=True, max_size=5))
            samples = [sample(metric, draw(values), priority=priority) for metric, priority in labels]
            time = datetime(2026, 1, 20, tzinfo=UTC) - timedelta(hours=draw(st.integers(0, 5)))
            failure = draw(st.sampled_from((None, None, Reason.TIMEOUT, Reason.AUTH)))
            parts.append(part(*samples, time=time, failure=failure, repository=repository))
        made.append(snapshot(*parts, source=source, declared=METRICS))
    return made


@st.composite
def values(draw):
    term = st.builds(
        lambda metric, where, aggregate: {"metric": metric, "where": where, "aggregate": aggregate},
        st.sampled_from(METRICS),
        st.sampled_from(({}, {}, {"priority": "P0"}, {"repository": "x"})),
        st.sampled_from(("sum", "avg", "min", "max", "count")),
    )
    by = {"by": draw(st.lists(st.sampled_from(("priority", "repository")), unique=True))}
    form = draw(st.sampled_from(("one", "ratio", "difference", "sum", "weighted")))
    if form == "one":
        return {**draw(term), **by}
    terms = [draw(term), draw(term)]
    if form == "weighted":
        terms = [{**term, "weight": 2, "worst": 0, "best": 50} for term in terms]
    return {form: terms, **by}


@st.composite
def targets(draw):
    dated = st.builds(lambda days, side, number: {"by": f"{days}d after launch", side: number}, st.integers(0, 60), SIDE, BOUND)
    standing = st.builds(lambda side, number: {side: number}, SIDE, BOUND)
    return draw(st.lists(st.one_of(dated, standing), max_size=4))


SIDE = st.sampled_from(("at_least", "at_most"))
WHEN = st.one_of(
    st.builds(lambda form, number: {form: number}, st.sampled_from(("above", "below")), BOUND),
    st.builds(
        lambda form, factor: {form: factor}, st.sampled_from(("above_target", "below_target")), st.sampled_from((0.5, 2.0))
    ),
    st.just({"drop": {"ratio": 0.2, "over": "1d"}}),
    st.builds(lambda points: {"drop": {"points": points, "over": "1d"}}, st.integers(1, 50).map(float)),
    st.just({"growth_below": {"ratio": 0.1, "over": "7d"}}),
    st.just({"crosses": [10.0, 50.0]}),
)


@st.composite
def kpis(draw):
    alerts = [
        {
            "name": f"A{number}",
            "priority": "P2",
            "when": draw(WHEN),
            "action": "Look.",
            "segments": draw(st.sampled_from(([""], ["*"]))),
        }
        for number in range(draw(st.integers(0, 3)))
    ]
    segments = [
        {"name": name, "label": "priority", "targets": draw(targets())} for name in draw(st.sampled_from(((), ("P0", "P9"))))
    ]
    return kpi("k", value=draw(values()), targets=draw(targets()), segments=segments, alerts=alerts)


def rows(made, snaps, now, history=None):
    return evaluate(catalog_of(made), snaps, now, history=history)


def past(known):
    return Remembered(before=known, highest=known)


@given(kpis(), snapshots(), MOMENT, st.randoms(use_true_random=False))
def test_the_order_of_snapshots_parts_and_samples_changes_nothing(made, snaps, now, chance: random.Random):
    def mixed(items):
        return chance.sample(list(items), len(items))

    shuffled = [
        snapshot(
            *(type(p)(p.labels, p.time, tuple(mixed(p.samples)), p.failure) for p in mixed(snap.parts)),
            source=snap.source,
            declared=snap.declared,
        )
        for snap in mixed(snaps)
    ]
    assert rows(made, snaps, now) == rows(made, shuffled, now)


@given(kpis(), snapshots(), MOMENT, st.one_of(st.none(), VALUE))
def test_status_and_alert_states_agree(made, snaps, now, before):
    crosses = {alert.name for alert in made.alerts if alert.when.crosses}
    for row in rows(made, snaps, now, past(before)):
        firing = {state.name for state in row.alerts if state.state == "firing"} - crosses
        if row.value is None:
            assert row.status is Status.NO_DATA
            assert all(state.state == "no_data" for state in row.alerts)
            assert (row.attainment, row.source, row.time) == (None, None, None)
            assert row.why
        else:
            assert (row.status is Status.ALERT) == bool(firing)
            assert (row.status is Status.TRACKED) == (row.target is None and not firing)
            assert row.source
            assert row.time
            assert not row.why


@given(kpis(), snapshots(), MOMENT)
def test_no_value_comes_from_nothing(made, snaps, now):
    """Without samples there is none, whether the source failed, is empty or is not there at all."""
    emptied = [snapshot(*(type(p)(p.labels, p.time, (), p.failure) for p in snap.parts), declared=METRICS) for snap in snaps]
    for nothing in (emptied, []):
        assert all(row.value is None for row in rows(made, nothing, now))


@given(kpis(), snapshots(), MOMENT)
def test_a_figure_changes_only_rows_that_have_no_value(made, snaps, now):
    figure = entered(date(2026, 1, 19), k=7, k__P0=7, k__P9=7)
    without = {row.segment: row for row in rows(made, snaps, now)}
    for row in rows(made, [*snaps, figure], now):
        before = without.get(row.segment)
        if before is not None and before.value is not None:
            assert row == before
        elif row.segment in ("", "P0", "P9"):
            assert (row.value, row.source) == (7, "manual")


@st.composite
def summaries(draw):
    """Three KPIs with targets in two categories, and KPIs that are made of how these stand and how they grow."""
    counted = [
        kpi(
            name,
            category=draw(st.sampled_from(("one", "two"))),
            value={"metric": name, **draw(st.sampled_from(({}, {"by": "priority"})))},
            targets=draw(targets()),
            segments=[{"name": "P0", "label": "priority", "targets": draw(targets())}] if draw(st.booleans()) else [],
        )
        for name in METRICS
    ]
    weights = [{"kpi": name, "weight": draw(st.integers(1, 9)), "worst": 0, "best": 50} for name in METRICS]
    made = [
        kpi("met", category="one", value={"on_target": draw(st.sampled_from((["*"], ["one"], ["one", "two"])))}),
        kpi("score", value={"weighted": [*weights, {"kpi": "pace", "weight": 1, "worst": 0, "best": 1}]}),
        kpi("attained", value={"attainment": {"kpi": draw(st.sampled_from(METRICS))}}),
        kpi("pace", category="two", targets=draw(targets()), value={"growth": {"kpi": "a", "over": "7d"}}),
    ]
    return draw(st.permutations([*counted, *made]))


RECORDED = st.one_of(st.none(), st.floats(-1, 1).map(lambda growth: Remembered(now={("pace", ""): growth})))


def by_key(rows):
    return {(row.kpi, row.segment): row for row in rows}


@given(summaries(), snapshots(), MOMENT, RECORDED)
def test_on_target_is_what_one_counts_by_hand(made, snaps, now, history):
    """A row has met its target where its attainment is 1 or more."""
    found = by_key(evaluate(catalog_of(*made), snaps, now, history=history))
    [categories] = [kpi.value.on_target for kpi in made if kpi.id == "met"]
    counts = {kpi.id for kpi in made if kpi.id != "met" and (kpi.category in categories or "*" in categories)}
    aimed = [row for row in found.values() if row.kpi in counts and row.target is not None]
    known = [row for row in aimed if row.attainment is not None]
    expected = sum(row.attainment >= 1 for row in known) / len(known) if known else None
    assert found["met", ""].value == expected
    assert found["met", ""].known == (len(known) / len(aimed) if aimed else None)


@given(summaries(), snapshots(), MOMENT, RECORDED)
def test_shares_lie_between_none_and_all(made, snaps, now, history):
    for row in evaluate(catalog_of(*made), snaps, now, history=history):
        assert row.known is None or 0 <= row.known <= 1
        if row.kpi == "met" and row.value is not None:
            assert 0 <= row.value <= 1
            assert row.known > 0


@given(summaries(), snapshots(), MOMENT, RECORDED, st.randoms(use_true_random=False))
def test_the_order_of_kpis_changes_nothing(made, snaps, now, history, chance: random.Random):
    mixed = chance.sample(made, len(made))
    first, second = (by_key(evaluate(catalog_of(*kpis), snaps, now, history=history)) for kpis in (made, mixed))
    assert first == second


@given(summaries(), snapshots(), MOMENT)
def test_without_history_only_what_rests_on_the_past_needs_it(made, snaps, now):
    found = by_key(evaluate(catalog_of(*made), snaps, now))
    assert {key for key, row in found.items() if row.needs_history} <= {("pace", ""), ("score", ""), ("met", "")}
    assert found["pace", ""].needs_history
    assert all(row.value is None for row in found.values() if row.needs_history)


@given(
    SIDE, st.integers(1, 50), st.lists(st.integers(0, 60), min_size=1, max_size=4), st.integers(0, 60), WHEN, st.integers(-20, 20)
)
def test_the_unit_of_a_kpi_is_free(side, bound, samples, before, when, power):
    """Seconds or milliseconds, bytes or megabytes: with every number in the same unit the verdict is the same."""

    def verdict(unit):
        scaled = {
            form: {**limit, **({"points": limit["points"] * unit} if "points" in limit else {})}
            if isinstance(limit, dict)
            else [rung * unit for rung in limit]
            if form == "crosses"
            else limit * unit
            if form in ("above", "below")
            else limit
            for form, limit in when.items()
        }
        made = kpi(
            value={"metric": "a"},
            targets=[{side: bound * unit}],
            alerts=[{"name": "A", "priority": "P2", "when": scaled, "action": "Look."}],
        )
        facts = snapshot(part(*(sample("a", value * unit) for value in samples)))
        [row] = rows(made, [facts], datetime(2026, 1, 27, tzinfo=UTC), past(before * unit))
        return row.attainment, row.status, row.alerts

    assert verdict(2.0**power) == verdict(1.0)
