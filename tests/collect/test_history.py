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


Question = Callable[[PrometheusHistory], float | None]


def then(history: PrometheusHistory) -> float | None:
    return history.value("stars", "", timedelta(days=7))


def peak(history: PrometheusHistory) -> float | None:
    return history.peak("bugs", "P0")


def derived(history: PrometheusHistory) -> float | None:
    return history.derived("pace", "365d")


QUESTIONS = (then, peak, derived)


def ask(tmp_path: Path, handler: Callable[[Request], Answer], question: Question = then) -> tuple[float | None, list[Request]]:
    with Upstream(handler) as upstream:
        history = PrometheusHistory(make_tools(tmp_path).client, upstream.url, "acme")
        return question(history), upstream.requests


@pytest.mark.parametrize(
    ("question", "query"),
    [
        (
            then,
            'max(last_over_time(kpi:value:derived{project="acme",kpi="stars",segment=""}[1h] offset 7d))'
            ' or max(last_over_time(kpi_value{project="acme",kpi="stars",segment=""}[1h] offset 7d))',
        ),
        (peak, 'max(max_over_time(kpi:value:max_1h{project="acme",kpi="bugs",segment="P0"}[365d] offset 1d))'),
        (derived, 'max(kpi:value:derived{project="acme",kpi="pace",segment="365d"})'),
    ],
)
def test_each_question_is_one_query(tmp_path: Path, question: Question, query: str) -> None:
    value, (request,) = ask(tmp_path, lambda _: Answer.json(vector("41.5")), question)
    assert value == 41.5
    assert (request.path, request.query) == ("/api/v1/query", {"query": [query]})


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_prometheus_does_not_know_is_unknown(tmp_path: Path, question: Question) -> None:
    assert ask(tmp_path, lambda _: Answer.json(vector()), question)[0] is None


@pytest.mark.parametrize("value", ["NaN", "+Inf", "-Inf"])
def test_what_is_no_number_is_unknown(tmp_path: Path, value: str) -> None:
    assert ask(tmp_path, lambda _: Answer.json(vector(value)))[0] is None


@pytest.mark.parametrize("answer", [{}, [], vector("many"), {"status": "error"}, {"status": "success", "data": {"result": 1}}])
@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_of_another_shape_is_an_error(tmp_path: Path, answer: Any, question: Question) -> None:
    with pytest.raises(UpstreamError, match="Prometheus did not answer as its HTTP API says"):
        ask(tmp_path, lambda _: Answer.json(answer), question)


@pytest.mark.parametrize("ask_for", [PrometheusHistory.peak, PrometheusHistory.derived])
def test_quotes_in_a_name_cannot_leave_the_selector(
    tmp_path: Path, ask_for: Callable[[PrometheusHistory, str, str], float | None]
) -> None:
    _, (request,) = ask(tmp_path, lambda _: Answer.json(vector()), lambda history: ask_for(history, "a", 'b"} or vector(1) #'))
    assert 'segment="b\\"} or vector(1) #"' in request.query["query"][0]
