"""What the labels of a repository say of bugs and priorities."""

import pytest

from exporter.starter.labels import bug_label, priority_labels


@pytest.mark.parametrize(
    ("labels", "label"),
    [
        (["enhancement", "bug"], "bug"),
        (["Bug", "kind/bug"], "Bug"),
        (["kind/bug", "good first issue"], "kind/bug"),
        (["type: bug"], "type: bug"),
        (["🐛 bug"], "🐛 bug"),
        (["C-bug", "E-easy"], "C-bug"),
        (["defect"], "defect"),
        (["debugging", "bug bounty", "not a bug", "не bug", "非bug"], None),
        ([], None),
    ],
)
def test_the_label_of_bugs(labels: list[str], label: str | None) -> None:
    assert bug_label(labels) == label


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        (["P0", "P1", "P2", "P3"], {"P0": ["P0"], "P1": ["P1"], "P2": ["P2"], "P3": ["P3"]}),
        (["priority: critical", "Priority: High"], {"P0": ["priority: critical"], "P1": ["Priority: High"]}),
        (["priority/p0", "priority/p3"], {"P0": ["priority/p0"], "P3": ["priority/p3"]}),
        (["P-high", "P-low"], {"P1": ["P-high"], "P3": ["P-low"]}),
        (["severity-0", "sev 1"], {"P0": ["severity-0"], "P1": ["sev 1"]}),
        (["p1", "prio: major"], {"P1": ["p1", "prio: major"]}),
        (["🔥 priority: urgent"], {"P0": ["🔥 priority: urgent"]}),
        (["critical", "high performance", "low hanging fruit", "p10", "priority"], {}),
    ],
)
def test_the_labels_of_priorities(labels: list[str], found: dict[str, list[str]]) -> None:
    assert priority_labels(labels) == found
