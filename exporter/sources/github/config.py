"""What an operator writes to have GitHub read."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from exporter.config.github import each_once
from exporter.config.types import Duration
from exporter.document import did_you_mean, found
from exporter.sources.github.credentials_config import CredentialsConfig
from exporter.sources.github.selection import Selection

__all__ = ["PRIORITIES", "GitHubConfig"]

PRIORITIES = ("P0", "P1", "P2", "P3")
"""The priorities of bugs, highest first."""

_REST_OF_AN_ENTERPRISE = "/api/v3"


def _label(name: str) -> str:
    if not name.strip():
        raise ValueError("must be the name of a label")
    return name


def _known_priorities(labels: Any) -> Any:
    if isinstance(labels, dict):
        for priority in labels:
            if priority not in PRIORITIES:
                raise ValueError(f"unknown priority {found(priority)}, {did_you_mean(str(priority), PRIORITIES)}")
    return labels


def _all_priorities(labels: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    every = {priority: labels.get(priority, (priority,)) for priority in PRIORITIES}
    each_once(tuple(label for names in every.values() for label in names))
    return every


LabelName = Annotated[str, AfterValidator(_label)]
TopicName = Literal[
    "issues", "pull_requests", "conflicts", "discussions", "stars", "contributors", "traffic", "security", "comments"
]
SecurityTool = Literal["dependabot", "code_scanning", "secret_scanning"]


class GitHubConfig(Selection, CredentialsConfig):
    """Which repositories to read, with which token, and what their labels mean."""

    bug_label: LabelName = Field("bug", description="Label that marks an issue as a bug.")
    priorities: Annotated[
        dict[str, tuple[LabelName, ...]], BeforeValidator(_known_priorities), AfterValidator(_all_priorities)
    ] = Field(
        default_factory=lambda: _all_priorities({}),
        description="Labels that give a bug its priority, a list for each of P0 to P3; by default the label of the same name.",
    )
    labels: Annotated[tuple[LabelName, ...], AfterValidator(each_once)] = Field(
        ("documentation", "good first issue"), description="Further labels whose issues are counted, each on its own."
    )
    security_label: LabelName = Field("security", description="Label that marks an issue as a report about security.")
    read: Annotated[tuple[TopicName, ...], AfterValidator(each_once)] = Field(
        ("issues", "pull_requests", "conflicts", "discussions", "stars", "contributors"),
        description="What to read beside the facts that every repository has; each needs permissions of its own.",
    )
    response_sla: Duration = Field(timedelta(hours=4), description="Time in which an issue should get its first response.")
    resolution_sla: Duration = Field(timedelta(days=7), description="Time in which an issue should be closed.")
    business_days: bool = Field(False, description="Leave Saturdays and Sundays (UTC) out of response times.")
    security_tools: Annotated[tuple[SecurityTool, ...], Field(min_length=1), AfterValidator(each_once)] = Field(
        ("dependabot",), description="Whose alerts the topic security reads; each must be enabled in every repository."
    )
    slow_interval: Duration = Field(
        timedelta(hours=6),
        description="Time between two readings of what changes slowly or needs REST: the list of an organisation, contributors,"
        " conflicts, traffic, alerts, comments.",
    )

    @property
    def graphql_url(self) -> str:
        """Where queries go: GitHub Enterprise Server has GraphQL beside its REST API, github.com below it."""
        if self.base_url.endswith(_REST_OF_AN_ENTERPRISE):
            return f"{self.base_url.removesuffix(_REST_OF_AN_ENTERPRISE)}/api/graphql"
        return f"{self.base_url}/graphql"
