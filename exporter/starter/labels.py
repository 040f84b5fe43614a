"""Which labels of a repository mark bugs, and which give them a priority. Pure."""

import re
from collections.abc import Mapping, Sequence

__all__ = ["bug_label", "priority_labels"]

_BUG = re.compile(r"(?:(?:type|kind|category|c|t)\s*[-:/_]\s*)?(?:bug|defect)", re.IGNORECASE)
_PREFIX = r"(?:priority|prio|severity|sev|p)\s*[-:/_ ]\s*"
_PRIORITIES: Mapping[str, str] = {
    "P0": rf"(?:{_PREFIX})?p0|{_PREFIX}(?:0|critical|urgent|blocker|highest)",
    "P1": rf"(?:{_PREFIX})?p1|{_PREFIX}(?:1|high|major)",
    "P2": rf"(?:{_PREFIX})?p2|{_PREFIX}(?:2|medium|normal|moderate)",
    "P3": rf"(?:{_PREFIX})?p3|{_PREFIX}(?:3|low|minor)",
}


def bug_label(labels: Sequence[str]) -> str | None:
    """The label that marks a bug, None where none looks like it; `bug` itself comes first."""
    found = [label for label in labels if _BUG.fullmatch(_bare(label))]
    return min(found, key=lambda label: (label.casefold() != "bug", len(label), label), default=None)


def priority_labels(labels: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """The labels that look like one of the priorities P0 to P3, by priority; those of which there is none are left out."""
    found = {
        priority: [label for label in labels if re.fullmatch(pattern, _bare(label), re.IGNORECASE)]
        for priority, pattern in _PRIORITIES.items()
    }
    return {priority: names for priority, names in found.items() if names}


def _bare(label: str) -> str:
    """A label without the emoji that some put before its words; letters of any script are words."""
    return re.sub(r"^[\W_]+", "", label).strip()
