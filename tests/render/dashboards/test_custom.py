"""Whoever writes a catalog and nothing of dashboards gets them all the same, whatever names they choose."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from exporter.catalog import Catalog
from exporter.catalog.layout import Layout
from exporter.catalog.model import Kpi
from exporter.cli import main
from exporter.render.dashboards.figure import Figure
from exporter.render.dashboards.links import project_uid
from exporter.render.projects import Project, shipped_projects
from support.conventions.panels import columns_of, fields_of
from support.conventions.queries import filled
from support.kpi import catalog_of, kpi
from support.plain_catalog import CATALOG, ODD_SEGMENTS, PLAIN, PROJECTS, TEXT
from support.promql import Selector, matched_values, selectors
from support.rendered import SHIPPED, Board, Json, boards_of

CONFIG = """\
projects:
  - {name: first, catalog: plain.yml, sources: {manual: {file: figures.csv}}}
  - {name: second, catalog: plain.yml, sources: {manual: {file: figures.csv}}}
"""
STANDING = {"kpi-cohorts", "kpi-detail", "kpi-exporter", "kpi-leadership", "kpi-public"}
"""The uids of the dashboards that belong to no project."""


def plain(catalog: Catalog, name: str = "plain") -> Mapping[str, Board]:
    """The dashboards of one project."""
    return boards_of([Project(name, catalog, {kpi.id: "manual" for kpi in catalog.kpis})])


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A folder with a configuration of two projects of a catalog."""
    (tmp_path / "plain.yml").write_text(TEXT + "      - {name: north}\n", encoding="utf-8")
    (tmp_path / "kpi-exporter.yml").write_text(CONFIG, encoding="utf-8")
    return tmp_path


def render(folder: Path) -> Mapping[str, Json]:
    """The dashboards that the command writes for the configuration of a folder, by uid."""
    flags = [f"--config.file={folder / 'kpi-exporter.yml'}", f"--into={folder}", "--runbooks.url=https://wiki.example.org/r"]
    done = CliRunner().invoke(main, ["render", "dashboards", *flags])
    assert done.exit_code == 0, done.output
    files = (folder / "grafana").rglob("*.json")
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in files}


def test_every_project_of_a_configuration_has_its_dashboard(own: Path) -> None:
    found = render(own)
    assert {"kpi-leadership", "kpi-detail", "kpi-project-first", "kpi-project-second"} <= found.keys()
    assert not {"kpi-project-plain", "kpi-project-caro"} & found.keys()
    assert 'project=\\"first\\"' in json.dumps(found["kpi-project-first"])
    assert 'project=\\"second\\"' not in json.dumps(found["kpi-project-first"])


def test_runbooks_are_where_the_command_was_told(own: Path) -> None:
    assert "https://wiki.example.org/r/${__value.text}.md" in json.dumps(render(own)["kpi-project-first"])


def test_a_catalog_alone_gives_north_stars_tiles_alerts_and_a_scorecard_for_each_category() -> None:
    board = PLAIN["kpi-project-plain"]
    rows = [row["title"] for row in board.json["panels"] if row["type"] == "row"]
    assert rows == ["North star", "Growth", "Quality"]
    titles = [panel["title"] for panel in board.panels]
    assert titles.index("Stars & forks") < titles.index("Satisfaction") < titles.index("Alerts") < titles.index("Growth")
    assert {"Satisfaction", "Errors", "Time to answer", "Targets met"} < set(titles)


def test_every_kpi_of_a_catalog_stands_in_a_scorecard() -> None:
    board = PLAIN["kpi-project-plain"]
    cards = [panel for panel in board.panels if "Attainment" in columns_of(panel).values()]
    named = {
        value
        for panel in cards
        for one in selectors(filled(board, panel["targets"][0]["expr"]))
        for value in matched_values(one, "kpi")
    }
    assert named == {kpi.id for kpi in CATALOG.kpis}


@pytest.mark.parametrize("segment", ODD_SEGMENTS)
def test_a_segment_of_any_name_is_asked_for_as_it_is_called(segment: str) -> None:
    parts = kpi("bugs", segments=[{"name": segment, "targets": [{"at_most": 5}]}])
    layout = {"title": "T", "question": "Q?", "rows": [{"panels": [{"tile": {"kpi": "bugs", "segment": segment}}]}]}
    board = plain(Catalog.model_validate({**catalog_of(parts).model_dump(), "dashboard": layout}))["kpi-project-plain"]
    found = {value for _, target in board.asking for one in selectors(target["expr"]) for value in _exact(one, "segment")}
    assert segment in found


def _exact(selector: Selector, label: str) -> set[str]:
    """The values of a label that a selector asks for, each whole."""
    return {matcher.value for matcher in selector.matchers.matchers if matcher.name == label}


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=64))
def test_a_link_brings_a_segment_of_any_name_to_its_page(segment: str) -> None:
    (link,) = _figure_links(segment)
    address = urlsplit(link["url"].replace("${__url_time_range}", "from=now-90d&to=now"))
    chosen = parse_qs(address.query, keep_blank_values=True, strict_parsing=True, max_num_fields=6)
    assert address.path == "/d/kpi-detail"
    assert {name: values for name, values in chosen.items() if name.startswith("var-")} == {
        "var-project": ["plain"], "var-kpi": ["bugs"], "var-segment": [segment], "var-datasource": ["${datasource}"]
    }  # fmt: skip


def _figure_links(segment: str) -> list[Json]:
    project = Project("plain", CATALOG, {})
    bugs = CATALOG.kpi("bugs")
    assert bugs is not None
    return [dict(link) for link in Figure(project, bugs, segment).links]


def test_what_looks_like_a_variable_in_the_name_of_a_segment_stays_text() -> None:
    """Grafana puts variables into queries wherever it sees one."""
    parts = kpi("bugs", segments=[{"name": "$__range", "targets": [{"at_most": 5}]}])
    layout = {"title": "T", "question": "Q?", "rows": [{"panels": [{"tile": {"kpi": "bugs", "segment": "$__range"}}]}]}
    board = plain(Catalog.model_validate({**catalog_of(parts).model_dump(), "dashboard": layout}))["kpi-project-plain"]
    asked = [target["expr"] for panel, target in board.asking if "bugs" in target["expr"]]
    assert len(asked) > 4
    assert not any("$__range" in expr for expr in asked)
    assert {value for one in selectors(asked[0]) for value in _exact(one, "segment")} == {"$__range"}


def test_no_two_dashboards_share_a_uid() -> None:
    """Not even those of projects with long names that differ in their last letters, or that are called as a common one."""
    names = {*(uid.removeprefix("kpi-") for uid in STANDING), "public-x", "project-x", *(project.name for project in PROJECTS)}
    boards = boards_of([Project(name, CATALOG, {kpi.id: "manual" for kpi in CATALOG.kpis}) for name in names])
    assert [key for key, board in boards.items() if key != board.uid] == []
    assert sum(board.uid.startswith("kpi-project-") for board in boards.values()) == len(names)
    assert all(8 <= len(uid) <= 40 for uid in boards)


@given(st.lists(st.from_regex(r"[a-z][a-z0-9_-]{0,63}", fullmatch=True), min_size=2, max_size=5, unique=True))
def test_every_name_has_a_uid_of_its_own(names: list[str]) -> None:
    uids = [project_uid(prefix, name) for name in names for prefix in ("kpi-project", "kpi-public")]
    assert len(set(uids)) == len(uids)
    assert all(re.fullmatch(r"kpi-[a-z0-9_-]{4,36}", uid) for uid in uids)
    assert not STANDING & set(uids)


def test_a_short_name_stands_in_the_uid_as_it_is() -> None:
    assert {"kpi-project-plain", "kpi-project-leadership", "kpi-project-exporter-detail_2"} < PLAIN.keys()


@pytest.mark.parametrize("boards", [SHIPPED, PLAIN], ids=["shipped", "plain"])
def test_no_two_dashboards_of_a_folder_share_a_title(boards: Mapping[str, Board]) -> None:
    named = [(board.path.parent, board.json["title"]) for board in boards.values()]
    assert len(set(named)) == len(named)


def test_two_projects_of_a_catalog_with_a_layout_have_two_titles() -> None:
    caro = next(project for project in shipped_projects() if project.name == "caro")
    both = boards_of([caro, Project("caro-next", caro.catalog, caro.sources)])
    title = both["kpi-project-caro"].json["title"]
    assert both["kpi-project-caro-next"].json["title"] == f"{title} (caro-next)"


@pytest.mark.parametrize("title", ["Our figures", "KPI detail"])
def test_two_catalogs_that_call_their_dashboards_alike_or_as_a_common_one_have_two_titles(title: str) -> None:
    """Where a folder has two dashboards of one title, Grafana takes over no dashboard any more."""
    layout = Layout.model_validate({"title": title, "question": "Q?", "rows": [{"panels": [{"alerts": True}]}]})
    catalogs = [CATALOG.model_copy(update={"project": name, "dashboard": layout}) for name in ("one", "two")]
    boards = boards_of([Project(one.project, one, {kpi.id: "manual" for kpi in one.kpis}) for one in catalogs])
    titles = [boards[f"kpi-project-{name}"].json["title"] for name in ("one", "two")]
    assert titles == [f"{title} (one)", f"{title} (two)"]
    assert boards["kpi-detail"].json["title"] == "KPI detail"


@pytest.mark.parametrize("boards", [SHIPPED, PLAIN], ids=["shipped", "plain"])
def test_every_link_between_dashboards_leads_to_one_that_has_the_choices_it_sets(boards: Mapping[str, Board]) -> None:
    for board in boards.values():
        for panel in board.panels:
            defaults, overrides = fields_of(panel)
            listed = [
                *panel["links"],
                *defaults.get("links", ()),
                *(one for _, field in overrides for one in field.get("links", ())),
            ]
            for url in (link["url"] for link in listed if link["url"].startswith("/d/")):
                uid = urlsplit(url).path.removeprefix("/d/").partition("/")[0]
                assert uid in boards, url
                names = {variable["name"] for variable in boards[uid].variables}
                assert set(re.findall(r"[?&]var-(\w+)=", url)) <= names, url


@pytest.mark.parametrize(
    ("kpis", "what"),
    [
        ([kpi("lonely")], "nothing is asked of its only KPI"),
        ([kpi("parts", segments=[{"name": "a", "value": {"metric": "x"}}])], "its only KPI has no total"),
        ([kpi("low", tier="supporting", targets=[{"at_least": 1}])], "it has neither north star nor KPI of the tier kpi"),
        ([kpi("star", tier="north_star")], "its north star has no target"),
        ([kpi("soon", targets=[{"by": "7d after launch", "at_least": 0}])], "its target is zero"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_catalog_of_little_has_its_dashboards_even_if(kpis: list[Kpi], what: str) -> None:
    found = plain(catalog_of(*kpis))
    assert {"kpi-leadership", "kpi-detail", "kpi-project-plain"} <= found.keys()


def test_a_score_may_rest_on_more_parts_than_there_are_letters() -> None:
    parts = [kpi(f"part_{number}") for number in range(30)]
    weighted = [{"kpi": part.id, "weight": 1, "worst": 0, "best": 10} for part in parts]
    whole = kpi("whole", unit="index", value={"weighted": weighted})
    layout = {"title": "T", "question": "Q?", "rows": [{"panels": [{"score": "whole"}]}]}
    board = plain(Catalog.model_validate({**catalog_of(whole, *parts).model_dump(), "dashboard": layout}))["kpi-project-plain"]
    letters = [target["refId"] for panel, target in board.asking if panel["title"] == whole.title]
    assert (len(letters), len(set(letters))) == (32, 32)
