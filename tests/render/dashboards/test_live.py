"""Every panel of every dashboard shows something over four weeks of history in a real Prometheus."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from exporter.render.projects import shipped_projects
from support.boards import Answered, Query, Refused, Values, answer, queries, variables
from support.history import history, launched
from support.plain_catalog import PLAIN
from support.programs import Prometheus, eventually
from support.rendered import SHIPPED, Board, boards_of

NOW = datetime.now(UTC).replace(microsecond=0)
"""Prometheus knows no other time."""
DAYS = 32
"""Four weeks, and some days more, so that growth within a month is known."""
START = NOW - timedelta(days=DAYS)

EMPTY: Mapping[tuple[str, str], str] = {
    ("kpi-detail", "Alerts that fire"): "the first KPI of the first project is in order",
    ("kpi-exporter", "Memory of the exporter"): "the exporter of this history is a page without a process",
    ("kpi-exporter", "Failures in Prometheus and Alertmanager"): "nothing failed",
    ("kpi-public-aux", "Tutorial completion"): "nobody has entered a figure",
    ("kpi-public-aux", "Tutorial completion over time"): "nobody has entered a figure",
    ("kpi-public-aux", "Conference mentions"): "nobody has entered a figure",
    ("kpi-public-aux", "Conference mentions over time"): "nobody has entered a figure",
}
"""Panels without data in this history, by dashboard and title, with the reason why that is in order."""
SOMETIMES: Mapping[tuple[str, str], str] = {
    (
        "kpi-exporter",
        "Duration of rules",
    ): "this Prometheus runs for less than the distance of two points; one may be now",
}
"""Those that may have data or not."""
FAILING = 'ALERTS{alertname="KpiExporterSourceDown",alertstate="firing"}'
"""The alert on the source that fails: the last to fire."""
VERDICTS = {"Above target", "Ahead of target", "Behind target", "Below target", "On target"}

Answers = Sequence[tuple[Query, Answered]]


@pytest.fixture(scope="module")
def boards() -> Mapping[str, Board]:
    """The dashboards of the projects that the history is of."""
    return boards_of(launched(NOW))


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """One for all tests of this file."""
    with history(tmp_path_factory.mktemp("dashboards"), NOW, DAYS) as server:
        eventually(partial(server.value, f"count({FAILING})"), bool)
        yield server


def chosen(prometheus: Prometheus, board: Board) -> Values:
    """The choices of a dashboard as it opens."""
    return variables(prometheus, board.json, START, NOW)


def answers(prometheus: Prometheus, board: Board) -> Mapping[str, Answers]:
    """What each query of a dashboard gives, by number and title of its panel."""
    values = chosen(prometheus, board)
    return {
        f"{panel['id']} {panel['title']}": [
            (query, answer(prometheus, query, START, datetime.now(UTC), values)) for query in queries({"panels": [panel]})
        ]
        for panel in board.panels
        if panel.get("targets")
    }


def test_the_history_is_of_the_dashboards_that_ship(boards: Mapping[str, Board]) -> None:
    assert boards.keys() == SHIPPED.keys()
    assert {project.name for project in launched(NOW)} == {project.name for project in shipped_projects()}


@pytest.mark.parametrize("uid", SHIPPED)
def test_every_choice_has_something_to_choose(prometheus: Prometheus, boards: Mapping[str, Board], uid: str) -> None:
    values = chosen(prometheus, boards[uid])
    assert [name for name, value in values.items() if not value] == []
    assert values.keys() == {variable["name"] for variable in boards[uid].variables if variable["type"] == "query"}


@pytest.mark.parametrize("uid", SHIPPED)
def test_every_panel_shows_something(prometheus: Prometheus, boards: Mapping[str, Board], uid: str) -> None:
    """And no query is refused."""
    found = answers(prometheus, boards[uid])
    empty = {panel.partition(" ")[2] for panel, given in found.items() if not any(one.points for _, one in given)}
    assert empty - {title for board, title in SOMETIMES if board == uid} == {title for board, title in EMPTY if board == uid}
    assert len(found) == sum(bool(panel.get("targets")) for panel in boards[uid].panels)


@pytest.mark.parametrize("uid", SHIPPED)
def test_whoever_gives_a_verdict_gives_one(prometheus: Prometheus, boards: Mapping[str, Board], uid: str) -> None:
    """A figure with a target is ahead of it, on it or behind it, and never two of these."""
    found = answers(prometheus, boards[uid])
    for panel in boards[uid].panels:
        names = [target["legendFormat"] for target in panel.get("targets", ())]
        if not VERDICTS & set(names):
            continue
        given = found[f"{panel['id']} {panel['title']}"]
        known = {name for name, (_, one) in zip(names, given, strict=True) if one.points}
        assert len(VERDICTS & known) == ("Target" in known or "Target" not in names), panel["title"]


def test_some_figures_are_ahead_of_their_targets_and_some_behind(prometheus: Prometheus, boards: Mapping[str, Board]) -> None:
    """So that what stands above tells something."""
    said = set()
    for board in boards.values():
        for panel, given in zip(
            (one for one in board.panels if one.get("targets")), answers(prometheus, board).values(), strict=True
        ):
            names = [target["legendFormat"] for target in panel["targets"]]
            said |= {name for name, (_, one) in zip(names, given, strict=True) if name in VERDICTS and one.points}
    assert {"Ahead of target", "Behind target", "On target", "Below target", "Above target"} == said


@pytest.mark.parametrize("uid", PLAIN)
def test_no_query_is_refused_whatever_projects_and_segments_are_called(prometheus: Prometheus, uid: str) -> None:
    found = answers(prometheus, PLAIN[uid])
    assert all(found.values())


def test_a_query_that_is_refused_is_noticed(prometheus: Prometheus, boards: Mapping[str, Board]) -> None:
    board = boards["kpi-leadership"]
    with pytest.raises(Refused, match="parse error"):
        answer(prometheus, Query("broken", "A", "sum by (project", True), START, NOW, chosen(prometheus, board))
