"""The page of all commands is made of what they say of themselves."""

import click
import pytest

from exporter.cli import COMMANDS, main
from exporter.cli.options import flag
from exporter.cli.reference import commands_page, leaves

ALL = dict(leaves(main))
PAGE = commands_page(main)


def section(name: str) -> str:
    return PAGE.partition(f"## `{name}`\n")[2].partition("\n## ")[0]


def test_no_command_is_left_out() -> None:
    assert {name.split()[1] for name in ALL} == {*COMMANDS}
    assert {"kpi-exporter check", "kpi-exporter render rules", "kpi-exporter telemetry receive"} < {*ALL}


@pytest.mark.parametrize("name", ALL)
def test_each_command_tells_its_exit_codes(name: str) -> None:
    assert "\n\nExit codes: 0 " in section(name)


@pytest.mark.parametrize("name", ALL)
def test_each_flag_stands_there_with_its_variable(name: str) -> None:
    options = [option for option in ALL[name].params if isinstance(option, click.Option)]
    missing = [
        option.opts[0]
        for option in options
        if not option.hidden and not (f"`{option.opts[0]}" in section(name) and (option.envvar or "") in section(name))
    ]
    assert missing == []


@pytest.mark.parametrize("name", ALL)
def test_each_flag_is_explained(name: str) -> None:
    rows = [line for line in section(name).splitlines() if line.startswith("| `--")]
    assert [row for row in rows if row.endswith("|  |")] == []


def test_a_page_in_full() -> None:
    @click.group()
    def root() -> None:
        """All."""

    @root.group("grow")
    def grow() -> None:
        """What grows."""

    @grow.command("tree")
    @click.argument("kind", nargs=-1)
    @flag("--of", type=click.Choice(["oak", "elm"]), default="oak", help="Its wood.")
    @flag("--high", type=float, default=2.0, help="Metres.")
    @flag("--from", "span", metavar="A|B", required=True, help="Where.")
    @flag("--quick", is_flag=True, help="At once.")
    @flag("--quiet", hidden=True, help="Unseen.")
    def tree(**_: object) -> None:
        """Plant trees. They grow
        slowly.

        Best in spring. Exit codes: 0 it grows, 1 it does not.
        """

    assert commands_page(root).partition("| command | what it does |\n")[2] == (
        "|---|---|\n"
        "| [`kpi-exporter grow tree`](#kpi-exporter-grow-tree) | Plant trees. |\n"
        "\n"
        "## `kpi-exporter grow tree`\n\n"
        "```text\nkpi-exporter grow tree [OPTIONS] [KIND]...\n```\n\n"
        "Plant trees. They grow slowly.\n\n"
        "Best in spring.\n\n"
        "Exit codes: 0 it grows, 1 it does not.\n\n"
        "| flag | variable | default | meaning |\n|---|---|---|---|\n"
        "| `--of WORD` | `KPI_EXPORTER_OF` | `oak` | Its wood. One of `oak` and `elm`. |\n"
        "| `--high NUMBER` | `KPI_EXPORTER_HIGH` | `2` | Metres. |\n"
        "| `--from A\\|B` | `KPI_EXPORTER_FROM` | required | Where. |\n"
        "| `--quick` | `KPI_EXPORTER_QUICK` | – | At once. |\n"
    )
