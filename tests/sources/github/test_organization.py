"""The repositories of an organisation: which are listed, when, and what happens while GitHub does not list them."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from exporter.errors import Reason, UpstreamError
from exporter.sources.github import organization
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.organization import Organization, list_repositories
from exporter.sources.github.store import Store
from support.github import TOKEN, Account, FakeGitHub, Repository, demand, schema
from support.github.asking import graph_of
from support.tools import NOW, PATIENCE, make_tools
from support.upstream import Answer, Upstream

HOUR = timedelta(hours=1)


def config(**keys: Any) -> GitHubConfig:
    return GitHubConfig.model_validate({"token": TOKEN, "organization": "acme", **keys})


@pytest.fixture
def github() -> FakeGitHub:
    return FakeGitHub(Repository("acme/widget"), Repository("acme/gadget"), Repository("other/widget"))


class Asked:
    """A GitHub on loopback, asked as one token sees it."""

    def __init__(self, upstream: Upstream, folder: Path) -> None:
        self.upstream = upstream
        self._folder = folder

    def graph(self, now: datetime = NOW) -> Graph:
        settings = GitHubConfig(base_url=self.upstream.url, token=TOKEN, repositories=("acme/widget",))
        return graph_of(make_tools(self._folder, now=now, timeout=PATIENCE).client, settings.graphql_url, now=now)

    def listed(self, **keys: Any) -> tuple[str, ...]:
        return list_repositories(config(**keys), self.graph())


@pytest.fixture
def asked(github: FakeGitHub, tmp_path: Path) -> Iterator[Asked]:
    with Upstream(github) as upstream:
        yield Asked(upstream, tmp_path)
    assert github.refused == []


def memory() -> Store:
    return Store(None, "f")


def test_all_repositories_of_the_organisation_are_read_in_the_order_of_their_names(asked: Asked) -> None:
    assert asked.listed() == ("acme/gadget", "acme/widget")


def test_the_account_of_a_person_is_listed_in_the_same_way(asked: Asked, github: FakeGitHub) -> None:
    github.owners.append(Account("other", "User"))
    assert asked.listed(organization="Other") == ("other/widget",)


@pytest.mark.parametrize("key", ["forks", "archived"])
def test_forks_and_archived_repositories_are_left_out_unless_they_are_wanted(asked: Asked, github: FakeGitHub, key: str) -> None:
    github.repositories[0].is_fork, github.repositories[0].is_archived = key == "forks", key == "archived"
    assert asked.listed() == ("acme/gadget",)
    assert asked.listed(**{key: True}) == ("acme/gadget", "acme/widget")


def test_disabled_repositories_are_always_left_out(asked: Asked, github: FakeGitHub) -> None:
    github.repositories[0].is_disabled = True
    assert asked.listed(forks=True, archived=True) == ("acme/gadget",)


def test_private_repositories_that_the_token_sees_are_read(asked: Asked, github: FakeGitHub) -> None:
    github.repositories[0].is_private = True
    assert "acme/widget" in asked.listed()


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"include": ["w*"]}, ("acme/widget",)),
        ({"include": ["WIDGET"]}, ("acme/widget",)),
        ({"include": ["[f-h]*", "w?dget"]}, ("acme/gadget", "acme/widget")),
        ({"include": ["dget"]}, ()),
        ({"exclude": ["*WID*"]}, ("acme/gadget",)),
        ({"include": ["*dget"], "exclude": ["g*"]}, ("acme/widget",)),
    ],
)
def test_patterns_select_by_the_whole_name_without_regard_to_case(asked: Asked, keys: Any, names: tuple[str, ...]) -> None:
    assert asked.listed(**keys) == names


def test_a_thousand_repositories_are_listed_with_ten_requests_of_a_point_each(asked: Asked, github: FakeGitHub) -> None:
    github.repositories = [Repository(f"acme/r{i}") for i in range(1000)]
    assert len(asked.listed()) == 1000
    assert [(wanted.points, wanted.nodes) for wanted in github.demands] == [(1, 100)] * 10


@pytest.mark.parametrize("keys", [{}, {"forks": True, "archived": True}])
def test_the_query_is_valid_on_the_schema_and_costs_what_is_told(keys: Any) -> None:
    query = organization._query(config(**keys), "cursor")
    document = parse(query.document)
    assert validate(schema(), document) == []
    wanted = demand(document, query.variables, schema())
    assert (wanted.points, wanted.nodes) == (1, 100)


def test_repositories_of_others_that_an_account_works_on_are_not_asked_for() -> None:
    assert "ownerAffiliations: [OWNER]" in organization._query(config(), None).document


def test_pages_that_lead_back_end_with_an_error(asked: Asked) -> None:
    page = {"pageInfo": {"hasNextPage": True, "endCursor": "again"}, "nodes": []}
    asked.upstream.fault = Answer.json({"data": {"r0": {"repositories": page}}})
    with pytest.raises(UpstreamError) as raised:
        asked.listed()
    assert raised.value.reason is Reason.MALFORMED
    assert len(asked.upstream.requests) == 2


def test_pages_without_end_end_with_an_error(asked: Asked, github: FakeGitHub) -> None:
    github.repositories = [Repository(f"acme/r{i}") for i in range(10_001)]
    with pytest.raises(UpstreamError) as raised:
        asked.listed()
    assert (raised.value.reason, str(raised.value)) == (Reason.TOO_LARGE, "acme has more repositories than are read")


@pytest.mark.parametrize(
    "nodes",
    [None, [1], [{"nameWithOwner": "acme/../user", "isDisabled": False}], [{"nameWithOwner": "acme/a"}], [{}]],
)
def test_a_malformed_list_is_refused_as_a_whole(asked: Asked, nodes: Any) -> None:
    page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
    asked.upstream.fault = Answer.json({"data": {"r0": {"repositories": page}}})
    with pytest.raises(UpstreamError) as raised:
        asked.listed()
    assert raised.value.reason is Reason.MALFORMED


def test_a_repository_that_github_does_not_show_is_no_repository(asked: Asked) -> None:
    nodes = [None, {"nameWithOwner": "acme/a", "isDisabled": False}]
    page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
    asked.upstream.fault = Answer.json({"data": {"r0": {"repositories": page}}})
    assert asked.listed() == ("acme/a",)


def test_an_organisation_that_is_not_known_is_told_as_such(asked: Asked) -> None:
    with pytest.raises(UpstreamError) as raised:
        Organization(config(organization="nobody"), memory()).repositories(asked.graph(), NOW)
    assert raised.value.reason is Reason.NOT_FOUND
    assert str(raised.value) == "no organisation or account nobody is known, or it hides from the token"


def test_an_organisation_that_refuses_the_token_is_told_as_such(asked: Asked) -> None:
    error = {"type": "FORBIDDEN", "path": ["r0", "repositories"], "message": "planted"}
    asked.upstream.fault = Answer.json({"data": {"r0": None}, "errors": [error]})
    with pytest.raises(UpstreamError) as raised:
        asked.listed()
    assert (raised.value.reason, str(raised.value)) == (Reason.AUTH, "the token may not list the repositories of acme")


def test_no_repository_at_all_is_a_failure_not_silence(asked: Asked) -> None:
    with pytest.raises(UpstreamError) as raised:
        Organization(config(include=["nothing-*"]), memory()).repositories(asked.graph(), NOW)
    assert raised.value.reason is Reason.NOT_FOUND
    assert str(raised.value) == "the token sees no repository of acme that include, exclude, forks and archived let through"


def test_the_list_is_read_again_after_the_slow_interval_only(asked: Asked, github: FakeGitHub) -> None:
    listing = Organization(config(slow_interval="6h"), memory())
    assert listing.repositories(asked.graph(), NOW) == ("acme/gadget", "acme/widget")
    github.repositories.append(Repository("acme/novelty"))
    assert listing.repositories(asked.graph(), NOW + 6 * HOUR - timedelta(seconds=1)) == ("acme/gadget", "acme/widget")
    assert len(github.sizes) == 1
    assert listing.repositories(asked.graph(), NOW + 6 * HOUR) == ("acme/gadget", "acme/novelty", "acme/widget")


def test_an_archived_repository_leaves_with_the_next_list(asked: Asked, github: FakeGitHub) -> None:
    listing = Organization(config(), memory())
    listing.repositories(asked.graph(), NOW)
    github.repositories[0].is_archived = True
    assert listing.repositories(asked.graph(), NOW + 7 * HOUR) == ("acme/gadget",)


def test_a_clock_that_was_set_back_has_the_list_read_again(asked: Asked, github: FakeGitHub) -> None:
    listing = Organization(config(), memory())
    listing.repositories(asked.graph(), NOW)
    listing.repositories(asked.graph(), NOW - HOUR)
    assert len(github.sizes) == 2


def test_a_restart_lists_nothing_anew(asked: Asked, github: FakeGitHub, tmp_path: Path) -> None:
    for start in (0, 1):
        store = Store(tmp_path / "facts.sqlite", f"fingerprint {start}")
        assert Organization(config(), store).repositories(asked.graph(), NOW + start * HOUR) == ("acme/gadget", "acme/widget")
        store.close()
    assert len(github.sizes) == 1


@pytest.mark.parametrize(
    "keys",
    [{"organization": "other"}, {"include": ["*"]}, {"exclude": ["g*"]}, {"forks": True}, {"base_url": "https://ghe.test"}],
)
def test_a_list_of_another_configuration_is_not_used(asked: Asked, github: FakeGitHub, keys: Any) -> None:
    store = memory()
    Organization(config(), store).repositories(asked.graph(), NOW)
    Organization(config(**keys), store).repositories(asked.graph(), NOW)
    assert len(github.sizes) == 2


@pytest.mark.parametrize("kept", [b"", b"{", b'{"asked": 1}', b'{"asked": "", "at": 0, "names": []}', b"\xff", b"[" * 10_000])
def test_a_kept_list_that_is_no_list_is_not_used(asked: Asked, kept: bytes) -> None:
    store = memory()
    store.set_setting("organization", kept)
    assert Organization(config(), store).repositories(asked.graph(), NOW) == ("acme/gadget", "acme/widget")


@pytest.mark.parametrize("fault", ["drop", "garbage", Answer(500), Answer(401)])
def test_while_github_does_not_list_the_last_list_is_used(asked: Asked, fault: Any, caplog: pytest.LogCaptureFixture) -> None:
    listing = Organization(config(), memory())
    listing.repositories(asked.graph(), NOW)
    asked.upstream.fault = fault
    with caplog.at_level(logging.WARNING):
        for hours in (7, 8):
            assert listing.repositories(asked.graph(), NOW + hours * HOUR) == ("acme/gadget", "acme/widget")
    assert [record.getMessage() for record in caplog.records] == ["organisation not listed, its last list is used"]
    assert TOKEN not in repr(caplog.records[0].__dict__)


def test_after_a_failure_the_next_refresh_lists(asked: Asked, github: FakeGitHub) -> None:
    listing = Organization(config(), memory())
    listing.repositories(asked.graph(), NOW)
    asked.upstream.fault = Answer(500)
    listing.repositories(asked.graph(), NOW + 7 * HOUR)
    asked.upstream.fault = None
    github.repositories.append(Repository("acme/novelty"))
    assert "acme/novelty" in listing.repositories(asked.graph(), NOW + 7 * HOUR + timedelta(minutes=15))


def test_without_any_list_a_failure_is_raised(asked: Asked) -> None:
    asked.upstream.fault = Answer(500)
    with pytest.raises(UpstreamError) as raised:
        Organization(config(), memory()).repositories(asked.graph(), NOW)
    assert raised.value.reason is Reason.SERVER_ERROR


def test_a_deleted_repository_has_the_list_read_at_the_next_refresh(asked: Asked, github: FakeGitHub) -> None:
    listing = Organization(config(), memory())
    listing.repositories(asked.graph(), NOW)
    del github.repositories[0]
    listing.not_found({"acme/widget"})
    assert listing.repositories(asked.graph(), NOW + timedelta(minutes=15)) == ("acme/gadget",)


def test_a_repository_that_stays_hidden_has_the_list_read_once_only(asked: Asked, github: FakeGitHub) -> None:
    listing = Organization(config(), memory())
    for quarter in range(5):
        listing.repositories(asked.graph(), NOW + quarter * timedelta(minutes=15))
        listing.not_found({"acme/widget"})
    assert len(github.sizes) == 2


def test_a_store_that_cannot_be_written_costs_no_more_than_a_listing_at_the_next_start(asked: Asked, tmp_path: Path) -> None:
    store = Store(tmp_path / "facts.sqlite", "f")
    listing = Organization(config(), store)
    store.close()
    assert listing.repositories(asked.graph(), NOW) == ("acme/gadget", "acme/widget")
