"""The public dashboards: what they ask for, and that they ask for nothing else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from exporter.render.dashboards.public import public_dashboards
from exporter.render.projects import Project, shipped_projects
from support.boards import panels, queries
from support.catalogs import catalog_of
from support.promql import matched_values, selectors

ROOT = Path(__file__).parents[3]
PROJECTS = {project.name: project for project in shipped_projects()}
BOARDS: dict[str, dict[str, Any]] = {one.uid: dict(one.json()) for one in public_dashboards(list(PROJECTS.values()))}
CARO = BOARDS["kpi-public-caro"]


def test_there_is_a_page_for_each_project_with_public_kpis_and_one_that_lists_them() -> None:
    assert list(BOARDS) == ["kpi-public", "kpi-public-aux", "kpi-public-caro"]
    listed = next(panel for panel in panels(BOARDS["kpi-public"]) if panel["type"] == "dashlist")
    with_tag = [uid for uid, board in BOARDS.items() if set(listed["options"]["tags"]) <= set(board["tags"])]
    assert with_tag == ["kpi-public-aux", "kpi-public-caro"]


def test_without_public_kpis_there_is_no_page() -> None:
    assert public_dashboards([PROJECTS["bolt"]]) == []


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_only_public_series_are_asked_for(board: dict[str, Any]) -> None:
    names = {one.name for query in queries(board) for one in selectors(query.expression)}
    recorded = re.findall(r"record: (kpi:public:\S+)", (ROOT / "prometheus" / "rules" / "kpi.yml").read_text(encoding="utf-8"))
    assert names <= set(recorded)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_nothing_leads_into_the_pages_of_the_team(board: dict[str, Any]) -> None:
    assert (board["templating"]["list"], board["annotations"]["list"], board["links"]) == ([], [], [])
    assert [panel["title"] for panel in panels(board) if panel["links"]] == []
    assert "/d/" not in json.dumps(board)


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_query_names_the_public_data_source(board: dict[str, Any]) -> None:
    named = {target["datasource"]["uid"] for panel in panels(board) for target in panel.get("targets", ())}
    assert named <= {"prometheus-public"}
    assert "$" not in json.dumps(board)


def test_caro_shows_what_its_guide_allows() -> None:
    asked = {kpi for query in queries(CARO) for one in selectors(query.expression) for kpi in matched_values(one, "kpi")}
    assert asked == {"active_weekly_users", "contributors", "discord_members", "downloads", "github_stars"}


def test_downloads_are_bars_each_worth_its_week() -> None:
    """A bar every seven days, of a figure that looks back seven days: nothing is counted twice."""
    panel = next(panel for panel in panels(CARO) if panel["title"] == "Downloads by week")
    assert panel["fieldConfig"]["defaults"]["custom"]["drawStyle"] == "bars"
    assert [target["interval"] for target in panel["targets"]] == ["7d"]
    downloads = PROJECTS["caro"].catalog.kpi("downloads")
    assert downloads is not None
    assert downloads.window is not None
    assert downloads.window.days == 7


def test_targets_and_alerts_are_not_told() -> None:
    told = " ".join(panel["description"] for panel in panels(CARO))
    assert "in the last seven days" in told
    assert not re.search(r"Target:|alert|P[0-3]", told)


def test_a_custom_catalog_gets_its_page() -> None:
    catalog = catalog_of(
        "project: mine\nlaunch: 2026-01-15\nkpis:\n"
        "  - {id: stars, title: Stars, definition: Accounts that starred it., unit: count, direction: up, tier: kpi,\n"
        "     category: community, audience: public, value: {metric: github_repository_stars}}\n"
        "  - {id: nps, title: NPS, definition: Net promoters., unit: score_-100_100, direction: up, tier: kpi,\n"
        "     category: community, value: {metric: survey_nps}}\n"
    )
    _, page = public_dashboards([Project("mine", catalog, {"stars": "github", "nps": "surveys"})])
    asked = {kpi for query in queries(page.json()) for one in selectors(query.expression) for kpi in matched_values(one, "kpi")}
    assert (page.uid, asked) == ("kpi-public-mine", {"stars"})


@pytest.mark.parametrize("board", BOARDS.values(), ids=BOARDS)
def test_every_line_of_panels_is_filled(board: dict[str, Any]) -> None:
    lines: dict[int, int] = {}
    for panel in panels(board):
        lines[panel["gridPos"]["y"]] = lines.get(panel["gridPos"]["y"], 0) + panel["gridPos"]["w"]
    assert set(lines.values()) == {24}
