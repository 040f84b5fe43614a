"""`kpi-exporter init` at a terminal: what a person is asked, and what becomes of the answers."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from exporter.starter import FILES
from support.starter import GUILD, INVITE, StarterServices, written
from support.terminal import CTRL_C, talk
from support.upstream import Upstream

QUESTIONS = (
    ("Repository on GitHub, as owner/name (empty for none):", "acme/widget"),
    ("Package on npm (- for none) [widget]:", ""),
    ("Package on PyPI (- for none) [widget-tool]:", "-"),
    ("Package on crates.io (empty for none):", ""),
    ("Discord server, by its id or by an invite (empty for none):", f"https://discord.gg/{INVITE}"),
    ("Name of the project [widget]:", "gadget"),
    ("Write kpi-exporter.yml, catalog.yml, figures.csv into kpi? [Y/n]:", ""),
)


def asked(
    upstream: Upstream,
    folder: Path,
    *answers: tuple[str, str],
    flags: tuple[str, ...] = (),
    environ: Mapping[str, str] | None = None,
) -> tuple[int, str]:
    return talk(["init", "--into=kpi", *StarterServices.flags(upstream.url), *flags], answers, folder, environ)


def test_a_person_is_asked_and_sees_what_is_found(upstream: Upstream, services: StarterServices, tmp_path: Path) -> None:
    services.members = 680
    code, shown = asked(upstream, tmp_path, *QUESTIONS)
    assert (code, written(tmp_path / "kpi")) == (0, sorted(FILES))
    assert "acme/widget: 1,234 stars" in shown
    assert "widget on npm, out of package.json: 4,500 downloads in 30 days" in shown
    assert "Discord: 680 members and 7 online" in shown
    text = (tmp_path / "kpi" / "kpi-exporter.yml").read_text()
    assert "  - name: gadget\n" in text
    assert "pypi:" not in text


def test_a_wrong_answer_is_told_and_asked_for_again(upstream: Upstream, tmp_path: Path) -> None:
    first, *rest = QUESTIONS
    wrong = [(first[0], "widget"), (first[0], "acme/gadget")]
    code, shown = asked(upstream, tmp_path, *wrong, first, *rest)
    assert code == 0
    assert "Error: must be a repository written as owner/name, such as caro-cli/caro\n" in shown
    assert "Error: GitHub has no repository acme/gadget, or does not show it; " in shown


def test_keys_that_give_no_text_are_told_and_the_question_is_asked_again(upstream: Upstream, tmp_path: Path) -> None:
    first, *rest = QUESTIONS
    wrong = [(first[0], "acme/widgét"), first, *rest[:-1], (rest[-1][0], "é"), rest[-1]]
    code, shown = asked(upstream, tmp_path, *wrong, environ={"PYTHONIOENCODING": "ascii:strict"})
    assert (code, shown.count("Error: what was typed is no text in the encoding of this terminal\n")) == (0, 2)
    assert written(tmp_path / "kpi") == sorted(FILES)


def test_flags_answer_their_questions(upstream: Upstream, tmp_path: Path) -> None:
    flags = (
        "--repository=acme/widget",
        "--npm=widget",
        "--pypi=widget-tool",
        "--crates=gadget",
        f"--discord={GUILD}",
        "--project=on",
    )
    code, shown = asked(upstream, tmp_path, QUESTIONS[-1], flags=flags)
    assert (code, shown.count("[Y/n]"), shown.count("for none")) == (0, 1, 0)


def test_yes_asks_nothing(upstream: Upstream, tmp_path: Path) -> None:
    code, shown = asked(upstream, tmp_path, flags=("--repository=acme/widget", "--yes"))
    assert (code, "for none" in shown, written(tmp_path / "kpi")) == (0, False, sorted(FILES))


def test_no_is_respected(upstream: Upstream, tmp_path: Path) -> None:
    *before, (last, _) = QUESTIONS
    code, shown = asked(upstream, tmp_path, *before, (last, "n"))
    assert (code, written(tmp_path)) == (1, [])
    assert shown.endswith("kpi-exporter: nothing was written\n")


@pytest.mark.parametrize("place", [0, 3, 6])
def test_ctrl_c_leaves_nothing_behind(upstream: Upstream, tmp_path: Path, place: int) -> None:
    code, shown = asked(upstream, tmp_path, *QUESTIONS[:place], (QUESTIONS[place][0], CTRL_C))
    assert (code, written(tmp_path)) == (130, [])
    assert "Traceback" not in shown
