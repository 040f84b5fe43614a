"""Segments: which rows a KPI has, in which order, and what is in them."""

from datetime import date

from exporter.errors import Reason
from exporter.kpi.segments import UNDECLARED_LIMIT
from support.kpi import NOW, entered, kpi, part, row_of, rows_of, sample, snapshot


def bugs(**fields):
    return kpi("bugs", **{"value": {"metric": "open_bugs", "by": "priority"}, **fields})


def facts(*pairs):
    return snapshot(part(*(sample("open_bugs", value, priority=priority) for priority, value in pairs)))


def values(rows):
    return {segment: row.value for (_, segment), row in rows.items()}


def test_total_then_declared_then_undeclared_by_name():
    """P0 and P2 are declared, in this order; the label is open, so P1 and P3 follow."""
    declared = bugs(segments=[{"name": "P2"}, {"name": "P0"}], open=["priority"])
    rows = rows_of(declared, facts(("P3", 3), ("P1", 1), ("P0", 0), ("P2", 2)))
    assert list(values(rows).items()) == [("", 6), ("P2", 2), ("P0", 0), ("P1", 1), ("P3", 3)]


def test_a_declared_segment_without_data_has_a_row_without_value():
    row = row_of(bugs(segments=[{"name": "P0"}, {"name": "P9"}]), facts(("P0", 1)), segment="P9")
    assert (row.value, row.why) == (None, 'github has no open_bugs{priority="P9"}')


def test_undeclared_values_have_no_row_where_the_label_is_closed():
    assert values(rows_of(bugs(segments=[{"name": "P0"}]), facts(("P0", 1), ("P1", 2)))) == {"": 3, "P0": 1}


def test_without_declared_segments_every_value_is_one():
    assert values(rows_of(bugs(), facts(("P1", 2), ("P0", 1)))) == {"": 3, "P0": 1, "P1": 2}


def test_undeclared_segments_are_capped_by_name():
    names = [f"v{number:03}" for number in range(UNDECLARED_LIMIT + 5)]
    rows = rows_of(bugs(), facts(*((name, 1) for name in reversed(names))))
    assert list(values(rows)) == ["", *names[:UNDECLARED_LIMIT]]
    assert rows["bugs", ""].value == UNDECLARED_LIMIT + 5


def test_total_false_leaves_out_the_figure_over_all():
    rows = rows_of(bugs(value={"metric": "open_bugs", "by": "priority", "total": False}), facts(("P0", 1)))
    assert values(rows) == {"P0": 1}


def test_without_a_total_there_is_none_over_other_windows_either():
    value = {"metric": "open_bugs", "where": {"window": "7d"}, "by": "priority", "total": False}
    snap = snapshot(part(sample("open_bugs", 1, priority="P0", window="7d"), sample("open_bugs", 2, priority="P0", window="28d")))
    assert values(rows_of(bugs(value=value, window="7d", targets=[{"at_most": 9, "window": "28d"}]), snap)) == {"P0": 1}


def test_a_kpi_never_vanishes():
    """Without its total and without any segment there is still one row, which says that nothing is known."""
    rows = rows_of(bugs(value={"metric": "open_bugs", "by": "priority", "total": False}), snapshot(part()))
    assert [(row.segment, row.value, row.status, row.why) for row in rows.values()] == [
        ("", None, "no_data", "no segment is known")
    ]


DOWNLOADS = kpi(
    "downloads",
    value={"metric": "downloads", "where": {"window": "7d"}, "by": ["platform", "channel"]},
    segments=[{"name": "linux", "label": "platform"}, {"name": "website", "label": "channel"}],
    open=["channel"],
)
SPLIT = [
    sample("downloads", 6, window="7d", platform="linux", channel="website"),
    sample("downloads", 3, window="7d", platform="linux", channel="linux"),
    sample("downloads", 1, window="7d", platform="macos", channel="other"),
    sample("downloads", 99, window="30d", platform="linux", channel="website"),
]


def test_each_label_splits_the_whole_for_itself():
    assert values(rows_of(DOWNLOADS, snapshot(part(*SPLIT)))) == {"": 10, "linux": 9, "website": 6, "other": 1}


def test_a_segment_name_stands_once():
    """`linux` is a platform already when it comes up among the channels; the first label keeps the name."""
    assert row_of(DOWNLOADS, snapshot(part(*SPLIT)), segment="linux").value == 9


def test_an_empty_label_value_is_no_segment():
    assert values(rows_of(bugs(), facts(("", 2), ("P0", 1)))) == {"": 3, "P0": 1}


def test_a_ratio_splits_each_term_that_has_the_label():
    """Errors are told apart by kind, commands are not: each kind is held against all commands."""
    errors = kpi("errors", value={"ratio": [{"metric": "errors"}, {"metric": "commands"}], "by": "kind"})
    snap = snapshot(part(sample("errors", 3, kind="timeout"), sample("errors", 1, kind="parse"), sample("commands", 100)))
    assert values(rows_of(errors, snap)) == {"": 0.04, "parse": 0.01, "timeout": 0.03}


def test_a_segment_that_no_fact_tells_of_has_no_value():
    """All commands are known, but nothing is about timeouts; the whole must not pass for them."""
    score = {"weighted": [{"metric": name, "weight": 1, "worst": 0, "best": 100} for name in ("errors", "commands")]}
    errors = kpi("errors", value={**score, "by": "kind"}, segments=[{"name": "timeout"}])
    only_commands = snapshot(part(sample("commands", 100)), declared=["errors"])
    other_kind = snapshot(part(sample("commands", 100), sample("errors", 3, kind="parse")))
    assert values(rows_of(errors, only_commands)) == {"": 100, "timeout": None}
    assert row_of(errors, only_commands, segment="timeout").why == "github has no errors"
    assert row_of(errors, other_kind, segment="timeout").value is None


def test_a_label_that_no_fact_has_is_told():
    row = row_of(bugs(segments=[{"name": "P0"}]), snapshot(part(sample("open_bugs", 4))), segment="P0")
    assert (row.value, row.why) == (None, "no fact has the label priority")


def test_where_on_the_label_itself_leaves_the_other_segments_empty():
    urgent = bugs(
        value={"metric": "open_bugs", "where": {"priority": "P0"}, "by": "priority"}, segments=[{"name": "P0"}, {"name": "P1"}]
    )
    assert values(rows_of(urgent, facts(("P0", 1), ("P1", 2)))) == {"": 1, "P0": 1, "P1": None}


def test_a_failed_repository_takes_only_its_own_segment_away():
    stars = kpi("stars", value={"metric": "repo_stars", "by": "repository"}, segments=[{"name": "a"}, {"name": "b"}])
    snap = snapshot(part(sample("repo_stars", 5), repository="a"), part(repository="b", failure=Reason.NOT_FOUND))
    assert values(rows_of(stars, snap)) == {"": None, "a": 5, "b": None}
    assert row_of(stars, snap, segment="b").why == "github: b could not be read (not_found)"


WINDOWS = [
    {"at_least": 200},
    {"at_least": 570, "window": "28d"},
    {"at_least": 50, "window": "1d"},
    {"at_least": 9, "window": "7d"},
]


def test_targets_for_other_windows_have_rows_of_their_own():
    """The target for 7d is for the KPI's own window, and belongs to the row without segment."""
    downloads = kpi("downloads", window="7d", value={"metric": "downloads", "where": {"window": "7d"}}, targets=WINDOWS)
    snap = snapshot(
        part(*(sample("downloads", value, window=window) for window, value in (("1d", 52), ("7d", 350), ("28d", 400))))
    )
    rows = rows_of(downloads, snap)
    assert [(row.segment, row.value, row.target, row.status) for row in rows.values()] == [
        ("", 350, 200, "on_target"),
        ("1d", 52, 50, "on_target"),
        ("28d", 400, 570, "behind"),
    ]


def test_a_window_is_replaced_in_every_term_that_has_one():
    per_user = kpi(
        "per_user",
        window="7d",
        value={"ratio": [{"metric": name, "where": {"window": "7d"}} for name in ("commands", "users")]},
        targets=[{"at_least": 8, "window": "28d"}],
    )
    snap = snapshot(part(*(sample(name, value, window="28d") for name, value in (("commands", 90), ("users", 10)))))
    assert values(rows_of(per_user, snap)) == {"": None, "28d": 9}


def test_a_term_without_window_stays_whole():
    per_star = kpi(
        "per_star",
        window="7d",
        value={"ratio": [{"metric": "commands", "where": {"window": "7d"}}, {"metric": "stars"}]},
        targets=[{"at_least": 8, "window": "28d"}],
    )
    snap = snapshot(part(sample("commands", 20, window="7d"), sample("commands", 90, window="28d"), sample("stars", 10)))
    assert values(rows_of(per_star, snap)) == {"": 2, "28d": 9}


def test_a_window_reaches_through_other_kpis():
    """commands over 28 days ÷ users over 28 days; what has no figure for 28 days gives none."""
    target = [{"at_least": 1, "window": "28d"}]
    commands = kpi("commands", window="7d", value={"metric": "commands", "where": {"window": "7d"}}, targets=target)
    users = kpi("users", window="7d", value={"metric": "users", "where": {"window": "7d"}}, targets=target)
    bare = kpi("users", window="7d", value={"metric": "users", "where": {"window": "7d"}})
    per_user = kpi("per_user", window="7d", value={"ratio": [{"kpi": "commands"}, {"kpi": "users"}]}, targets=target)
    snap = snapshot(
        part(*(sample(name, value, window=window) for name, window, value in (
            ("commands", "7d", 20), ("commands", "28d", 90), ("users", "7d", 5), ("users", "28d", 10),
        )))
    )  # fmt: skip
    rows = rows_of([per_user, commands, users], snap)
    assert (rows["per_user", ""].value, rows["per_user", "28d"].value) == (4, 9)
    rows = rows_of([per_user, commands, bare], snap)
    assert (rows["per_user", ""].value, rows["per_user", "28d"].value) == (4, None)
    assert rows["per_user", "28d"].why == "users 28d has no value"


def test_a_figure_without_window_is_none_over_another():
    stars = kpi("stars", value={"metric": "repo_stars"}, targets=[{"at_least": 5, "window": "28d"}])
    row = row_of(stars, snapshot(part(sample("repo_stars", 9))), segment="28d")
    assert (row.value, row.target, row.why) == (None, 5, "no source gives it over 28d")


def test_windows_come_last_and_keep_their_name():
    """A label value called like a window does not push the window out."""
    odd = bugs(targets=[{"at_most": 1, "window": "28d"}])
    rows = rows_of(odd, facts(("28d", 1), ("P0", 1), ("z", 1)))
    assert list(values(rows).items()) == [("", 3), ("P0", 1), ("z", 1), ("28d", None)]


def test_segments_have_their_own_targets():
    rows = rows_of(bugs(targets=[{"at_most": 17}], segments=[{"name": "P0", "targets": [{"at_most": 0}]}]), facts(("P0", 1)))
    assert [(row.segment, row.target, row.status) for row in rows.values()] == [("", 17, "on_target"), ("P0", 0, "behind")]


DAY = date(2026, 1, 20)


def test_a_figure_fills_in_where_the_source_gives_nothing():
    snap = snapshot(part(sample("open_bugs", 4, priority="P0")))
    rows = rows_of(bugs(segments=[{"name": "P0"}, {"name": "P1"}]), snap, entered(DAY, bugs__P0=9, bugs__P1=2))
    assert [(row.value, row.source) for row in rows.values()] == [(4, "github"), (4, "github"), (2, "manual")]
    assert rows["bugs", "P1"].time.date() == DAY
    assert rows["bugs", "P1"].why == ""


def test_a_figure_fills_in_while_a_source_cannot_be_read():
    failed = snapshot(part(failure=Reason.AUTH), declared=["open_bugs"])
    assert row_of(bugs(), failed, entered(DAY, bugs=7)).value == 7


def test_a_figure_fills_in_for_a_window():
    downloads = kpi("downloads", window="7d", targets=WINDOWS)
    assert values(rows_of(downloads, entered(DAY, downloads=350, downloads__28d=400))) == {"": 350, "1d": None, "28d": 400}


def test_a_kpi_that_only_people_know_has_no_value_before_they_enter_one():
    row = row_of(kpi("awards"), snapshot(part(sample("other", 1))))
    assert (row.value, row.status, row.why) == (None, "no_data", "no figure entered")


def test_figures_that_cannot_be_read_are_told():
    failed = snapshot(part(failure=Reason.UNREADABLE), source="manual", declared=["manual_figure"])
    assert row_of(kpi("awards"), failed).why == "manual could not be read (unreadable)"


def test_a_figure_without_date_is_none():
    undated = snapshot(part(sample("manual_figure", 5, kpi="awards", segment="")), source="manual")
    assert row_of(kpi("awards"), undated).value is None


def test_figures_come_from_the_source_manual_alone():
    figures = entered(DAY, awards=5)
    forged = snapshot(*figures.parts, source="telemetry")
    assert row_of(kpi("awards"), forged).value is None


def test_people_may_enter_any_segment_of_a_kpi_that_declares_none():
    assert values(rows_of(kpi("awards"), entered(DAY, awards__b=2, awards__a=1))) == {"": None, "a": 1, "b": 2}


def test_entered_segments_are_capped_by_name():
    names = [f"v{number:03}" for number in range(UNDECLARED_LIMIT + 5)]
    rows = rows_of(kpi("awards"), entered(DAY, **{f"awards__{name}": 1 for name in reversed(names)}))
    assert list(values(rows)) == ["", *names[:UNDECLARED_LIMIT]]


def test_people_may_enter_segments_of_an_open_label():
    rows = rows_of(bugs(segments=[{"name": "P0"}], open=["priority"]), facts(("P2", 2)), entered(DAY, bugs__P1=1))
    assert values(rows) == {"": 2, "P0": None, "P1": 1, "P2": 2}


def test_people_may_not_enter_other_segments_of_a_closed_kpi():
    assert values(rows_of(bugs(segments=[{"name": "P0"}]), facts(("P0", 1)), entered(DAY, bugs__P1=1))) == {"": 1, "P0": 1}
    assert values(rows_of(kpi("awards", segments=[{"name": "a"}]), entered(DAY, awards__b=1))) == {"": None, "a": None}


def test_a_segment_may_have_an_origin_of_its_own() -> None:
    posts = kpi(
        "posts",
        segments=[
            {"name": "github", "value": {"sum": [{"metric": "issues"}, {"metric": "comments"}]}},
            {"name": "chat", "value": {"metric": "messages"}},
            {"name": "reddit"},
        ],
    )
    facts = snapshot(part(sample("issues", 2), sample("comments", 5)), declared=["messages"])
    rows = rows_of(posts, facts, entered(NOW.date(), posts__reddit=3))
    assert {segment: row.value for (_, segment), row in rows.items()} == {"": None, "github": 7, "chat": None, "reddit": 3}
    assert {row.source for row in rows.values()} == {None, "github", "manual"}


def test_a_figure_fills_in_for_a_segment_whose_own_origin_gives_nothing() -> None:
    posts = kpi("posts", segments=[{"name": "chat", "value": {"metric": "messages"}}])
    rows = rows_of(posts, snapshot(declared=["messages"]), entered(NOW.date(), posts__chat=3))
    assert rows["posts", "chat"].value == 3


def test_a_list_of_different_figures_has_no_total_unless_something_is_asked_of_it():
    own = [{"name": name, "value": {"metric": "open_bugs", "where": {"priority": name}}} for name in ("P0", "P1")]
    for fields, expected in (
        ({"segments": own}, False),
        ({"segments": own, "targets": [{"at_most": 3}]}, True),
        ({"segments": [*own, {"name": "P2"}]}, True),
        ({}, True),
    ):
        assert kpi("bugs", **fields).has_total == expected
