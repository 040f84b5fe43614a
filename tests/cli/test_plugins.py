"""Sources of other distributions, named by entry point: found when they work, one clear error when they do not."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FORGE = """\
from exporter.config.types import SourceConfig
from exporter.facts import Metric, Part
from exporter.sources.base import Source

STARS = Metric("forge_stars", "Accounts that starred a repository on the forge.", "count", ("repository",))


class Forge(Source):
    name = "forge"
    summary = "Stars, from the forge."
    config_type = SourceConfig
    metrics = (STARS,)

    def collect(self, tools, now):
        yield Part((), now, (STARS.sample(7, repository="acme/widget"),))

    def examine(self, tools, now):
        raise RuntimeError("planted")
"""


def installed(folder: Path, code: str) -> dict[str, str]:
    """The environment of a program that finds a distribution whose module `my_forge` has this code."""
    (folder / "my_forge.py").write_text(code)
    info = folder / "my_forge-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: my-forge\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[kpi_exporter.sources]\nforge = my_forge:Forge\n")
    return {**os.environ, "PYTHONPATH": str(folder)}


def run(environ: dict[str, str], config: Path, *args: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "exporter", *args, f"--config.file={config}"]
    return subprocess.run(command, env=environ, capture_output=True, text=True)


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "kpi-exporter.yml"
    path.write_text("projects:\n  - {name: caro, sources: {forge: {}}}\n")
    return path


def test_a_source_of_another_distribution_is_one_like_the_others(config: Path, tmp_path: Path) -> None:
    done = run(installed(tmp_path, FORGE), config, "collect")
    assert (done.returncode, done.stderr) == (0, "")
    assert 'forge_stars{project="caro",repository="acme/widget"} 7.0\n' in done.stdout


def test_a_source_whose_examination_raises_is_a_finding(config: Path, tmp_path: Path) -> None:
    done = run(installed(tmp_path, FORGE), config, "doctor")
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == "caro: forge\n  FAIL forge: the source raised RuntimeError\n"


BROKEN = {
    "import nothing_like_it": "the source forge of my-forge cannot be loaded: ModuleNotFoundError",
    "def (": "the source forge of my-forge cannot be loaded: SyntaxError",
    "": "the source forge of my-forge cannot be loaded: AttributeError",
    "Forge = 5": "the source forge of my-forge is no subclass of Source that sets name, summary, config_type, metrics",
    "from exporter.sources.base import Source as Forge": "the source forge of my-forge is no subclass of Source that sets name, "
    "summary, config_type, metrics",
    FORGE.replace('"forge"', '"npm"'): "two sources are called npm: exporter.sources.npm and my_forge",
    FORGE.replace(
        "forge_stars", "package_downloads"
    ): "the metric package_downloads is declared twice, differently; again by the source forge",
}


@pytest.mark.parametrize("code", BROKEN)
def test_a_broken_source_of_another_distribution_is_one_clear_error(code: str, config: Path, tmp_path: Path) -> None:
    done = run(installed(tmp_path, code), config, "validate")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"kpi-exporter: {BROKEN[code]}\n")


@pytest.mark.parametrize("command", ["check", "collect", "serve", "doctor"])
def test_every_command_says_so(command: str, config: Path, tmp_path: Path) -> None:
    done = run(installed(tmp_path, "def ("), config, command)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"kpi-exporter: {BROKEN['def (']}\n")
