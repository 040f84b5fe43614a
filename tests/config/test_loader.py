"""What a good configuration file says."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from exporter.config import Config, Project, load
from exporter.config.types import SourceConfig
from exporter.errors import InvalidInput
from exporter.sources.git.config import GitConfig
from support.configuration import FiguresConfig, ForgeConfig, configured

FIGURES = "{figures: {file: figures.csv}}"


def test_what_is_not_written_has_its_default(tmp_path: Path) -> None:
    config = configured(tmp_path, f"projects: [{{name: acme, sources: {FIGURES}}}]")
    (project,) = config.projects
    assert (config.state_dir, config.contact) == (None, None)
    assert (project.name, project.catalog, project.launch, project.bots) == ("acme", "acme", None, ())
    source = project.sources["figures"]
    assert (source.interval, source.timeout, source.age_limit()) == (
        timedelta(minutes=15),
        timedelta(seconds=30),
        timedelta(hours=2),
    )


def test_each_source_has_the_type_that_belongs_to_its_name(tmp_path: Path) -> None:
    text = "projects: [{name: acme, sources: {forge: {repositories: [a/b], token_env: FORGE_TOKEN}, figures: {file: a.csv}}}]"
    (project,) = configured(tmp_path, text).projects
    assert isinstance(project.sources["forge"], ForgeConfig)
    assert isinstance(project.sources["figures"], FiguresConfig)


def test_a_source_may_have_nothing_written(tmp_path: Path) -> None:
    text = "projects: [{name: acme, sources: {figures: }}]"
    with pytest.raises(InvalidInput, match=r"projects\[0\].sources.figures.file: is missing$"):
        configured(tmp_path, text)


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    text = "state_dir: state\nprojects: [{name: acme, catalog: catalogs/own, sources: {figures: {file: ../figures.csv}}}]"
    config = configured(tmp_path, text)
    assert config.state_dir == tmp_path / "state"
    assert config.projects[0].catalog == str(tmp_path / "catalogs/own")
    assert config.projects[0].sources["figures"].file == tmp_path / "../figures.csv"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("written", "is_path"),
    [("checkout", True), ("../checkout", True), ("https://example.org/a/b.git", False), ("git@example.org:a/b.git", False)],
)
def test_a_repository_of_git_is_a_path_where_it_is_no_url(tmp_path: Path, written: str, is_path: bool) -> None:
    path = tmp_path / "config.yml"
    path.write_text(f"projects: [{{name: acme, sources: {{git: {{repositories: [{written!r}]}}}}}}]")
    (project,) = load(path, {"git": GitConfig}, environ={}).projects
    assert project.sources["git"].repositories == ((str(tmp_path / written) if is_path else written),)  # type: ignore[attr-defined]


def test_absolute_paths_stay(tmp_path: Path) -> None:
    text = f"state_dir: /var/lib/x\nprojects: [{{name: acme, catalog: /etc/x.yml, sources: {FIGURES}}}]"
    config = configured(tmp_path, text)
    assert (config.state_dir, config.projects[0].catalog) == (Path("/var/lib/x"), "/etc/x.yml")


@pytest.mark.parametrize(("catalog", "is_path"), [("own.yml", True), ("own.yaml", True), ("./own", True), ("caro", False)])
def test_a_catalog_with_a_slash_or_an_ending_is_a_path(tmp_path: Path, catalog: str, is_path: bool) -> None:
    config = configured(tmp_path, f"projects: [{{name: acme, catalog: {catalog}, sources: {FIGURES}}}]")
    assert config.projects[0].catalog == (str(tmp_path / catalog) if is_path else catalog)


def test_dates_and_durations_are_read(tmp_path: Path) -> None:
    text = "projects: [{name: acme, launch: 2026-01-15, sources: {figures: {file: a.csv, interval: 1h30m, max_age: 7d}}}]"
    (project,) = configured(tmp_path, text).projects
    assert project.launch == date(2026, 1, 15)
    assert project.sources["figures"].interval == timedelta(minutes=90)
    assert project.sources["figures"].age_limit() == timedelta(days=7)


def test_a_date_in_quotes_is_a_date(tmp_path: Path) -> None:
    text = f'projects: [{{name: acme, launch: "2026-01-15", sources: {FIGURES}}}]'
    assert configured(tmp_path, text).projects[0].launch == date(2026, 1, 15)


def test_what_projects_share_is_written_once(tmp_path: Path) -> None:
    text = """
projects:
  - name: one
    sources:
      figures: &shared {file: a.csv, interval: 5m}
  - name: two
    sources:
      figures: {<<: *shared, interval: 10m}
"""
    one, two = configured(tmp_path, text).projects
    assert (one.sources["figures"].interval, two.sources["figures"].interval) == (timedelta(minutes=5), timedelta(minutes=10))
    assert one.sources["figures"].file == two.sources["figures"].file  # type: ignore[attr-defined]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert configured(tmp_path, f"\ufeffprojects: [{{name: acme, sources: {FIGURES}}}]").projects[0].name == "acme"


@pytest.mark.parametrize(
    "contact", ["https://example.org/metrics", "http://example.org", "kpi@example.org", "mailto:kpi@example.org"]
)
def test_a_contact_is_a_url_or_an_address(tmp_path: Path, contact: str) -> None:
    config = configured(tmp_path, f"contact: {contact}\nprojects: [{{name: acme, sources: {FIGURES}}}]")
    assert config.contact == contact


@pytest.mark.parametrize("contact", ["somebody", "https://exämple.org", '"kpi@example.org\\r\\nX: y"', '"a b@example.org"', '""'])
def test_a_contact_fits_into_a_header(tmp_path: Path, contact: str) -> None:
    with pytest.raises(InvalidInput, match="contact: must be a URL or an e-mail address"):
        configured(tmp_path, f"contact: {contact}\nprojects: [{{name: acme, sources: {FIGURES}}}]")


def test_a_contact_holds_no_password(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="contact: must be a URL or an e-mail address") as caught:
        configured(tmp_path, f"contact: https://acme:planted@example.org\nprojects: [{{name: acme, sources: {FIGURES}}}]")
    assert "planted" not in str(caught.value)


def test_a_base_url_loses_the_slash_at_its_end(tmp_path: Path) -> None:
    text = (
        "projects: [{name: acme, sources: {forge: "
        "{repositories: [a/b], token_env: FORGE_TOKEN, base_url: 'http://[::1]:8080/api/'}}}]"
    )
    assert configured(tmp_path, text).projects[0].sources["forge"].base_url == "http://[::1]:8080/api"  # type: ignore[attr-defined]


def test_a_configuration_cannot_be_changed() -> None:
    config = Config(projects=(Project(name="acme", sources={"figures": SourceConfig()}),))
    with pytest.raises(ValidationError):
        config.contact = "kpi@example.org"


def test_equal_texts_give_equal_configurations(tmp_path: Path) -> None:
    text = f"projects: [{{name: acme, sources: {FIGURES}}}]"
    assert configured(tmp_path, text) == configured(tmp_path, text)
