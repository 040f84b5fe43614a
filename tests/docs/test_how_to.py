"""The how-tos work as they are written: their files are made, their commands run, and what they print is what they show.

A block whose first line is a comment with the name of a file is that file. A block in `sh` is run; one in `console` is not, since
it needs a network or servers. A block in `text` after one in `sh` is what it prints, where … stands for anything.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from support.pages import ROOT, Block, blocks

PAGES = sorted((ROOT / "docs" / "how-to").glob("*.md"))
PROGRAMS = Path(sys.executable).parent


def environment(home: Path) -> dict[str, str]:
    """What a person has: programs, a home, and modules that were installed, here those that lie in the folder."""
    path = os.pathsep.join([str(PROGRAMS), os.environ["PATH"]])
    return {"PATH": path, "HOME": str(home), "PYTHONPATH": str(home), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


def write(folder: Path, block: Block) -> None:
    assert block.file
    path = folder / block.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.text, encoding="utf-8")
    if path.name == "pyproject.toml":
        installed(folder, tomllib.loads(block.text))


def installed(folder: Path, project: dict[str, dict[str, dict[str, dict[str, str]]]]) -> None:
    """What installing the distribution would leave: the names under which it is found."""
    info = folder / f"{project['project']['name']}-{project['project']['version']}.dist-info".replace("-", "_", 2)
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['project']['name']}\nVersion: 1.0\n")
    lines = []
    for group, points in project["project"]["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {target}" for name, target in points.items())]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")


REMARK = "Warning: --config.file flag overrides the --alertmanager.url."
"""What some versions of amtool say whatever they are asked."""


def plain(text: str) -> str:
    """Columns without their width."""
    return "\n".join(" ".join(line.split()) for line in text.strip().splitlines() if line != REMARK)


def pattern(shown: str) -> str:
    """What may have been printed where this is shown; a line of … alone stands for any lines."""
    return "".join(re.escape(part) if part != "…" else ".*?" for part in re.split("(…)", plain(shown)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path) -> None:
    printed, runs = "", 0
    for before, block in zip([Block("", ""), *blocks(page)], blocks(page), strict=False):
        if block.file:
            write(tmp_path, block)
        elif block.language == "sh":
            command = [shutil.which("sh") or "sh", "-e", "-c", block.text]
            done = subprocess.run(
                command, cwd=tmp_path, env=environment(tmp_path), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
            )
            assert done.returncode == 0, f"{block.text}\n{done.stdout}"
            printed, runs = done.stdout, runs + 1
        elif block.language == "text":
            assert before.language == "sh", "what is printed stands right after what prints it"
            assert re.fullmatch(pattern(block.text), plain(printed), re.DOTALL), printed
    assert runs > 0


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_is_short(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").splitlines()) <= 160
