import pytest

from exporter.document import parse, validate
from exporter.errors import InvalidInput
from exporter.sources.github import GitHubConfig


def config(text: str) -> GitHubConfig:
    return validate(parse(f"token: ghp_x\n{text}", "kpi-exporter.yml"), GitHubConfig)


def test_repositories_are_all_that_must_be_said_beside_the_token() -> None:
    read = config("repositories: [caro-cli/caro]")
    assert read.repositories == ("caro-cli/caro",)
    assert read.bug_label == "bug"
    assert read.priorities == {"P0": ("P0",), "P1": ("P1",), "P2": ("P2",), "P3": ("P3",)}
    assert read.labels == ("documentation", "good first issue")
    assert read.read == ("issues", "pull_requests", "conflicts", "discussions", "stars", "contributors")
    assert (read.organization, read.include, read.exclude, read.forks, read.archived) == (None, (), (), False, False)
    assert read.interval.total_seconds() == 15 * 60


def test_an_organization_stands_in_for_the_list_of_repositories() -> None:
    read = config("organization: caro-cli\ninclude: ['caro-*']\nexclude: [caro-old]\nforks: true")
    assert (read.repositories, read.organization) == ((), "caro-cli")
    assert [name for name in ("caro-docs", "Caro-Old", "website") if read.selects(name)] == ["caro-docs"]
    assert (read.forks, read.archived) == (True, False)


def test_without_topics_only_the_facts_of_repositories_are_read() -> None:
    assert config("repositories: [a/b]\nread: []").read == ()


def test_a_priority_that_is_left_out_keeps_the_label_of_its_name() -> None:
    read = config("repositories: [a/b]\npriorities: {P2: [minor], P0: [critical, blocker]}")
    assert list(read.priorities.items()) == [
        ("P0", ("critical", "blocker")),
        ("P1", ("P1",)),
        ("P2", ("minor",)),
        ("P3", ("P3",)),
    ]


@pytest.mark.parametrize(
    ("base_url", "graphql_url"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://api.github.com/graphql"),
        ("https://git.example.org/api/v3", "https://git.example.org/api/graphql"),
        ("https://git.example.org/api/v3/", "https://git.example.org/api/graphql"),
        ("https://api.example.ghe.com", "https://api.example.ghe.com/graphql"),
    ],
)
def test_queries_go_below_the_api_of_github_and_beside_that_of_an_enterprise_server(base_url: str, graphql_url: str) -> None:
    assert config(f"repositories: [a/b]\nbase_url: {base_url}").graphql_url == graphql_url


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "kpi-exporter.yml:1: must have either repositories or organization"),
        ("organization: a\nrepositories: [a/b]", "kpi-exporter.yml:1: must have either repositories or organization"),
        ("repositories: [a/b]\nexclude: [c]", "kpi-exporter.yml:1: exclude goes with organization"),
        ("repositories: [a/b]\nforks: false", "kpi-exporter.yml:1: forks goes with organization"),
        (
            "organization: https://github.com/a",
            "kpi-exporter.yml:2: organization: must be the name of an organisation or of an account, such as caro-cli,"
            ' found "https://github.com/a"',
        ),
        (
            "organization: a\ninclude: [a/b]",
            "kpi-exporter.yml:3: include[0]: must be a pattern for the name of a repository without its owner, such as caro-*,"
            ' found "a/b"',
        ),
        (
            "organization: a\nexclude: ['']",
            "kpi-exporter.yml:3: exclude[0]: must be a pattern for the name of a repository without its owner, such as caro-*,"
            ' found ""',
        ),
        (
            "repositories: [a/b]\nread: [star]",
            "kpi-exporter.yml:3: read[0]: must be one of issues, pull_requests, conflicts, discussions, stars, contributors,"
            ' traffic, security, comments, found "star"; did you mean "stars"?',
        ),
        ("repositories: [a/b]\nread: [stars, stars]", 'kpi-exporter.yml:3: read: must name "stars" only once'),
        ("repositories: []", "kpi-exporter.yml:2: repositories: must not be empty"),
        (
            "repositories: [caro]",
            "kpi-exporter.yml:2: repositories[0]: must be a repository written as owner/name, such as caro-cli/caro,"
            ' found "caro"',
        ),
        (
            "repositories: ['https://github.com/a/b']",
            "kpi-exporter.yml:2: repositories[0]: must be a repository written as owner/name, such as caro-cli/caro,"
            ' found "https://github.com/a/b"',
        ),
        ("repositories: [a/b, A/B]", 'kpi-exporter.yml:2: repositories: must name "a/b" only once'),
        ("repositories: [a/b]\nlabels: [ui, UI]", 'kpi-exporter.yml:3: labels: must name "ui" only once'),
        ("repositories: [a/b]\nbug_label: ' '", 'kpi-exporter.yml:3: bug_label: must be the name of a label, found " "'),
        (
            "repositories: [a/b]\npriorities: {P9: [urgent]}",
            'kpi-exporter.yml:3: priorities: unknown priority "P9", known are P0, P1, P2, P3',
        ),
        (
            "repositories: [a/b]\npriorities: {P1: [p0]}",
            'kpi-exporter.yml:3: priorities: must name "p0" only once',
        ),
        ("repositories: [a/b]\nrepositorys: [c/d]", 'kpi-exporter.yml:3: repositorys: unknown key, did you mean "repositories"?'),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_was_expected(text: str, problem: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        config(text)
    assert str(raised.value) == problem


@pytest.mark.parametrize("token", ["''", "'ghp planted'", "'ghp_planted\\n'", "ghp_plänted"])
def test_a_token_that_no_header_can_carry_is_refused_without_being_shown(token: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        validate(parse(f"token: {token.replace(chr(39), chr(34))}\nrepositories: [a/b]", "kpi-exporter.yml"), GitHubConfig)
    assert str(raised.value) == (
        "kpi-exporter.yml:1: token: must be a token: printable ASCII characters, no spaces, found <secret>"
    )


def test_the_token_is_not_in_the_representation_of_the_configuration() -> None:
    assert "ghp_x" not in repr(config("repositories: [a/b]"))
