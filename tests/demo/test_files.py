"""What the exporter of the demo is given is complete, and says what the project is like."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from exporter.collect.setup import Options, load_setup
from exporter.demo.beta import launch_of, project_at
from exporter.demo.files import Tokens, write_configuration, write_facts
from exporter.demo.options import SOURCES
from exporter.demo.repository import write_repository
from exporter.demo.trouble import Trouble
from exporter.demo.upstreams.service import Services
from exporter.errors import KpiExporterError, UpstreamError
from exporter.sources.registry import sources
from support.demo import Figures, figures
from support.tools import NOW, make_tools

TOKENS = Tokens("planted-github", "planted-discord", "planted-typeform")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything that the exporter of a demo is given."""
    write_facts(tmp_path, project_at(NOW), shutil.which("git"), NOW)
    write_configuration(tmp_path, "http://127.0.0.1:1", TOKENS, NOW, git=True)
    return tmp_path


def said(folder: Path, source: str) -> Figures:
    """What a source of the configuration makes of its files."""
    (project,) = load_setup(Options(folder / "kpi-exporter.yml", os.environ)).config.projects
    reader = sources()[source](project.sources[source])
    return figures(list(reader.collect(make_tools(folder / "state" / source), NOW)))


def test_the_configuration_has_every_source_that_may_be_broken(folder: Path) -> None:
    (project,) = load_setup(Options(folder / "kpi-exporter.yml", os.environ)).config.projects
    assert (sorted(project.sources), project.launch) == (sorted(SOURCES), launch_of(NOW))


def test_without_git_nothing_is_read_of_it(tmp_path: Path) -> None:
    path = write_configuration(tmp_path, "http://127.0.0.1:1", TOKENS, NOW, git=False)
    (project,) = load_setup(Options(path, os.environ)).config.projects
    assert sorted(project.sources) == sorted(set(SOURCES) - {"git"})


def test_the_history_has_22_contributors(folder: Path) -> None:
    told = said(folder, "git")
    assert (told["git_contributors",], told["git_contributors_first_time", "30d"]) == (22, 5)


def test_people_have_entered_the_test_coverage(folder: Path) -> None:
    told = said(folder, "manual")
    assert {segment: told["manual_figure", "test_coverage", segment] for segment in ("", "safety", "core")} == {
        "": 0.84,
        "safety": 1,
        "core": 0.92,
    }


@pytest.mark.parametrize("source", ["git", "manual", "telemetry"])
def test_a_source_of_files_that_is_broken_cannot_be_read(folder: Path, source: str) -> None:
    assert said(folder, source)
    sentence = Trouble(folder, Services({}), project_at(NOW)).break_source(source)
    assert f"the source {source} cannot be read" in sentence
    with pytest.raises(UpstreamError):
        said(folder, source)


def test_what_is_not_there_needs_no_breaking(tmp_path: Path) -> None:
    """Of git there is nothing where that is not installed."""
    sentence = Trouble(tmp_path, Services({}), project_at(NOW)).break_source("git")
    assert sentence == "there is no caro.git: the source git could not be read before either"


def test_the_events_are_found_whatever_the_folder_is_called(tmp_path: Path) -> None:
    folder = tmp_path / "50%41 of #1"
    folder.mkdir()
    write_facts(folder, project_at(NOW), None, NOW)
    write_configuration(folder, "http://127.0.0.1:1", TOKENS, NOW, git=False)
    assert said(folder, "telemetry")["telemetry_active_users", "7d"] == 250


def test_the_second_week_goes_on_until_tomorrow() -> None:
    assert launch_of(NOW) + timedelta(days=13) == NOW.date() + timedelta(days=1)


def test_tokens_differ_each_time() -> None:
    assert len({*vars_of(Tokens.new()), *vars_of(Tokens.new())}) == 6


def vars_of(tokens: Tokens) -> tuple[str, ...]:
    return tokens.github, tokens.discord, tokens.typeform


def test_a_git_that_cannot_be_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(KpiExporterError, match="nowhere/git cannot be run: No such file or directory"):
        write_repository("/nowhere/git", tmp_path / "caro.git", [])


def test_a_git_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(KpiExporterError, match="git cannot make the repository of the demo: it ended with 1"):
        write_repository("false", tmp_path / "caro.git", [])
