"""What each source makes of its service of the demo, held against the contracts of the real services."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLAbstractType, GraphQLResolveInfo, InlineFragmentNode, execute_sync
from graphql import parse as parse_graphql
from graphql import validate as validate_graphql

from exporter.demo.files import QUESTIONS
from exporter.demo.project import REPOSITORY
from exporter.demo.trouble import Trouble
from exporter.demo.upstreams.packages import Clock, crates, npm, pypi
from exporter.demo.upstreams.service import Answer, Request, Service
from exporter.errors import Reason, UpstreamError
from exporter.sources.registry import sources
from support.contract import conforms
from support.demo import TOKEN, Served
from support.github import demand, schema
from support.openapi import Description
from support.tools import NOW, PATIENCE, make_tools
from support.upstream import Answer as Given

CARO = ("caro",)
GITHUB = {"repositories": [REPOSITORY], "token": TOKEN}
FORMS = {"token": TOKEN, "forms": [{"id": "u6nXL7", "survey": "beta", "questions": QUESTIONS}]}
DISCORD = {"guild_id": "1180000000000000000", "bot_token": TOKEN}
CONFIGURED: dict[str, dict[str, Any]] = {
    "github": GITHUB,
    "discord": DISCORD,
    "npm": {"packages": CARO},
    "pypi": {"packages": CARO},
    "crates": {"packages": CARO},
    "typeform": FORMS,
}


def test_github_tells_the_figures_of_the_second_week(served: Served, tmp_path: Path) -> None:
    said = served.figures("github", tmp_path, **GITHUB)
    of_repository = {
        ("github_repository_stars",): 1200,
        ("github_repository_forks",): 86,
        **{("github_issues_open", "bug", f"P{number}"): bugs for number, bugs in enumerate((0, 2, 5, 5))},
        ("github_pull_requests", "open"): 9,
        ("github_releases",): 4,
        ("github_release_asset_size_bytes", "macos"): 9_100_000,
        ("github_release_asset_size_bytes", "linux"): 8_600_000,
    }
    of_all = {
        ("github_bugs_newly_opened", "P0", "7d"): 1,
        ("github_bugs_newly_closed", "P2", "24h"): 2,
        ("github_contributors",): 22,
        ("github_contributors_first_time", "30d"): 5,
    }
    expected = {(name, REPOSITORY, *labels): number for (name, *labels), number in of_repository.items()} | of_all
    assert {key: said[key] for key in expected} == expected
    assert said["github_bug_fix_by_priority_seconds", "P0", "90d", "mean"] == pytest.approx(3.12 * 3600)


def test_what_github_says_keeps_to_its_published_schema(served: Served, tmp_path: Path) -> None:
    served.figures("github", tmp_path, **GITHUB)
    queries = [(request, answer) for request, answer in served.asked["github"] if list(request.path) == ["graphql"]]
    assert len(queries) >= 2
    for request, answer in queries:
        asked = json.loads(request.body)
        document, variables = parse_graphql(asked["query"]), asked["variables"]
        assert validate_graphql(schema(), document) == []
        demand(document, variables, schema())
        shaped = execute_sync(
            schema(),
            document,
            json.loads(json.dumps(answer.data["data"])),
            variable_values=variables,
            field_resolver=lambda source, info, **_: source[info.path.key],
            type_resolver=_kind_of,
        )
        assert (shaped.errors, shaped.data) == (None, answer.data["data"])


def _kind_of(value: Any, info: GraphQLResolveInfo, kind: GraphQLAbstractType) -> str:
    """What the answer says itself, else the type of which more is asked than all have, else any."""
    if "__typename" in value:
        return str(value["__typename"])
    wanted = [
        selection.type_condition.name.value
        for node in info.field_nodes
        for selection in (node.selection_set.selections if node.selection_set else ())
        if isinstance(selection, InlineFragmentNode)
    ]
    return wanted[0] if wanted else info.schema.get_possible_types(kind)[0].name


def test_what_github_says_over_rest_keeps_to_its_description(served: Served, tmp_path: Path) -> None:
    served.figures("github", tmp_path, **GITHUB)
    rest = [(request, answer) for request, answer in served.asked["github"] if request.path[0] == "repos"]
    description = Description("github", "https://api.github.com", "openapi-23.0.2")
    assert rest
    for request, answer in rest:
        assert description.answer_breaches(f"/{'/'.join(request.path)}", _given(answer)) == []


def test_discord_tells_its_members(served: Served, tmp_path: Path) -> None:
    said = served.figures("discord", tmp_path, **DISCORD)
    assert said == {("discord_members", DISCORD["guild_id"]): 680, ("discord_members_online", DISCORD["guild_id"]): 96}


@pytest.mark.parametrize(("registry", "week", "longest"), [("npm", 47, "180d"), ("pypi", 27, "180d"), ("crates", 138, "30d")])
def test_registries_tell_downloads_up_to_yesterday(
    served: Served, tmp_path: Path, registry: str, week: int, longest: str
) -> None:
    said = served.figures(registry, tmp_path, **CONFIGURED[registry])
    assert said["package_downloads", registry, "caro", "7d"] == pytest.approx(week, rel=0.15)
    assert said["package_downloads", registry, "caro", longest] > said["package_downloads", registry, "caro", "7d"]
    days = NOW.timestamp() - said["package_downloads_day_timestamp_seconds", registry, "caro"]
    assert days == 36 * 3600  # noon of today to the begin of yesterday


def test_typeform_tells_what_people_answered(served: Served, tmp_path: Path) -> None:
    said = served.figures("typeform", tmp_path, **FORMS)
    assert said["survey_responses", "beta", "90d"] == 84
    assert said["survey_nps", "beta", "nps", "90d"] == pytest.approx(100 * (7 - 2) / 12)
    assert said["survey_csat_ratio", "beta", "overall_satisfaction", "90d"] == pytest.approx(0.8, abs=0.01)


@pytest.mark.parametrize(
    ("service", "base_url"),
    [(name, sources()[name].config_type.model_fields["base_url"].default) for name in ("discord", "crates", "typeform")],
)
def test_requests_and_answers_keep_to_the_published_descriptions(
    served: Served, tmp_path: Path, service: str, base_url: str
) -> None:
    served.figures(service, tmp_path, **CONFIGURED[service])
    description = Description(service, base_url)
    assert served.asked[service]
    for request, answer in served.asked[service]:
        path = f"/{'/'.join(request.path)}"
        assert description.answer_breaches(path, _given(answer)) == []


def test_answers_of_registries_without_description_keep_to_their_schema(served: Served, tmp_path: Path) -> None:
    for registry in ("npm", "pypi"):
        served.figures(registry, tmp_path / registry, **CONFIGURED[registry])
    assert all(conforms("npm", "single", answer.data) for _, answer in served.asked["npm"])
    assert all(conforms("pypi", "overall", answer.data) for _, answer in served.asked["pypi"])


@pytest.mark.parametrize("service", CONFIGURED)
def test_doctor_finds_nothing_wrong_with_a_service(served: Served, tmp_path: Path, service: str) -> None:
    found = list(served.source(service, **CONFIGURED[service]).examine(make_tools(tmp_path, timeout=PATIENCE), NOW))
    assert found
    assert [finding for finding in found if finding.works is False] == []


@pytest.mark.parametrize("service", ["github", "discord", "typeform"])
def test_another_token_is_refused(served: Served, tmp_path: Path, service: str) -> None:
    config = {name: "another" if value == TOKEN else value for name, value in CONFIGURED[service].items()}
    with pytest.raises(UpstreamError) as refused:
        list(served.source(service, **config).collect(make_tools(tmp_path, timeout=PATIENCE), NOW))
    assert refused.value.reason is Reason.AUTH


@pytest.mark.parametrize("service", CONFIGURED)
def test_a_service_that_is_broken_answers_500(served: Served, tmp_path: Path, service: str) -> None:
    Trouble(tmp_path, served.services, served.project).break_source(service)
    with pytest.raises(UpstreamError) as broken:
        list(served.source(service, **CONFIGURED[service]).collect(make_tools(tmp_path, timeout=PATIENCE), NOW))
    assert broken.value.status == 500


@pytest.mark.parametrize("path", ["nowhere", "github/nowhere", "discord/guilds/1", "npm/x", "pypi/x", "crates/x", "typeform/x"])
def test_what_there_is_not_is_404(served: Served, path: str) -> None:
    assert asked(served, path) == 404


@pytest.mark.parametrize(
    "path",
    [
        "npm/downloads/range/last-week/caro",
        "github/repos/caro-cli/caro/contributors?per_page=x",
        "typeform/forms/u6nXL7/responses?page_size=0",
    ],
)
def test_what_cannot_be_understood_is_400(served: Served, path: str) -> None:
    assert asked(served, path) == 400


@pytest.mark.parametrize(
    "body", [b"no json", b"{}", b'{"query": "{ node { id } }"}', b'{"query": "{ ...A } fragment A on Query { ...A }"}']
)
def test_a_query_that_cannot_be_understood_is_400(served: Served, body: bytes) -> None:
    assert asked(served, "github/graphql", body) == 400


def asked(served: Served, path: str, body: bytes | None = None) -> int:
    """The status of an answer that is an error."""
    request = urllib.request.Request(f"{served.url}/{path}", body, {"Authorization": f"Bearer {TOKEN}"})
    with pytest.raises(urllib.error.HTTPError) as refused, urllib.request.urlopen(request, timeout=5):
        pass
    with refused.value as error:
        return error.code


@pytest.mark.parametrize(
    ("registry", "path", "name"),
    [
        (npm, "downloads/range/2025-12-01:2026-03-01/caro", "day"),
        (pypi, "packages/caro/overall", "date"),
        (crates, "crates/caro/downloads", "date"),
    ],
)
def test_days_that_are_over_stay_as_they_were_told(registry: Callable[[Clock], Service], path: str, name: str) -> None:
    now = NOW
    service = registry(lambda: now)

    def days() -> dict[str, list[int]]:
        data = service(Request("GET", path.split("/"), {}, "", b"")).data
        listed = next(data[key] for key in ("version_downloads", "data", "downloads") if isinstance(data.get(key), list))
        told: dict[str, list[int]] = {}
        for entry in listed:
            if entry[name] < NOW.date().isoformat():
                told.setdefault(entry[name], []).append(entry["downloads"])
        return told

    before = days()
    now = NOW + timedelta(days=2)
    after = days()
    assert len(before) > 50
    assert [day for day in before if day in after and after[day] != before[day]] == []


@pytest.mark.parametrize(("priority", "open_bugs"), [("P0", 1), ("P1", 6), ("P2", 11)])
def test_a_raised_priority_goes_beyond_the_limit_of_its_alert(
    served: Served, tmp_path: Path, priority: str, open_bugs: int
) -> None:
    Trouble(tmp_path, served.services, served.project).raise_alert(priority, NOW)
    said = served.figures("github", tmp_path, **GITHUB)
    assert said["github_issues_open", REPOSITORY, "bug", priority] == open_bugs


def test_a_milestone_of_stars_is_reached_for_p3(served: Served, tmp_path: Path) -> None:
    Trouble(tmp_path, served.services, served.project).raise_alert("P3", NOW)
    assert served.figures("github", tmp_path, **GITHUB)["github_repository_stars", REPOSITORY] == 1300


def _given(answer: Answer) -> Given:
    return Given.json(answer.data, answer.status)
