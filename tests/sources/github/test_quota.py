"""The source and the quotas of its credentials, from the configuration to the next refresh."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.collect.meters import SourceMeter
from exporter.errors import RateLimited, Reason
from exporter.facts import Part
from exporter.sources.github import GitHub, GitHubConfig
from support.github import TOKEN, FakeGitHub, Quota, Repository
from support.github.app import new_key, private_pem
from support.tools import NOW, PATIENCE, make_tools
from support.upstream import Upstream

SECOND = "ghp_plantedTokenPlantedTokenPlanted0002"
APP = {"app_id": "4711", "private_key": private_pem(new_key("app"))}


class Read:
    """A source that reads the facts of repositories, and the moments until which it asks to be left alone."""

    def __init__(self, upstream: Upstream, config: dict[str, Any], folder: Path) -> None:
        self.put_off: list[datetime] = []
        self.meter = SourceMeter()
        self.upstream = upstream
        self._source = GitHub(GitHubConfig.model_validate({"base_url": upstream.url, "read": [], "labels": [], **config}))
        self._tools = replace(make_tools(folder, meter=self.meter, timeout=PATIENCE), put_off=self.put_off.append)

    def refresh(self) -> list[Part]:
        self.put_off.clear()
        return list(self._source.collect(self._tools, NOW))

    def failures(self) -> list[Reason | None]:
        return [part.failure for part in self.refresh()]


Open = Callable[..., Any]


@pytest.fixture
def reading(tmp_path: Path) -> Open:
    """Opens a fake GitHub to a source: `with reading(github, token=…) as read`."""

    @contextmanager
    def opened(github: FakeGitHub, **config: Any) -> Iterator[Read]:
        config.setdefault("repositories", [repository.name for repository in github.repositories])
        with Upstream(github) as upstream:
            yield Read(upstream, config, tmp_path)

    return opened


def world(number: int) -> FakeGitHub:
    """25 of these repositories cost 21 points."""
    return FakeGitHub(*[Repository(f"acme/r{i}") for i in range(number)])


def test_while_there_is_plenty_nothing_is_put_off(reading: Open) -> None:
    with reading(world(50), token=TOKEN) as read:
        assert set(read.failures()) == {None}
        assert read.put_off == []


def test_when_points_are_short_the_next_refresh_is_put_off(reading: Open) -> None:
    """A refresh costs 42 points and leaves 84 above the reserve, enough for two more in the 40 minutes to the renewal."""
    github = world(50)
    github.remaining = 500 + 42 + 84
    with reading(github, token=TOKEN) as read:
        assert set(read.failures()) == {None}
        assert read.put_off == [NOW + timedelta(minutes=20)]


def test_a_refresh_that_had_to_stop_goes_on_at_the_renewal(reading: Open) -> None:
    github = world(75)
    github.remaining = 500 + 60
    with reading(github, token=TOKEN) as read:
        assert read.failures() == [None] * 50 + [Reason.RATE_LIMITED] * 25
        assert read.put_off == [github.reset]


def test_a_refresh_that_could_not_begin_goes_on_at_the_renewal(reading: Open) -> None:
    github = world(1)
    github.remaining = 0
    with reading(github, token=TOKEN) as read:
        with pytest.raises(RateLimited):
            read.refresh()
        assert read.put_off == [github.reset]


def test_another_token_takes_over_inside_of_a_refresh(reading: Open) -> None:
    github = world(75)
    github.remaining = 500 + 30
    github.tokens[SECOND] = Quota()
    with reading(github, tokens=[{"token": TOKEN}, {"token": SECOND}]) as read:
        assert set(read.failures()) == {None}
        assert read.put_off == []
    assert github.remaining == 509
    assert github.tokens[SECOND].remaining == 5000 - 42
    quota = read.meter.totals()["graphql"]
    assert (quota.limit, quota.remaining) == (10_000, 509 + 4958)
    assert read.meter.costs == {"graphql": 63}


def test_a_revoked_token_is_told_once_and_the_other_reads_on(reading: Open, caplog: pytest.LogCaptureFixture) -> None:
    github = world(50)
    github.revoked.add(TOKEN)
    github.tokens[SECOND] = Quota()
    with reading(github, tokens=[{"token": TOKEN}, {"token": SECOND}]) as read:
        for _ in range(2):
            assert set(read.failures()) == {None}
    assert [record.getMessage() for record in caplog.records] == ["credentials refused, others take over"]
    assert "planted" not in repr([record.__dict__ for record in caplog.records])


def test_a_github_app_reads_like_a_token(reading: Open) -> None:
    with reading(world(1), **APP) as read:
        assert read.failures() == [None]
        paths = [request.path for request in read.upstream.requests]
        token = read.upstream.requests[1].body
    assert paths == ["/repos/acme/r0/installation", "/app/installations/77/access_tokens", "/graphql"]
    assert token == b'{"permissions":{"metadata":"read","contents":"read","issues":"read","pull_requests":"read"}}'


def test_a_server_without_limits_is_read_at_every_interval(reading: Open) -> None:
    github = world(50)
    github.quota_known = False
    with reading(github, token=TOKEN) as read:
        assert set(read.failures()) == {None}
        assert read.put_off == []
    assert read.meter.costs == {}
