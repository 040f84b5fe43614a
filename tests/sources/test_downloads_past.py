"""What the package registries say of the past: what a refresh at that moment would have said, or nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Sample
from exporter.http import Client, Response
from exporter.sources.base import Source, Tools
from exporter.sources.crates import CratesConfig, CratesSource
from exporter.sources.npm import NpmConfig, NpmSource
from exporter.sources.pypi import PypiConfig, PypiSource
from support.packages import TODAY, back, pausing_tools
from support.tools import NOW, make_tools
from support.upstream import Answer, Handler, Request, Upstream

DAY = timedelta(days=1)
Downloads = Mapping[date, int]
Figures = dict[tuple[str, str], float]


# Registries that know what had happened by a moment


def npm(downloads: Downloads, at: datetime) -> Handler:
    """Lists every day that is asked for; one that is not over has 0."""

    def handler(request: Request) -> Answer:
        span, _, names = request.path.removeprefix("/downloads/range/").partition("/")
        first, last = (date.fromisoformat(day) for day in span.split(":"))
        assert (last - first).days < 365, "a request of several packages may ask for a year"
        days = [first + DAY * n for n in range((last - first).days + 1)]
        rows = [{"day": str(day), "downloads": downloads.get(day, 0) if day < at.date() else 0} for day in days]
        answers = {name: {"package": name, "downloads": rows} for name in names.split(",")}
        return Answer.json(answers if len(answers) > 1 else answers[names])

    return handler


def pypi(downloads: Downloads, at: datetime) -> Handler:
    """Lists the days with downloads of the last 181."""
    kept = [day for day in downloads if at.date() - 181 * DAY <= day < at.date() and downloads[day]]
    rows = [{"category": "without_mirrors", "date": str(day), "downloads": downloads[day]} for day in kept]
    return lambda request: Answer.json({"data": rows, "package": "caro", "type": "overall_downloads"})


def crates(downloads: Downloads, at: datetime) -> Handler:
    """Lists the days with downloads of the last 89 and of today, and counts them all."""
    so_far = {day: number for day, number in downloads.items() if day < at.date() or (day == at.date() and at.time() > time.min)}
    rows = [{"date": str(day), "downloads": number} for day, number in so_far.items() if day >= at.date() - 89 * DAY and number]

    def handler(request: Request) -> Answer:
        if request.path.endswith("/downloads"):
            return Answer.json({"version_downloads": [], "meta": {"extra_downloads": rows}})
        return Answer.json({"crate": {"id": "caro", "downloads": sum(so_far.values())}})

    return handler


KEPT = {"npm": 194, "pypi": 181, "crates": 89}
"""Days of which a refresh makes its figures; for the last two they are those that the registry keeps."""
REGISTRIES: dict[str, tuple[Callable[[Downloads, datetime], Handler], Callable[[str], Source[Any]]]] = {
    "npm": (npm, lambda url: NpmSource(NpmConfig(base_url=url, packages=("caro",)))),
    "pypi": (pypi, lambda url: PypiSource(PypiConfig(base_url=url, packages=("caro",)))),
    "crates": (crates, lambda url: CratesSource(CratesConfig(base_url=url, packages=("caro",)))),
}


def figures(samples: Sequence[Sample]) -> Figures:
    return {(sample.name, dict(sample.labels).get("window", "")): sample.value for sample in samples}


class DirectClient:
    """Hands each request to a handler in this process: no network, for a test that asks thousands of times."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def get(self, url: str, *, params: Mapping[str, str] | None = None) -> Response:
        path = urlsplit(url).path
        answer = self._handler(Request("GET", path, {name: [value] for name, value in (params or {}).items()}, {}, b""))
        return Response(answer.status, {}, answer.body)


def tools_for(handler: Handler, at: datetime) -> Tools:
    return Tools(cast(Client, DirectClient(handler)), Path(), pause=lambda _: None, clock=lambda: at)


def collected(registry: str, downloads: Downloads, at: datetime) -> Figures:
    """What a refresh says at a moment, of what had happened by then; nothing where it failed."""
    upstream_of, source_of = REGISTRIES[registry]
    try:
        (part,) = source_of("http://127.0.0.1").collect(tools_for(upstream_of(downloads, at), at), at)
    except UpstreamError:
        return {}
    return figures(part.samples)


def told(registry: str, downloads: Downloads, moments: Sequence[datetime]) -> dict[datetime, Figures]:
    """What the registry says now of these moments; nothing where it knows no such package."""
    upstream_of, source_of = REGISTRIES[registry]
    try:
        past = list(source_of("http://127.0.0.1").past(tools_for(upstream_of(downloads, NOW), NOW), moments))
    except UpstreamError:
        return {}
    assert [moment for moment, _ in past] == sorted({moment for moment, _ in past})
    assert all(part.time == moment and part.failure is None for moment, parts in past for part in parts)
    return {moment: figures(part.samples) for moment, (part,) in past}


def midnight(days_ago: int) -> datetime:
    return datetime.combine(TODAY - DAY * days_ago, time.min, UTC)


# The past is what a refresh would have said


counts = st.lists(
    st.one_of(
        st.lists(st.integers(0, 3), min_size=1, max_size=30),
        st.integers(1, 60).map(lambda days: [0] * days),
        st.integers(1, 60).map(lambda days: [5] * days),
    ),
    max_size=10,
).map(lambda parts: [number for part in parts for number in part])


@pytest.mark.parametrize("registry", REGISTRIES)
@settings(max_examples=150, deadline=None)
@given(numbers=counts, ago=st.lists(st.integers(0, 250), min_size=1, max_size=5, unique=True))
def test_every_figure_is_that_of_a_refresh_on_a_registry_that_knew_no_more(
    registry: str, numbers: list[int], ago: list[int]
) -> None:
    downloads = back(*numbers, end=TODAY)
    moments = sorted(midnight(days) for days in ago)
    past = told(registry, downloads, moments)
    for moment in moments:
        said, then = past.get(moment, {}), collected(registry, downloads, moment)
        assert said.items() <= then.items()
        first = moments[0].date() - DAY * 194 if registry == "npm" else TODAY - DAY * KEPT[registry]
        before = [number for day, number in downloads.items() if first <= day < moment.date()]
        if moment.date() - DAY * KEPT[registry] >= first and any(before):
            assert said == then


@pytest.mark.parametrize(("registry", "days"), [("npm", 365), ("pypi", 180), ("crates", 88)])
def test_of_a_package_downloaded_daily_each_day_is_told_that_the_registry_keeps(registry: str, days: int) -> None:
    past = told(registry, back(*[7] * 1000, end=TODAY), [midnight(n) for n in reversed(range(366))])
    assert [said["package_downloads", "1d"] for said in past.values() if ("package_downloads", "1d") in said] == [7] * (days + 1)


def test_windows_that_begin_before_the_first_day_that_is_kept_are_left_out() -> None:
    past = told("pypi", back(*[2] * 400), [midnight(n) for n in (174, 173, 120, 0)])
    windows = [{window for name, window in said if name == "package_downloads"} for said in past.values()]
    assert windows == [{"1d", "7d"}, {"1d", "7d"}, {"1d", "7d", "30d"}, {"1d", "7d", "30d", "90d", "180d"}]


def test_before_its_first_download_nothing_is_said_of_a_package() -> None:
    for registry in REGISTRIES:
        past = told(registry, back(4, 4, 4), [midnight(n) for n in (40, 4, 3, 2)])
        assert list(past) == [midnight(2)]


def test_downloads_since_the_first_version_are_those_of_the_beginning_of_a_day() -> None:
    downloads = back(1000, *[1] * 100, 5, end=TODAY)
    past = told("crates", downloads, [midnight(90), midnight(89), midnight(1), midnight(0), NOW - DAY / 4])
    ever = [said.get(("package_downloads_cumulative", "")) for said in past.values()]
    assert ever == [1011, 1099, 1100, None]


# What it takes


def test_a_year_of_npm_takes_two_requests_for_all_plain_packages_and_two_for_a_scoped_one(tmp_path: Path) -> None:
    downloads, pauses = back(*[3] * 800), list[float]()
    with Upstream(npm(downloads, NOW)) as upstream:
        source = NpmSource(NpmConfig(base_url=upstream.url, packages=("caro", "caro-shell", "@caro/cli")))
        past = dict(source.past(pausing_tools(tmp_path, pauses), [midnight(n) for n in reversed(range(366))]))
        asked = [request.path.removeprefix("/downloads/range/") for request in upstream.requests]
    assert asked == [
        "2025-01-27:2026-01-26/@caro/cli",
        "2024-07-17:2025-01-26/@caro/cli",
        "2025-01-27:2026-01-26/caro,caro-shell",
        "2024-07-17:2025-01-26/caro,caro-shell",
    ]
    assert pauses == [1.0] * 3
    assert [len(parts) for parts in past.values()] == [3] * 366


def test_npm_is_not_asked_for_days_before_its_first(tmp_path: Path) -> None:
    with Upstream(npm({}, NOW)) as upstream:
        source = NpmSource(NpmConfig(base_url=upstream.url, packages=("caro",)))
        assert list(source.past(make_tools(tmp_path), [datetime(2015, 3, 1, tzinfo=UTC)])) == []
        assert upstream.requests[-1].path.startswith("/downloads/range/2015-01-10:")


@pytest.mark.parametrize(("registry", "requests"), [("pypi", 1), ("crates", 2)])
def test_the_past_of_the_others_takes_what_a_refresh_takes(registry: str, requests: int, tmp_path: Path) -> None:
    upstream_of, source_of = REGISTRIES[registry]
    with Upstream(upstream_of(back(*[3] * 300), NOW)) as upstream:
        list(source_of(upstream.url).past(make_tools(tmp_path), [midnight(n) for n in reversed(range(366))]))
        assert len(upstream.requests) == requests


def test_without_moments_nothing_is_asked(tmp_path: Path) -> None:
    with Upstream(npm({}, NOW)) as upstream:
        assert list(NpmSource(NpmConfig(base_url=upstream.url, packages=("caro",))).past(make_tools(tmp_path), [])) == []
        assert upstream.requests == []


# Failures


def test_a_limit_is_told_with_its_end(tmp_path: Path) -> None:
    def handler(request: Request) -> Answer:
        return Answer(429, b"planted", {"Retry-After": "3600"}) if "caro-b" in request.path else pypi(back(1, 2), NOW)(request)

    with Upstream(handler) as upstream:
        source = PypiSource(PypiConfig(base_url=upstream.url, packages=("caro-a", "caro-b")))
        with pytest.raises(RateLimited) as caught:
            list(source.past(make_tools(tmp_path), [midnight(0)]))
    assert caught.value.until == NOW + timedelta(hours=1)
    assert "planted" not in str(caught.value)


def test_a_package_that_fails_leaves_the_others_alone(tmp_path: Path) -> None:
    def handler(request: Request) -> Answer:
        return Answer(404) if "caro-b" in request.path else pypi(back(1, 2), NOW)(request)

    with Upstream(handler) as upstream:
        source = PypiSource(PypiConfig(base_url=upstream.url, packages=("caro-a", "caro-b")))
        ((_, parts),) = source.past(make_tools(tmp_path), [midnight(0)])
    assert [(part.labels, part.failure) for part in parts] == [
        ((("package", "caro-a"),), None),
        ((("package", "caro-b"),), Reason.NOT_FOUND),
    ]


def test_where_no_package_is_answered_for_it_fails(tmp_path: Path) -> None:
    with Upstream(lambda request: Answer(404)) as upstream, pytest.raises(UpstreamError) as caught:
        list(PypiSource(PypiConfig(base_url=upstream.url, packages=("caro",))).past(make_tools(tmp_path), [midnight(0)]))
    assert caught.value.reason is Reason.NOT_FOUND
