"""`kpi-exporter render dashboards`: writes files, or shows how they differ from those that are there."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exporter.cli import main
from exporter.render.dashboards import dashboard_files
from exporter.render.projects import shipped_projects
from exporter.render.rules import Links

ROOT = Path(__file__).parents[2]
CARO = "grafana/dashboards/Projects/kpi-project-caro.json"


def render(what: str, into: Path, *flags: str) -> Result:
    return CliRunner().invoke(main, ["render", what, f"--into={into}", *flags])


def written(folder: Path) -> dict[str, str]:
    """The files of Grafana in a folder, by path."""
    files = (folder / "grafana").rglob("*.json")
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in files}


def test_the_dashboards_are_those_that_were_committed() -> None:
    done = render("dashboards", ROOT, "--check")
    assert (done.exit_code, done.output) == (0, ""), "run kpi-exporter render dashboards"


def test_no_file_of_a_dashboard_is_left_over() -> None:
    assert written(ROOT).keys() == dashboard_files(shipped_projects(), Links()).keys()


def test_dashboards_are_written_where_they_are_missing(tmp_path: Path) -> None:
    done = render("dashboards", tmp_path)
    assert (done.exit_code, written(tmp_path)) == (0, dict(dashboard_files(shipped_projects(), Links())))
    assert f"wrote {tmp_path / CARO}" in done.output


def test_nothing_is_written_where_nothing_differs(tmp_path: Path) -> None:
    assert render("dashboards", tmp_path).exit_code == 0
    again = render("dashboards", tmp_path)
    assert (again.exit_code, again.output) == (0, "")
    assert render("dashboards", tmp_path, "--check").exit_code == 0


def test_a_dashboard_that_was_changed_is_shown_and_left_as_it_is(tmp_path: Path) -> None:
    assert render("dashboards", tmp_path).exit_code == 0
    changed = (tmp_path / CARO).read_text(encoding="utf-8").replace('"refresh": "', '"refresh": "1')
    (tmp_path / CARO).write_text(changed, encoding="utf-8")
    done = render("dashboards", tmp_path, "--check")
    assert done.exit_code == 1
    removed, added = ([line for line in done.output.splitlines() if line.startswith(f'{sign}  "')] for sign in "-+")
    assert (len(removed), len(added)) == (1, 1)
    assert f"--- {CARO}" in done.output
    assert (tmp_path / CARO).read_text(encoding="utf-8") == changed


def test_the_dashboards_of_projects_that_are_there_no_more_are_removed(tmp_path: Path) -> None:
    assert render("dashboards", tmp_path).exit_code == 0
    config = tmp_path / "kpi-exporter.yml"
    config.write_text("projects: [{name: bright, catalog: bolt, sources: {manual: {file: figures.csv}}}]\n", encoding="utf-8")
    own = tmp_path / "grafana" / "dashboards" / "Projects" / "kpi-project-mine.json"
    own.write_text('{"uid": "mine"}\n', encoding="utf-8")
    done = render("dashboards", tmp_path, f"--config.file={config}")
    assert (done.exit_code, f"removed {tmp_path / CARO}" in done.output) == (0, True)
    assert {Path(path).name for path in written(tmp_path)} == {
        "kpi-detail.json", "kpi-exporter.json", "kpi-leadership.json", "kpi-project-bright.json", "kpi-project-mine.json"
    }  # fmt: skip


def test_render_all_has_the_dashboards(tmp_path: Path) -> None:
    (tmp_path / "alertmanager").mkdir()
    (tmp_path / "alertmanager" / "channels.yml").write_bytes((ROOT / "alertmanager" / "channels.yml").read_bytes())
    assert render("all", tmp_path).exit_code == 0
    assert written(tmp_path) == dict(dashboard_files(shipped_projects(), Links()))
    assert (tmp_path / "prometheus" / "rules" / "caro.yml").exists()


def test_runbooks_are_linked_where_they_are_said_to_be(tmp_path: Path) -> None:
    assert render("dashboards", tmp_path, "--runbooks.url=https://wiki.example.org/r").exit_code == 0
    text = (tmp_path / CARO).read_text(encoding="utf-8")
    assert "https://wiki.example.org/r/" in text
    assert "https://example.org/kpi-exporter" not in text


@pytest.mark.parametrize("flags", [("--nonsense",), ("--config.file=missing.yml",)])
def test_wrong_use_writes_nothing(tmp_path: Path, flags: tuple[str, ...]) -> None:
    done = render("dashboards", tmp_path, *flags)
    assert (done.exit_code, written(tmp_path)) == (2, {})
    assert "Traceback" not in done.output


def test_the_same_text_comes_from_every_process() -> None:
    """No order of a set, no hash of this process is in it."""
    code = (
        "import hashlib\n"
        "from exporter.render.dashboards import dashboard_files\n"
        "from exporter.render.projects import shipped_projects\n"
        "from exporter.render.rules import Links\n"
        "files = dashboard_files(shipped_projects(), Links())\n"
        "print(hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest())\n"
    )
    texts = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert len(texts.pop().strip()) == 64


def test_files_hold_one_dashboard_each_and_nothing_else(tmp_path: Path) -> None:
    render("dashboards", tmp_path)
    for path, text in written(tmp_path).items():
        assert f"{json.loads(text)['uid']}.json" == Path(path).name
        assert text.endswith("}\n"), path


def test_dashboards_count_from_the_launch_of_the_configuration(tmp_path: Path) -> None:
    """Weeks and the days of targets are those of the project, not of the catalog that it shares with others."""
    (tmp_path / "figures.csv").write_text("date,kpi,segment,value,note\n")
    project = "{name: cara, catalog: caro, launch: 2027-03-01, sources: {manual: {file: figures.csv}}}"
    (tmp_path / "kpi-exporter.yml").write_text(f"projects: [{project}]\n")
    flags = [f"--config.file={tmp_path / 'kpi-exporter.yml'}", f"--into={tmp_path}"]
    assert CliRunner().invoke(main, ["render", "dashboards", *flags]).exit_code == 0
    text = (tmp_path / "grafana/dashboards/Projects/kpi-project-cara.json").read_text(encoding="utf-8")
    monday_after = int(datetime(2027, 3, 8, tzinfo=UTC).timestamp())
    assert f"@ {monday_after})" in text
    assert "at least 150 by 2027-03-07" in text
