"""What a catalog may say, close to what it may not."""

import pytest

from support.catalogs import problems_of

HEAD = """
project: acme
launch: 2026-01-15
kpis:
"""
REST = "title: T, definition: D., category: c"


def problems(*kpis: str) -> list[str]:
    return problems_of(HEAD + "".join(f"  - {{{kpi}, {REST}}}\n" for kpi in kpis))


def count(rest: str, id_: str = "a", direction: str = "up") -> str:
    return f"id: {id_}, unit: count, direction: {direction}, tier: kpi, {rest}"


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("seconds", "{metric: downtime_seconds}"),
        ("count", "{metric: downtime_seconds, aggregate: count}"),
        ("seconds", "{metric: manual_figure, where: {kpi: a}}"),
        ("ratio", "{ratio: [{metric: git_contributors}, {metric: discord_members}]}"),
        ("count", "{ratio: [{metric: git_contributors}, {metric: discord_members}]}"),
        ("index", "{ratio: [{metric: git_contributors}, {metric: discord_members}]}"),
        ("score_0_10", "{ratio: [{metric: git_contributors}, {metric: discord_members}]}"),
        ("seconds", "{ratio: [{metric: downtime_seconds}, {metric: discord_members}]}"),
        ("usd", "{ratio: [{metric: manual_figure}, {metric: discord_members}]}"),
        ("seconds", "{difference: [{constant: 86400}, {metric: downtime_seconds}]}"),
        ("index", "{weighted: [{metric: git_contributors, weight: 1, worst: 0, best: 9}]}"),
        ("score_-100_100", "{metric: survey_nps}"),
    ],
)
def test_units_that_fit(unit: str, value: str) -> None:
    assert problems(f"id: a, unit: {unit}, direction: up, tier: kpi, value: {value}") == []


@pytest.mark.parametrize(
    ("unit", "value"),
    [
        ("ratio", "{growth: {kpi: b, over: 30d}}"),
        ("count", "{forecast: {kpi: b, ahead: 180d, over: 90d, scenario: optimistic}}"),
        ("ratio", "{attainment: {kpi: b}}"),
        ("ratio", "{on_target: [c]}"),
        ("ratio", "{on_target: ['*']}"),
        ("index", "{weighted: [{kpi: b, weight: 1, worst: 0, best: 9}]}"),
    ],
)
def test_figures_that_look_at_others(unit: str, value: str) -> None:
    other = count("value: {metric: git_contributors}, targets: [{at_least: 5}]", id_="b")
    assert problems(f"id: a, unit: {unit}, direction: up, tier: kpi, value: {value}", other) == []


def test_a_figure_may_look_at_a_segment_that_the_facts_bring_but_only_one_with_a_target_is_attained() -> None:
    bugs = "value: {metric: github_issues_open, by: priority}, segments: [{name: P0, targets: [{at_most: 5}]}], open: [priority]"
    down = count(bugs, id_="b", direction="down")
    ratio = "id: a, unit: ratio, direction: up, tier: kpi"
    assert problems(f"{ratio}, value: {{growth: {{kpi: b, segment: P7, over: 7d}}}}", down) == []
    assert problems(f"{ratio}, value: {{attainment: {{kpi: b, segment: P0}}}}", down) == []
    assert problems(f"{ratio}, value: {{attainment: {{kpi: b, segment: P7}}}}", down) != []


def test_growth_may_have_targets_for_other_windows() -> None:
    growth = "window: 90d, value: {growth: {kpi: b, over: 90d}}, targets: [{at_least: 0.5}, {at_least: 2, window: 365d}]"
    assert (
        problems(f"id: a, unit: ratio, direction: up, tier: kpi, {growth}", count("value: {metric: git_contributors}", "b")) == []
    )


def test_two_kpis_may_count_targets_of_the_same_category_they_are_in() -> None:
    met = "unit: ratio, direction: up, tier: kpi, value: {on_target: ['*']}, targets: [{at_least: 0.8}]"
    assert problems(f"id: a, {met}", f"id: b, {met}", count("targets: [{at_least: 5}]", id_="d")) == []


def test_segments_with_origins_of_their_own_may_have_units_of_their_own() -> None:
    segments = "segments: [{name: x, unit: ratio, value: {growth: {kpi: b, over: 7d}}}, {name: y, value: {kpi: b}}]"
    assert problems(count(segments), count("value: {metric: git_contributors}", "b")) == []


def test_a_segment_of_another_unit_counts_with_that_unit() -> None:
    parts = count("segments: [{name: x, unit: seconds, targets: [{at_least: 5}]}]", "b")
    assert problems("id: a, unit: seconds, direction: up, tier: kpi, value: {kpi: b, segment: x}", parts) == []
    assert problems(count("value: {kpi: b, segment: x}"), parts) != []


def test_a_label_splits_the_terms_that_have_it_and_leaves_the_others_whole() -> None:
    value = "{ratio: [{metric: github_issues_open, where: {kind: bug}}, {metric: git_contributors}], by: priority}"
    assert problems(count(f"value: {value}")) == []


def test_a_label_may_be_held_in_one_term_and_split_in_another() -> None:
    value = "{ratio: [{metric: github_issues_open, where: {kind: bug}}, {metric: github_issues_open}], by: kind}"
    assert problems(count(f"value: {value}")) == []


def test_an_alert_may_watch_a_segment_that_the_facts_bring() -> None:
    alert = "alerts: [{name: A, priority: P1, action: Act., when: {above: 1}, segments: [P7]}]"
    value = "value: {metric: github_issues_open, by: priority}"
    assert problems(count(f"{value}, {alert}")) == []
    assert problems(count(f"{value}, segments: [{{name: P0}}], open: [priority], {alert}")) == []
    assert problems(count(f"{value}, segments: [{{name: P0}}], {alert}")) != []


def test_an_alert_may_watch_the_row_of_another_window() -> None:
    alert = "alerts: [{name: A, priority: P1, action: Act., when: {below_target: 0.5}, segments: [28d]}]"
    assert problems(count(f"window: 7d, targets: [{{at_least: 5, window: 28d}}], {alert}")) == []


def test_a_kpi_that_people_enter_may_have_segments_and_a_total() -> None:
    alert = "alerts: [{name: A, priority: P1, action: Act., when: {above: 1}}]"
    assert problems(count(f"segments: [{{name: P0}}], {alert}")) == []


def test_a_target_for_another_window_reads_the_metric_over_that_window() -> None:
    value = "value: {metric: package_downloads, where: {window: 7d}}"
    assert problems(count(f"window: 7d, {value}, targets: [{{at_least: 5}}, {{at_least: 9, window: 28d}}]")) == []
    assert problems(count(f"window: 1w, {value}, targets: [{{at_least: 9, window: 28d}}]")) == []


def test_a_target_for_another_window_may_rest_on_other_kpis() -> None:
    targets = "targets: [{at_least: 9, window: 28d}]"
    assert problems(count(f"window: 7d, value: {{sum: [{{kpi: b}}]}}, {targets}"), count("window: 7d", id_="b")) == []


def test_targets_may_stand_in_any_order_of_time() -> None:
    assert (
        problems(count("targets: [{at_least: 3}, {by: 9d after launch, at_least: 2}, {by: 2d after launch, at_least: 1}]")) == []
    )


def test_the_same_day_is_free_for_another_window_and_another_segment() -> None:
    rows = "targets: [{at_least: 5}, {at_least: 9, window: 28d}], segments: [{name: north, targets: [{at_least: 5}]}]"
    assert problems(count(f"window: 7d, {rows}")) == []


def test_growth_may_be_more_than_the_whole() -> None:
    assert problems("id: a, unit: ratio, direction: up, tier: kpi, targets: [{at_least: 3}]") == []


def test_a_limit_may_be_the_target_itself() -> None:
    assert problems(count("targets: [{at_most: 5}], max_allowed: 5", direction="down")) == []
    assert problems(count("targets: [{at_least: 5}], max_allowed: 5")) == []


def test_the_ends_of_a_scale_belong_to_it() -> None:
    score = "unit: score_1_5, tier: kpi"
    assert problems(f"id: a, {score}, direction: up, targets: [{{at_least: 5}}]") == []
    assert problems(f"id: a, {score}, direction: down, targets: [{{at_most: 1}}]") == []


def test_kpis_may_share_a_term() -> None:
    shared = "value: {sum: [{kpi: c}, {kpi: c}]}"
    assert problems(count(shared), count(shared, id_="b"), count("window: 7d", id_="c")) == []


def test_segments_of_two_kpis_may_be_called_alike() -> None:
    assert problems(count("segments: [{name: P0}]"), count("segments: [{name: P0}]", id_="b")) == []
