"""The metrics that no source gives: the KPI layer, and the exporter on itself. Declared here, filled in `families`."""

from exporter.facts import Metric

__all__ = ["BUILD_INFO", "COUNTERS", "KPI_METRICS", "RELOAD_METRICS", "SELF_METRICS"]

_KPI = ("project", "kpi", "segment")
_SOURCE = ("project", "source")
_INFO = ("project", "kpi", "title", "tier", "category", "direction", "audience", "owner", "source")

VALUE = Metric("kpi_value", "Value of a KPI in the unit that the label names.", "any", (*_KPI, "unit"))
TARGET = Metric("kpi_target", "Target of a KPI that is in force, in the unit of its value.", "any", (*_KPI, "unit"))
GOAL = Metric("kpi_goal", "Last target of a KPI, in the unit of its value.", "any", (*_KPI, "unit"))
ATTAINMENT = Metric("kpi_attainment_ratio", "How far a KPI reaches the target in force, 1 where it is just met.", "ratio", _KPI)
KNOWN = Metric(
    "kpi_known_ratio", "Share that is known of what a score rests upon: weights of its terms, or targets.", "ratio", _KPI
)
STATUS = Metric("kpi_status", "Status of a KPI: 1 for the one that holds, 0 for the others.", "count", (*_KPI, "status"))
VALUE_TIME = Metric("kpi_value_timestamp_seconds", "When the oldest fact in the value of a KPI was true.", "timestamp", _KPI)
TARGET_TIME = Metric(
    "kpi_target_timestamp_seconds", "Last second of the day by which the target in force is due.", "timestamp", _KPI
)
GOAL_TIME = Metric("kpi_goal_timestamp_seconds", "Last second of the day by which the goal is due.", "timestamp", _KPI)
INFO = Metric("kpi_info", "What a KPI is, always 1.", "count", _INFO)
KPI_METRICS = (VALUE, TARGET, GOAL, ATTAINMENT, KNOWN, STATUS, VALUE_TIME, TARGET_TIME, GOAL_TIME, INFO)

BUILD_INFO = Metric(
    "kpi_exporter_build_info", "Version of the exporter and of the Python it runs on, always 1.", "count", ("version", "python")
)
UP = Metric("kpi_exporter_source_up", "1 if the last refresh of the source brought anything, else 0.", "count", _SOURCE)
LAST_SUCCESS = Metric(
    "kpi_exporter_source_last_success_timestamp_seconds", "When every part of the source was last read.", "timestamp", _SOURCE
)
DURATION = Metric("kpi_exporter_source_duration_seconds", "How long the last refresh of the source took.", "seconds", _SOURCE)
INTERVAL = Metric("kpi_exporter_source_interval_seconds", "Configured time between two refreshes.", "seconds", _SOURCE)
PARTS = Metric(
    "kpi_exporter_source_parts",
    "Things that the source reads, such as repositories, packages or servers; each topic of one counts.",
    "count",
    _SOURCE,
)
PARTS_FAILED = Metric(
    "kpi_exporter_source_parts_failed", "Of the parts, those that could not be read in the last refresh.", "count", _SOURCE
)
REQUESTS = Metric(
    "kpi_exporter_upstream_requests_total",
    "Requests sent to an upstream, by status code or reason of failure.",
    "count",
    (*_SOURCE, "code"),
)
FAILURES = Metric(
    "kpi_exporter_upstream_failures_total",
    "Failed refreshes of a source or of one of its parts, by reason.",
    "count",
    (*_SOURCE, "reason"),
)
COST = Metric(
    "kpi_exporter_upstream_cost_total",
    "What requests took of a quota of an upstream: points of the GraphQL API of GitHub, requests of its REST API.",
    "count",
    (*_SOURCE, "resource"),
)
QUOTA_LIMIT = Metric(
    "kpi_exporter_upstream_rate_limit_limit",
    "Size of a quota of an upstream, of all credentials together.",
    "count",
    (*_SOURCE, "resource"),
)
QUOTA_REMAINING = Metric(
    "kpi_exporter_upstream_rate_limit_remaining",
    "What is left of a quota of an upstream, of all credentials together.",
    "count",
    (*_SOURCE, "resource"),
)
QUOTA_RESET = Metric(
    "kpi_exporter_upstream_rate_limit_reset_timestamp_seconds",
    "When a quota of an upstream renews, the first of those of all credentials.",
    "timestamp",
    (*_SOURCE, "resource"),
)
TRACKING = Metric(
    "kpi_exporter_tracking_issues_total",
    "What was done to tracking issues of alerts: opened, reopened, commented, closed.",
    "count",
    ("project", "action"),
)
TRACKING_FAILURES = Metric(
    "kpi_exporter_tracking_failures_total",
    "Alerts that could not be brought to their tracking issue, by reason; Alertmanager sends them again.",
    "count",
    ("project", "reason"),
)
SELF_METRICS = (
    BUILD_INFO, UP, LAST_SUCCESS, DURATION, INTERVAL, PARTS, PARTS_FAILED, REQUESTS, FAILURES, COST, QUOTA_LIMIT,
    QUOTA_REMAINING, QUOTA_RESET, TRACKING, TRACKING_FAILURES,
)  # fmt: skip

RELOAD_SUCCESSFUL = Metric(
    "kpi_exporter_config_last_reload_successful", "1 if the last reload of the configuration succeeded, else 0.", "count"
)
RELOAD_TIME = Metric(
    "kpi_exporter_config_last_reload_success_timestamp_seconds", "When the configuration was last loaded.", "timestamp"
)
RELOAD_METRICS = (RELOAD_SUCCESSFUL, RELOAD_TIME)

COUNTERS = (REQUESTS, FAILURES, COST, TRACKING, TRACKING_FAILURES)
"""The only ones that are counters; all others are gauges."""
