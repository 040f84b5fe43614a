"""Packages and servers are looked up as their sources would read them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from exporter.http import Client, MemoryCache
from exporter.starter import Package, Server, Services
from support.starter import GUILD, INVITE, StarterServices
from support.upstream import Answer, Upstream


@pytest.fixture
def fake() -> StarterServices:
    return StarterServices(packages={("npm", "@acme/widget"): 150, ("pypi", "widget"): 40, ("crates", "widget"): 3})


@pytest.fixture
def upstream(fake: StarterServices) -> Iterator[Upstream]:
    with Upstream(fake) as upstream:
        yield upstream


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def services(fake: StarterServices, upstream: Upstream, tmp_path: Path, pauses: list[float]) -> Services:
    client = Client(timeout=timedelta(seconds=5), cache=MemoryCache(), sleep=lambda _: None)
    base_urls = {name: f"{upstream.url}/{name}" for name in ("npm", "pypi", "crates", "discord")}
    return Services(client, base_urls, tmp_path, fake.now, pauses.append)


def test_a_package_is_confirmed_with_its_downloads_of_30_days(services: Services) -> None:
    wanted = [Package("npm", "@acme/widget"), Package("pypi", "widget"), Package("crates", "widget")]
    found = list(services.packages(wanted))
    assert [package.downloads for package in found] == [4500, 1200, 90]
    assert [package.failure for package in found] == [None, None, None]


def test_a_registry_says_which_package_it_does_not_know(services: Services) -> None:
    wanted = [Package("npm", "gadget"), Package("pypi", "gadget"), Package("crates", "gadget")]
    assert [package.failure for package in services.packages(wanted)] == [
        "npm knows no such package; check its name",
        "pypistats.org has no downloads of such a package in 180 days; check its name",
        "crates.io knows no such crate; check its name",
    ]


def test_a_registry_that_is_out_of_reach_fails_alone(services: Services, fake: StarterServices) -> None:
    fake.failing["/pypi/packages/widget/overall"] = Answer(503)
    first, second = services.packages([Package("pypi", "widget"), Package("crates", "widget")])
    assert (first.downloads, second.downloads) == (None, 90)
    assert str(first.failure).endswith("/pypi/packages/widget/overall answered 503")


def test_a_package_whose_figures_are_weeks_old_is_known_all_the_same(services: Services, fake: StarterServices) -> None:
    fake.now -= timedelta(days=20)
    (package,) = services.packages([Package("npm", "@acme/widget")])
    assert (package.downloads, package.failure) == (None, None)


def test_several_packages_of_a_registry_are_asked_for_at_its_pace(services: Services, pauses: list[float]) -> None:
    list(services.packages([Package("pypi", "widget"), Package("npm", "@acme/widget"), Package("pypi", "gadget")]))
    assert pauses == [2.0]


def test_an_invite_tells_the_members(services: Services, fake: StarterServices) -> None:
    fake.members = 680
    found = services.server(Server("invite", INVITE))
    assert (found.members, found.online, found.failure) == (680, 7, None)


def test_an_id_tells_who_is_online_where_the_widget_is_on(services: Services, fake: StarterServices) -> None:
    fake.online = 9
    found = services.server(Server("guild_id", GUILD))
    assert (found.members, found.online, found.failure) == (None, 9, None)


@pytest.mark.parametrize(("key", "value"), [("invite", "gone"), ("guild_id", GUILD), ("guild_id", "42")])
def test_a_server_that_tells_nothing_says_why(services: Services, key: str, value: str) -> None:
    found = services.server(Server(key, value))
    assert (found.members, found.online) == (None, None)
    assert found.failure
    assert "planted" not in found.failure.lower()


def test_a_server_without_counts_says_so(services: Services, fake: StarterServices) -> None:
    fake.failing[f"/discord/invites/{INVITE}"] = Answer.json({"code": INVITE, "guild": {"id": GUILD}})
    found = services.server(Server("invite", INVITE))
    assert found.failure == "Discord tells neither how many members it has nor how many are online"
