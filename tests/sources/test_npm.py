"""npm: what is asked, what is made of each answer."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.sources.downloads import samples_of
from exporter.sources.npm import SOURCE, NpmConfig, NpmSource, series
from support.contract import anything, conforms, fixtures, gone_wrong, outcome, recorded
from support.packages import TODAY, back, by_path, by_window, pausing_tools
from support.tools import NOW
from support.upstream import Answer, Request, Upstream

RANGE = "/downloads/range/2025-07-17:2026-01-26/"
"""The half year of the longest window, and the two weeks that it may end earlier; 194 days."""


def npm(upstream: Upstream, *packages: str) -> NpmSource:
    return SOURCE(NpmConfig(base_url=upstream.url, packages=packages))


def test_a_scoped_package_is_asked_for_alone(tmp_path: Path) -> None:
    with Upstream(by_path({f"{RANGE}@caro/cli": Answer.json(recorded("npm", "single_good"))})) as upstream:
        (part,) = npm(upstream, "@caro/cli").collect(pausing_tools(tmp_path, []), NOW)
    assert part.labels == (("package", "@caro/cli"),)
    assert by_window(part.samples) == {"1d": 25, "7d": 128}


def test_packages_without_scope_are_asked_for_together(tmp_path: Path) -> None:
    names = "caro,caro-shell,caro-gone"
    with Upstream(by_path({RANGE + names: Answer.json(recorded("npm", "bulk_good"))})) as upstream:
        parts = list(npm(upstream, *names.split(",")).collect(pausing_tools(tmp_path, []), NOW))
    assert [(part.labels[0][1], part.failure) for part in parts] == [
        ("caro", None),
        ("caro-shell", None),
        ("caro-gone", Reason.NOT_FOUND),
    ]
    assert [by_window(part.samples).get("7d") for part in parts] == [128, 0, None]


def test_a_single_package_without_scope_has_the_answer_of_one(tmp_path: Path) -> None:
    answer = {**recorded("npm", "single_good"), "package": "caro"}
    with Upstream(by_path({f"{RANGE}caro": Answer.json(answer)})) as upstream:
        (part,) = npm(upstream, "caro").collect(pausing_tools(tmp_path, []), NOW)
    assert by_window(part.samples)["1d"] == 25


def test_at_most_128_packages_are_asked_for_at_once_and_scoped_ones_never_among_them(tmp_path: Path) -> None:
    names = [f"caro-{number}" for number in range(130)]

    def handler(request: Request) -> Answer:
        asked = request.path.removeprefix(RANGE).split(",")
        return Answer.json({name: {"package": name, "downloads": []} for name in asked})

    with Upstream(handler) as upstream:
        list(npm(upstream, "@caro/a", "@caro/b", *names).collect(pausing_tools(tmp_path, pauses := []), NOW))
        asked = [request.path.removeprefix(RANGE).split(",") for request in upstream.requests]
    assert asked == [["@caro/a"], ["@caro/b"], names[:128], names[128:]]
    assert pauses == [1.0, 1.0, 1.0]


def test_a_day_that_is_not_published_yet_is_not_counted() -> None:
    daily = series(recorded("npm", "single_good_not_yet_published"), "@caro/cli")
    assert by_window(samples_of("npm", "@caro/cli", daily, (1, 7), TODAY)) == {"1d": 7, "7d": 123}


def test_an_unknown_package_is_not_found(tmp_path: Path) -> None:
    with Upstream(lambda request: Answer.json(recorded("npm", "unknown"), 404)) as upstream:
        source = npm(upstream, "caro")
        with pytest.raises(UpstreamError) as caught:
            list(source.collect(pausing_tools(tmp_path, []), NOW))
        (finding,) = source.examine(pausing_tools(tmp_path, []), NOW)
    assert (caught.value.reason, str(caught.value)) == (Reason.NOT_FOUND, "npm knows no such package; check its name")
    assert (finding.subject, finding.works, finding.detail) == ("npm package caro", False, str(caught.value))


def test_a_limit_is_told_with_its_end(tmp_path: Path) -> None:
    limited = Answer.json(recorded("npm", "limited"), 429, {"Retry-After": "3600"})
    with Upstream(lambda request: limited) as upstream, pytest.raises(RateLimited) as caught:
        list(npm(upstream, "caro").collect(pausing_tools(tmp_path, []), NOW))
    assert caught.value.until == NOW + timedelta(hours=1)
    assert "planted" not in str(caught.value)


# Answers


@pytest.mark.parametrize("answer", fixtures("npm", "single_good"))
def test_good_answers_are_as_the_schema_says_and_are_read(answer: Any) -> None:
    assert conforms("npm", "single", answer)
    assert series(answer, "@caro/cli").keys() == back(*[0] * 10).keys()


def test_a_package_without_days_has_no_figures() -> None:
    answer = recorded("npm", "single_empty")
    assert conforms("npm", "single", answer)
    assert series(answer, "@caro/cli") == {}


@pytest.mark.parametrize("answer", fixtures("npm", "single_malformed"))
def test_malformed_answers_break_the_schema_and_are_refused(answer: Any) -> None:
    assert not conforms("npm", "single", answer)
    with pytest.raises(UpstreamError) as caught:
        series(answer, "@caro/cli")
    assert caught.value.reason is Reason.MALFORMED


def test_a_bulk_answer_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    answer = recorded("npm", "bulk_malformed_list")
    assert not conforms("npm", "bulk", answer)
    with Upstream(lambda request: Answer.json(answer)) as upstream, pytest.raises(UpstreamError) as caught:
        list(npm(upstream, "caro", "caro-shell").collect(pausing_tools(tmp_path, []), NOW))
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("name", ["bulk_good", "unknown"])
def test_the_other_answers_are_as_the_schema_says(name: str) -> None:
    assert conforms("npm", {"bulk_good": "bulk", "unknown": "error"}[name], recorded("npm", name))


def test_figures_of_another_package_are_refused() -> None:
    with pytest.raises(UpstreamError) as caught:
        series(recorded("npm", "single_good"), "@caro/other")
    assert caught.value.reason is Reason.MALFORMED


def test_a_day_that_stands_twice_is_refused() -> None:
    answer = recorded("npm", "single_good")
    answer["downloads"].append(answer["downloads"][0])
    with pytest.raises(UpstreamError) as caught:
        series(answer, "@caro/cli")
    assert str(caught.value) == "the answer holds a day twice"


@given(gone_wrong(recorded("npm", "single_good")) | anything)
def test_whatever_comes_is_figures_or_a_reason(answer: Any) -> None:
    made = outcome(series, answer, "@caro/cli")
    if made not in (Reason.MALFORMED, Reason.NOT_FOUND):
        assert all(sample.value >= 0 for sample in samples_of("npm", "@caro/cli", made, SOURCE.windows, TODAY))


@given(st.permutations(range(10)))
def test_the_order_of_days_does_not_matter(order: list[int]) -> None:
    answer = recorded("npm", "single_good")
    shuffled = {**answer, "downloads": [answer["downloads"][place] for place in order]}
    assert series(shuffled, "@caro/cli") == series(answer, "@caro/cli")
