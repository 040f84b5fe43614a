"""What the operator writes so that alerts become tracking issues, and who may send them."""

from typing import Annotated

from pydantic import AfterValidator, Field

from exporter.config.github import RepositoryName, TokenValue, each_once
from exporter.config.types import BaseUrl, Section

__all__ = ["GitHubIssues", "Webhook"]

_LONGEST_LABEL = 50
"""Characters of the name of a label, as many as GitHub takes."""


def _label(name: str) -> str:
    # GitHub separates the labels of a question by commas.
    if not name.strip() or "," in name or len(name) > _LONGEST_LABEL:
        raise ValueError(f"must be the name of a label, without commas and of at most {_LONGEST_LABEL} characters")
    return name


LabelName = Annotated[str, AfterValidator(_label)]


class Webhook(Section):
    """What Alertmanager must know to send alerts to the exporter."""

    token: TokenValue = Field(
        description="What Alertmanager sends as `Authorization: Bearer`; needed where a project has `github_issues`."
    )


class GitHubIssues(Section):
    """Where the alerts of a project become tracking issues."""

    repository: RepositoryName = Field(description="Repository in which tracking issues are opened, written as owner/name.")
    token: TokenValue = Field(
        description="Access token that may write issues there and set their labels; it need not be the one that reads."
    )
    labels: Annotated[tuple[LabelName, ...], Field(min_length=1), AfterValidator(each_once)] = Field(
        ("kpi-alert",),
        description="Labels of every tracking issue. By the first one tracking issues are found again: keep it for them alone.",
    )
    base_url: BaseUrl = Field(
        "https://api.github.com", description="Root of the API; for GitHub Enterprise Server https://HOST/api/v3."
    )
