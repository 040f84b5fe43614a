"""The dashboard of cohorts."""

from dataclasses import replace
from typing import Any

from exporter.render.dashboards.cohorts import cohorts_dashboard
from exporter.render.projects import Project, shipped_projects
from support.boards import panels, queries
from support.promql import matched_values, selectors

PROJECTS = {project.name: project for project in shipped_projects()}


def board(*projects: Project) -> dict[str, Any]:
    dashboard = cohorts_dashboard(projects)
    assert dashboard is not None
    return dict(dashboard.json())


def test_only_projects_that_measure_retention_by_telemetry_have_a_row() -> None:
    rows = [panel["title"] for panel in board(*PROJECTS.values())["panels"] if panel["type"] == "row"]
    assert rows == ["caro"]


def test_without_such_a_project_there_is_no_dashboard() -> None:
    assert cohorts_dashboard([PROJECTS["aux"], PROJECTS["bolt"]]) is None


def test_it_asks_for_the_project_by_the_name_that_it_goes_by() -> None:
    asked = [one for query in queries(board(replace(PROJECTS["caro"], name="mine"))) for one in selectors(query.expression)]
    assert {name for one in asked for name in matched_values(one, "project")} == {"mine"}


def test_the_triangle_divides_each_week_by_the_first() -> None:
    triangle = next(panel for panel in panels(board(PROJECTS["caro"])) if panel["type"] == "table")
    users, *first = selectors(triangle["targets"][0]["expr"])
    assert {users.name, *(one.name for one in first)} == {"telemetry_cohort_users"}
    assert [matched_values(one, "week") for one in (users, *first)] == [set(), {"0"}, {"0"}]


def test_weeks_are_numbers_before_they_become_columns() -> None:
    """As words 10 would stand before 2."""
    triangle = next(panel for panel in panels(board(PROJECTS["caro"])) if panel["type"] == "table")
    steps = [step["id"] for step in triangle["transformations"]]
    assert steps.index("convertFieldType") < steps.index("sortBy") < steps.index("groupingToMatrix")


def test_each_week_of_life_has_a_line_and_each_target_one_in_its_colour() -> None:
    over_time = next(panel for panel in panels(board(PROJECTS["caro"])) if panel["type"] == "timeseries")
    names = [target["legendFormat"] for target in over_time["targets"]]
    assert names == ["Week 1", "Week 2", "Week 3", "Week 4", "Week 1: target", "Week 2: target", "Week 4: target"]
    colours = {
        override["matcher"]["options"]: override["properties"][0]["value"]["fixedColor"]
        for override in over_time["fieldConfig"]["overrides"]
    }
    assert all(colours[name] == colours[name.removesuffix(": target")] for name in names)
    assert len(set(colours.values())) == 4
