"""What an operator writes to have GitHub read."""

import re
from collections import Counter
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from exporter.config.types import BaseUrl, Duration, HttpSourceConfig, SecretStr
from exporter.document import did_you_mean, found

__all__ = ["PRIORITIES", "GitHubConfig"]

PRIORITIES = ("P0", "P1", "P2", "P3")
"""The priorities of bugs, highest first."""

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/[A-Za-z0-9._-]{1,100}")
_TOKEN = re.compile(r"[!-~]+")
_REST_OF_AN_ENTERPRISE = "/api/v3"


def _repository(name: str) -> str:
    if not _REPOSITORY.fullmatch(name) or name.endswith(("/.", "/..")):
        raise ValueError("must be a repository written as owner/name, such as caro-cli/caro")
    return name


def _label(name: str) -> str:
    if not name.strip():
        raise ValueError("must be the name of a label")
    return name


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """GitHub knows repositories and labels without regard to case."""
    twice = [name for name, times in Counter(name.casefold() for name in names).items() if times > 1]
    if twice:
        raise ValueError(f"must name {found(twice[0])} only once")
    return names


def _token(token: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("must be a token: printable ASCII characters, no spaces")
    return token


def _known_priorities(labels: Any) -> Any:
    if isinstance(labels, dict):
        for priority in labels:
            if priority not in PRIORITIES:
                raise ValueError(f"unknown priority {found(priority)}, {did_you_mean(str(priority), PRIORITIES)}")
    return labels


def _all_priorities(labels: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    every = {priority: labels.get(priority, (priority,)) for priority in PRIORITIES}
    _each_once(tuple(label for names in every.values() for label in names))
    return every


RepositoryName = Annotated[str, AfterValidator(_repository)]
LabelName = Annotated[str, AfterValidator(_label)]
TopicName = Literal[
    "issues", "pull_requests", "conflicts", "discussions", "stars", "contributors", "traffic", "security", "comments"
]
SecurityTool = Literal["dependabot", "code_scanning", "secret_scanning"]


class GitHubConfig(HttpSourceConfig):
    """Which repositories to read, with which token, and what their labels mean."""

    base_url: BaseUrl = Field(
        "https://api.github.com",
        description="Root of the API; for GitHub Enterprise Server https://HOST/api/v3.",
    )
    token: Annotated[SecretStr, AfterValidator(_token)] = Field(
        description="Access token that may read metadata, issues, pull requests and contents of the repositories."
    )
    repositories: Annotated[tuple[RepositoryName, ...], Field(min_length=1), AfterValidator(_each_once)] = Field(
        description="Repositories to read, each written as owner/name."
    )
    bug_label: LabelName = Field("bug", description="Label that marks an issue as a bug.")
    priorities: Annotated[
        dict[str, tuple[LabelName, ...]], BeforeValidator(_known_priorities), AfterValidator(_all_priorities)
    ] = Field(
        default_factory=lambda: _all_priorities({}),
        description="Labels that give a bug its priority, a list for each of P0 to P3; by default the label of the same name.",
    )
    labels: Annotated[tuple[LabelName, ...], AfterValidator(_each_once)] = Field(
        ("documentation", "good first issue"), description="Further labels whose issues are counted, each on its own."
    )
    security_label: LabelName = Field("security", description="Label that marks an issue as a report about security.")
    read: Annotated[tuple[TopicName, ...], AfterValidator(_each_once)] = Field(
        ("issues", "pull_requests", "conflicts", "discussions", "stars", "contributors"),
        description="What to read beside the facts that every repository has. `traffic` and `security` need further permissions.",
    )
    response_sla: Duration = Field(timedelta(hours=4), description="Time in which an issue should get its first response.")
    resolution_sla: Duration = Field(timedelta(days=7), description="Time in which an issue should be closed.")
    business_days: bool = Field(False, description="Leave Saturdays and Sundays (UTC) out of response times.")
    security_tools: Annotated[tuple[SecurityTool, ...], Field(min_length=1), AfterValidator(_each_once)] = Field(
        ("dependabot",), description="Whose alerts the topic security reads; each must be enabled in every repository."
    )
    slow_interval: Duration = Field(
        timedelta(hours=6),
        description="Time between two readings of what changes slowly or needs REST: contributors, conflicts, traffic, alerts.",
    )

    @property
    def graphql_url(self) -> str:
        """Where queries go: GitHub Enterprise Server has GraphQL beside its REST API, github.com below it."""
        if self.base_url.endswith(_REST_OF_AN_ENTERPRISE):
            return f"{self.base_url.removesuffix(_REST_OF_AN_ENTERPRISE)}/api/graphql"
        return f"{self.base_url}/graphql"
