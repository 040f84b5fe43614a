"""PyPI: what pypistats.org is asked, what is made of each answer."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from exporter.document import parse, validate
from exporter.errors import Reason, UpstreamError
from exporter.sources.downloads import samples_of
from exporter.sources.pypi import SOURCE, PypiConfig, PypiSource, series
from support.contract import anything, conforms, fixture, fixtures, gone_wrong, outcome, recorded
from support.packages import TODAY, by_path, by_window, pausing_tools
from support.tools import NOW
from support.upstream import Answer, Upstream

PATH = "/packages/caro-cli/overall"


def pypi(upstream: Upstream, *packages: str) -> PypiSource:
    return SOURCE(PypiConfig(base_url=upstream.url, packages=packages))


def windows(answer: Any) -> dict[str, float]:
    return by_window(samples_of("pypi", "caro-cli", series(answer, TODAY), SOURCE.windows, TODAY))


def test_the_days_without_mirrors_are_asked_for_and_summed(tmp_path: Path) -> None:
    with Upstream(by_path({PATH: Answer.json(recorded("pypi", "overall_good"))})) as upstream:
        (part,) = pypi(upstream, "caro-cli").collect(pausing_tools(tmp_path, []), NOW)
        (request,) = upstream.requests
    assert request.query == {"mirrors": ["false"]}
    assert part.labels == (("package", "caro-cli"),)
    assert by_window(part.samples) == {"1d": 25, "7d": 128, "30d": 157, "90d": 157, "180d": 157}


def test_a_real_answer_is_read() -> None:
    answer, today = recorded("pypi", "overall_recorded"), date(2020, 5, 3)
    assert conforms("pypi", "overall", answer)
    daily = series(answer, today)
    assert by_window(samples_of("pypi", "pip", daily, (1, 2), today)) == {"1d": 1_475_979, "2d": 3_559_451}


@pytest.mark.parametrize("written", ["Caro_CLI", "caro.cli", "CARO--cli"])
def test_names_are_normalised_because_the_service_finds_no_others(written: str) -> None:
    assert validate(parse(f"packages: [{written}]", "caro.yml"), PypiConfig).packages == ("caro-cli",)


def test_a_day_that_is_not_listed_had_no_downloads() -> None:
    good, gap = recorded("pypi", "overall_good"), recorded("pypi", "overall_good_a_day_not_listed")
    assert windows(good)["7d"] - windows(gap)["7d"] == 22


def test_downloads_by_mirrors_never_count() -> None:
    assert windows(recorded("pypi", "overall_good_with_mirrors_too")) == windows(recorded("pypi", "overall_good"))


def test_requests_are_two_seconds_apart(tmp_path: Path) -> None:
    pauses: list[float] = []
    with Upstream(lambda request: Answer.json(recorded("pypi", "overall_good"))) as upstream:
        list(pypi(upstream, "a", "b", "c").collect(pausing_tools(tmp_path, pauses), NOW))
    assert pauses == [2.0, 2.0]


def test_an_unknown_package_is_not_found(tmp_path: Path) -> None:
    with Upstream(lambda request: Answer(404, fixture("pypi", "unknown.txt"))) as upstream:
        source = pypi(upstream, "caro-cli")
        with pytest.raises(UpstreamError) as caught:
            list(source.collect(pausing_tools(tmp_path, []), NOW))
        (finding,) = source.examine(pausing_tools(tmp_path, []), NOW)
    assert caught.value.reason is Reason.NOT_FOUND
    assert str(caught.value) == "pypistats.org has no downloads of such a package in 180 days; check its name"
    assert (finding.subject, finding.works, finding.detail) == ("pypi package caro-cli", False, str(caught.value))


def test_a_limit_without_a_time_is_a_limit(tmp_path: Path) -> None:
    limited = Answer(429, fixture("pypi", "limited.html"), {"Content-Type": "text/html"})
    with Upstream(lambda request: limited) as upstream, pytest.raises(UpstreamError) as caught:
        list(pypi(upstream, "caro-cli").collect(pausing_tools(tmp_path, []), NOW))
    assert caught.value.reason is Reason.RATE_LIMITED
    assert "planted" not in str(caught.value)


# Answers


@pytest.mark.parametrize("answer", fixtures("pypi", "overall_good"))
def test_good_answers_are_as_the_schema_says_and_are_read(answer: Any) -> None:
    assert conforms("pypi", "overall", answer)
    assert windows(answer)["1d"] == 25


def test_no_days_at_all_mean_that_the_package_is_not_known() -> None:
    answer = recorded("pypi", "overall_empty")
    assert conforms("pypi", "overall", answer)
    with pytest.raises(UpstreamError) as caught:
        series(answer, TODAY)
    assert caught.value.reason is Reason.NOT_FOUND


@pytest.mark.parametrize("answer", fixtures("pypi", "overall_malformed"))
def test_malformed_answers_break_the_schema_and_are_refused(answer: Any) -> None:
    assert not conforms("pypi", "overall", answer)
    with pytest.raises(UpstreamError) as caught:
        series(answer, TODAY)
    assert caught.value.reason is Reason.MALFORMED


def test_a_day_that_stands_twice_is_refused() -> None:
    answer = recorded("pypi", "overall_good")
    answer["data"].append(answer["data"][0])
    with pytest.raises(UpstreamError) as caught:
        series(answer, TODAY)
    assert str(caught.value) == "the answer holds a day twice"


@given(gone_wrong(recorded("pypi", "overall_good")) | anything)
def test_whatever_comes_is_figures_or_a_reason(answer: Any) -> None:
    made = outcome(windows, answer)
    if made not in (Reason.MALFORMED, Reason.NOT_FOUND):
        assert all(number >= 0 for number in made.values())
