"""The clone: damaged, killed, fought over, and grown large."""

import fcntl
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from exporter.errors import Reason
from support.gits import ADA, BOB, CLEO, Origin, clone_in, counts, follow, read, refusal
from support.upstream import Answer, Request, Upstream

DAMAGES: dict[str, Callable[[Path], object]] = {
    "a pack is cut short": lambda folder: _each(folder.rglob("*.pack"), lambda file: os.truncate(file, 40)),
    "the packs are gone": lambda folder: _each(folder.rglob("pack-*"), Path.unlink),
    "HEAD is gone": lambda folder: (folder / "HEAD").unlink(),
    "the configuration is garbage": lambda folder: (folder / "config").write_text("[core\n"),
    "the branch is garbage": lambda folder: (folder / "refs" / "heads" / "tracked").write_text("\0" * 41),
    "the branch names nothing": lambda folder: (folder / "refs" / "heads" / "tracked").write_text("1" * 40 + "\n"),
    "only a folder is left": lambda folder: _emptied(folder),
}


def _each(files: Iterable[Path], harm: Callable[[Path], object]) -> None:
    for file in list(files):
        file.chmod(0o644)
        harm(file)


def _emptied(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.mkdir()


@pytest.mark.parametrize("moved", [False, True], ids=["still", "moved"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_clone_is_made_anew(damage: str, moved: bool, origin: Origin, state: Path, may_warn: set[str]) -> None:
    origin.commit(ADA, BOB)
    read(origin.folder, state)
    DAMAGES[damage](clone_in(state))
    may_warn.add("clone made anew")
    if moved:
        origin.commit(CLEO)
    assert read(origin.folder, state) == ((3, 3) if moved else (2, 2))
    assert read(origin.folder, state) == ((3, 3) if moved else (2, 2))


def test_a_clone_that_turns_bad_while_the_exporter_runs_is_made_anew(origin: Origin, state: Path, may_warn: set[str]) -> None:
    may_warn.add("clone made anew")
    followed = follow(origin.folder)
    origin.commit(ADA, BOB)
    followed.history(state, frozenset())
    DAMAGES["a pack is cut short"](clone_in(state))
    origin.commit(CLEO)
    assert counts(followed.history(state, frozenset())) == (3, 3)


def test_what_a_killed_git_left_behind_is_removed(origin: Origin, state: Path) -> None:
    origin.commit(ADA)
    read(origin.folder, state)
    left = ["refs/heads/tracked.lock", "config.lock", "packed-refs.lock", "objects/pack/tmp_pack_x1", "gc.pid"]
    for name in left:
        (clone_in(state) / name).write_text("")
    origin.commit(BOB)
    assert read(origin.folder, state) == (2, 2)
    assert not any((clone_in(state) / name).exists() for name in left)


REFRESH = """
import sys
from datetime import timedelta
from pathlib import Path
from exporter.sources.git.address import parse_address
from exporter.sources.git.program import Program
from exporter.sources.git.repository import Repository
followed = Repository(parse_address(sys.argv[1]), None, None, Program(timedelta(seconds=20)), b"key")
print("go", flush=True)
followed.history(Path(sys.argv[2]), frozenset())
"""


@pytest.mark.parametrize("after", [0.0, 0.01, 0.02, 0.04, 0.06])
def test_a_kill_at_any_moment_leaves_nothing_broken(after: float, origin: Origin, state: Path) -> None:
    origin.commit(*[ADA, BOB] * 10)
    with subprocess.Popen([sys.executable, "-c", REFRESH, str(origin.folder), str(state)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(after)
        process.kill()
    assert read(origin.folder, state) == (20, 2)


def test_another_process_at_work_on_the_clone_is_waited_for_and_then_told(origin: Origin, state: Path) -> None:
    origin.commit(ADA)
    read(origin.folder, state)
    (lock,) = state.glob("*.lock")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        error = refusal(follow(origin.folder, timeout=timedelta(seconds=0.3)), state)
    assert (error.reason, str(error)) == (Reason.TIMEOUT, "another process works on the clone of the repository")
    assert read(origin.folder, state) == (1, 1)


def test_a_git_that_outlives_a_killed_exporter_keeps_the_clone_to_itself(origin: Origin, server: Upstream, state: Path) -> None:
    origin.commit(ADA, BOB)
    serve, asked, go_on = server.handler, threading.Event(), threading.Event()

    def slow(request: Request) -> Answer:
        if b"command=fetch" in request.body:
            asked.set()
            go_on.wait(20)
        return serve(request)

    server.handler = slow
    url = f"{server.url}/owner/project.git"
    with subprocess.Popen([sys.executable, "-c", REFRESH, url, str(state)]) as process:
        assert asked.wait(20)
        process.kill()
    error = refusal(follow(url, timeout=timedelta(seconds=0.5)), state)
    assert "another process works on the clone" in str(error)
    go_on.set()
    assert read(url, state) == (2, 2)


def test_a_clone_in_many_packs_is_made_one(origin: Origin, state: Path) -> None:
    origin.commit(ADA, files={"README": "x"})
    read(origin.folder, state)
    (pack, *_) = clone_in(state).rglob("*.pack")
    for number in range(60):
        for kind in (".pack", ".idx", ".promisor"):
            shutil.copy(pack.with_suffix(kind), pack.with_name(f"pack-{number:040x}{kind}"))
    origin.commit(BOB)
    assert read(origin.folder, state) == (2, 2)
    assert len(list(clone_in(state).rglob("*.pack"))) < 5
    origin.commit(CLEO)
    assert read(origin.folder, state) == (3, 3)
