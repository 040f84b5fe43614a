"""What the catalog of Caro chooses itself, beside what its specification asks for."""

from pathlib import Path
from typing import Any

from exporter.catalog import Catalog, load
from exporter.sources.registry import declared_metrics

CARO = load("caro", declared_metrics(), base=Path())


def test_alerts_are_called_by_their_symptom() -> None:
    assert {alert.name for kpi in CARO.kpis for alert in kpi.alerts} == {
        "CaroActivationRateLow",
        "CaroActiveWeeklyUsersMilestone",
        "CaroAwuGrowthLow",
        "CaroCommandSuccessRateLow",
        "CaroCrashRateHigh",
        "CaroCsatLow",
        "CaroErrorRateHigh",
        "CaroGithubStarsMilestone",
        "CaroP0BugOpen",
        "CaroP1BugsOverLimit",
        "CaroP2BugsOverLimit",
        "CaroResponseTimeRegression",
        "CaroRetentionWeek1Low",
    }


def value_of(id_: str, catalog: Catalog = CARO) -> dict[str, Any] | None:
    kpi = catalog.kpi(id_)
    assert kpi is not None
    return kpi.value.model_dump(exclude_defaults=True) if kpi.value else None


def test_values_are_made_of_the_facts_that_sources_give() -> None:
    assert {kpi.id: value_of(kpi.id) for kpi in CARO.kpis if kpi.value} == {
        "github_stars": {"metric": "github_repository_stars"},
        "open_bugs": {"metric": "github_issues_open", "where": {"kind": "bug"}, "by": ("priority",)},
        "bugs_opened": {"metric": "github_bugs_newly_opened", "where": {"window": "24h"}, "by": ("priority",)},
        "bugs_closed": {"metric": "github_bugs_newly_closed", "where": {"window": "24h"}, "by": ("priority",)},
        "time_to_fix": {
            "metric": "github_bug_fix_by_priority_seconds",
            "where": {"window": "90d", "statistic": "mean"},
            "by": ("priority",),
            "total": False,
        },
        "time_to_fix_median": {"metric": "github_bug_fix_seconds", "where": {"window": "90d", "statistic": "median"}},
        "binary_size": {"metric": "github_release_asset_size_bytes", "aggregate": "max", "by": ("platform",)},
        "discord_members": {"metric": "discord_members"},
        "contributors": {"metric": "git_contributors"},
        "community_size": {"sum": ({"kpi": "github_stars"}, {"kpi": "discord_members"}, {"kpi": "contributors"})},
        "churn_rate": {"difference": ({"constant": 1.0}, {"kpi": "retention_rate", "segment": "1"})},
        "commands_per_user": {"ratio": ({"kpi": "commands_generated"}, {"kpi": "active_weekly_users"})},
    }
