"""Conditions: what each form says of a value."""

from datetime import timedelta

import pytest

from exporter.catalog.model import When
from exporter.kpi.conditions import state_of
from exporter.kpi.history import RowHistory

DAY = timedelta(days=1)


class Yesterday:
    """A past that knows what a row was worth a day ago, or its peak, and keeps what it was asked for."""

    def __init__(self, before=None, highest=None):
        self.before, self.highest, self.asked = before, highest, []

    def value(self, kpi, segment, over):
        self.asked.append((kpi, segment, over))
        return self.before if over == DAY else 12345.0

    def peak(self, kpi, segment):
        self.asked.append((kpi, segment, "peak"))
        return self.highest

    def derived(self, kpi, segment):
        raise AssertionError("a condition asks for the past alone")


def looking_at(history):
    return RowHistory(history, "bugs", "P0")


def state(when, value, *, target=None, before=...):
    """The state for a value; `before` is the earlier value or peak, None for one not known, left out where history is."""
    known = {"highest" if "crosses" in when else "before": before}
    past = None if before is ... else looking_at(Yesterday(**known))
    return state_of(When.model_validate(when), value, target, past)


@pytest.mark.parametrize(
    ("when", "value", "target", "expected"),
    [
        ({"above": 10}, 10, None, "ok"),
        ({"above": 10}, 10.1, None, "firing"),
        ({"above": 0}, 1, None, "firing"),
        ({"below": 0.5}, 0.5, None, "ok"),
        ({"below": 0.5}, 0.4, None, "firing"),
        ({"below_target": 0.5}, 125, 250, "ok"),
        ({"below_target": 0.5}, 124, 250, "firing"),
        ({"above_target": 2}, 100, 50, "ok"),
        ({"above_target": 2}, 101, 50, "firing"),
    ],
)
def test_instant_forms(when, value, target, expected):
    assert state(when, value, target=target) == expected


@pytest.mark.parametrize("when", [{"below_target": 0.5}, {"above_target": 2}])
def test_without_a_target_nothing_can_be_held_against_it(when):
    assert state(when, 1) == "no_data"


@pytest.mark.parametrize(
    ("when", "value", "before", "expected"),
    [
        ({"drop": {"ratio": 0.25, "over": "1d"}}, 75, 100, "ok"),
        ({"drop": {"ratio": 0.25, "over": "1d"}}, 74, 100, "firing"),
        ({"drop": {"ratio": 0.25, "over": "1d"}}, -5, 0, "ok"),
        ({"drop": {"ratio": 0.25, "over": "1d"}}, -50, -10, "ok"),
        ({"drop": {"ratio": 0.25, "over": "1d"}}, 0.5, 0.75, "firing"),
        ({"drop": {"points": 10, "over": "1d"}}, 40, 50, "ok"),
        ({"drop": {"points": 10, "over": "1d"}}, 39, 50, "firing"),
        ({"drop": {"points": 10, "over": "1d"}}, -41, -30, "firing"),
        ({"growth_below": {"ratio": 0.25, "over": "1d"}}, 125, 100, "ok"),
        ({"growth_below": {"ratio": 0.25, "over": "1d"}}, 124, 100, "firing"),
        ({"growth_below": {"ratio": 0.25, "over": "1d"}}, 0.5, 0.5, "firing"),
        ({"growth_below": {"ratio": -0.25, "over": "1d"}}, 80, 100, "ok"),
        ({"growth_below": {"ratio": 0.25, "over": "1d"}}, 1, 0, "ok"),
        ({"crosses": [1000, 2000]}, 1000, 999, "firing"),
        ({"crosses": [1000, 2000]}, 1500, 1000, "ok"),
        ({"crosses": [1000, 2000]}, 2500, 900, "firing"),
        ({"crosses": [1000, 2000]}, 999, 1000, "ok"),
    ],
)
def test_forms_with_history(when, value, before, expected):
    assert state(when, value, before=before) == expected


HISTORICAL = [{"drop": {"ratio": 0.2, "over": "1d"}}, {"growth_below": {"ratio": 0.1, "over": "1d"}}, {"crosses": [1]}]


@pytest.mark.parametrize("when", HISTORICAL)
def test_without_history_these_forms_need_it(when):
    assert state(when, 1) == "needs_history"


@pytest.mark.parametrize("when", HISTORICAL)
def test_a_history_that_does_not_reach_back_is_no_data(when):
    assert state(when, 1, before=None) == "no_data"


@pytest.mark.parametrize("when", [{"above": 1}, {"below_target": 1}, *HISTORICAL])
def test_without_value_there_is_no_data(when):
    assert state(when, None, target=1) == "no_data"
    assert state(when, None, target=1, before=1) == "no_data"


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ({"drop": {"points": 1, "over": "90d"}}, timedelta(days=90)),
        ({"growth_below": {"ratio": 0.1, "over": "7d"}}, timedelta(days=7)),
        ({"crosses": [5, 10]}, "peak"),
    ],
)
def test_each_form_asks_the_past_of_its_row_one_thing(when, asked):
    history = Yesterday(before=1, highest=1)
    state_of(When.model_validate(when), 1, None, looking_at(history))
    assert history.asked == [("bugs", "P0", asked)]
