"""Rows of panels become places on the grid, numbers and letters."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.render.dashboards import dashboard_files
from exporter.render.dashboards.model import COLUMNS, Dashboard, Panel, Query, Row, Variable
from exporter.render.projects import shipped_projects
from exporter.render.rules import Links
from support.boards import panels as flat
from support.conventions.panels import overlap
from support.plain_catalog import PROJECTS

PANELS = st.builds(
    Panel, kind=st.just("stat"), title=st.text("ab", max_size=3), width=st.integers(1, COLUMNS), height=st.integers(1, 20)
)
FILLED = st.lists(PANELS, min_size=1, max_size=8)
ROWS = st.lists(
    st.builds(Row, FILLED) | st.builds(Row, FILLED, title=st.sampled_from(("Now", "Past")), collapsed=st.booleans()), max_size=6
)


def panel(width: int = 8, height: int = 4, **fields: Any) -> Panel:
    return Panel(kind="stat", title="", width=width, height=height, **fields)


def dashboard(*rows: Row, **fields: Any) -> dict[str, Any]:
    return dict(Dashboard(uid="kpi-sample", title="Sample", question="What is it?", rows=rows, **fields).json())


def places(*rows: Row) -> list[tuple[str, int, int, int, int]]:
    """The type of each panel that is seen, and where it lies: x, y, width and height."""
    listed = ((shown["type"], shown["gridPos"]) for shown in dashboard(*rows)["panels"])
    return [(kind, at["x"], at["y"], at["w"], at["h"]) for kind, at in listed]


def test_panels_stand_side_by_side_as_high_as_the_highest_of_them() -> None:
    assert places(Row([panel(6, 3), panel(10, 4)])) == [("stat", 0, 0, 6, 4), ("stat", 6, 0, 10, 4)]


def test_a_panel_without_room_begins_a_line_below_the_highest() -> None:
    found = places(Row([panel(12, 3), panel(12, 5), panel(8, 2)]), Row([panel(24, 1)]))
    assert [place[1:3] for place in found] == [(0, 0), (12, 0), (0, 5), (0, 7)]


def test_a_heading_takes_a_line_of_its_own() -> None:
    assert places(Row([panel()], "Now")) == [("row", 0, 0, 24, 1), ("stat", 0, 1, 8, 4)]


def test_a_collapsed_row_carries_its_panels() -> None:
    (heading,) = dashboard(Row([panel(), panel()], "Past", collapsed=True))["panels"]
    assert [shown["gridPos"]["x"] for shown in heading["panels"]] == [0, 8]
    assert (heading["collapsed"], heading["gridPos"]["y"]) == (True, 0)


@given(ROWS)
def test_no_panel_lies_on_another_or_beyond_the_grid(rows: list[Row]) -> None:
    """Neither while rows are folded nor after they were opened."""
    found = dashboard(*rows)["panels"]
    opened = [shown["gridPos"] for row in found for shown in (row, *row.get("panels", ()))]
    assert all(at["x"] >= 0 and at["x"] + at["w"] <= COLUMNS and min(at["w"], at["h"]) > 0 for at in opened)
    assert not any(overlap(a, b) for index, a in enumerate(opened) for b in opened[index + 1 :])


@given(ROWS)
def test_panels_keep_their_order_and_each_line_begins_on_the_left(rows: list[Row]) -> None:
    found = list(flat(dashboard(*rows)))
    assert [shown["title"] for shown in found] == [one.title for row in rows for one in row.panels]
    spots = [(shown["gridPos"]["y"], shown["gridPos"]["x"]) for shown in found]
    assert spots == sorted(spots)
    assert all(right or below > above for (above, _), (below, right) in pairwise(spots))


@given(ROWS)
def test_every_panel_and_heading_has_a_number_of_its_own_in_reading_order(rows: list[Row]) -> None:
    found = [shown["id"] for row in dashboard(*rows)["panels"] for shown in (row, *row.get("panels", ()))]
    assert found == list(range(1, len(found) + 1))


@given(ROWS)
def test_a_folded_row_has_the_places_and_numbers_that_it_has_open(rows: list[Row]) -> None:
    open_rows = [Row(row.panels, row.title) for row in rows]

    def spots(*shown: Row) -> list[Any]:
        return [(one["id"], one["gridPos"]) for one in flat(dashboard(*shown))]

    assert spots(*rows) == spots(*open_rows)


@given(ROWS)
def test_headings_hold_their_panels_only_where_they_are_folded(rows: list[Row]) -> None:
    headings = [shown for shown in dashboard(*rows)["panels"] if shown["type"] == "row"]
    titled = [row for row in rows if row.title]
    assert [(one["title"], one["collapsed"], len(one["panels"])) for one in headings] == [
        (row.title, row.collapsed, len(row.panels) if row.collapsed else 0) for row in titled
    ]


def test_queries_are_called_by_letters_in_their_order() -> None:
    shown = panel(queries=[Query(f"a{number}") for number in range(28)])
    (found,) = dashboard(Row([shown]))["panels"]
    letters = [target["refId"] for target in found["targets"]]
    assert (letters[:3], letters[25:]) == (["A", "B", "C"], ["Z", "AA", "AB"])


def test_a_query_is_asked_once_or_over_time() -> None:
    (found,) = dashboard(Row([panel(queries=[Query("a"), Query("b", "B", over_time=True, every="1d")])]))["panels"]
    assert [(one["instant"], one["range"], one["interval"]) for one in found["targets"]] == [
        (True, False, ""),
        (False, True, "1d"),
    ]


def test_a_panel_without_queries_asks_nobody() -> None:
    (found,) = dashboard(Row([panel()]))["panels"]
    assert {"datasource", "fieldConfig", "targets"} & found.keys() == set()


def test_a_page_with_a_data_source_of_its_own_offers_no_choice() -> None:
    shown = dashboard(Row([panel(queries=[Query("a")])]), datasource="prometheus-public")
    (found,) = shown["panels"]
    assert shown["templating"]["list"] == []
    assert found["datasource"]["uid"] == found["targets"][0]["datasource"]["uid"] == "prometheus-public"


def test_a_choice_of_several_begins_with_all() -> None:
    shown = dashboard(variables=[Variable("project", "Project", "label_values(up, project)", multiple=True)])
    _, found = shown["templating"]["list"]
    assert (found["allValue"], found["current"]["value"], found["multi"]) == (".*", ["$__all"], True)


@pytest.mark.parametrize("projects", [shipped_projects(), PROJECTS], ids=["shipped", "plain"])
def test_rendering_twice_gives_the_same_text(projects: Any) -> None:
    assert dashboard_files(projects, Links()) == dashboard_files(projects, Links())


def test_the_text_of_a_file_is_sorted_and_can_be_compared_line_by_line() -> None:
    for path, text in dashboard_files(shipped_projects(), Links()).items():
        assert text == json.dumps(json.loads(text), indent=2, sort_keys=True, ensure_ascii=False) + "\n", path
