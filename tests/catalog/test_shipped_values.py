"""How the KPIs of the shipped catalogs are had: from facts, from other KPIs, or from people."""

from typing import Literal

import pytest

from exporter.catalog.model import Kpi, Segment
from support.shipped import CATALOGS, SPECS

BY_HAND = {
    "bolt": {
        "annual_recurring_revenue",
        "average_contract_value",
        "benchmark_allocations",
        "benchmark_latency",
        "benchmark_memory",
        "benchmark_regression",
        "business_outcomes",
        "case_studies_published",
        "community_resources",
        "conference_social_reach",
        "configuration_patterns",
        "content_shares",
        "contributor_countries",
        "cost_savings",
        "customer_performance_improvement",
        "customer_retention_rate",
        "customer_risk",
        "customer_satisfaction_rate",
        "customer_success_score",
        "developer_productivity",
        "developer_survey_rank",
        "downloads_by_region",
        "enterprise_customers",
        "enterprise_pilots",
        "enterprise_renewal_rate",
        "enterprise_usage_rate",
        "feature_parity",
        "feature_utilization",
        "fortune_500_adopters",
        "geographic_diversity",
        "github_trending_rank",
        "google_search_rank",
        "hackernews_front_page",
        "implementation_time",
        "industry_awards",
        "international_participation_rate",
        "issue_quality_score",
        "largest_contract_value",
        "linkedin_followers",
        "market_share",
        "media_features",
        "migration_success_rate",
        "monthly_downloads",
        "new_enterprise_customers",
        "new_partnerships",
        "performance_advantage",
        "pilot_conversion_rate",
        "podcast_mentions",
        "reddit_positive_mentions",
        "release_performance_improvement",
        "self_service_rate",
        "sentiment_score",
        "social_engagement_rate",
        "stackoverflow_posts",
        "success_stories",
        "test_coverage",
        "trained_advocates",
        "twitter_followers",
        "version_adoption_rate",
        "video_views",
        "youtube_subscribers",
    },
    "caro": {"test_coverage"},
    "aux": {
        "active_countries",
        "bandwidth_per_command",
        "blog_views",
        "browser_coverage",
        "case_studies_published",
        "certification_holders",
        "cloud_integrations",
        "co_marketing_campaigns",
        "code_complexity",
        "command_parity",
        "community_plugins",
        "competitor_benchmark",
        "concurrent_sessions",
        "conference_mentions",
        "consent_coverage",
        "cost_per_acquisition",
        "customer_lifetime_value",
        "data_audits",
        "data_validation_pass_rate",
        "documentation_coverage",
        "documentation_languages",
        "documentation_searches",
        "enterprise_customers",
        "feature_time_advantage",
        "forum_response_time",
        "gross_margin",
        "idle_cpu_usage",
        "integration_partners",
        "mtbf",
        "mttr",
        "newsletter_subscribers",
        "os_coverage",
        "phase_criteria_met",
        "platform_parity",
        "price_performance_ratio",
        "privacy_audits",
        "privacy_compliance",
        "resellers",
        "revenue",
        "security_audit_compliance",
        "self_service_rate",
        "state_diff_compression_ratio",
        "strategic_partners",
        "switching_rate",
        "technical_debt_ratio",
        "test_coverage",
        "third_party_integrations",
        "ticket_resolution_time",
        "token_reduction",
        "tutorial_completion_rate",
        "unique_domains",
        "video_views",
        "websocket_uptime",
        "win_rate",
        "workshop_attendees",
    },
}
"""KPIs that only people know, or services that no source reads; the catalogs say why."""


def had(kpi: Kpi) -> Literal["facts", "other KPIs", "people"]:
    if not kpi.values:
        return "people"
    return "facts" if any(term.metric for value in kpi.values for term in value.terms) else "other KPIs"


@pytest.mark.parametrize("name", BY_HAND)
def test_every_kpi_is_had_from_a_source_but_those_that_only_people_know(name: str) -> None:
    assert {kpi.id for kpi in CATALOGS[name].kpis if had(kpi) == "people"} == BY_HAND[name]


@pytest.mark.parametrize(("name", "facts", "others", "people"), [("bolt", 56, 8, 61), ("caro", 32, 4, 1), ("aux", 31, 3, 55)])
def test_so_many_are_had_from_facts_from_other_kpis_and_from_people(name: str, facts: int, others: int, people: int) -> None:
    ways = [had(kpi) for kpi in CATALOGS[name].kpis]
    assert (ways.count("facts"), ways.count("other KPIs"), ways.count("people")) == (facts, others, people)


def kpi_of(name: str, id_: str) -> Kpi:
    kpi = CATALOGS[name].kpi(id_)
    assert kpi is not None
    return kpi


@pytest.mark.parametrize(
    ("name", "id_"), [("caro", "week_over_week_growth"), ("caro", "month_over_month_growth"), ("bolt", "monthly_growth_rate")]
)
def test_growth_is_that_of_the_kpi_a_segment_is_named_after_over_the_window(name: str, id_: str) -> None:
    kpi = kpi_of(name, id_)
    growths = [(segment.name, segment.value.growth) for segment in kpi.segments if segment.value]
    assert [name for name, _ in growths] == [segment["name"] for segment in specified(name, id_)["segments"]]
    assert [(growth.kpi, growth.over) for _, growth in growths if growth] == [(name, kpi.window) for name, _ in growths]


def specified(name: str, id_: str) -> dict[str, list[dict[str, object]]]:
    (wanted,) = (one for one in SPECS[name]["kpis"] if one["id"] == id_)
    return dict(wanted)


def test_the_health_score_weighs_the_specified_inputs() -> None:
    value = kpi_of("bolt", "health_score").value
    assert value is not None
    assert value.weighted is not None
    assert [{"kpi": term.kpi, "weight": term.weight} for term in value.weighted] == specified("bolt", "health_score")["inputs"]
    assert sum(term.weight for term in value.weighted) == pytest.approx(1)


def test_an_input_of_a_score_that_shrinks_where_it_gets_better_is_turned_round() -> None:
    scores = [kpi_of("bolt", id_).value for id_ in ("health_score", "engagement_quality")]
    terms = [term for value in scores if value for term in value.weighted or ()]
    assert len(terms) == 10
    for term in terms:
        assert term.kpi is not None
        assert (term.best < term.worst) == (kpi_of("bolt", term.kpi).direction == "down")


def test_stars_are_foreseen_in_three_scenarios_and_other_figures_as_they_go() -> None:
    kpi = kpi_of("bolt", "growth_forecast")
    forecasts = {segment.name: segment.value.forecast for segment in kpi.segments if segment.value}
    assert {name: (one.kpi, one.scenario) for name, one in forecasts.items() if one} == {
        "star_growth": ("github_stars", "realistic"),
        "contributor_growth": ("contributors", "realistic"),
        "satisfaction_trends": ("overall_satisfaction", "realistic"),
        "churn_prediction": ("contributor_churn_rate", "realistic"),
        "optimistic": ("github_stars", "optimistic"),
        "realistic": ("github_stars", "realistic"),
        "pessimistic": ("github_stars", "pessimistic"),
    }
    assert {one.ahead for one in forecasts.values() if one} == {kpi.window}


def test_each_adoption_target_has_its_attainment() -> None:
    kpi = kpi_of("aux", "adoption_target_attainment")

    def attainment_of(segment: Segment) -> str | None:
        return segment.value.attainment.kpi if segment.value and segment.value.attainment else None

    assert {segment.name: attainment_of(segment) for segment in kpi.segments} == {
        segment.name: segment.name if kpi_of("aux", segment.name).targets else None for segment in kpi.segments
    }


@pytest.mark.parametrize(
    ("id_", "counted"), [("adoption_target_attainment", 8), ("performance_sla_compliance", 10), ("target_attainment", 69 - 3)]
)
def test_so_many_kpis_have_a_target_that_counts(id_: str, counted: int) -> None:
    value = kpi_of("aux", id_).value
    assert value is not None
    assert value.on_target is not None
    kpis = CATALOGS["aux"].counted(value.on_target)
    assert len([kpi for kpi in kpis if kpi.targets or any(segment.targets for segment in kpi.segments)]) == counted
