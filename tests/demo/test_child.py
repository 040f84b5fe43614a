"""A process of the demo gets what is meant for it, and never outlives the demo."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from exporter.demo.child import Child, surroundings
from support.programs import eventually

ORPHANING = """
import sys, time
from pathlib import Path
from exporter.demo.child import Child
with Child(["/bin/sh", "-c", "echo $$; exec sleep 60"], Path(sys.argv[1])):
    time.sleep(60)
"""
STUBBORN = "trap '' TERM; sleep 60 & echo $!; wait; wait"


def number_in(log: Path) -> int:
    """What a child has said of itself."""
    return int(eventually(lambda: log.read_text().strip()))


def alive(process: int) -> bool:
    """Whether there is such a process, and not only what is left of one."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


@pytest.mark.parametrize(
    "variable",
    [
        "KPI_EXPORTER_WEB_ROUTE_PREFIX",
        "KPI_EXPORTER_INTO",
        "GF_SERVER_PROTOCOL",
        "GIT_DIR",
        "http_proxy",
        "HTTPS_PROXY",
        "all_proxy",
    ],
)
def test_what_tells_others_what_to_do_is_left_out(variable: str) -> None:
    given = surroundings({"PATH": "/bin", variable: "elsewhere"})
    assert given == {"PATH": "/bin", "no_proxy": "*"}


def test_a_program_that_ends_is_told_by_its_exit_code_with_its_last_words(tmp_path: Path) -> None:
    with Child(["/bin/sh", "-c", "echo $PLANTED; exit 3"], tmp_path / "log", {"PLANTED": "a word"}) as child:
        assert eventually(lambda: child.ended) == 3
        assert child.last_words() == ["a word"]


def test_a_program_that_cannot_be_run_says_why(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_text("no program")
    with Child([str(program)], tmp_path / "log") as child:
        assert eventually(lambda: child.ended) == 126
        assert child.last_words() == [f"{program} cannot be run: Permission denied"]


def test_what_does_not_listen_is_ended_by_force_with_its_own_children(tmp_path: Path) -> None:
    with Child(["/bin/sh", "-c", STUBBORN], tmp_path / "log", grace_seconds=0.1) as child:
        of_child = number_in(tmp_path / "log")
        assert alive(of_child)
    assert child.ended == -signal.SIGKILL
    assert eventually(lambda: not alive(of_child))


def test_a_child_ends_when_what_started_it_is_killed(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    parent = subprocess.Popen([sys.executable, "-c", ORPHANING, log], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)})
    child = number_in(log)
    assert alive(child)
    parent.kill()
    parent.wait()
    assert eventually(lambda: not alive(child))
