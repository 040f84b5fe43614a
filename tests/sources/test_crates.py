"""crates.io: what is asked, what is made of each answer."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.crates import SOURCE, CratesConfig, CratesSource, cumulative, series
from exporter.sources.downloads import samples_of
from support.contract import anything, fixtures, gone_wrong, outcome, recorded
from support.openapi import Description
from support.packages import TODAY, by_path, by_window, pausing_tools
from support.tools import NOW
from support.upstream import Answer, Request, Upstream

CRATE, DAYS = "/crates/caro", "/crates/caro/downloads"
GOOD = {
    DAYS: Answer.json(recorded("crates", "downloads_good")),
    CRATE: Answer.json(recorded("crates", "crate_good")),
}
DESCRIPTION = Description("crates", CratesConfig.model_fields["base_url"].default)


def crates(upstream: Upstream, *packages: str) -> CratesSource:
    return SOURCE(CratesConfig(base_url=upstream.url, packages=packages or ("caro",)))


def collected(upstream: Upstream, folder: Path) -> Part:
    (part,) = crates(upstream).collect(pausing_tools(folder, []), NOW)
    return part


def asked(folder: Path) -> list[Request]:
    """What a refresh asks, and then what the doctor asks."""
    with Upstream(by_path(GOOD)) as upstream:
        collected(upstream, folder)
        list(crates(upstream).examine(pausing_tools(folder, []), NOW))
        return upstream.requests


def test_a_day_is_the_sum_over_all_versions(tmp_path: Path) -> None:
    # 26 January: 22 of one version, 1 of another, 2 of the rest.
    with Upstream(by_path(GOOD)) as upstream:
        part = collected(upstream, tmp_path)
    assert by_window(part.samples) == {"1d": 25, "7d": 128, "30d": 157}


def test_today_is_left_out_because_it_is_going_on() -> None:
    daily = series(recorded("crates", "downloads_good"), TODAY)
    assert TODAY not in daily
    assert max(daily) == TODAY - timedelta(days=1)


def test_downloads_since_the_first_version_are_a_figure_of_their_own(tmp_path: Path) -> None:
    with Upstream(by_path(GOOD)) as upstream:
        part = collected(upstream, tmp_path)
    assert [sample.value for sample in part.samples if sample.name == "package_downloads_cumulative"] == [4321]


def test_two_small_requests_are_made_a_second_apart(tmp_path: Path) -> None:
    pauses: list[float] = []
    with Upstream(by_path(GOOD)) as upstream:
        list(crates(upstream).collect(pausing_tools(tmp_path, pauses), NOW))
        asked = [(request.path, request.query) for request in upstream.requests]
    assert asked == [("/crates/caro/downloads", {}), ("/crates/caro", {"include": ["downloads"]})]
    assert pauses == [1.0]


def test_requests_say_who_asks(tmp_path: Path) -> None:
    with Upstream(by_path(GOOD)) as upstream:
        collected(upstream, tmp_path)
        agents = {request.headers["user-agent"] for request in upstream.requests}
    (agent,) = agents
    assert agent.startswith("kpi-exporter/")
    assert "https://" in agent


def test_a_crate_that_is_half_answered_has_no_figures(tmp_path: Path) -> None:
    with Upstream(by_path({**GOOD, "/crates/caro": Answer.json({})})) as upstream, pytest.raises(UpstreamError) as caught:
        collected(upstream, tmp_path)
    assert caught.value.reason is Reason.MALFORMED


def test_an_unknown_crate_is_not_found(tmp_path: Path) -> None:
    with Upstream(lambda request: Answer.json(recorded("crates", "unknown"), 404)) as upstream:
        with pytest.raises(UpstreamError) as caught:
            collected(upstream, tmp_path)
        (finding,) = crates(upstream).examine(pausing_tools(tmp_path, []), NOW)
    assert (caught.value.reason, str(caught.value)) == (Reason.NOT_FOUND, "crates.io knows no such crate; check its name")
    assert (finding.subject, finding.works, finding.detail) == ("crates package caro", False, str(caught.value))


def test_a_limit_is_told_with_its_end(tmp_path: Path) -> None:
    limited = Answer.json(recorded("crates", "limited"), 429, {"Retry-After": "3600"})
    with Upstream(lambda request: limited) as upstream, pytest.raises(RateLimited) as caught:
        collected(upstream, tmp_path)
    assert caught.value.until == NOW + timedelta(hours=1)
    assert "planted" not in str(caught.value)


# The published description


def test_every_request_and_every_good_answer_keep_to_the_description(tmp_path: Path) -> None:
    for request in asked(tmp_path):
        assert DESCRIPTION.request_breaches(request) == []
        assert DESCRIPTION.answer_breaches(request.path, GOOD[request.path]) == []


def test_the_description_holds_what_is_asked_for_and_nothing_else(tmp_path: Path) -> None:
    general = {"/api/v1" + request.path.replace("/caro", "/{name}") for request in asked(tmp_path)}
    assert general == recorded("crates", "openapi")["paths"].keys()


@pytest.mark.parametrize(
    "slip",
    [
        {"query": {"include": ["download"]}},
        {"query": {"include": [""]}},
        {"query": {"includes": ["downloads"]}},
        {"method": "POST"},
        {"path": "/crate/caro"},
        {"path": DAYS},  # knows no include=downloads
    ],
)
def test_a_slip_in_a_request_breaks_the_description(slip: dict[str, Any], tmp_path: Path) -> None:
    (request,) = (request for request in asked(tmp_path)[:2] if request.path == CRATE)
    assert DESCRIPTION.request_breaches(request) == []
    assert DESCRIPTION.request_breaches(replace(request, **slip)) != []


@pytest.mark.parametrize("path", [CRATE, DAYS])
@pytest.mark.parametrize(("name", "status"), [("unknown", 404), ("limited", 429), ("limited", 503)])
def test_refusals_keep_to_the_description(name: str, status: int, path: str) -> None:
    assert DESCRIPTION.answer_breaches(path, Answer.json(recorded("crates", name), status)) == []


@pytest.mark.parametrize(
    "answer",
    [
        GOOD[CRATE],
        Answer.json(recorded("crates", "unknown"), 200),
        replace(GOOD[DAYS], status=404),
        replace(GOOD[DAYS], status=302),
        replace(GOOD[DAYS], headers={"Content-Type": "text/html"}),
    ],
)
def test_an_answer_of_another_kind_or_status_breaks_the_description(answer: Answer) -> None:
    assert DESCRIPTION.answer_breaches(DAYS, answer) != []


# Answers


def test_a_crate_that_nobody_downloaded_has_zero() -> None:
    answer = recorded("crates", "downloads_empty")
    assert DESCRIPTION.answer_breaches(DAYS, Answer.json(answer)) == []
    figures = by_window(samples_of("crates", "caro", series(answer, TODAY), SOURCE.windows, TODAY))
    assert figures == {"1d": 0, "7d": 0, "30d": 0}


MALFORMED_DAYS, IMPOSSIBLE_DAYS = fixtures("crates", "downloads_malformed"), fixtures("crates", "downloads_impossible")
MALFORMED_CRATES, IMPOSSIBLE_CRATES = fixtures("crates", "crate_malformed"), fixtures("crates", "crate_impossible")


@pytest.mark.parametrize("answer", MALFORMED_DAYS)
def test_malformed_days_break_the_description(answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(DAYS, Answer.json(answer)) != []


@pytest.mark.parametrize("answer", MALFORMED_CRATES)
def test_malformed_crates_break_the_description(answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(CRATE, Answer.json(answer)) != []


@pytest.mark.parametrize("answer", IMPOSSIBLE_DAYS)
def test_impossible_days_keep_to_the_description(answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(DAYS, Answer.json(answer)) == []


@pytest.mark.parametrize("answer", IMPOSSIBLE_CRATES)
def test_impossible_crates_keep_to_the_description(answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(CRATE, Answer.json(answer)) == []


@pytest.mark.parametrize("answer", MALFORMED_DAYS + IMPOSSIBLE_DAYS)
def test_malformed_and_impossible_days_are_refused(answer: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        series(answer, TODAY)
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize("answer", MALFORMED_CRATES + IMPOSSIBLE_CRATES)
def test_malformed_and_impossible_crates_are_refused(answer: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        cumulative(answer)
    assert caught.value.reason is Reason.MALFORMED


def test_a_day_of_one_version_that_stands_twice_is_refused() -> None:
    answer = recorded("crates", "downloads_good")
    answer["version_downloads"].append(answer["version_downloads"][0])
    with pytest.raises(UpstreamError) as caught:
        series(answer, TODAY)
    assert str(caught.value) == "the answer holds a day of one version twice"


@given(gone_wrong(recorded("crates", "downloads_good")) | anything)
def test_whatever_days_come_are_figures_or_malformed(answer: Any) -> None:
    made = outcome(series, answer, TODAY)
    if made is not Reason.MALFORMED:
        assert all(sample.value >= 0 for sample in samples_of("crates", "caro", made, SOURCE.windows, TODAY))


@given(gone_wrong(recorded("crates", "crate_good")) | anything)
def test_whatever_crate_comes_is_a_count_or_malformed(answer: Any) -> None:
    made = outcome(cumulative, answer)
    assert made is Reason.MALFORMED or made >= 0
