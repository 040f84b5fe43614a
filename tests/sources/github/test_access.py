"""From the configuration to the credentials."""

from typing import Any

import pytest
from pydantic import SecretStr

from exporter.sources.github import GitHubConfig
from exporter.sources.github.access import credentials_of, permissions_of
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.grants import PERMISSIONS
from exporter.sources.github.metrics import TOPICS
from support.contract import recorded
from support.github.app import new_key, private_pem
from support.github.rest import OPENAPI

APP = {"app_id": "4711", "private_key": SecretStr(private_pem(new_key("app")))}


def config(**keys: Any) -> GitHubConfig:
    return GitHubConfig.model_validate({"repositories": ["acme/widget"], **keys})


@pytest.mark.parametrize(
    ("keys", "names"),
    [
        ({"token": "ghp_a"}, ["token"]),
        ({"tokens": [{"token": "ghp_a"}, {"token": "ghp_b"}]}, ["token 1", "token 2"]),
        (APP, ["app"]),
    ],
)
def test_credentials_are_named_for_what_they_are(keys: dict[str, Any], names: list[str]) -> None:
    assert [name for name, _ in credentials_of(config(**keys), Planner(0)).apart()] == names


def test_an_app_asks_for_nothing_that_is_not_read() -> None:
    assert permissions_of(config(**APP, read=["stars"])) == dict.fromkeys(
        ("metadata", "contents", "issues", "pull_requests"), "read"
    )
    every = permissions_of(config(**APP, read=["discussions", "traffic", "security"], security_tools=["dependabot"]))
    assert set(every) - {"metadata", "contents", "issues", "pull_requests"} == {
        "discussions",
        "administration",
        "vulnerability_alerts",
    }


def test_every_topic_says_what_it_needs() -> None:
    assert {topic.name for topic in TOPICS} <= PERMISSIONS.keys()


def test_the_permissions_have_the_names_that_github_knows() -> None:
    known = recorded("github", OPENAPI)["components"]["schemas"]["app-permissions"]["properties"]
    wanted = {name for names in PERMISSIONS.values() for name in names}
    assert [name for name in wanted if name not in known] == []
