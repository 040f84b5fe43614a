from datetime import timedelta

import pytest

from exporter.document import parse, validate
from exporter.errors import InvalidInput
from exporter.sources.git import GitConfig


def config(text: str) -> GitConfig:
    return validate(parse(text, "kpi-exporter.yml"), GitConfig)


def problem(text: str) -> str:
    with pytest.raises(InvalidInput) as caught:
        config(text)
    return str(caught.value)


def test_repositories_are_all_that_must_be_said() -> None:
    read = config("repositories: [https://github.com/caro-cli/caro.git, /srv/git/site.git]")
    assert [address.name for address in read.addresses()] == ["caro-cli/caro", "site"]
    assert (read.interval, read.timeout) == (timedelta(hours=1), timedelta(minutes=10))
    assert (read.branch, read.token, read.token_user) == (None, None, "x-access-token")


@pytest.mark.parametrize("branch", ["main", "release/1.x", "feature#7", "1.0"])
def test_a_branch_is_named_without_refs_heads(branch: str) -> None:
    assert config(f"repositories: [/srv/a]\nbranch: '{branch}'").branch == branch


@pytest.mark.parametrize("branch", ["", "-x", "a b", "a..b", "a:b", "a*", "/a", "a/", "a.lock", "a@{1}", ".a", "a//b", "^a"])
def test_what_git_would_not_call_a_branch_is_refused(branch: str) -> None:
    assert problem(f"repositories: [/srv/a]\nbranch: '{branch}'") == (
        f'kpi-exporter.yml:2: branch: must be the name of a branch, such as main, found "{branch}"'
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "kpi-exporter.yml:1: repositories: is missing"),
        ("repositories: []", "kpi-exporter.yml:1: repositories: must not be empty"),
        (
            "repositories: [/srv/a, 'ext::sh -c x']",
            "kpi-exporter.yml:1: repositories[1]: must be a git URL (https, http, ssh, git or file), git@host:path, or a path;"
            ' transport helpers (name::address) are not allowed, found "ext::sh -c x"',
        ),
        (
            "repositories: [https://github.com/a/b, git@gitlab.com:a/b.git]",
            "kpi-exporter.yml:1: repositories: must be repositories of different names; a/b stands more than once",
        ),
        (
            "repositories: [/srv/a]\nbranches: main",
            'kpi-exporter.yml:2: branches: unknown key, did you mean "branch"?',
        ),
    ],
)
def test_mistakes_are_told_with_their_place(text: str, expected: str) -> None:
    assert problem(text) == expected


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:hun@ter/2@example.org/a/b",
        "https://hunter2@example.org/a",
        "ssh://a:hunter2@b/c/d",
        "a:hunter2@example.org:b",
    ],
)
def test_credentials_in_an_address_are_refused_and_not_shown(url: str) -> None:
    told = problem(f"repositories: [/srv/a, '{url}']")
    assert "must not hold a user name or password (entry 2 does); use token_file or token_env" in told
    assert not any(piece in told for piece in ("hun", "ter2", "ter/2", "example.org"))


def test_a_token_goes_to_one_host_only() -> None:
    told = problem("repositories: [https://a.example/x/y, http://b.example:8080/x/z, git@c.example:x/w]\ntoken: hunter2")
    assert "the token must go to one host only, but the repositories are on a.example and b.example:8080" in told
    assert "hunter2" not in told


def test_repositories_on_several_hosts_are_fine_without_a_token() -> None:
    read = config("repositories: [https://a.example/x/y, https://b.example/x/z]")
    assert [address.host for address in read.addresses()] == ["a.example", "b.example"]
