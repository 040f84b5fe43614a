"""What the README promises."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from exporter.cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_inside_the_project_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if "://" not in link]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_command_that_is_named_exists() -> None:
    named = set(re.findall(r"kpi-exporter ([a-z]+)\b", README))
    assert named <= {*COMMANDS}
    assert {"check", "doctor", "serve", "validate"} <= named


def test_the_first_command_runs_and_ends_as_it_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tried without the installation before it, and in the folder that the README speaks of."""
    (line,) = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    command = shlex.split(line.rpartition("&&")[2])
    assert command[0] == ".venv/bin/kpi-exporter"
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, command[1:], catch_exceptions=False)
    assert result.exit_code == 0
    # What follows depends on the history, of which a checkout may hold a part or nothing.
    (figures,) = re.findall(r"^caro: \d+ on target", result.stdout, re.MULTILINE)
    assert figures in README
