"""The metrics of telemetry, by the topics that are read, kept and failing on their own.

`window` is rolling and ends at the refresh. A figure by platform, category or another word leaves out groups of few users. The
definitions of the shares that catalogs make of these counts stand in docs/sources/telemetry.md.
"""

from exporter.facts import Metric, Topic

__all__ = [
    "ACTIVATION",
    "ACTIVITY",
    "COHORTS",
    "COMMANDS",
    "CRASHES",
    "DOWNLOADS",
    "ERRORS",
    "FEATURES",
    "FEEDBACK",
    "FIRST_SUCCESS",
    "LATENCY",
    "MEMORY",
    "RETENTION",
    "SATISFACTION",
    "SESSIONS",
    "TOPICS",
    "WAREHOUSE",
]

# Activity: who uses the program, from command_generated.
ACTIVE_USERS = Metric("telemetry_active_users", "Distinct users with a command in the window.", "count", ("window",))
NEW_USERS = Metric("telemetry_new_users", "Users whose first command ever falls in the window.", "count", ("window",))
WEEKLY_USERS = Metric(
    "telemetry_weekly_users",
    "Distinct users with a command in a rolling week; week 0 is the last 7 days, week 1 the 7 days before them.",
    "count",
    ("week",),
)
WEEKLY_NEW_USERS = Metric(
    "telemetry_weekly_new_users", "Users whose first command ever falls in a rolling week, counted as above.", "count", ("week",)
)
USERS_EACH_WEEK = Metric(
    "telemetry_users_each_week",
    "Users with a command, counted once for each rolling week of the window in which they had one: 7d, and 28d with four weeks.",
    "count",
    ("window",),
)
HEAVY_USERS = Metric(
    "telemetry_heavy_users", "Users with more commands in the window than `heavy_use`, by default 100.", "count", ("window",)
)
ACTIVITY_USERS = Metric(
    "telemetry_activity_users",
    "Users by how many commands they had in the window: casual 1 to 5, regular 6 to 20, power more than 20.",
    "count",
    ("activity", "window"),
)
PREVIOUS_USERS = Metric(
    "telemetry_previous_users", "Distinct users with a command in the window before this one.", "count", ("window",)
)
LOST_USERS = Metric(
    "telemetry_lost_users", "Users with a command in the window before this one, and none in this one.", "count", ("window",)
)
ACTIVITY = Topic(
    "activity",
    (
        ACTIVE_USERS,
        NEW_USERS,
        WEEKLY_USERS,
        WEEKLY_NEW_USERS,
        USERS_EACH_WEEK,
        HEAVY_USERS,
        ACTIVITY_USERS,
        PREVIOUS_USERS,
        LOST_USERS,
    ),
)

# Retention by week of life: of those who began n to n+1 weeks ago, who was active in the last 7 days.
STARTED_USERS = Metric(
    "telemetry_started_users", "Users whose first command was `week` to `week` + 1 weeks ago.", "count", ("week",)
)
RETURNED_USERS = Metric(
    "telemetry_returned_users",
    "Users whose first command was `week` to `week` + 1 weeks ago and who had one in the last 7 days.",
    "count",
    ("week",),
)
RETENTION = Topic("retention", (STARTED_USERS, RETURNED_USERS))

COHORT_USERS = Metric(
    "telemetry_cohort_users",
    "Users whose first command falls in the week of the launch calendar that begins on the day `cohort`, and who had one in the "
    "`week`th week after it; week 0 is the whole cohort.",
    "count",
    ("cohort", "week"),
)
COHORTS = Topic("cohorts", (COHORT_USERS,))

TOTAL_COMMANDS = Metric("telemetry_commands", "Commands made in the window.", "count", ("window",))
CATEGORY_COMMANDS = Metric(
    "telemetry_category_commands", "Commands made in the window, by category.", "count", ("category", "window")
)
PLATFORM_COMMANDS = Metric(
    "telemetry_platform_commands", "Commands made in the window, by platform.", "count", ("platform", "window")
)
RETRIED_COMMANDS = Metric(
    "telemetry_retried_commands", "Commands in the window that took more than one attempt.", "count", ("window",)
)
MEASURED_COMMANDS = Metric(
    "telemetry_measured_commands", "Commands in the window of which the number of attempts is known.", "count", ("window",)
)
COMMANDS = Topic("commands", (TOTAL_COMMANDS, CATEGORY_COMMANDS, PLATFORM_COMMANDS, RETRIED_COMMANDS, MEASURED_COMMANDS))

TOTAL_DOWNLOADS = Metric("telemetry_downloads", "Installations in the window.", "count", ("window",))
PLATFORM_DOWNLOADS = Metric(
    "telemetry_platform_downloads", "Installations in the window, by platform.", "count", ("platform", "window")
)
CHANNEL_DOWNLOADS = Metric(
    "telemetry_channel_downloads", "Installations in the window, by the channel they came by.", "count", ("channel", "window")
)
VERSION_DOWNLOADS = Metric(
    "telemetry_version_downloads", "Installations in the window, by version.", "count", ("version", "window")
)
DOWNLOADS = Topic("downloads", (TOTAL_DOWNLOADS, PLATFORM_DOWNLOADS, CHANNEL_DOWNLOADS, VERSION_DOWNLOADS))

INSTALLED_USERS = Metric(
    "telemetry_installed_users", "Users who installed the program for the first time 1 to 8 days ago.", "count"
)
ACTIVATED_USERS = Metric(
    "telemetry_activated_users",
    "Users who installed the program for the first time 1 to 8 days ago and had a command within 24 hours of it.",
    "count",
)
ACTIVATION = Topic("activation", (INSTALLED_USERS, ACTIVATED_USERS))

FIRST_SUCCESS_SECONDS = Metric(
    "telemetry_time_to_first_success_seconds",
    "Time from a user's first installation to their first command that they said worked, over users who installed in the window "
    "and have come so far.",
    "seconds",
    ("statistic", "window"),
)
FIRST_SUCCESS = Topic("first_success", (FIRST_SUCCESS_SECONDS,))

TOTAL_FEEDBACK = Metric("telemetry_feedback", "Answers in the window to whether a command worked.", "count", ("window",))
POSITIVE_FEEDBACK = Metric("telemetry_positive_feedback", "Answers in the window that a command worked.", "count", ("window",))
CATEGORY_FEEDBACK = Metric(
    "telemetry_category_feedback",
    "Answers in the window to whether a command worked, by category of the command.",
    "count",
    ("category", "window"),
)
CATEGORY_POSITIVE_FEEDBACK = Metric(
    "telemetry_category_positive_feedback",
    "Answers in the window that a command worked, by category of the command.",
    "count",
    ("category", "window"),
)
FEEDBACK = Topic("feedback", (TOTAL_FEEDBACK, POSITIVE_FEEDBACK, CATEGORY_FEEDBACK, CATEGORY_POSITIVE_FEEDBACK))

TOTAL_ERRORS = Metric("telemetry_errors", "Errors in the window, without intended ones.", "count", ("window",))
REQUESTS = Metric(
    "telemetry_requests", "Commands and errors in the window, without intended errors: what was asked for.", "count", ("window",)
)
TYPE_ERRORS = Metric(
    "telemetry_type_errors", "Errors in the window by type, intended ones among them.", "count", ("error_type", "window")
)
PLATFORM_ERRORS = Metric(
    "telemetry_platform_errors", "Errors in the window by platform, without intended ones.", "count", ("platform", "window")
)
PLATFORM_REQUESTS = Metric(
    "telemetry_platform_requests",
    "Commands and errors in the window by platform, without intended errors.",
    "count",
    ("platform", "window"),
)
ERRORS = Topic("errors", (TOTAL_ERRORS, REQUESTS, TYPE_ERRORS, PLATFORM_ERRORS, PLATFORM_REQUESTS))

TOTAL_CRASHES = Metric("telemetry_crashes", "Crashes in the window.", "count", ("window",))
PLATFORM_CRASHES = Metric("telemetry_platform_crashes", "Crashes in the window, by platform.", "count", ("platform", "window"))
VERSION_CRASHES = Metric("telemetry_version_crashes", "Crashes in the window, by version.", "count", ("version", "window"))
CRASH_RATIO = Metric(
    "telemetry_crash_ratio",
    "Crashes divided by sessions in the window, or by active users where the product has no table of sessions.",
    "ratio",
    ("window",),
)
PLATFORM_CRASH_RATIO = Metric(
    "telemetry_platform_crash_ratio",
    "Crashes divided by sessions or active users in the window, by platform, where that is known.",
    "ratio",
    ("platform", "window"),
)
CRASHES = Topic("crashes", (TOTAL_CRASHES, PLATFORM_CRASHES, VERSION_CRASHES, CRASH_RATIO, PLATFORM_CRASH_RATIO))

TOTAL_SESSIONS = Metric("telemetry_sessions", "Sessions that began in the window.", "count", ("window",))
SESSIONS = Topic("sessions", (TOTAL_SESSIONS,))

RATINGS = Metric("telemetry_ratings", "Ratings from 1 to 5 given in the window.", "count", ("window",))
SATISFIED_RATINGS = Metric("telemetry_satisfied_ratings", "Ratings of 4 or 5 given in the window.", "count", ("window",))
RATING_MEAN = Metric("telemetry_rating_mean", "Mean of the ratings given in the window.", "score_1_5", ("window",))
SATISFACTION = Topic("satisfaction", (RATINGS, SATISFIED_RATINGS, RATING_MEAN))

FEATURE_USERS = Metric(
    "telemetry_feature_users", "Distinct users who used a feature in the window.", "count", ("feature", "window")
)
FEATURES = Topic("features", (FEATURE_USERS,))

RESPONSE_SECONDS = Metric(
    "telemetry_response_seconds",
    "Time that commands of the window took to make, by complexity: mean, median, p95 and p99.",
    "seconds",
    ("complexity", "statistic", "window"),
)
LATENCY = Topic("latency", (RESPONSE_SECONDS,))

MEMORY_BYTES = Metric(
    "telemetry_memory_bytes",
    "Peak memory of the runs of the window: mean, median, p95 and p99.",
    "bytes",
    ("statistic", "window"),
)
MEMORY = Topic("memory", (MEMORY_BYTES,))

NEWEST_EVENT = Metric(
    "telemetry_newest_event_timestamp_seconds", "Newest event of the table that is not in the future.", "timestamp", ("table",)
)
FUTURE_EVENTS = Metric(
    "telemetry_future_events",
    "Events that lie further in the future than clocks may differ; they count nowhere.",
    "count",
    ("table",),
)
REFUSED_WORDS = Metric(
    "telemetry_refused_words",
    "Distinct texts of the last 7 days that look like an address, a path or a command line, or are too many; none is exported.",
    "count",
    ("table", "column"),
)
REFUSED_NUMBERS = Metric(
    "telemetry_refused_numbers",
    "Events of the last 7 days whose number is none or lies outside its bounds; they count nowhere.",
    "count",
    ("table", "column"),
)
WAREHOUSE = Topic("warehouse", (NEWEST_EVENT, FUTURE_EVENTS, REFUSED_WORDS, REFUSED_NUMBERS))

TOPICS = (
    ACTIVITY,
    RETENTION,
    COHORTS,
    COMMANDS,
    DOWNLOADS,
    ACTIVATION,
    FIRST_SUCCESS,
    FEEDBACK,
    ERRORS,
    CRASHES,
    SESSIONS,
    SATISFACTION,
    FEATURES,
    LATENCY,
    MEMORY,
    WAREHOUSE,
)
"""Every topic, in the order of the documentation."""
