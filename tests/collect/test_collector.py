"""What is collected for a setup, and what outlives a new one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.collect.collector import Collector, utc_now
from exporter.collect.setup import Options, Setup, load_setup
from exporter.collect.state import State
from exporter.errors import InvalidInput

CONFIGURATION = """\
projects:
  - name: caro
    bots: [robot]
    sources:
      manual: {file: figures.csv}
      npm: {packages: [caro], base_url: "http://127.0.0.1:9"}
  - name: other
    catalog: caro
    sources:
      manual: {file: figures.csv}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "kpi-exporter.yml"
    path.write_text(CONFIGURATION)
    return path


@pytest.fixture
def state() -> Iterator[State]:
    with State(None) as state:
        yield state


def setup_of(config: Path) -> Setup:
    return load_setup(Options(config, {}))


def names(collector: Collector) -> list[tuple[str, str]]:
    return [(job.project, job.name) for job in collector.jobs]


def test_each_source_of_each_project_is_a_job(config: Path, state: State) -> None:
    assert names(Collector(setup_of(config), state)) == [("caro", "manual"), ("caro", "npm"), ("other", "manual")]


def test_only_some_sources_may_be_collected(config: Path, state: State) -> None:
    assert names(Collector(setup_of(config), state, only=frozenset({"npm"}))) == [("caro", "npm")]


def test_only_some_projects_may_be_collected(config: Path, state: State) -> None:
    assert names(Collector(setup_of(config).only(frozenset({"other"})), state)) == [("other", "manual")]


def test_a_job_outlives_a_new_setup_that_leaves_it_as_it_is(config: Path, state: State) -> None:
    first = Collector(setup_of(config), state)
    config.write_text(CONFIGURATION.replace("packages: [caro]", "packages: [caro, other]"))
    second = Collector(setup_of(config), state, previous=first)
    kept = [job.name for job, before in zip(second.jobs, first.jobs, strict=True) if job is before]
    assert kept == ["manual", "manual"]


def test_other_bots_make_another_job(config: Path, state: State) -> None:
    first = Collector(setup_of(config), state)
    config.write_text(CONFIGURATION.replace("[robot]", "[robot, android]"))
    second = Collector(setup_of(config), state, previous=first)
    assert [job is before for job, before in zip(second.jobs, first.jobs, strict=True)] == [False, False, True]


def test_another_launch_makes_another_job(config: Path, state: State) -> None:
    """The cohorts of users are counted from it."""
    first = Collector(setup_of(config), state)
    config.write_text(CONFIGURATION.replace("    bots:", "    launch: 2026-02-01\n    bots:"))
    second = Collector(setup_of(config), state, previous=first)
    assert [job is before for job, before in zip(second.jobs, first.jobs, strict=True)] == [False, False, True]


def test_another_contact_makes_every_job_another_one(config: Path, state: State) -> None:
    first = Collector(setup_of(config), state)
    config.write_text(f"contact: https://caro.example.org\n{CONFIGURATION}")
    second = Collector(setup_of(config), state, previous=first)
    assert [job is before for job, before in zip(second.jobs, first.jobs, strict=True)] == [False, False, False]


def test_projects_with_the_same_catalog_share_one_reading_of_it(config: Path) -> None:
    catalogs = setup_of(config).catalogs
    assert catalogs["caro"] is catalogs["other"]


def test_the_rows_of_every_project_come_in_the_order_of_the_configuration(config: Path, state: State) -> None:
    setup = setup_of(config)
    collector = Collector(setup, state)
    now = utc_now()
    projects = [row.project for row in collector.rows(collector.snapshots(now), now)]
    assert projects == sorted(projects)
    assert set(projects) == {"caro", "other"}


def test_a_kpi_is_said_to_come_from_the_sources_that_are_configured(config: Path) -> None:
    setup = setup_of(config)
    sources = setup.kpi_sources(setup.config.projects[0])
    assert (sources["github_stars"], sources["csat"]) == ("manual", "manual")
    config.write_text(CONFIGURATION.replace("      npm:", "      git: {repositories: [https://example.org/a/b]}\n      npm:"))
    setup = setup_of(config)
    sources = setup.kpi_sources(setup.config.projects[0])
    assert (sources["contributors"], sources["community_size"]) == ("git", "git")


def test_problems_of_all_catalogs_are_told_in_one_go(config: Path, tmp_path: Path) -> None:
    for name in ("one.yml", "two.yml"):
        (tmp_path / name).write_text("project: x\nlaunch: 2026-01-15\nkpis: []\n")
    config.write_text(CONFIGURATION.replace("catalog: caro", "catalog: two.yml").replace("bots:", "catalog: one.yml\n    bots:"))
    with pytest.raises(InvalidInput) as caught:
        setup_of(config)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"one.yml", "two.yml"}


def test_two_projects_with_the_same_bad_catalog_tell_its_problems_once(config: Path, tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text("project: x\nlaunch: 2026-01-15\nkpis: []\n")
    config.write_text(CONFIGURATION.replace("catalog: caro", "catalog: one.yml").replace("bots:", "catalog: one.yml\n    bots:"))
    with pytest.raises(InvalidInput) as caught:
        setup_of(config)
    assert len(caught.value.problems) == 1
