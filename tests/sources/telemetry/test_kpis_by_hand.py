"""Every KPI that rests on telemetry, of the catalogs that ship, reckoned by hand over the same small beta as its figures."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from exporter.catalog import load
from exporter.catalog.model import Kpi
from exporter.facts import Snapshot
from exporter.kpi import evaluate
from exporter.sources.registry import declared_metrics
from exporter.sources.telemetry.source import TelemetrySource
from support.beta import FORMS, SMALL_BETA, new_beta, small_beta
from support.postgres import Postgres
from support.tools import NOW

TRUTH: Mapping[str, Mapping[tuple[str, str], float | None]] = {
    "caro": {
        # ann, bob, cat, eve, fay, gus; new ones are ann, cat, eve, fay.
        ("active_weekly_users", ""): 6,
        ("new_active_users", ""): 4,
        ("downloads", ""): 6,
        ("downloads", "macos"): 3,
        ("downloads", "linux"): 3,
        ("downloads", "website"): 3,
        ("downloads", "github"): 2,
        ("downloads", "reddit"): None,  # none in this week
        ("downloads", "twitter"): None,  # one user is too few to be shown
        ("downloads", "28d"): 9,
        # ann and fay, of ann, cat, dan and fay.
        ("activation_rate", ""): 2 / 4,
        # bob and gus, of bob, gus and hal. Nobody began two or three weeks ago, and one alone four weeks ago.
        ("retention_rate", "0"): 1,
        ("retention_rate", "1"): 2 / 3,
        ("retention_rate", "2"): None,
        ("retention_rate", "3"): None,
        ("retention_rate", "4"): None,
        ("churn_rate", ""): 1 / 3,
        ("commands_generated", ""): 59,
        ("commands_generated", "file_management"): 9,
        ("commands_generated", "process_monitoring"): None,
        ("commands_generated", "devops"): None,  # all of one user
        ("commands_generated", "macos"): 51,
        ("commands_generated", "linux"): 8,
        ("commands_generated", "28d"): 63,
        ("command_success_rate", ""): 6 / 9,
        # Of the 67 things asked for 59 were made.
        ("error_rate", ""): 8 / 67,
        ("error_rate", "timeout"): 4 / 67,
        ("error_rate", "parse_failure"): None,
        ("error_rate", "llm_error"): None,
        ("error_rate", "safety_blocked"): 3 / 67,
        ("error_rate", "macos"): 5 / 56,
        ("error_rate", "linux"): 3 / 11,
        ("crash_rate", ""): 3 / 20,
        ("crash_rate", "macos"): 2 / 14,
        ("crash_rate", "linux"): 1 / 6,
        ("crashes", ""): 3,
        ("sessions", ""): 20,
        # The 63 commands of four weeks, by 6, 3, 0 and 1 users in them.
        ("commands_per_user", ""): 59 / 6,
        ("commands_per_user", "28d"): 63 / 10,
        ("user_activity_share", "casual"): 3 / 6,
        ("user_activity_share", "regular"): None,
        ("user_activity_share", "power"): 2 / 6,
        # 5, 4, 3 and 1.
        ("csat", ""): 2 / 4,
        ("satisfaction_rating", ""): 13 / 4,
        ("survey_responses", ""): 4,
        ("feature_adoption_rate", "command_generation"): None,
        ("feature_adoption_rate", "safety_validation"): None,
        ("feature_adoption_rate", "telemetry_opt_in"): None,
        ("feature_adoption_rate", "shell_integration"): 3 / 6,
        ("feature_adoption_rate", "config_profiles"): None,
        ("feature_adoption_rate", "telemetry_export"): None,
        ("feature_adoption_rate", "safety_override"): 0,
        ("response_time_p95", "simple"): 0.048,
        ("response_time_p95", "medium"): 0.29,
        ("response_time_p95", "complex"): None,
        ("response_time_p50", "simple"): 0.03,
        ("response_time_p50", "medium"): 0.2,
        ("response_time_p50", "complex"): None,
        ("response_time_p99", "simple"): 0.0496,
        ("response_time_p99", "medium"): 0.298,
        ("response_time_p99", "complex"): None,
        ("memory_usage_p95", ""): 38_500_000,
        ("memory_usage_p50", ""): 25_000_000,
        ("memory_usage_p99", ""): 39_700_000,
    },
    "aux": {
        # ann, with 22 commands.
        ("weekly_active_installations", ""): 1,
        ("command_success_rate", ""): 6 / 9,
        # 0, 24, 25, 36, 72 and 360 hours.
        ("time_to_first_integration", ""): 517 / 6 * 3600,
        ("monthly_active_users", ""): 8,
        ("daily_active_users", ""): 4,
        ("daily_commands", ""): 24,
        # jon, of ida and jon.
        ("churn_rate", ""): 1 / 2,
        # Of simple and medium commands the slower ones: 0.1, 0.2 and 0.3 seconds.
        ("response_time_avg", ""): 0.2,
        ("response_time_p95", ""): 0.29,
        # Of the 59 commands those of eve tell no attempts.
        ("retry_rate", ""): 4 / 38,
        ("memory_per_session", ""): 25_000_000,
        ("error_rate", "critical"): 0,
        ("error_rate", "high"): None,
        ("error_rate", "medium"): None,
        ("error_rate", "low"): None,
        ("unique_feature_adoption_rate", "safety_override"): 0,
        ("unique_feature_adoption_rate", "shell_integration"): 3 / 6,
    },
}


@pytest.fixture(scope="module", params=FORMS)
def snapshot(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Snapshot]:
    """What one refresh of the small beta brings, for any project."""
    folder = tmp_path_factory.mktemp("beta")
    with new_beta(FORMS[request.param], folder, postgres) as beta:
        beta.insert(small_beta(NOW))
        declared = frozenset(metric.name for metric in TelemetrySource.metrics)
        yield Snapshot("any", "telemetry", declared, tuple(beta.refresh(folder / "state", **SMALL_BETA)))


def of_telemetry(catalog: str) -> set[str]:
    """The KPIs of a catalog that rest on telemetry, be it by way of others."""
    kpis = {kpi.id: kpi for kpi in load(catalog, declared_metrics(), base=Path()).kpis}

    def rests(kpi: Kpi) -> bool:
        terms = [term for value in (kpi.value, *(one.value for one in kpi.segments)) if value for term in value.terms]
        return any((term.metric or "").startswith("telemetry_") or (term.kpi and rests(kpis[term.kpi])) for term in terms)

    return {kpi.id for kpi in kpis.values() if rests(kpi)}


@pytest.mark.parametrize("project", TRUTH)
def test_every_kpi_is_what_one_reckons_by_hand(project: str, snapshot: Snapshot) -> None:
    rows = evaluate(load(project, declared_metrics(), base=Path()), [snapshot], NOW, project="any")
    found = {(row.kpi, row.segment): row.value for row in rows if row.kpi in {id_ for id_, _ in TRUTH[project]}}
    assert found == pytest.approx(TRUTH[project])


@pytest.mark.parametrize("project", TRUTH)
def test_every_kpi_is_reckoned(project: str) -> None:
    assert {id_ for id_, _ in TRUTH[project]} == of_telemetry(project)
