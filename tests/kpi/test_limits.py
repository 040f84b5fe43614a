"""Conditions one step of a double away from their limits, over generated catalogs."""

from fractions import Fraction

from hypothesis import Phase, find, given, settings

from exporter.kpi import State
from exporter.kpi.targets import aim_of
from support.generated import Case, cases
from support.kpi import LAUNCH, NOW


def alerts_of(case: Case):
    """Each alert with the row that it watches, the target in force there, and its state."""
    rows = {(row.kpi, row.segment): row for row in case.rows()}
    states = case.states()
    for kpi in case.catalog.kpis:
        targets = {"": kpi.targets, **{segment.name: segment.targets for segment in kpi.segments}}
        for alert in case.catalog.rules(kpi):
            for segment, own in targets.items():
                if (kpi.id, segment, alert.name) in states:
                    target = aim_of(own, LAUNCH, NOW).target
                    yield alert, rows[kpi.id, segment], target, states[kpi.id, segment, alert.name]


@given(cases())
@settings(deadline=None)
def test_an_instant_alert_fires_exactly_beyond_its_limit(case):
    for alert, row, target, state in alerts_of(case):
        when = alert.when
        factor = when.above_target or when.below_target
        limit = factor * target.number if factor else when.above if when.above is not None else when.below
        above = when.above is not None or when.above_target is not None
        if row.value is None:
            assert state is State.NO_DATA
        else:
            beyond = Fraction(row.value) - Fraction(limit)
            assert (state is State.FIRING) == (beyond > 0 if above else beyond < 0)


@given(cases(history=True))
@settings(deadline=None)
def test_with_history_every_alert_is_judged_where_figure_and_past_are_known(case):
    for (kpi, segment, _), state in case.states(history=True).items():
        assert state is not State.NEEDS_HISTORY
        if (kpi, segment) not in case.now:
            assert state is State.NO_DATA
        elif (kpi, segment) in case.before.keys() & case.peaks.keys():
            assert state in (State.FIRING, State.OK)


def test_generated_figures_lie_on_both_sides_of_a_limit_and_on_it():
    def with_state(wanted, at_limit):
        return lambda case: any(
            state is wanted and alert.when.above is not None and (row.value == alert.when.above) == at_limit
            for alert, row, _, state in alerts_of(case)
        )

    any_will_do = settings(phases=(Phase.generate,), derandomize=True, database=None, deadline=None)
    for wanted, at_limit in ((State.OK, True), (State.OK, False), (State.FIRING, False)):
        assert isinstance(find(cases(), with_state(wanted, at_limit), settings=any_will_do), Case)
