"""Pages lead somewhere, are led to, and name commands and flags that there are."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import click
import pytest

from support.pages import COMMANDS, ROOT, Call, anchors, calls, calls_in, links, name_of, pages, spans

INDEX = ROOT / "docs" / "README.md"
OWN = {name for command in COMMANDS.values() for option in command.params for name in option.opts} | {"--help", "-h", "--version"}
GROUPS = {" ".join(name.split()[:length]) for name in COMMANDS for length in (1, 2)}
"""What a page may call without saying what it shall do: `kpi-exporter render`, say."""
OTHERS = {"--profile", "--retry"}
"""Flags of docker compose and curl that a text names without naming the program beside them."""

each_page = pytest.mark.parametrize("page", pages(), ids=name_of)


def inside(page: Path) -> Iterator[tuple[str, Path, str]]:
    """The links of a page into the project: as written, the file they lead to, and the anchor in it."""
    for link in links(page):
        if not re.match(r"[a-z]+:", link):
            path, _, anchor = link.partition("#")
            yield link, (page.parent / path).resolve() if path else page, anchor


def known_to(command: click.Command) -> set[str]:
    return {name for option in command.params for name in option.opts} | {"--help", "-h"}


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    assert [link for link, file, _ in inside(page) if not file.exists()] == []


@each_page
def test_every_anchor_is_a_heading(page: Path) -> None:
    there = [(link, file, anchor) for link, file, anchor in inside(page) if anchor and file.suffix == ".md" and file.exists()]
    assert [link for link, file, anchor in there if anchor not in anchors(file)] == []


def test_every_page_is_found_from_the_index() -> None:
    seen, queue = {INDEX}, [INDEX]
    while queue:
        for _, file, _ in inside(queue.pop()):
            if file.suffix == ".md" and file in pages() and file not in seen:
                seen.add(file)
                queue.append(file)
    assert sorted(name_of(page) for page in {*pages()} - seen) == []


def test_every_page_of_the_documentation_stands_in_the_index_itself() -> None:
    """But the pages of single sources and alerts, which have lists of their own."""
    led_to = {file for _, file, _ in inside(INDEX)}
    own = [page for page in pages() if page.parent in (ROOT, INDEX.parent, INDEX.parent / "how-to") and page != INDEX]
    assert sorted(name_of(page) for page in own if page not in led_to) == []


def wrong(called: Iterable[Call]) -> list[str]:
    """Calls of commands that there are not, and flags that their commands do not have."""
    found = []
    for call in called:
        if call.command in COMMANDS:
            found += [f"{call.command} {flag}" for flag in call.flags if flag not in known_to(COMMANDS[call.command])]
        elif call.command not in GROUPS or not {*call.flags} <= {"--help", "-h", "--version"}:
            found.append(" ".join([call.command, *call.flags]))
    return found


@each_page
def test_every_command_that_is_called_exists_with_its_flags(page: Path) -> None:
    assert wrong(calls(page)) == []


@pytest.mark.parametrize(
    ("line", "noticed"),
    [
        ("kpi-exporter check --fail-in P0", ["kpi-exporter check --fail-in"]),
        ("$ X=1 .venv/bin/kpi-exporter render rules --channels f", ["kpi-exporter render rules --channels"]),
        ("true && kpi-exporter chekc", ["kpi-exporter chekc"]),
        ("kpi-exporter validate --secrets && kpi-exporter doctor --secrets", ["kpi-exporter doctor --secrets"]),
        ("kpi-exporter validate --secrets; curl --fail-in x", []),
        ("kpi-exporter telemetry init --print sqlite: | sqlite3 --nothing", []),
        ("amtool check-config --nothing", []),
    ],
)
def test_a_flag_that_there_is_not_is_noticed(line: str, noticed: list[str]) -> None:
    assert wrong(calls_in(line)) == noticed


@cache
def of_servers() -> set[str]:
    """The flags of Prometheus and Alertmanager, as their help tells them."""
    found: set[str] = set()
    for program in ("prometheus", shutil.which("prometheus-alertmanager") or "alertmanager"):
        done = subprocess.run([program, "--help"], capture_output=True, text=True)
        found.update(re.findall(r"--[a-z][a-z0-9.-]+", done.stdout + done.stderr))
    assert {"--web.enable-lifecycle", "--cluster.listen-address"} <= found
    return found


@each_page
def test_every_flag_that_a_text_names_exists(page: Path) -> None:
    named = {match[1] for span in spans(page) if (match := re.match(r"(--[a-z][\w.-]*)", span))}
    assert named - OWN - OTHERS - of_servers() == set()


@each_page
def test_every_image_shows_something(page: Path) -> None:
    images = re.findall(r"!\[([^\]]*)\]\(", page.read_text(encoding="utf-8"))
    assert [text for text in images if not text.strip()] == []
