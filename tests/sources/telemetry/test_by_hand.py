"""Every figure of a beta with a dozen users, reckoned by hand, in every form in which a warehouse may store moments.

The report is of 27 January 2026, 12:00 UTC, the launch was on 15 January. Groups of one user are not shown, and what belongs to a
window ends with its last moment before the report.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.sources.telemetry import metrics
from exporter.sources.telemetry.tables import TABLES
from support.beta import FORMS, SMALL_BETA, Beta, Figures, new_beta, of, small_beta, when
from support.postgres import Postgres
from support.tools import NOW

CLEAN = (
    ("downloads", "platform"),
    ("downloads", "channel"),
    ("downloads", "version"),
    ("command_generated", "platform"),
    ("command_feedback", "category"),
    ("command_generation_error", "platform"),
    ("crashes", "platform"),
    ("crashes", "version"),
    ("sessions", "platform"),
)
"""Columns of words in which there is nothing but words."""
TRUTH: Figures = {
    # The last 24 hours: ann, bob, eve and fay; cat too in a week, and gus; hal and ida in a month.
    of(metrics.ACTIVE_USERS, "24h"): 4,
    of(metrics.ACTIVE_USERS, "7d"): 6,
    of(metrics.ACTIVE_USERS, "30d"): 8,
    # eve; ann, cat and fay; bob, gus and hal. The first of ida was a second before the month.
    of(metrics.NEW_USERS, "24h"): 1,
    of(metrics.NEW_USERS, "7d"): 4,
    of(metrics.NEW_USERS, "28d"): 7,
    of(metrics.NEW_USERS, "30d"): 7,
    # Week 1 has bob, gus and hal, week 3 has ida, who was not new in it.
    of(metrics.WEEKLY_USERS, "0"): 6,
    of(metrics.WEEKLY_USERS, "1"): 3,
    of(metrics.WEEKLY_USERS, "2"): 0,
    of(metrics.WEEKLY_USERS, "3"): 1,
    of(metrics.WEEKLY_NEW_USERS, "0"): 4,
    of(metrics.WEEKLY_NEW_USERS, "1"): 3,
    of(metrics.WEEKLY_NEW_USERS, "2"): 0,
    of(metrics.WEEKLY_NEW_USERS, "3"): 0,
    # 6 + 3 + 0 + 1.
    of(metrics.USERS_EACH_WEEK, "7d"): 6,
    of(metrics.USERS_EACH_WEEK, "28d"): 10,
    # ann had 22 commands; the 21 of eve are not more than 21.
    of(metrics.HEAVY_USERS, "7d"): 1,
    # cat 2, fay 2, gus 5; ann 22, eve 21; and bob, who is alone with his 6.
    of(metrics.ACTIVITY_USERS, "casual", "7d"): 3,
    of(metrics.ACTIVITY_USERS, "power", "7d"): 2,
    # ida and jon; not kim, who was here a second too early.
    of(metrics.PREVIOUS_USERS, "30d"): 2,
    of(metrics.LOST_USERS, "30d"): 1,
    # Week 1 of life: bob and gus came back, hal did not. Week 4 is ida alone. Week 8: jon and kim.
    of(metrics.STARTED_USERS, "0"): 4,
    of(metrics.RETURNED_USERS, "0"): 4,
    of(metrics.STARTED_USERS, "1"): 3,
    of(metrics.RETURNED_USERS, "1"): 2,
    of(metrics.STARTED_USERS, "8"): 2,
    of(metrics.RETURNED_USERS, "8"): 0,
    # ann, bob and hal, of whom ann and bob were active after 22 January; then cat, eve and fay.
    of(metrics.COHORT_USERS, "2026-01-15", "0"): 3,
    of(metrics.COHORT_USERS, "2026-01-15", "1"): 2,
    of(metrics.COHORT_USERS, "2026-01-22", "0"): 3,
    # 1 + 21 + 1 + 1; ann 22, bob 6, gus 5, cat 2, eve 21, fay 2, nobody 1; with bob, gus, hal, ida; with ida.
    of(metrics.TOTAL_COMMANDS, "24h"): 24,
    of(metrics.TOTAL_COMMANDS, "7d"): 59,
    of(metrics.TOTAL_COMMANDS, "28d"): 63,
    of(metrics.TOTAL_COMMANDS, "30d"): 64,
    # ann 21 and eve 21; ann 1, gus 5, cat 2, nobody 1. The commands of bob alone are the only ones of devops.
    of(metrics.CATEGORY_COMMANDS, "git", "7d"): 42,
    of(metrics.CATEGORY_COMMANDS, "file_management", "7d"): 9,
    # ann 22, bob 6, eve 21, fay 2; gus 5, cat 2, nobody 1.
    of(metrics.PLATFORM_COMMANDS, "macos", "7d"): 51,
    of(metrics.PLATFORM_COMMANDS, "linux", "7d"): 8,
    # ann 1 and bob 3; hal; ida.
    of(metrics.RETRIED_COMMANDS, "24h"): 0,
    of(metrics.RETRIED_COMMANDS, "7d"): 4,
    of(metrics.RETRIED_COMMANDS, "28d"): 5,
    of(metrics.RETRIED_COMMANDS, "30d"): 6,
    # Without the 21 of eve, whose retries nobody counted.
    of(metrics.MEASURED_COMMANDS, "24h"): 3,
    of(metrics.MEASURED_COMMANDS, "7d"): 38,
    of(metrics.MEASURED_COMMANDS, "28d"): 42,
    of(metrics.MEASURED_COMMANDS, "30d"): 43,
    # All but the 21 of eve, whose program does not tell.
    of(metrics.MEASURED_COMMANDS, "24h"): 3,
    of(metrics.MEASURED_COMMANDS, "7d"): 38,
    of(metrics.MEASURED_COMMANDS, "28d"): 42,
    of(metrics.MEASURED_COMMANDS, "30d"): 43,
    # eve; from nobody to eve; ann, bob and gus; ida.
    of(metrics.TOTAL_DOWNLOADS, "24h"): 1,
    of(metrics.TOTAL_DOWNLOADS, "7d"): 6,
    of(metrics.TOTAL_DOWNLOADS, "28d"): 9,
    of(metrics.TOTAL_DOWNLOADS, "30d"): 10,
    of(metrics.PLATFORM_DOWNLOADS, "macos", "7d"): 3,
    of(metrics.PLATFORM_DOWNLOADS, "linux", "7d"): 3,
    # nobody, cat and fay; gus and eve. Only dan came by twitter.
    of(metrics.CHANNEL_DOWNLOADS, "website", "7d"): 3,
    of(metrics.CHANNEL_DOWNLOADS, "github", "7d"): 2,
    # Only gus still took 1.0.0.
    of(metrics.VERSION_DOWNLOADS, "1.1.0", "7d"): 5,
    # ann, cat, dan, fay; ann at the last moment, fay by a clock that is slow.
    of(metrics.INSTALLED_USERS): 4,
    of(metrics.ACTIVATED_USERS): 2,
    # fay 0 h, ida 24 h, ann 25 h, cat 36 h, bob 72 h, gus 360 h: their mean; 30.5 h; half way from 72 h to 360 h.
    of(metrics.FIRST_SUCCESS_SECONDS, "mean", "30d"): 310_200,
    of(metrics.FIRST_SUCCESS_SECONDS, "median", "30d"): 109_800,
    of(metrics.FIRST_SUCCESS_SECONDS, "p90", "30d"): 777_600,
    of(metrics.TOTAL_FEEDBACK, "24h"): 1,
    of(metrics.TOTAL_FEEDBACK, "7d"): 9,
    of(metrics.TOTAL_FEEDBACK, "28d"): 10,
    of(metrics.TOTAL_FEEDBACK, "30d"): 12,
    of(metrics.POSITIVE_FEEDBACK, "24h"): 0,
    of(metrics.POSITIVE_FEEDBACK, "7d"): 6,
    of(metrics.POSITIVE_FEEDBACK, "28d"): 7,
    of(metrics.POSITIVE_FEEDBACK, "30d"): 9,
    # ann, gus and fay yes, nobody no; hal and cat yes, cat no. The devops are bob's alone.
    of(metrics.CATEGORY_FEEDBACK, "git", "7d"): 4,
    of(metrics.CATEGORY_POSITIVE_FEEDBACK, "git", "7d"): 3,
    of(metrics.CATEGORY_FEEDBACK, "file_management", "7d"): 3,
    of(metrics.CATEGORY_POSITIVE_FEEDBACK, "file_management", "7d"): 2,
    # llm_error and what was planted; with 3 timeouts more, parse_failure and no type; with the timeout of hal.
    of(metrics.TOTAL_ERRORS, "24h"): 2,
    of(metrics.TOTAL_ERRORS, "7d"): 8,
    of(metrics.TOTAL_ERRORS, "28d"): 9,
    of(metrics.TOTAL_ERRORS, "30d"): 9,
    of(metrics.REQUESTS, "24h"): 24 + 2,
    of(metrics.REQUESTS, "7d"): 59 + 8,
    of(metrics.REQUESTS, "28d"): 63 + 9,
    of(metrics.REQUESTS, "30d"): 64 + 9,
    # Of ann, bob and gus; of cat and gus. Eve alone had an llm_error, nobody is known with a parse_failure.
    of(metrics.TYPE_ERRORS, "timeout", "7d"): 4,
    of(metrics.TYPE_ERRORS, "safety_blocked", "7d"): 3,
    of(metrics.TYPE_ERRORS, "critical", "7d"): 0,
    # ann 2, bob, eve, fay; nobody, dan, gus.
    of(metrics.PLATFORM_ERRORS, "macos", "7d"): 5,
    of(metrics.PLATFORM_ERRORS, "linux", "7d"): 3,
    of(metrics.PLATFORM_REQUESTS, "macos", "7d"): 51 + 5,
    of(metrics.PLATFORM_REQUESTS, "linux", "7d"): 8 + 3,
    of(metrics.TOTAL_CRASHES, "24h"): 1,
    of(metrics.TOTAL_CRASHES, "7d"): 3,
    of(metrics.TOTAL_CRASHES, "28d"): 4,
    of(metrics.TOTAL_CRASHES, "30d"): 5,
    # Crashes tell no users, so one alone is not shown: that of linux, and that of 1.0.0.
    of(metrics.PLATFORM_CRASHES, "macos", "7d"): 2,
    of(metrics.VERSION_CRASHES, "1.1.0", "7d"): 2,
    of(metrics.CRASH_RATIO, "24h"): 1 / 4,
    of(metrics.CRASH_RATIO, "7d"): 3 / 20,
    of(metrics.CRASH_RATIO, "28d"): 4 / 25,
    of(metrics.CRASH_RATIO, "30d"): 5 / 40,
    # The crash of linux alone may stand beside the sessions of cat and gus.
    of(metrics.PLATFORM_CRASH_RATIO, "macos", "7d"): 2 / 14,
    of(metrics.PLATFORM_CRASH_RATIO, "linux", "7d"): 1 / 6,
    of(metrics.TOTAL_SESSIONS, "24h"): 4,
    of(metrics.TOTAL_SESSIONS, "7d"): 20,
    of(metrics.TOTAL_SESSIONS, "28d"): 25,
    of(metrics.TOTAL_SESSIONS, "30d"): 40,
    # 5; and 4, 3, 1; and 5; and 4.
    of(metrics.RATINGS, "24h"): 1,
    of(metrics.RATINGS, "7d"): 4,
    of(metrics.RATINGS, "28d"): 5,
    of(metrics.RATINGS, "30d"): 6,
    of(metrics.SATISFIED_RATINGS, "24h"): 1,
    of(metrics.SATISFIED_RATINGS, "7d"): 2,
    of(metrics.SATISFIED_RATINGS, "28d"): 3,
    of(metrics.SATISFIED_RATINGS, "30d"): 4,
    of(metrics.RATING_MEAN, "24h"): 5,
    of(metrics.RATING_MEAN, "7d"): 13 / 4,
    of(metrics.RATING_MEAN, "28d"): 18 / 5,
    of(metrics.RATING_MEAN, "30d"): 22 / 6,
    # ann, bob and cat. Eve alone used config_profiles, nobody is known with telemetry_export.
    of(metrics.FEATURE_USERS, "shell_integration", "7d"): 3,
    of(metrics.FEATURE_USERS, "safety_override", "7d"): 0,
    # 10, 20, 30, 40, 50: the mean and the middle one, four fifths and then 96 % of the way from 40 to 50.
    of(metrics.RESPONSE_SECONDS, "simple", "mean", "7d"): 0.030,
    of(metrics.RESPONSE_SECONDS, "simple", "median", "7d"): 0.030,
    of(metrics.RESPONSE_SECONDS, "simple", "p95", "7d"): 0.048,
    of(metrics.RESPONSE_SECONDS, "simple", "p99", "7d"): 0.0496,
    of(metrics.RESPONSE_SECONDS, "medium", "mean", "7d"): 0.200,
    of(metrics.RESPONSE_SECONDS, "medium", "median", "7d"): 0.200,
    of(metrics.RESPONSE_SECONDS, "medium", "p95", "7d"): 0.290,
    of(metrics.RESPONSE_SECONDS, "medium", "p99", "7d"): 0.298,
    # 10, 20, 30, 40 MB: between the two in the middle, 85 % and then 97 % of the way from 30 to 40.
    of(metrics.MEMORY_BYTES, "mean", "7d"): 25_000_000,
    of(metrics.MEMORY_BYTES, "median", "7d"): 25_000_000,
    of(metrics.MEMORY_BYTES, "p95", "7d"): 38_500_000,
    of(metrics.MEMORY_BYTES, "p99", "7d"): 39_700_000,
    of(metrics.NEWEST_EVENT, "downloads"): when("1d", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "command_generated"): when("1h", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "command_feedback"): when("10h", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "command_generation_error"): when("5h", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "crashes"): when("1d", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "sessions"): when("12h", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "satisfaction_survey"): when("1d", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "feature_used"): when("1h", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "command_generation_latency"): when("1d", NOW).timestamp(),
    of(metrics.NEWEST_EVENT, "memory_usage"): when("1h", NOW).timestamp(),
    # A clock that is four minutes fast is none of the future.
    **{of(metrics.FUTURE_EVENTS, table): 0 for table in TABLES},
    of(metrics.FUTURE_EVENTS, "downloads"): 1,
    of(metrics.FUTURE_EVENTS, "command_generated"): 1,
    **{of(metrics.REFUSED_WORDS, table, column): 0 for table, column in CLEAN},
    of(metrics.REFUSED_WORDS, "command_generated", "category"): 1,
    of(metrics.REFUSED_WORDS, "command_generation_error", "error_type"): 1,
    of(metrics.REFUSED_WORDS, "feature_used", "feature"): 1,
    of(metrics.REFUSED_WORDS, "command_generation_latency", "query_complexity"): 1,
    of(metrics.REFUSED_NUMBERS, "command_generated", "retries"): 0,
    of(metrics.REFUSED_NUMBERS, "satisfaction_survey", "rating"): 2,
    of(metrics.REFUSED_NUMBERS, "command_generation_latency", "duration_ms"): 2,
    of(metrics.REFUSED_NUMBERS, "memory_usage", "memory_kb"): 1,
}


@pytest.fixture(params=FORMS)
def beta(request: pytest.FixtureRequest, tmp_path: Path, postgres: Postgres) -> Iterator[Beta]:
    """An empty warehouse, once in each form."""
    with new_beta(FORMS[request.param], tmp_path, postgres) as beta:
        yield beta


def test_every_figure_is_what_one_reckons_by_hand(beta: Beta, tmp_path: Path) -> None:
    beta.insert(small_beta(NOW))
    assert beta.figures(tmp_path / "state", **SMALL_BETA) == pytest.approx(TRUTH)


def test_every_metric_is_reckoned() -> None:
    declared = {metric.name for topic in metrics.TOPICS for metric in topic.metrics}
    assert {name for name, *_ in TRUTH} == declared


def test_a_second_refresh_says_the_same(beta: Beta, tmp_path: Path) -> None:
    beta.insert(small_beta(NOW))
    assert beta.figures(tmp_path / "state", **SMALL_BETA) == beta.figures(tmp_path / "state", **SMALL_BETA)


def test_events_that_come_two_days_late_count_as_if_they_had_not(beta: Beta, tmp_path: Path) -> None:
    events, two_days_ago = small_beta(NOW), when("2d", NOW)
    beta.insert({table: [row for row in rows if row["timestamp"] < two_days_ago] for table, rows in events.items()})
    before = beta.figures(tmp_path / "state", **SMALL_BETA)
    beta.insert({table: [row for row in rows if row["timestamp"] >= two_days_ago] for table, rows in events.items()})
    assert before[of(metrics.TOTAL_COMMANDS, "7d")] == 12
    assert beta.figures(tmp_path / "state", **SMALL_BETA) == pytest.approx(TRUTH)
