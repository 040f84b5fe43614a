"""What the README promises."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from exporter.cli import COMMANDS, main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_that_is_named_exists() -> None:
    named = set(re.findall(r"kpi-exporter ([a-z]+)\b", README))
    assert named <= {*COMMANDS}
    assert {"check", "demo", "doctor", "init", "render", "serve", "validate"} <= named


def test_the_first_command_is_the_demo() -> None:
    """What it does is tested in tests/demo."""
    (line,) = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    assert line.endswith("&& .venv/bin/kpi-exporter demo")


def test_the_verdict_is_the_one_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder that the README speaks of."""
    (line,) = re.findall(r"^\.venv/bin/kpi-exporter (check .*)$", README, re.MULTILINE)
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(main, shlex.split(line), catch_exceptions=False)
    assert result.exit_code == 0
    # What follows depends on the history, of which a checkout may hold a part or nothing.
    (figures,) = re.findall(r"^caro: \d+ on target", result.stdout, re.MULTILINE)
    assert figures in README


def test_it_is_for_a_person_in_a_hurry() -> None:
    assert len(README.splitlines()) <= 150
