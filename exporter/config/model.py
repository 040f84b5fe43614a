"""What the operator writes: the process, its projects, and the sources of each."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, SerializeAsAny, model_validator

from exporter.config.github_issues import GitHubIssues, Webhook
from exporter.config.types import Called, LocalPath, Section, SourceConfig

__all__ = ["Config", "Project"]

_CONTACT = re.compile(r"https?://[^\s@]+|(mailto:)?[^\s@:/]+@[^\s@]+")


def _contact(text: str) -> str:
    """A text that may stand in a header of HTTP and that names somebody."""
    if not (text.isascii() and text.isprintable() and _CONTACT.fullmatch(text)):
        raise ValueError("must be a URL or an e-mail address")
    return text


def _is_path(catalog: str) -> bool:
    return "/" in catalog or catalog.endswith((".yml", ".yaml"))


Login = Annotated[str, Field(min_length=1)]


class Project(Section):
    """One project: what its KPIs are, and where the facts on it come from."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$", max_length=64)] = Field(
        description="Value of the label `project`; lower-case letters, digits, `-` and `_`, unique in the file."
    )
    catalog: Annotated[str, Field(min_length=1), LocalPath(_is_path), Called("name or path")] = Field(
        "",
        description="Catalog of the KPIs: the name of one that ships, or the path of your own. Default: the name of the project.",
    )
    launch: date | None = Field(
        None, description="Day that the schedule of the targets counts from. Default: the one in the catalog."
    )
    bots: tuple[Login, ...] = Field(
        (), description="Logins that are bots although their name does not end in `[bot]`; they count as nobody."
    )
    github_issues: GitHubIssues | None = Field(
        None, description="Where alerts of the channel `github-issue` become tracking issues; without it, none are opened."
    )
    sources: Annotated[Mapping[str, SerializeAsAny[SourceConfig]], Called("mapping of sources")] = Field(
        min_length=1, description="Where the facts come from: the name of each source, and its own keys."
    )

    @model_validator(mode="before")
    @classmethod
    def _called_like_its_catalog(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("catalog") is None:
            name = data.get("name")
            return {**data, "catalog": name if isinstance(name, str) and name else "unnamed"}
        return data


class Config(Section):
    """A whole configuration; the names of its projects differ."""

    state_dir: Path | None = Field(
        None, description="Folder for what saves requests after a restart; without it, that is kept in memory."
    )
    contact: Annotated[str, AfterValidator(_contact), Called("URL or address")] | None = Field(
        None, description="Whom an upstream can ask about this exporter, sent along in the User-Agent; crates.io wants one."
    )
    webhook: Webhook | None = Field(None, description="What Alertmanager must know to send alerts to the exporter.")
    projects: Annotated[tuple[Project, ...], Called("list of projects")] = Field(
        min_length=1, description="The projects to measure, at least one."
    )

    @model_validator(mode="after")
    def _known_to_alertmanager(self) -> Self:
        if self.webhook is None and any(project.github_issues for project in self.projects):
            raise ValueError("must have webhook with a token where a project has github_issues")
        return self
