"""What is rendered for each project goes when the project goes; what somebody else wrote stays."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exporter.cli import main

CATALOG = """\
project: acme
launch: 2026-01-15
kpis:
  - {id: stars, title: Stars, definition: Stars., unit: count, direction: up, tier: kpi, category: community, audience: public}
"""
KINDS = {"rules": "prometheus/rules/{}.yml", "dashboards": "grafana/dashboards/Projects/kpi-project-{}.json"}


def render(folder: Path, kind: str, *flags: str, project: str = "acme") -> Result:
    """Renders for a configuration with one project of that name."""
    (folder / "acme.yml").write_text(CATALOG)
    (folder / "figures.csv").write_text("date,kpi,segment,value,note\n")
    text = f"projects: [{{name: {project}, catalog: ./acme.yml, sources: {{manual: {{file: figures.csv}}}}}}]\n"
    (folder / "kpi-exporter.yml").write_text(text)
    return CliRunner().invoke(main, ["render", kind, f"--config.file={folder / 'kpi-exporter.yml'}", f"--into={folder}", *flags])


@pytest.mark.parametrize("kind", KINDS)
def test_files_of_a_project_that_was_renamed_are_removed(tmp_path: Path, kind: str) -> None:
    render(tmp_path, kind)
    old, new = (tmp_path / KINDS[kind].format(name) for name in ("acme", "bcme"))
    assert old.exists()
    result = render(tmp_path, kind, project="bcme")
    assert (old.exists(), new.exists()) == (False, True)
    assert f"removed {old}" in result.output


@pytest.mark.parametrize("kind", KINDS)
def test_check_tells_of_them_and_leaves_them(tmp_path: Path, kind: str) -> None:
    render(tmp_path, kind)
    result = render(tmp_path, kind, "--check", project="bcme")
    path = KINDS[kind].format("acme")
    assert (result.exit_code, (tmp_path / path).exists()) == (1, True)
    assert f"{path} is of a project that is there no more" in result.output


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_somebody_wrote_stays(tmp_path: Path, kind: str) -> None:
    own = tmp_path / KINDS[kind].format("own")
    own.parent.mkdir(parents=True)
    own.write_text('{"uid": "mine"}')
    render(tmp_path, kind)
    assert own.exists()
