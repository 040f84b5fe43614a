"""How `doctor` tells what the sources found: which KPIs hang on what may be read."""

import click
import pytest

from exporter.cli.doctor import kpis_of, told
from exporter.sources.base import Finding
from support.kpi import catalog_of, kpi

CATALOG = catalog_of(
    kpi("health", value={"ratio": [{"kpi": "growth"}, {"constant": 2}]}),
    kpi("stars", value={"metric": "repo_stars"}),
    kpi("growth", value={"difference": [{"kpi": "stars"}, {"metric": "repo_forks"}]}),
    kpi("views", value={"metric": "repo_views", "where": {"window": "7d"}}),
    kpi("clones", value={"metric": "repo_clones"}),
    kpi("mood"),
)


def lines(works: bool | None, *metrics: str) -> list[str]:
    finding = Finding("traffic", works, "the detail", frozenset(metrics))
    return [click.unstyle(line) for line in told(finding, CATALOG)]


@pytest.mark.parametrize(
    ("metrics", "kpis"),
    [
        (["repo_views"], ["views"]),
        (["repo_stars"], ["health", "stars", "growth"]),
        (["repo_forks"], ["health", "growth"]),
        (["repo_views", "repo_clones"], ["views", "clones"]),
        (["discord_members"], []),
        ([], []),
    ],
)
def test_kpis_rest_on_metrics_at_once_or_through_other_kpis(metrics: list[str], kpis: list[str]) -> None:
    assert kpis_of(CATALOG, metrics) == kpis


def test_kpis_that_rest_on_one_another_are_found() -> None:
    circle = catalog_of(kpi("a", value={"kpi": "b"}), kpi("b", value={"sum": [{"kpi": "a"}, {"metric": "m"}]}))
    assert kpis_of(circle, ["m"]) == ["a", "b"]
    assert kpis_of(circle, ["n"]) == []


@pytest.mark.parametrize(
    "value", [{"growth": {"kpi": "stars", "over": "7d"}}, {"attainment": {"kpi": "stars"}}, {"on_target": ["c"]}], ids=str
)
def test_kpis_that_look_at_others_rest_on_their_metrics(value: dict[str, object]) -> None:
    looking = kpi("looking", value=value, category="other")
    assert kpis_of(catalog_of(looking, kpi("stars", value={"metric": "repo_stars"})), ["repo_stars"]) == ["looking", "stars"]


@pytest.mark.parametrize(
    ("works", "mark", "words"),
    [
        (True, "ok  ", "can supply 1 KPI: views"),
        (False, "FAIL", "cannot supply 1 KPI: views"),
        (None, "-   ", "would supply 1 KPI: views"),
    ],
)
def test_a_finding_is_told_with_the_kpis_that_hang_on_it(works: bool | None, mark: str, words: str) -> None:
    assert lines(works, "repo_views") == [f"  {mark} traffic: the detail", f"       {words}"]


@pytest.mark.parametrize(("works", "mark"), [(True, "ok  "), (False, "FAIL")])
def test_a_finding_without_metrics_is_one_line(works: bool, mark: str) -> None:
    assert lines(works) == [f"  {mark} traffic: the detail"]


@pytest.mark.parametrize("metrics", [[], ["discord_members"]])
def test_what_is_not_read_and_would_bring_no_kpi_is_not_told(metrics: list[str]) -> None:
    assert lines(None, *metrics) == []


def test_many_kpis_take_several_lines_and_each_is_named() -> None:
    ids = [f"a_kpi_with_a_long_name_{number}" for number in range(20)]
    catalog = catalog_of(*(kpi(id_, value={"metric": "m"}) for id_ in ids))
    _, *rest = told(Finding("traffic", True, "the detail", frozenset({"m"})), catalog)
    assert "".join(rest).split(": ")[1].replace(" ", "").split(",") == ids
    assert rest[0].startswith("       can supply 20 KPIs: ")
    assert all(len(line) <= 120 for line in rest)
