"""What credentials need for each topic: the one table that readers, `doctor` and the tokens of an App are made by.

Sources: docs.github.com, "Permissions required for fine-grained personal access tokens", "Permissions required for GitHub Apps"
and "Scopes for OAuth apps".
"""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["GRANTS", "PERMISSIONS", "Grant"]


@dataclass(frozen=True, slots=True)
class Grant:
    """What a token needs for a topic: a `permission` of a fine-grained token or an App, a `scope` of a classic one.

    `scope` is "" where a classic token needs none for public repositories.
    """

    permission: str
    scope: str


PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "repositories": ("metadata", "contents", "issues", "pull_requests"),
    "issues": ("issues",),
    "pull_requests": ("pull_requests",),
    "conflicts": ("pull_requests",),
    "discussions": ("discussions",),
    "stars": ("metadata",),
    "contributors": ("contents",),
    "traffic": ("administration",),
    "security": (),
    "comments": ("issues",),
    "dependabot": ("vulnerability_alerts",),
    "code_scanning": ("security_events",),
    "secret_scanning": ("secret_scanning_alerts",),
}
"""What a fine-grained token or an App must be allowed to read for each topic, and for each tool of the topic `security`, in the
words of the REST API.
"""

_TOOLS = ("dependabot", "code_scanning", "secret_scanning")
_SHOWN: Mapping[str, str] = {
    "vulnerability_alerts": "Dependabot alerts",
    "security_events": "Code scanning alerts",
}
"""What GitHub calls a permission where people tick it, if that is not its name with a capital."""

_SCOPES: Mapping[str, str] = {"traffic": "repo", **dict.fromkeys(("security", *_TOOLS), "security_events")}
"""What a classic token must have for public repositories; nothing where a topic is not named."""


def _grant(topic: str) -> Grant:
    needed = PERMISSIONS[topic] or [name for tool in _TOOLS for name in PERMISSIONS[tool]]
    *others, last = [_SHOWN.get(name, name.replace("_", " ").capitalize()) for name in needed]
    return Grant(f"{', '.join(others)} and {last}" if others else last, _SCOPES.get(topic, ""))


GRANTS: Mapping[str, Grant] = {topic: _grant(topic) for topic in PERMISSIONS}
"""The same as people are told of it, with the scope of a classic token."""
