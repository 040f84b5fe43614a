"""Facts: how samples become the figure of a term, and when they must not."""

from datetime import timedelta

import pytest

from exporter.errors import Reason
from support.kpi import NOW, kpi, part, row_of, rows_of, sample, snapshot

STARS = kpi(value={"metric": "repo_stars"})
THREE = [
    sample("repo_stars", 5, repository="a"),
    sample("repo_stars", 2, repository="b"),
    sample("repo_stars", 2, repository="c"),
]


@pytest.mark.parametrize(("aggregate", "value"), [("sum", 9), ("avg", 3), ("min", 2), ("max", 5), ("count", 3)])
def test_aggregates(aggregate, value):
    assert row_of(kpi(value={"metric": "repo_stars", "aggregate": aggregate}), snapshot(part(*THREE))).value == value


@pytest.mark.parametrize("aggregate", ["sum", "avg", "min", "max", "count"])
def test_no_sample_is_no_value_for_any_aggregate(aggregate):
    row = row_of(kpi(value={"metric": "repo_stars", "aggregate": aggregate}), snapshot(part(), declared=["repo_stars"]))
    assert (row.value, row.why) == (None, "github has no repo_stars")


def test_where_selects_samples_by_all_its_labels():
    samples = [
        sample("downloads", 1, registry="npm", window="7d"),
        sample("downloads", 2, registry="npm", window="30d"),
        sample("downloads", 4, registry="pypi", window="7d"),
    ]
    snap = snapshot(part(*samples))
    assert row_of(kpi(value={"metric": "downloads", "where": {"registry": "npm", "window": "7d"}}), snap).value == 1
    assert row_of(kpi(value={"metric": "downloads", "where": {"window": "7d"}}), snap).value == 5


def test_where_that_matches_nothing_is_told():
    row = row_of(kpi(value={"metric": "repo_stars", "where": {"repository": "z"}}), snapshot(part(*THREE)))
    assert (row.value, row.why) == (None, 'github has no repo_stars{repository="z"}')


def test_a_metric_of_no_configured_source_is_told():
    row = row_of(STARS, snapshot(part(sample("other", 1))))
    assert (row.value, row.why) == (None, "no source gives repo_stars")


def test_facts_of_other_projects_do_not_count():
    row = row_of(STARS, snapshot(part(sample("repo_stars", 5))), snapshot(part(sample("repo_stars", 7)), project="else"))
    assert row.value == 5


def test_sums_are_exact_whatever_the_order():
    """1e16 + 1 − 1e16 is 0 when floats are added one by one."""
    snap = snapshot(part(*(sample("repo_stars", value) for value in (1e16, 1, -1e16))))
    assert row_of(STARS, snap).value == 1


def test_a_sum_beyond_floats_is_no_value():
    row = row_of(STARS, snapshot(part(sample("repo_stars", 1e308), sample("repo_stars", 1e308, repository="b"))))
    assert (row.value, row.why) == (None, "repo_stars is too large to add up")


def test_source_and_time_are_those_of_the_facts_used():
    old, older, oldest = (NOW - timedelta(hours=hours) for hours in (1, 2, 3))
    row = row_of(
        STARS,
        snapshot(part(sample("repo_stars", 1), time=old)),
        snapshot(part(sample("repo_stars", 2), time=older), part(sample("other", 1), time=oldest), source="git"),
    )
    assert (row.value, row.source, row.time) == (3, "git+github", older)


def broken(repository, reason=Reason.NOT_FOUND):
    return part(repository=repository, failure=reason)


def good(repository, *samples):
    return part(*samples or [sample("repo_stars", 5)], repository=repository)


def test_a_part_that_could_not_be_read_takes_the_value_away():
    row = row_of(STARS, snapshot(good("acme/a"), broken("acme/b")))
    assert (row.value, row.why) == (None, "github: acme/b could not be read (not_found)")
    assert (row.source, row.time) == (None, None)


def test_several_such_parts_are_counted():
    row = row_of(STARS, snapshot(broken("acme/c", Reason.TIMEOUT), good("acme/a"), broken("acme/b")))
    assert row.why == "github: acme/b and 1 more could not be read (not_found, timeout)"


def test_a_part_without_labels_is_the_whole_source():
    row = row_of(STARS, snapshot(part(failure=Reason.AUTH), declared=["repo_stars"]))
    assert (row.value, row.why) == (None, "github could not be read (auth)")


def test_two_failed_sources_are_both_told():
    snaps = [snapshot(part(failure=Reason.AUTH), source=source, declared=["repo_stars"]) for source in ("gitlab", "github")]
    assert row_of(STARS, *snaps).why == "github could not be read (auth); gitlab could not be read (auth)"


def test_a_failed_part_with_its_last_good_samples_counts():
    stale = NOW - timedelta(hours=2)
    row = row_of(
        STARS,
        snapshot(
            part(sample("repo_stars", 5), repository="acme/a"),
            part(sample("repo_stars", 2), repository="acme/b", time=stale, failure=Reason.TIMEOUT),
        ),
    )
    assert (row.value, row.time) == (7, stale)


def test_a_part_read_and_empty_takes_nothing_away():
    assert row_of(STARS, snapshot(good("acme/a"), part(repository="acme/b"))).value == 5


def test_a_failed_part_that_where_leaves_out_takes_nothing_away():
    only_a = kpi(value={"metric": "repo_stars", "where": {"repository": "acme/a"}})
    only_b = kpi(value={"metric": "repo_stars", "where": {"repository": "acme/b"}})
    snap = snapshot(good("acme/a"), broken("acme/b"))
    assert row_of(only_a, snap).value == 5
    assert row_of(only_b, snap).why == "github: acme/b could not be read (not_found)"


def test_a_where_on_another_label_leaves_no_failed_part_out():
    bugs = kpi(value={"metric": "bugs", "where": {"priority": "P0"}})
    assert row_of(bugs, snapshot(good("acme/a", sample("bugs", 0, priority="P0")), broken("acme/b"))).value is None


def test_a_failed_part_is_matched_by_every_label_that_where_names():
    """`package` alone would fit the failed part; its channel does not."""
    parts = [
        part(sample("downloads", 3), package="a", channel="beta"),
        part(package="a", channel="stable", failure=Reason.TIMEOUT),
    ]
    beta = kpi(value={"metric": "downloads", "where": {"package": "a", "channel": "beta"}})
    whole = kpi(value={"metric": "downloads", "where": {"package": "a"}})
    assert row_of(beta, snapshot(*parts)).value == 3
    assert row_of(whole, snapshot(*parts)).why == "github: stable a could not be read (timeout)"


def test_a_failed_part_takes_nothing_from_a_metric_without_its_label():
    """Members of an organisation are not counted by repository, so no repository is missing among them."""
    members = kpi(value={"metric": "org_members"})
    assert row_of(members, snapshot(part(sample("org_members", 9)), broken("acme/b"))).value == 9


POOLED = kpi("people", value={"metric": "people"})
COMMITS_OF_A = kpi("commits", value={"metric": "commits", "where": {"repository": "acme/a"}})


def test_what_parts_have_in_common_is_missing_alone():
    """People are counted over all repositories at once, in a part beside them; commits by repository do not miss it."""
    snap = snapshot(
        good("acme/a", sample("commits", 7)),
        broken("acme/b"),
        part(failure=Reason.NOT_FOUND),
        declared=["people"],
    )
    assert row_of(COMMITS_OF_A, snap).value == 7
    assert row_of(POOLED, snap).why == "github: acme/b could not be read (not_found)"


def test_what_parts_have_in_common_outlives_the_failure_of_one():
    snap = snapshot(
        good("acme/a", sample("commits", 7)),
        broken("acme/b"),
        part(sample("people", 3), failure=Reason.NOT_FOUND),
    )
    assert row_of(POOLED, snap).value == 3


def test_a_failed_source_takes_nothing_from_metrics_it_does_not_declare():
    discord = snapshot(part(failure=Reason.AUTH), source="discord", declared=["discord_members"])
    assert row_of(STARS, snapshot(good("acme/a")), discord).value == 5


def test_a_failed_registry_takes_nothing_from_another():
    npm = snapshot(part(sample("downloads", 3, registry="npm"), package="a"), source="npm")
    pypi = snapshot(part(failure=Reason.TIMEOUT), source="pypi", declared=["downloads"])
    of_npm = kpi(value={"metric": "downloads", "where": {"registry": "npm"}})
    of_all = kpi(value={"metric": "downloads"})
    assert row_of(of_npm, npm, pypi).value == 3
    assert row_of(of_all, npm, pypi).why == "pypi could not be read (timeout)"


def test_each_failed_registry_is_told_where_it_is_asked_for():
    failed = [snapshot(part(failure=Reason.TIMEOUT), source=name, declared=["downloads"]) for name in ("npm", "pypi")]
    of_npm, of_all = (
        kpi("npm", value={"metric": "downloads", "where": {"registry": "npm"}}),
        kpi("all", value={"metric": "downloads"}),
    )
    rows = rows_of([of_npm, of_all], *failed)
    assert rows["npm", ""].why == "npm could not be read (timeout)"
    assert rows["all", ""].why == "npm could not be read (timeout); pypi could not be read (timeout)"
