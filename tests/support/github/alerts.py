"""Alerts about the security of a repository, as the REST API lists them: with people and texts that must never come out."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from support.github.accounts import user, written
from support.github.world import LONG_AGO, PLANTED, Account

__all__ = ["SECRET", "Alert", "listed_alert"]

SECRET = "ghp_plantedSecretThatSomebodyPushed00001"
CLOSER = Account("planted-closer")

ToolName = Literal["dependabot", "code_scanning", "secret_scanning"]


@dataclass(eq=False)
class Alert:
    """An alert, by default an open one. `state` is in the words of its tool, `closed_at` the moment it came into it."""

    number: int
    severity: str | None = None
    created_at: datetime = LONG_AGO
    state: str | None = "open"
    closed_at: datetime | None = None
    resolution: str | None = None
    tool: ToolName = "dependabot"


def listed_alert(alert: Alert, url: str, *, with_secret: bool) -> dict[str, Any]:
    """An alert in the list at a URL; the secret itself comes in one of secret scanning, unless the request forbids it."""
    told = {
        "number": alert.number,
        "state": alert.state,
        "created_at": written(alert.created_at),
        "updated_at": written(alert.closed_at or alert.created_at),
        "url": f"{url}/{alert.number}",
        "html_url": f"{url}/{alert.number}",
    }
    match alert.tool:
        case "dependabot":
            return told | _dependabot(alert)
        case "code_scanning":
            return told | _code_scanning(alert, url)
    return told | _secret_scanning(alert, url) | ({"secret": SECRET} if with_secret else {})


def _closed_in(alert: Alert, state: str) -> str | None:
    return written(alert.closed_at) if alert.closed_at and alert.state == state else None


def _dismissed(alert: Alert) -> dict[str, Any]:
    dismissed = alert.state == "dismissed"
    return {
        "fixed_at": _closed_in(alert, "fixed"),
        "dismissed_at": _closed_in(alert, "dismissed"),
        "dismissed_by": user(CLOSER) if dismissed else None,
        "dismissed_comment": PLANTED if dismissed else None,
    }


def _dependabot(alert: Alert) -> dict[str, Any]:
    package = {"ecosystem": "pip", "name": "widget"}
    vulnerability = {
        "package": package,
        "severity": alert.severity,
        "vulnerable_version_range": "< 2",
        "first_patched_version": None,
    }
    advisory = {
        "ghsa_id": "GHSA-0000-0000-0000",
        "cve_id": None,
        "summary": PLANTED,
        "description": PLANTED,
        "vulnerabilities": [vulnerability],
        "severity": alert.severity,
        "cvss": {"score": 1.0, "vector_string": None},
        "cwes": [],
        "identifiers": [],
        "references": [],
        "published_at": written(LONG_AGO),
        "updated_at": written(LONG_AGO),
        "withdrawn_at": None,
    }
    return {
        **_dismissed(alert),
        "dismissed_reason": "tolerable_risk" if alert.state == "dismissed" else None,
        "auto_dismissed_at": _closed_in(alert, "auto_dismissed"),
        "dependency": {"package": package, "manifest_path": PLANTED, "scope": "runtime"},
        "security_advisory": advisory,
        "security_vulnerability": vulnerability,
    }


def _code_scanning(alert: Alert, url: str) -> dict[str, Any]:
    return {
        **_dismissed(alert),
        "dismissed_reason": "won't fix" if alert.state == "dismissed" else None,
        "instances_url": f"{url}/{alert.number}/instances",
        # The severity of the rule speaks of any mistake; only the other one speaks of security.
        "rule": {"id": "js/widget", "severity": "error", "security_severity_level": alert.severity, "description": PLANTED},
        "tool": {"name": "CodeQL", "guid": None, "version": "2"},
        "most_recent_instance": {"ref": "refs/heads/main", "state": alert.state, "message": {"text": PLANTED}},
    }


def _secret_scanning(alert: Alert, url: str) -> dict[str, Any]:
    resolved = alert.state == "resolved"
    return {
        "locations_url": f"{url}/{alert.number}/locations",
        "resolution": alert.resolution,
        "resolved_at": _closed_in(alert, "resolved"),
        "resolved_by": user(CLOSER) if resolved else None,
        "resolution_comment": PLANTED if resolved else None,
        "secret_type": "github_personal_access_token",
        "secret_type_display_name": "Token",
        "validity": "unknown",
    }
