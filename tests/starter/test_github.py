"""What GitHub tells of a repository, what is asked for it, and how each way of not telling is told."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import Any

import pytest

from exporter.errors import KpiExporterError
from exporter.http import Client, MemoryCache
from exporter.starter import GitHub, Repository, Suggestion
from support.github import TOKEN
from support.starter import Listed, StarterServices, cargo, package_json, pyproject
from support.upstream import Answer, Upstream

WIDGET = "/github/repos/acme/widget"


@pytest.fixture
def services() -> StarterServices:
    return StarterServices(Listed(files={**package_json("widget"), **pyproject("widget-tool"), **cargo("widget")}))


@pytest.fixture
def upstream(services: StarterServices) -> Iterator[Upstream]:
    with Upstream(services) as upstream:
        yield upstream


def read(upstream: Upstream, name: str = "acme/widget", token: str | None = None, timeout: float = 5) -> Repository:
    client = Client(timeout=timedelta(seconds=timeout), cache=MemoryCache(), sleep=lambda _: None)
    return GitHub(client, f"{upstream.url}/github", token).repository(name)


def refused(upstream: Upstream, name: str = "acme/widget", token: str | None = None, timeout: float = 5) -> str:
    with pytest.raises(KpiExporterError) as caught:
        read(upstream, name, token, timeout)
    assert "planted" not in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_repository_is_told_with_its_figures_and_what_it_publishes(upstream: Upstream) -> None:
    found = read(upstream)
    assert (found.name, found.url) == ("acme/widget", "https://github.com/acme/widget")
    assert (found.stars, found.forks, found.contributors) == (1234, 56, 12)
    assert (found.open_issues, found.open_pull_requests) == (40, 8)
    assert (found.license, found.homepage, found.default_branch) == ("MIT", "https://widget.example.org", "main")
    assert list(found.topics) == ["cli", "widgets"]
    assert found.suggestions == [
        Suggestion("npm", "widget", "package.json"),
        Suggestion("pypi", "widget-tool", "pyproject.toml"),
        Suggestion("crates", "widget", "Cargo.toml"),
    ]
    assert found.notes == []
    assert "planted" not in repr(found).lower()


def test_a_repository_takes_few_of_the_sixty_requests_an_hour(upstream: Upstream, services: StarterServices) -> None:
    read(upstream)
    assert 60 - services.public_quota == len(upstream.requests) == 8
    assert all("authorization" not in request.headers for request in upstream.requests)
    assert all(request.headers["x-github-api-version"] == "2022-11-28" for request in upstream.requests)


def test_a_token_is_sent_where_there_is_one(upstream: Upstream, services: StarterServices) -> None:
    services.public_quota = 0
    read(upstream, token=TOKEN)
    assert {request.headers["authorization"] for request in upstream.requests} == {f"Bearer {TOKEN}"}


def test_a_renamed_repository_goes_by_its_new_name(upstream: Upstream, services: StarterServices) -> None:
    services.failing["/github/repos/acme/gadget"] = Answer(301, headers={"Location": WIDGET})
    assert read(upstream, "acme/gadget").name == "acme/widget"
    assert {request.path for request in upstream.requests[2:]} == {
        f"{WIDGET}/{below}"
        for below in ("pulls", "contributors", "labels", "contents/", *(f"contents/{file}" for file in MANIFESTS))
    }


MANIFESTS = ("package.json", "pyproject.toml", "Cargo.toml")


def test_a_go_module_is_told_though_nobody_counts_its_downloads() -> None:
    with Upstream(StarterServices(Listed(files={"go.mod": "module example.org/widget\n"}))) as upstream:
        found = read(upstream)
    assert (found.module, list(found.suggestions)) == ("example.org/widget", [])


def test_a_repository_without_a_commit_has_nobody_and_no_files(upstream: Upstream, services: StarterServices) -> None:
    services.repositories["acme/widget"] = Listed(contributors=0)
    services.failing[f"{WIDGET}/contents/"] = Answer.json({"message": "This repository is empty."}, 404)
    found = read(upstream)
    assert (found.contributors, list(found.suggestions), list(found.notes)) == (0, [], [])


def test_one_contributor_and_one_pull_request_need_no_second_page() -> None:
    with Upstream(StarterServices(Listed(contributors=1, pulls=1, issues=0))) as upstream:
        found = read(upstream)
    assert (found.contributors, found.open_pull_requests, found.open_issues) == (1, 1, 0)


def test_labels_are_read_to_the_last_page() -> None:
    labels = [f"area {number}" for number in range(250)] + ["P0"]
    with Upstream(StarterServices(Listed(labels=labels))) as upstream:
        found = read(upstream)
    assert found.labels == labels
    assert sum(request.path == f"{WIDGET}/labels" for request in upstream.requests) == 3


def test_labels_without_end_are_given_up() -> None:
    with Upstream(StarterServices(Listed(labels=[f"area {number}" for number in range(600)]))) as upstream:
        assert len(read(upstream).labels or ()) == 500


@pytest.mark.parametrize(("private", "public"), [(False, True), (True, False), (None, False)])
def test_a_repository_is_public_where_github_says_so(
    upstream: Upstream, services: StarterServices, private: bool | None, public: bool
) -> None:
    services.repositories["acme/widget"] = Listed(more={"private": private})
    assert read(upstream).public is public


def test_a_manifest_may_begin_with_a_byte_order_mark() -> None:
    files = {name: f"\N{BYTE ORDER MARK}{text}" for name, text in {**package_json("widget"), **cargo("widget")}.items()}
    with Upstream(StarterServices(Listed(files=files))) as upstream:
        assert [(one.registry, one.name) for one in read(upstream).suggestions] == [("npm", "widget"), ("crates", "widget")]


def test_more_pull_requests_than_there_were_a_moment_ago_make_no_negative_number(
    upstream: Upstream, services: StarterServices
) -> None:
    services.repositories["acme/widget"] = Listed(pulls=8, more={"open_issues_count": 5})
    assert read(upstream).open_issues == 0


@pytest.mark.parametrize(
    "link", ['<http://[bad?pages=3>; rel="last"', '<?page=x>; rel="last"', "<>; rel", '<?page=7>; rel="next"']
)
def test_a_link_that_names_no_last_page_is_none(upstream: Upstream, services: StarterServices, link: str) -> None:
    services.failing[f"{WIDGET}/contributors"] = Answer.json([{}], headers={"Link": link})
    assert read(upstream).contributors == 1


def test_a_folder_that_is_called_like_a_manifest_is_none(upstream: Upstream, services: StarterServices) -> None:
    services.failing[f"{WIDGET}/contents/"] = Answer.json([{"name": "package.json", "type": "dir"}, "planted", {"type": "file"}])
    assert (read(upstream).suggestions, read(upstream).notes) == ([], [])


def test_no_answer_is_kept_since_it_may_name_people(upstream: Upstream, services: StarterServices) -> None:
    services.failing[f"{WIDGET}/contributors"] = Answer.json([{}], headers={"ETag": '"1"'})
    client = Client(timeout=timedelta(seconds=5), cache=MemoryCache())
    for _ in range(2):
        GitHub(client, f"{upstream.url}/github").repository("acme/widget")
    assert not any("if-none-match" in request.headers for request in upstream.requests)


def test_what_else_cannot_be_had_is_noted_and_the_rest_is_told(upstream: Upstream, services: StarterServices) -> None:
    services.failing[f"{WIDGET}/contributors"] = Answer.json({"message": "planted: too large"}, 403)
    services.failing[f"{WIDGET}/pulls"] = Answer(502)
    services.failing[f"{WIDGET}/labels"] = Answer.json({"message": "planted"})
    services.failing[f"{WIDGET}/contents/package.json"] = Answer(500)
    found = read(upstream)
    assert (found.contributors, found.open_pull_requests, found.open_issues, found.labels) == (None, None, None, None)
    assert (found.stars, [one.registry for one in found.suggestions]) == (1234, ["pypi", "crates"])
    assert found.notes == [
        f"the open pull requests of acme/widget could not be had: GET {upstream.url}{WIDGET}/pulls answered 502",
        f"the file package.json of acme/widget could not be had: GET {upstream.url}{WIDGET}/contents/package.json answered 500",
        f"the contributors of acme/widget could not be had: GET {upstream.url}{WIDGET}/contributors answered 403",
        "the labels of acme/widget could not be had: GitHub's answer is not what its API promises",
    ]


def test_a_repository_that_does_not_exist(upstream: Upstream) -> None:
    assert refused(upstream, "acme/gadget") == (
        "GitHub has no repository acme/gadget, or does not show it; one that is not public needs a token, see --github.token-file"
    )


def test_a_repository_that_a_token_may_not_see(upstream: Upstream) -> None:
    assert refused(upstream, "acme/gadget", TOKEN) == "GitHub has no repository acme/gadget, or does not show it to this token"


def test_a_wrong_token(upstream: Upstream) -> None:
    assert refused(upstream, token="ghp_planted") == "GitHub refuses the token; copy it again or make a new one"


def test_a_repository_that_is_closed_to_a_token(upstream: Upstream, services: StarterServices) -> None:
    services.failing[WIDGET] = Answer.json({"message": "planted: SSO"}, 403)
    assert refused(upstream, token=TOKEN) == "GitHub does not let this token read acme/widget"


def test_a_spent_quota_says_when_it_renews_and_how_to_get_more(upstream: Upstream, services: StarterServices) -> None:
    services.public_quota = 0
    when = (services.now + timedelta(minutes=30)).astimezone(UTC)
    assert refused(upstream) == (
        "acme/widget could not be looked up: GitHub takes 60 requests an hour from those who give no token, and these are spent; "
        f"give one by --github.token-file, or try again after {when:%H:%M} UTC"
    )


def test_a_quota_that_ends_on_the_way_leaves_notes(upstream: Upstream, services: StarterServices) -> None:
    services.public_quota = 5
    found = read(upstream)
    assert found.stars == 1234
    assert [note.partition(": ")[0] for note in found.notes] == [
        "the file Cargo.toml of acme/widget could not be had",
        "the contributors of acme/widget could not be had",
        "the labels of acme/widget could not be had",
    ]
    assert {note.partition(": ")[2] for note in found.notes} == {"GitHub takes 60 requests an hour from those who give no token"}


@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_no_network(upstream: Upstream, fault: Any) -> None:
    upstream.fault = fault
    assert refused(upstream, timeout=0.2).startswith(f"GitHub cannot be reached: GET {upstream.url}{WIDGET} ")


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"full_name": "acme/widget"},
        {"full_name": "acme/widget\n- planted"},
        {**Listed().answer(), "stargazers_count": -1},
        {**Listed().answer(), "stargazers_count": True},
        {**Listed().answer(), "forks_count": "56"},
        {**Listed().answer(), "open_issues_count": 2**40},
    ],
)
def test_an_answer_that_is_none(upstream: Upstream, services: StarterServices, answer: Any) -> None:
    services.failing[WIDGET] = Answer.json(answer)
    assert refused(upstream) == "acme/widget could not be looked up: GitHub's answer is not what its API promises"


@pytest.mark.parametrize(
    "odd",
    [
        {"license": None, "homepage": None, "topics": None, "default_branch": None},
        {"license": {"spdx_id": "NOASSERTION"}, "homepage": "", "topics": "planted", "default_branch": 7},
        {
            "license": {"spdx_id": "a\nb"},
            "homepage": "javascript:planted",
            "topics": ["Planted Topic", 7],
            "default_branch": "a\x1b[2J",
        },
        {"license": "MIT", "homepage": "http" + "s" * 300, "topics": [["cli"]], "default_branch": ""},
    ],
)
def test_texts_that_are_not_fit_to_be_shown_are_left_out(
    upstream: Upstream, services: StarterServices, odd: dict[str, Any]
) -> None:
    services.repositories["acme/widget"] = Listed(more=odd)
    found = read(upstream)
    assert (found.license, found.homepage, found.default_branch, list(found.topics)) == (None, None, None, [])


@pytest.mark.parametrize("url", [None, "javascript:planted", "https://planted@github.com/acme/widget", "https://a b"])
def test_an_address_that_is_none_is_made_of_the_name(upstream: Upstream, services: StarterServices, url: str | None) -> None:
    services.repositories["acme/widget"] = Listed(more={"html_url": url})
    assert read(upstream).url == "https://github.com/acme/widget"
