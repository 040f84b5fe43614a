"""Which alert makes which other one silent."""

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = ["inhibitions"]

Rule = Mapping[str, Any]


def inhibitions(sources: Iterable[str]) -> list[tuple[str, list[Rule]]]:
    """The rules in groups, each with the sentence that explains it; `sources` names every source there is."""
    return [
        ("While a source is down, its KPIs tell nothing new, and it is stale besides.", [*map(_source_down, sources), _STALE]),
        ("Of one KPI, the worst news is enough.", [_worse("P0", "P1|P2|P3"), _worse("P1", "P2|P3")]),
        ("An escalation takes the place of the alert that it escalates.", [_ESCALATION]),
        ("Without an exporter, every project and KPI vanishes.", [_ABSENT]),
    ]


_ESCALATION = {
    "source_matchers": ['escalated = "true"'],
    "target_matchers": ['escalated != "true"', 'kpi != ""'],
    "equal": ["project", "kpi", "segment", "priority"],
}
_STALE = {
    "source_matchers": ['alertname = "KpiExporterSourceDown"'],
    "target_matchers": ['alertname = "KpiExporterSourceStale"'],
    "equal": ["project", "source"],
}
_ABSENT = {
    "source_matchers": ['alertname = "KpiExporterAbsent"'],
    "target_matchers": ['alertname =~ "KpiProjectVanished|KpiVanished"'],
}


def _source_down(source: str) -> Rule:
    return {
        "source_matchers": ['alertname = "KpiExporterSourceDown"', f'source = "{source}"'],
        "target_matchers": [f'sources =~ "(.*[+])?{source}([+].*)?"'],
        "equal": ["project"],
    }


def _worse(priority: str, lower: str) -> Rule:
    return {
        "source_matchers": [f'priority = "{priority}"', 'kpi != ""'],
        "target_matchers": [f'priority =~ "{lower}"', 'kpi != ""'],
        "equal": ["project", "kpi", "segment"],
    }
