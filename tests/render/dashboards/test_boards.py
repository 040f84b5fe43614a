"""A dashboard under test asks what it would ask in a browser."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from support.boards import Query, built_in, panels, queries, substitute

END = datetime(2026, 1, 27, 12, 0, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def board(*shown: dict[str, Any]) -> dict[str, Any]:
    return {"panels": list(shown)}


def panel(title: str, *targets: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "stat", "title": title, "targets": list(targets), **more}


def test_panels_of_a_collapsed_row_count_and_the_row_does_not() -> None:
    row = {"type": "row", "title": "More", "panels": [panel("hidden")]}
    assert [one["title"] for one in panels(board(panel("open"), row))] == ["open", "hidden"]


def test_a_query_is_a_range_unless_it_is_instant_and_two_queries_if_it_is_both() -> None:
    targets: list[dict[str, Any]] = [
        {"refId": "A", "expr": "a"},
        {"refId": "B", "expr": "b", "instant": True},
        {"refId": "C", "expr": "c", "instant": True, "range": True},
        {"refId": "D", "expr": "d", "hide": True},
    ]
    found = [(query.ref, query.instant) for query in queries(board(panel("p", *targets)))]
    assert found == [("A", False), ("B", True), ("C", True), ("C", False)]


def test_the_step_of_a_target_goes_before_that_of_its_panel() -> None:
    targets = [{"refId": "A", "expr": "a", "interval": "1h"}, {"refId": "B", "expr": "b"}]
    assert [query.min_step for query in queries(board(panel("p", *targets, interval="5m")))] == [60 * MINUTE, 5 * MINUTE]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('x{project="$project"}', 'x{project="caro"}'),
        ('x{project="${project}"}', 'x{project="caro"}'),
        ('x{kpi=~"$kpis"}', 'x{kpi=~"(a|b\\\\.c)"}'),
        ('x{kpi=~"${kpis:regex}"}', 'x{kpi=~"(a|b\\.c)"}'),
        ('label_replace(x, "a", "$1", "b", "(.*)")', 'label_replace(x, "a", "$1", "b", "(.*)")'),
    ],
)
def test_variables_are_put_in_as_the_data_source_does(expression: str, expected: str) -> None:
    assert substitute(expression, {"project": "caro", "kpis": ["a", "b.c"]}) == expected


def test_a_variable_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match="no value for \\$nobody in x"):
        substitute("x$nobody", {})


@pytest.mark.parametrize(
    ("length", "min_step", "step", "rate"),
    [(timedelta(hours=6), None, "1m", "4m"), (90 * DAY, None, "3h", "3h1m"), (90 * DAY, DAY, "1d", "4d")],
)
def test_a_range_has_about_as_many_points_as_a_screen_is_wide(
    length: timedelta, min_step: timedelta | None, step: str, rate: str
) -> None:
    values = built_in(Query("p", "A", "x", False, min_step), END - length, END)
    assert (values["__interval"], values["__rate_interval"]) == (step, rate)


def test_the_range_itself_can_be_asked_for() -> None:
    values = built_in(Query("p", "A", "x", True), END - DAY, END)
    assert (values["__range"], values["__range_s"], values["__to"]) == ("86400s", "86400", "1769515200000")
