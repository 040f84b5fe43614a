"""What the catalog of Caro chooses itself, beside what its specification asks for."""

from pathlib import Path
from typing import Any

from exporter.catalog import load
from exporter.sources.registry import declared_metrics

CARO = load("caro", declared_metrics(), base=Path())


def value_of(id_: str) -> dict[str, Any] | None:
    kpi = CARO.kpi(id_)
    assert kpi is not None
    return kpi.value.model_dump(exclude_defaults=True) if kpi.value else None


def share(upper: str, lower: str) -> dict[str, Any]:
    return {"ratio": tuple({"metric": metric, "where": {"window": "7d"}} for metric in (upper, lower))}


def test_values_are_made_of_the_facts_that_sources_give() -> None:
    assert {kpi.id: value_of(kpi.id) for kpi in CARO.kpis if kpi.category == "quality_metrics" and kpi.value} == {
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
    }
    assert {kpi.id: value_of(kpi.id) for kpi in CARO.kpis if kpi.category == "community_growth_metrics" and kpi.value} == {
        "github_stars": {"metric": "github_repository_stars"},
        "discord_members": {"metric": "discord_members"},
        "contributors": {"metric": "git_contributors"},
        "community_size": {"sum": ({"kpi": "github_stars"}, {"kpi": "discord_members"}, {"kpi": "contributors"})},
    }


def test_shares_of_use_are_made_of_counts_over_the_same_week() -> None:
    """Each with the divisor that its definition names."""
    assert value_of("command_success_rate") == share("telemetry_positive_feedback", "telemetry_feedback")
    assert value_of("error_rate") == share("telemetry_errors", "telemetry_requests")
    assert value_of("commands_per_user") == share("telemetry_commands", "telemetry_users_each_week")
    assert value_of("csat") == share("telemetry_satisfied_ratings", "telemetry_ratings")
    for id_, upper, by in (
        ("user_activity_share", "telemetry_activity_users", "activity"),
        ("feature_adoption_rate", "telemetry_feature_users", "feature"),
    ):
        assert value_of(id_) == {**share(upper, "telemetry_active_users"), "by": (by,), "total": False}
    assert value_of("retention_rate") == {
        "ratio": ({"metric": "telemetry_returned_users"}, {"metric": "telemetry_started_users"}),
        "by": ("week",),
        "total": False,
    }
    assert value_of("churn_rate") == {"difference": ({"constant": 1.0}, {"kpi": "retention_rate", "segment": "1"})}
