"""Days, windows and the round over the packages, which the registries share."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.document import parse, validate
from exporter.errors import InvalidInput, Reason, UpstreamError
from exporter.sources.crates import CratesConfig
from exporter.sources.downloads import (
    Found,
    History,
    PacedClient,
    PackagesConfig,
    PackageSource,
    count,
    day,
    filled,
    last_day,
    samples_of,
)
from exporter.sources.npm import NpmConfig
from exporter.sources.pypi import PypiConfig
from support.packages import TODAY, YESTERDAY, back, by_path, by_window, pausing_tools
from support.tools import NOW
from support.upstream import Answer, Upstream

DAY = timedelta(days=1)
WEEKS = (3,) * 28
"""Four weeks in which each day had downloads."""


def windows(daily: Mapping[date, int], *lengths: int) -> dict[str, float]:
    return by_window(samples_of("npm", "caro", daily, lengths, TODAY))


# The last day


def test_windows_end_with_yesterday() -> None:
    assert last_day(back(1, 2, 3), TODAY) == YESTERDAY


def test_today_and_days_to_come_do_not_count() -> None:
    daily = back(1, 2, 3) | {TODAY: 50, TODAY + DAY: 60}
    assert windows(daily, 1, 3) == {"1d": 3, "3d": 6}


@pytest.mark.parametrize("late", [1, 2])
def test_one_or_two_days_without_downloads_at_the_end_are_not_published_yet(late: int) -> None:
    daily = back(0, 5, 0, *WEEKS[:3], *[0] * late)
    assert last_day(daily, TODAY) == YESTERDAY - DAY * late


def test_three_quiet_days_are_believed_of_a_package_that_had_one_in_the_four_weeks_before() -> None:
    assert last_day(back(0, *WEEKS[:27], 0, 0, 0), TODAY) == YESTERDAY


@pytest.mark.parametrize("out", [3, 13])
def test_quiet_days_of_a_package_that_is_downloaded_daily_are_an_outage_of_the_registry(out: int) -> None:
    daily = back(*WEEKS, *[0] * out)
    assert last_day(daily, TODAY) == YESTERDAY - DAY * out
    assert windows(daily, 7) == {"7d": 21}


def test_after_two_weeks_of_outage_nothing_is_said() -> None:
    assert samples_of("npm", "caro", back(*WEEKS, *[0] * 14), (1, 7), TODAY) == ()


def test_a_package_without_any_download_has_zero() -> None:
    assert windows(back(*[0] * 30), 1, 7, 30) == {"1d": 0, "7d": 0, "30d": 0}


def test_a_series_that_ended_long_ago_says_nothing() -> None:
    assert last_day(back(4, 5, 6, end=TODAY - 15 * DAY), TODAY) is None


def test_no_days_say_nothing() -> None:
    assert samples_of("npm", "caro", {}, (1,), TODAY) == ()


# Windows


def test_a_window_is_the_sum_of_its_days() -> None:
    assert windows(back(1, 10, 100, 1000), 1, 2, 4) == {"1d": 1000, "2d": 1100, "4d": 1111}


def test_a_window_of_which_a_day_is_unknown_is_left_out() -> None:
    daily = back(1, 10, 100, 1000)
    del daily[YESTERDAY - 2 * DAY]
    assert windows(daily, 1, 2, 3, 4, 5) == {"1d": 1000, "2d": 1100}


def test_the_day_is_exported_as_its_begin() -> None:
    (sample,) = samples_of("npm", "caro", back(7), (), TODAY)
    assert sample.name == "package_downloads_day_timestamp_seconds"
    assert datetime.fromtimestamp(sample.value, UTC) == datetime(2026, 1, 26, tzinfo=UTC)


@given(st.dictionaries(st.dates(TODAY - 40 * DAY, TODAY + 3 * DAY), st.integers(0, 9)), st.integers(1, 40))
def test_a_window_is_given_only_with_all_of_its_days_and_is_their_sum(daily: dict[date, int], length: int) -> None:
    end, given_windows = last_day(daily, TODAY), windows(daily, length)
    if end is None:
        assert given_windows == {}
        return
    days = [end - back * DAY for back in range(length)]
    assert end <= YESTERDAY
    assert given_windows == ({f"{length}d": sum(daily[one] for one in days)} if set(days) <= set(daily) else {})


def test_days_that_are_not_listed_are_filled_with_zero_up_to_yesterday() -> None:
    listed = {YESTERDAY - 2 * DAY: 5, TODAY: 1}
    assert filled(listed, YESTERDAY - 3 * DAY, TODAY) == back(0, 5, 0, 0)


# Numbers and days of an answer


@pytest.mark.parametrize("value", [-1, 1.0, True, "1", None, [], 2**53 + 1, float("nan")])
def test_what_is_no_count_is_refused(value: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        count(value)
    assert caught.value.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    "value", ["2026-02-30", "2026-1-5", "20260105", "2026-W05-1", "2026-01-05T00:00:00Z", "٢٠٢٦-٠١-٠٥", 20260105, None]
)
def test_what_is_no_day_is_refused(value: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        day(value)
    assert caught.value.reason is Reason.MALFORMED


# The round over the packages


class ShopConfig(PackagesConfig):
    base_url: str


class Shop(PackageSource[ShopConfig]):
    """A registry that says how often a package was downloaded yesterday."""

    name = "shop"
    summary = "A registry for tests."
    config_type = ShopConfig
    windows = (1,)
    reach = 1
    gap = 1.5

    def ask(self, service: PacedClient, packages: tuple[str, ...], first: date, today: date) -> Mapping[str, Found]:
        (package,) = packages
        return {package: History({today - DAY: count(service.get(f"/{package}"))})}


def shop(upstream: Upstream, *packages: str) -> Shop:
    return Shop(ShopConfig(base_url=upstream.url, packages=packages))


def test_each_package_is_a_part(tmp_path: Path) -> None:
    with Upstream(by_path({"/a": Answer.json(1), "/b": Answer.json(2)})) as upstream:
        parts = list(shop(upstream, "a", "b").collect(pausing_tools(tmp_path, []), NOW))
    assert [(part.labels, part.time, part.failure) for part in parts] == [
        ((("package", "a"),), NOW, None),
        ((("package", "b"),), NOW, None),
    ]
    assert [by_window(part.samples) for part in parts] == [{"1d": 1}, {"1d": 2}]


def test_a_package_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    with Upstream(by_path({"/a": Answer.json("many"), "/c": Answer.json(3)})) as upstream:
        parts = list(shop(upstream, "a", "b", "c").collect(pausing_tools(tmp_path, []), NOW))
    assert [part.failure for part in parts] == [Reason.MALFORMED, Reason.NOT_FOUND, None]
    assert [by_window(part.samples) for part in parts] == [{}, {}, {"1d": 3}]


def test_when_every_package_fails_the_source_fails(tmp_path: Path) -> None:
    with Upstream(by_path({})) as upstream, pytest.raises(UpstreamError) as caught:
        list(shop(upstream, "a", "b").collect(pausing_tools(tmp_path, []), NOW))
    assert caught.value.reason is Reason.NOT_FOUND


def test_a_limit_ends_the_round_and_fails_the_rest(tmp_path: Path) -> None:
    limited = Answer(429, headers={"Retry-After": "3600"})
    with Upstream(by_path({"/a": Answer.json(1), "/b": limited, "/c": Answer.json(3)})) as upstream:
        parts = list(shop(upstream, "a", "b", "c").collect(pausing_tools(tmp_path, []), NOW))
    assert [part.failure for part in parts] == [None, Reason.RATE_LIMITED, Reason.RATE_LIMITED]
    assert [request.path for request in upstream.requests] == ["/a", "/b"]


def test_a_service_out_of_reach_is_not_asked_for_every_package(tmp_path: Path) -> None:
    pauses: list[float] = []
    with Upstream(by_path({})) as upstream:
        gone = shop(upstream, "a", "b", "c")
    with pytest.raises(UpstreamError) as caught:
        list(gone.collect(pausing_tools(tmp_path, pauses), NOW))
    assert caught.value.reason is Reason.CONNECTION
    assert pauses == []


def test_requests_are_made_apart_but_the_first_at_once(tmp_path: Path) -> None:
    pauses: list[float] = []
    with Upstream(lambda request: Answer.json(1)) as upstream:
        list(shop(upstream, "a", "b", "c").collect(pausing_tools(tmp_path, pauses), NOW))
    assert pauses == [1.5, 1.5]


def test_doctor_tells_what_became_of_each_package(tmp_path: Path) -> None:
    with Upstream(by_path({"/a": Answer.json(1)})) as upstream:
        good, bad = shop(upstream, "a", "b").examine(pausing_tools(tmp_path, []), NOW)
        assert (good.subject, good.works, good.detail) == ("shop package a", True, "has figures up to 2026-01-26")
        assert (bad.subject, bad.works, bad.detail) == ("shop package b", False, f"GET {upstream.url}/b answered 404")


# Configuration, of each registry

CONFIGURATIONS = [
    (NpmConfig, "[caro, left, caro]", 'must name each package once, "caro" stands twice'),
    (NpmConfig, "[]", "must not be empty"),
    (NpmConfig, "['../secret']", "must be the name of an npm package such as left-pad or @scope/name"),
    (NpmConfig, "['a,b']", "must be the name of an npm package such as left-pad or @scope/name"),
    (NpmConfig, "['@scope']", "must be the name of an npm package such as left-pad or @scope/name"),
    (NpmConfig, "['']", "must be the name of an npm package such as left-pad or @scope/name"),
    (PypiConfig, "[Caro_CLI, caro.cli]", 'must name each package once, "caro-cli" stands twice'),
    (PypiConfig, "['caro cli']", "must be the name of a PyPI package such as requests"),
    (PypiConfig, "[-caro]", "must be the name of a PyPI package such as requests"),
    (CratesConfig, "[caro-cli, Caro_CLI]", 'must name each package once, "Caro_CLI" stands twice'),
    (CratesConfig, "['1caro']", "must be the name of a crate such as serde"),
    (CratesConfig, "[12]", "must be text"),
]


@pytest.mark.parametrize(("config", "packages", "expected"), CONFIGURATIONS)
def test_packages_that_no_registry_can_have_are_refused(config: type[PackagesConfig], packages: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validate(parse(f"packages: {packages}", "caro.yml"), config)
    (problem,) = caught.value.problems
    assert problem.message.startswith(expected)


@pytest.mark.parametrize("config", [NpmConfig, PypiConfig, CratesConfig])
def test_packages_must_be_named(config: type[PackagesConfig]) -> None:
    with pytest.raises(InvalidInput) as caught:
        validate(parse("interval: 1d", "caro.yml"), config)
    assert str(caught.value) == "caro.yml:1: packages: is missing"


@pytest.mark.parametrize("config", [NpmConfig, PypiConfig, CratesConfig])
def test_the_registries_are_asked_twice_a_day(config: type[PackagesConfig]) -> None:
    assert validate(parse("packages: [caro]", "caro.yml"), config).interval == timedelta(hours=12)
