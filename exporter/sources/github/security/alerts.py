"""The alerts of each tool: where they are listed, how severe they are, and when they count as fixed."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import Count, Moment, read
from exporter.sources.github.api.rest import Rest, RestAnswer

__all__ = ["SEVERITIES", "TOOLS", "Alert", "Tool"]

UNRATED = "unrated"
RATED = ("low", "medium", "high", "critical")
SEVERITIES = (*RATED, UNRATED)

Severity = Literal["low", "medium", "high", "critical"]


@dataclass(frozen=True, slots=True)
class Alert:
    """All that is kept of an alert. `fixed` is None for one that is open or was closed in another way; moments are in seconds."""

    number: int
    severity: str
    created: int
    open: bool
    fixed: int | None


class _Alert(RestAnswer):
    """What the alerts of all tools have. GitHub may add states; all but `open` mean that it is closed."""

    number: Count
    created_at: Moment
    state: str | None

    @property
    @abstractmethod
    def severity(self) -> str:
        """How severe it is, one of SEVERITIES."""

    @property
    @abstractmethod
    def fix(self) -> datetime | None:
        """When it was fixed, None where it is not."""

    def alert(self) -> Alert:
        """The alert; raises UpstreamError where it was fixed before it was there."""
        created, fix = int(self.created_at.timestamp()), self.fix
        fixed = int(fix.timestamp()) if fix is not None else None
        if fixed is not None and fixed < created:
            raise UpstreamError(Reason.MALFORMED, "GitHub told of an alert that was fixed before it was raised")
        return Alert(self.number, self.severity, created, self.state == "open", fixed)


class _Vulnerability(RestAnswer):
    severity: Severity


class _Dependabot(_Alert):
    security_vulnerability: _Vulnerability
    fixed_at: Moment | None

    @property
    def severity(self) -> str:
        return self.security_vulnerability.severity

    @property
    def fix(self) -> datetime | None:
        return self.fixed_at if self.state == "fixed" else None


class _Rule(RestAnswer):
    security_severity_level: Severity | None = None


class _CodeScanning(_Alert):
    rule: _Rule
    fixed_at: Moment | None = None

    @property
    def severity(self) -> str:
        return self.rule.security_severity_level or UNRATED

    @property
    def fix(self) -> datetime | None:
        return self.fixed_at if self.state == "fixed" else None


class _SecretScanning(_Alert):
    """A secret that was pushed; only revoking it makes it harmless, whatever else an alert may be resolved with."""

    resolution: str | None = None
    resolved_at: Moment | None = None

    @property
    def severity(self) -> str:
        return UNRATED

    @property
    def fix(self) -> datetime | None:
        return self.resolved_at if self.state == "resolved" and self.resolution == "revoked" else None


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that raises alerts: where GitHub lists them below a repository, and which severities they can have."""

    path: str
    severities: tuple[str, ...]
    model: type[_Alert]
    params: Mapping[str, str] = field(default_factory=dict)

    def alerts(self, rest: Rest, repository: str) -> Iterator[Alert]:
        """All alerts of a repository, whatever their state. Answers tell who closed them, so they are never kept."""
        entries: Iterator[Any] = rest.pages(f"/repos/{repository}/{self.path}", self.params, personal=True)
        return (read(self.model, entry).alert() for entry in entries)


TOOLS: Mapping[str, Tool] = {
    "dependabot": Tool("dependabot/alerts", RATED, _Dependabot),
    "code_scanning": Tool("code-scanning/alerts", SEVERITIES, _CodeScanning),
    # Without the parameter GitHub sends the secrets themselves.
    "secret_scanning": Tool("secret-scanning/alerts", (UNRATED,), _SecretScanning, {"hide_secret": "true"}),
}
"""The tools by their names in the configuration and in the label `tool`."""
