"""The past of KPIs, asked of Prometheus."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.collect.history import PrometheusHistory
from exporter.errors import UpstreamError
from support.tools import make_tools
from support.upstream import Answer, Request, Upstream


def vector(*values: str) -> dict[str, Any]:
    return {"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, v]} for v in values]}}


def ask(tmp_path: Path, handler: Callable[[Request], Answer], kpi: str = "stars") -> tuple[float | None, list[Request]]:
    with Upstream(handler) as upstream:
        history = PrometheusHistory(make_tools(tmp_path).client, upstream.url, "acme")
        return history(kpi, "", timedelta(days=7)), upstream.requests


def test_the_value_of_then_is_asked_for_with_an_hour_of_tolerance(tmp_path: Path) -> None:
    value, requests = ask(tmp_path, lambda _: Answer.json(vector("41.5")))
    assert value == 41.5
    assert requests[0].path == "/api/v1/query"
    expected = 'last_over_time(kpi_value{project="acme",kpi="stars",segment=""}[1h] offset 7d)'
    assert requests[0].query == {"query": [expected]}


def test_what_prometheus_does_not_know_is_unknown(tmp_path: Path) -> None:
    assert ask(tmp_path, lambda _: Answer.json(vector()))[0] is None


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf"])
def test_what_is_no_number_is_unknown(tmp_path: Path, value: str) -> None:
    assert ask(tmp_path, lambda _: Answer.json(vector(value)))[0] is None


@pytest.mark.parametrize("answer", [{}, [], vector("many"), {"status": "error"}, {"status": "success", "data": {"result": 1}}])
def test_an_answer_of_another_shape_is_an_error(tmp_path: Path, answer: Any) -> None:
    with pytest.raises(UpstreamError, match="Prometheus did not answer as its HTTP API says"):
        ask(tmp_path, lambda _: Answer.json(answer))


def test_quotes_in_a_name_cannot_leave_the_selector(tmp_path: Path) -> None:
    _, requests = ask(tmp_path, lambda _: Answer.json(vector()), kpi='a"} or vector(1) #')
    assert 'kpi="a\\"} or vector(1) #"' in requests[0].query["query"][0]
