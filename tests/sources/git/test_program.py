"""How git is run. Some tests put a script in the place of git: it shows what a git that misbehaves is met with."""

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.git.program import Program
from support.programs import eventually

TIMEOUT = timedelta(seconds=20)


@pytest.fixture
def stand_in(tmp_path: Path) -> Callable[[str, timedelta], Program]:
    """A program called git that runs a shell script."""

    def make(script: str, timeout: timedelta) -> Program:
        folder = tmp_path / "bin"
        folder.mkdir()
        (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "git").chmod(0o755)
        return Program(timeout, {"PATH": f"{folder}:{os.environ['PATH']}"})

    return make


def runs(pid: str) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_what_git_prints_is_given() -> None:
    assert Program(TIMEOUT).run("version").startswith(b"git version ")


def test_a_machine_without_git_is_told_so(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match=r"^the program git is not installed, or not on the PATH$") as caught:
        Program(TIMEOUT, {"PATH": str(tmp_path)}).run("version")
    assert caught.value.reason is Reason.INTERNAL


@pytest.mark.parametrize("version", ["2.30.2", "1.99.0", "nonsense"])
def test_a_git_that_is_too_old_is_told_so(version: str, stand_in: Callable[[str, timedelta], Program]) -> None:
    with pytest.raises(UpstreamError, match=r"^git is too old: version 2\.31 or later is needed$"):
        stand_in(f"echo git version {version}", TIMEOUT).check()


@pytest.mark.parametrize("version", ["2.31.0", "2.39.5 (Apple Git-154)", "2.100.0.windows.1", "3.0.0-rc1"])
def test_a_git_that_is_new_enough_is_taken(version: str, stand_in: Callable[[str, timedelta], Program]) -> None:
    stand_in(f"echo 'git version {version}'", TIMEOUT).check()
    Program(TIMEOUT).check()  # that of this machine, too


def test_a_git_that_does_not_finish_is_ended_with_its_helpers(
    tmp_path: Path, stand_in: Callable[[str, timedelta], Program]
) -> None:
    program = stand_in(f"sleep 60 & echo $! $$ >{tmp_path}/pids; wait", timedelta(seconds=0.5))
    with pytest.raises(UpstreamError, match=r"^git did not finish in time$") as caught:
        program.run("fetch")
    assert caught.value.reason is Reason.TIMEOUT
    helper, main = (tmp_path / "pids").read_text().split()
    eventually(lambda: not runs(helper) and not runs(main))


def test_a_git_that_does_not_listen_is_ended_all_the_same(tmp_path: Path, stand_in: Callable[[str, timedelta], Program]) -> None:
    program = stand_in(f"trap '' TERM; echo $$ >{tmp_path}/pid; while :; do sleep 0.1; done", timedelta(seconds=0.5))
    with pytest.raises(UpstreamError, match="in time"):
        program.run("fetch")
    assert not runs((tmp_path / "pid").read_text().strip())


def test_a_git_that_closes_its_output_and_stays_is_ended(stand_in: Callable[[str, timedelta], Program]) -> None:
    start = time.monotonic()
    with pytest.raises(UpstreamError, match="in time"):
        stand_in("exec >&-; sleep 60", timedelta(seconds=0.5)).run("fetch")
    assert time.monotonic() - start < 10


def test_a_git_whose_output_nobody_reads_on_is_ended(tmp_path: Path, stand_in: Callable[[str, timedelta], Program]) -> None:
    stream = stand_in(f"echo $$ >{tmp_path}/pid; while :; do echo more; done", TIMEOUT).stream("log")
    assert next(stream).startswith(b"more\n")
    stream.close()  # type: ignore[attr-defined]  # a generator
    assert not runs((tmp_path / "pid").read_text().strip())


def test_a_failure_does_not_repeat_what_git_said(stand_in: Callable[[str, timedelta], Program]) -> None:
    with pytest.raises(UpstreamError, match=r"^git failed with exit status 3$"):
        stand_in("echo planted-secret >&2; exit 3", TIMEOUT).run("log")


def test_a_flood_of_complaints_does_no_harm(stand_in: Callable[[str, timedelta], Program]) -> None:
    with pytest.raises(UpstreamError) as caught:
        stand_in("yes error: packfile | head -c 20000000 >&2; echo fatal: early EOF >&2; exit 128", TIMEOUT).run("log")
    assert caught.value.reason is Reason.CONNECTION


def test_git_is_given_little_of_the_environment_and_no_chance_to_ask(stand_in: Callable[[str, timedelta], Program]) -> None:
    program = stand_in("env", TIMEOUT)
    kept = {"HOME": "/home/ada", "https_proxy": "http://proxy.example:3128", "SSL_CERT_FILE": "/etc/ca.pem"}
    left = {
        "AWS_SECRET": "planted",
        "GIT_DIR": "/elsewhere",
        "GIT_TRACE_CURL": "1",
        "LANG": "de_DE",
        "GIT_CONFIG_PARAMETERS": "x",
    }
    program = Program(TIMEOUT, {**program.environment, **kept, **left})
    seen = dict(line.split("=", 1) for line in program.run("x").decode().splitlines())
    assert kept.items() <= seen.items()
    assert not left.keys() & seen.keys()
    assert (seen["LC_ALL"], seen["GIT_TERMINAL_PROMPT"], seen["GIT_ASKPASS"]) == ("C", "0", "false")
    assert "BatchMode=yes" in seen["GIT_SSH_COMMAND"]


def test_the_operators_way_to_call_ssh_is_kept(stand_in: Callable[[str, timedelta], Program]) -> None:
    program = stand_in('echo "$GIT_SSH_COMMAND"', TIMEOUT)
    program = Program(TIMEOUT, {**program.environment, "GIT_SSH_COMMAND": "ssh -i /keys/deploy"})
    assert program.run("x") == b"ssh -i /keys/deploy\n"


def test_no_command_reaches_a_remote_unless_it_is_meant_to(tmp_path: Path) -> None:
    Program(TIMEOUT).run("init", "--quiet", "--bare", "--", str(tmp_path / "a"))
    assert Program(TIMEOUT).run("ls-remote", f"file://{tmp_path}/a", network=True) == b""
    with pytest.raises(UpstreamError, match="not allowed"):
        Program(TIMEOUT).run("ls-remote", f"file://{tmp_path}/a")


def test_a_transport_helper_is_not_run_even_if_it_got_this_far(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError, match="not allowed"):
        Program(TIMEOUT).run("ls-remote", f"ext::touch {tmp_path}/made", network=True)
    assert not (tmp_path / "made").exists()


def test_a_program_shows_nothing_of_its_environment() -> None:
    assert "planted" not in repr(Program(TIMEOUT, {"PATH": "planted"}))
