"""KPIs of work: how issues, pull requests and bugs are handled. Pure."""

from exporter.starter.catalog.parts import Entry, alert_prefix
from exporter.starter.known import Known
from exporter.starter.targets import rounded_up

__all__ = ["bug_fix_time", "first_response_time", "first_review_time", "open_bugs", "open_issues", "pr_acceptance_rate"]

_FEW_ISSUES = 5
"""As many open issues as any project may have."""


def first_response_time(known: Known) -> Entry:
    """How soon issues are answered."""
    text = f"""\
  - id: first_response_time
    title: First response time
    definition: Median time from an issue to the first comment by another person, over the issues of the last 30 days.
    unit: seconds
    direction: down
    tier: kpi
    category: maintenance
    value: {{metric: github_issue_first_response_seconds, where: {{statistic: median}}}}
    targets: [{{at_most: 86400, note: A day.}}]
    alerts:
      - name: {alert_prefix(known.project)}FirstResponseSlow
        priority: P1
        when: {{above_target: 2}}
        for: 1h
        action: Answer the issues that wait, the oldest first, if only to say when somebody will look.
"""
    return Entry("maintenance", text)


def open_issues(known: Known) -> Entry:
    """The backlog of issues, which should not grow."""
    today = known.open_issues
    if today is None:
        target = "    # targets: [{at_most: …}]   # how many are open today could not be looked up\n"
    else:
        target = f"    targets: [{{at_most: {rounded_up(max(today, _FEW_ISSUES))}, note: No more than when this began.}}]\n"
    text = f"""\
  - id: open_issues
    title: Open issues
    definition: Issues that are open, without pull requests.
    unit: count
    direction: down
    tier: supporting
    category: maintenance
    value: {{metric: github_issues_open}}
{target}\
"""
    return Entry("maintenance", text)


def pr_acceptance_rate(known: Known) -> Entry:
    """How many pull requests end in a merge."""
    text = f"""\
  - id: pr_acceptance_rate
    title: Pull request acceptance
    definition: Of the pull requests of people that were closed in the last 30 days, the share that was merged.
    unit: ratio
    direction: up
    tier: supporting
    category: maintenance
    value:
      ratio:
        - {{metric: github_pull_requests_newly_closed, where: {{author: human, outcome: merged}}}}
        - {{metric: github_pull_requests_newly_closed, where: {{author: human}}}}
    targets: [{{at_least: 0.7}}]
    alerts:
      - name: {alert_prefix(known.project)}PullRequestsDeclined
        priority: P3
        when: {{below: 0.4}}
        for: 1d
        action: See why they were declined, and say in the guide for contributors what is wanted.
"""
    return Entry("maintenance", text)


def first_review_time(known: Known) -> Entry:
    """How soon pull requests are looked at."""
    text = f"""\
  - id: first_review_time
    title: First review time
    definition: Median time from a pull request to the first review or comment by another person, over those of the last 30 days.
    unit: seconds
    direction: down
    tier: supporting
    category: maintenance
    value: {{metric: github_pull_request_first_review_seconds, where: {{statistic: median}}}}
    targets: [{{at_most: 172800, note: Two days.}}]
    alerts:
      - name: {alert_prefix(known.project)}FirstReviewSlow
        priority: P2
        when: {{above_target: 2}}
        for: 1d
        action: Share out the pull requests that wait, and take more reviewers where there are too many.
"""
    return Entry("maintenance", text)


def open_bugs(known: Known) -> Entry:
    """Open bugs by priority, the first of which stops a release."""
    prefix = alert_prefix(known.project)
    text = f"""\
  # The labels that mark bugs and their priorities stand in the configuration.
  - id: open_bugs
    title: Open bugs
    definition: Open issues that are labelled as bugs, in all and by priority.
    unit: count
    direction: down
    tier: kpi
    category: quality
    value: {{metric: github_issues_open, where: {{kind: bug}}, by: priority}}
    segments:
      - {{name: P0, targets: [{{at_most: 0}}]}}
      - {{name: P1, targets: [{{at_most: 2}}]}}
    open: [priority]
    alerts:
      - name: {prefix}CriticalBugOpen
        priority: P0
        when: {{above: 0}}
        segments: [P0]
        action: Stop the release, and find somebody who fixes the bug now.
        escalate: {{after: 4h, channels: [pagerduty, email-team]}}
      - name: {prefix}SevereBugsPileUp
        priority: P1
        when: {{above_target: 1}}
        segments: [P1]
        for: 1h
        action: Decide today which of these bugs is fixed first, and by whom.
"""
    return Entry("quality", text)


def bug_fix_time(known: Known) -> Entry:
    """How long bugs stay open."""
    text = f"""\
  - id: bug_fix_time
    title: Time to fix a bug
    definition: Median time from the report of a bug to its closing, over the bugs closed in the last 90 days.
    unit: seconds
    direction: down
    tier: supporting
    category: quality
    window: 90d
    value: {{metric: github_bug_fix_seconds, where: {{window: 90d, statistic: median}}}}
    targets: [{{at_most: 1209600, note: Two weeks.}}]
    alerts:
      - name: {alert_prefix(known.project)}BugFixesSlow
        priority: P3
        when: {{above_target: 2}}
        for: 1d
        action: Close the bugs that nobody will fix, and plan time for the oldest of the others.
"""
    return Entry("quality", text)
