"""Figures of the projects that shipped catalogs describe, as their documents draw them: what each was worth how many days ago."""

from collections.abc import Mapping

__all__ = ["ALERTING", "DISTRIBUTIONS", "FIGURES", "NAMES", "UNKNOWN"]

Row = tuple[str, str, str]
"""Project, KPI and segment."""
Points = tuple[tuple[float, float], ...]
"""Days ago and value, the longest ago first. Before the first point the figure was the same; between points it runs straight."""

FIGURES: Mapping[Row, Points] = {
    ("caro", "active_weekly_users", ""): ((13, 0), (7, 150), (0, 250)),
    ("caro", "new_active_users", ""): ((13, 0), (7, 150), (0, 112)),
    ("caro", "downloads", ""): ((13, 0), (7, 270), (0, 350)),
    ("caro", "downloads", "28d"): ((13, 0), (7, 270), (0, 620)),
    ("caro", "activation_rate", ""): ((13, 0.7), (7, 0.75), (0, 0.78)),
    ("caro", "retention_rate", "0"): ((0, 1),),
    ("caro", "retention_rate", "1"): ((13, 0.6), (7, 0.67), (0, 0.7)),
    ("caro", "retention_rate", "2"): ((7, 0.49), (0, 0.52)),
    ("caro", "retention_rate", "3"): ((0, 0.41),),
    ("caro", "commands_generated", ""): ((13, 0), (7, 1250), (0, 2000)),
    ("caro", "commands_generated", "28d"): ((13, 0), (7, 1250), (0, 3250)),
    ("caro", "commands_per_user", ""): ((13, 6.5), (7, 8.3), (0, 8)),
    ("caro", "commands_per_user", "28d"): ((13, 6.5), (7, 8.3), (0, 8.1)),
    ("caro", "command_success_rate", ""): ((13, 0.81), (7, 0.85), (0, 0.87)),
    ("caro", "error_rate", ""): ((13, 0.061), (7, 0.04), (0, 0.032)),
    ("caro", "error_rate", "timeout"): ((13, 0.02), (0, 0.008)),
    ("caro", "error_rate", "parse_failure"): ((13, 0.015), (0, 0.007)),
    ("caro", "error_rate", "llm_error"): ((13, 0.026), (0, 0.017)),
    ("caro", "error_rate", "safety_blocked"): ((13, 0.012), (0, 0.012)),
    ("caro", "crash_rate", ""): ((13, 0.0016), (7, 0.0007), (0, 0.0005)),
    ("caro", "crashes", ""): ((13, 0), (7, 2), (0, 2)),
    ("caro", "sessions", ""): ((13, 0), (7, 2600), (0, 4000)),
    ("caro", "open_bugs", "P0"): ((5, 0), (4.9, 1), (4.4, 1), (4.3, 0)),
    ("caro", "open_bugs", "P1"): ((13, 1), (7, 4), (0, 2)),
    ("caro", "open_bugs", "P2"): ((13, 2), (7, 6), (0, 5)),
    ("caro", "open_bugs", "P3"): ((13, 2), (7, 4), (0, 5)),
    ("caro", "bugs_opened", ""): ((13, 9), (7, 5), (0, 3)),
    ("caro", "bugs_closed", ""): ((13, 2), (7, 6), (0, 4)),
    ("caro", "test_coverage", ""): ((13, 0.83), (0, 0.84)),
    ("caro", "test_coverage", "overall"): ((13, 0.83), (0, 0.84)),
    ("caro", "test_coverage", "safety"): ((0, 1),),
    ("caro", "test_coverage", "privacy"): ((0, 1),),
    ("caro", "test_coverage", "core"): ((0, 0.92),),
    ("caro", "test_coverage", "utils"): ((0, 0.76),),
    ("caro", "time_to_fix", "P0"): ((5, 9000), (0, 11_000)),
    ("caro", "time_to_fix", "P1"): ((13, 50_000), (0, 70_000)),
    ("caro", "time_to_fix", "P2"): ((13, 300_000), (0, 700_000)),
    ("caro", "time_to_fix_median", ""): ((13, 90_000), (0, 170_000)),
    ("caro", "csat", ""): ((13, 0.82), (7, 0.8), (0, 0.77)),
    ("caro", "satisfaction_rating", ""): ((13, 4.2), (0, 3.9)),
    ("caro", "survey_responses", ""): ((13, 0), (7, 31), (0, 64)),
    ("caro", "response_time_p95", "simple"): ((13, 0.052), (7, 0.047), (0, 0.045)),
    ("caro", "response_time_p95", "medium"): ((13, 0.34), (7, 0.32), (0, 0.315)),
    ("caro", "response_time_p95", "complex"): ((13, 0.97), (7, 0.88), (0, 0.85)),
    ("caro", "response_time_p50", "simple"): ((13, 0.03), (0, 0.027)),
    ("caro", "response_time_p50", "medium"): ((13, 0.21), (0, 0.19)),
    ("caro", "response_time_p50", "complex"): ((13, 0.6), (0, 0.55)),
    ("caro", "response_time_p99", "simple"): ((13, 0.09), (0, 0.074)),
    ("caro", "response_time_p99", "medium"): ((13, 0.52), (0, 0.47)),
    ("caro", "response_time_p99", "complex"): ((13, 1.5), (0, 1.3)),
    ("caro", "memory_usage_p95", ""): ((13, 45e6), (0, 42e6)),
    ("caro", "memory_usage_p50", ""): ((13, 33e6), (0, 31e6)),
    ("caro", "memory_usage_p99", ""): ((13, 58e6), (0, 55e6)),
    ("caro", "binary_size", ""): ((13, 9.4e6), (0, 9.1e6)),
    ("caro", "binary_size", "macos"): ((13, 9.4e6), (0, 9.1e6)),
    ("caro", "binary_size", "linux"): ((13, 8.9e6), (0, 8.6e6)),
    ("caro", "github_stars", ""): ((90, 640), (13, 940), (7, 1000), (0, 1200)),
    ("caro", "discord_members", ""): ((90, 320), (13, 500), (7, 600), (0, 680)),
    ("caro", "contributors", ""): ((90, 12), (13, 19), (7, 20), (0, 22)),
    ("bolt", "github_stars", ""): ((180, 610), (90, 930), (30, 1210), (7, 1370), (0, 1400)),
    ("bolt", "github_forks", ""): ((180, 70), (30, 148), (0, 171)),
    ("bolt", "contributors", ""): ((180, 21), (30, 61), (0, 64)),
    ("bolt", "first_response_time", ""): ((90, 9000), (14, 12_000), (0, 18_700)),
    ("bolt", "contributor_retention_rate", ""): ((90, 0.74), (30, 0.71), (0, 0.66)),
    ("bolt", "nps", ""): ((90, 61), (0, 68)),
    ("bolt", "sentiment_score", ""): ((90, 7.1), (0, 7.6)),
    ("bolt", "annual_recurring_revenue", ""): ((365, 310_000), (90, 420_000), (0, 505_000)),
    ("bolt", "monthly_downloads", ""): ((365, 260_000), (30, 610_000), (0, 720_000)),
    ("bolt", "downloads_by_region", ""): ((365, 260_000), (30, 610_000), (0, 720_000)),
    ("bolt", "closed_issues", ""): ((90, 790), (0, 934)),
    ("bolt", "average_contract_value", ""): ((90, 16_800), (0, 18_300)),
    ("bolt", "largest_contract_value", ""): ((0, 96_000),),
    ("bolt", "market_share", ""): ((90, 0.031), (0, 0.038)),
    ("bolt", "mindshare", ""): ((90, 0.09), (0, 0.12)),
    ("bolt", "switching_rate", ""): ((90, 0.04), (0, 0.06)),
    ("bolt", "test_coverage", ""): ((90, 0.9), (0, 0.93)),
    ("aux", "daily_active_users", ""): ((90, 1410), (7, 1890), (0, 1960)),
    ("aux", "browser_coverage", ""): ((0, 4),),
    ("aux", "competitor_benchmark", ""): ((90, 0.84), (0, 0.91)),
    ("aux", "data_validation_pass_rate", ""): ((90, 0.96), (0, 0.985)),
    ("aux", "privacy_audits", ""): ((200, 1), (40, 2)),
    ("aux", "data_audits", ""): ((200, 2), (20, 3)),
}
"""What is not left to chance. Caro is in its second week, at the figures of the mock-up in its guide; Bolt has 1,400 stars."""

ALERTING: frozenset[Row] = frozenset(
    {
        ("aux", "response_time_p95", ""),
        ("aux", "churn_rate", ""),
        ("bolt", "documentation_issues", ""),
        ("caro", "time_to_fix", "P3"),
    }
)
"""Rows beyond the limit of an alert, so that each priority has one that fires; the first response of Bolt has P0."""

UNKNOWN: frozenset[Row] = frozenset({("caro", "retention_rate", "4")})
"""Rows that cannot be known yet, beside those that nobody has entered."""

DISTRIBUTIONS: frozenset[tuple[str, str]] = frozenset(
    {
        ("bolt", "discussion_category_share"),
        ("bolt", "framework_usage_share"),
        ("bolt", "performance_impact"),
        ("bolt", "support_channel_share"),
        ("caro", "user_activity_share"),
    }
)
"""KPIs whose segments are the shares of one whole."""

NAMES: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("aux", "unique_feature_adoption_rate"): ("session_replay", "smart_selectors", "state_diff"),
    ("bolt", "configuration_patterns"): ("console", "json", "sampling", "zero_allocation"),
    ("bolt", "discussion_category_share"): ("announcements", "general", "ideas", "q-a"),
    ("bolt", "feature_request_themes"): ("context", "rotation", "sampling", "tracing"),
    ("bolt", "pain_points"): ("configuration", "examples", "migration"),
}
"""Segments that no catalog names: sources bring them, or people do."""
