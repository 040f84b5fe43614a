"""The state directory."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from exporter.collect.state import State, StateInUse
from exporter.errors import KpiExporterError
from exporter.http.cache import Stored


def test_what_is_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    with State(tmp_path / "state") as state:
        state.cache.put("key", Stored('"tag"', None, b"body"))
        (state.folder("acme", "git") / "note").write_text("here")
    with State(tmp_path / "state") as state:
        assert state.cache.get("key") == Stored('"tag"', None, b"body")
        assert (state.folder("acme", "git") / "note").read_text() == "here"


def test_without_a_directory_nothing_stays(tmp_path: Path) -> None:
    with State(None) as state:
        folder = state.folder("acme", "git")
        assert folder.is_dir()
    assert not state.path.exists()


def test_it_says_whether_it_keeps_anything(tmp_path: Path) -> None:
    with State(tmp_path / "state") as configured, State(None) as temporary:
        assert (configured.keeps, temporary.keeps) == (True, False)


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    with State(tmp_path / "state") as state:
        assert state.path.stat().st_mode & 0o077 == 0


def test_two_processes_never_share_it(tmp_path: Path) -> None:
    hold = "import sys; from pathlib import Path; from exporter.collect.state import State; "
    hold += "state = State(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", hold, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(StateInUse, match="is in use by another kpi-exporter"):
            State(tmp_path)
        with State.shared(tmp_path) as state:
            assert state.path != tmp_path
        other.kill()
        other.wait()
    with State(tmp_path) as state:
        assert state.path == tmp_path


def test_a_directory_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KpiExporterError, match=r"state_dir .*/file/state cannot be used: Not a directory"):
        State(tmp_path / "file" / "state")


def test_what_lies_in_the_way_of_a_source_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "acme").write_text("")
    with State(tmp_path) as state, pytest.raises(KpiExporterError, match=r"^state_dir .* cannot be used: Not a directory$"):
        state.folder("acme", "git")


def test_a_cache_that_cannot_be_opened_is_one_clear_error_and_lets_the_directory_go(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "http-cache.sqlite")) as another:
        another.execute("BEGIN EXCLUSIVE")
        with pytest.raises(KpiExporterError, match=r"^state_dir .* cannot be used: its cache cannot be opened$"):
            State(tmp_path)
    State(tmp_path).close()


def test_what_a_link_in_the_place_of_the_cache_leads_to_is_left_alone(tmp_path: Path) -> None:
    device, cache = tmp_path / "device", tmp_path / "state" / "http-cache.sqlite"
    os.mkfifo(device)
    device.chmod(0o666)
    cache.parent.mkdir()
    cache.symlink_to(device)
    with State(cache.parent) as state:
        state.cache.put("key", Stored('"tag"', None, b"body"))
    assert stat.filemode(device.stat().st_mode) == "prw-rw-rw-"
    assert cache.with_name("http-cache.sqlite.aside-1").readlink() == device
    with State(cache.parent) as state:
        assert state.cache.get("key") is not None


def test_a_machine_without_any_temporary_directory_is_told_the_way_out() -> None:
    code = "import tempfile; from exporter.collect.state import State; tempfile.tempdir = '/nowhere'; State(None)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    said = "KpiExporterError: no temporary directory can be made, set state_dir: No such file or directory"
    assert said in done.stderr.splitlines()[-1]
