"""Remotes that refuse, break off, hang, or have less than a whole history."""

from datetime import timedelta
from pathlib import Path

import pytest

from exporter.errors import Reason
from support.gits import ADA, BOB, CLEO, Origin, counts, follow, git, refusal
from support.programs import eventually
from support.upstream import Answer, Upstream


def test_a_shallow_clone_is_refused_for_its_half_history(tmp_path: Path, origin: Origin, state: Path) -> None:
    origin.commit(ADA, BOB, CLEO)
    git(tmp_path, "clone", "--quiet", "--bare", "--depth=1", f"file://{origin.folder}", "shallow.git")
    followed = follow(tmp_path / "shallow.git")
    for _ in range(3):
        error = refusal(followed, state)
        assert error.reason is Reason.UNREADABLE
        assert "it is a shallow clone" in str(error)


def test_a_remote_that_hangs_is_given_up_and_git_ended(origin: Origin, server: Upstream, state: Path) -> None:
    origin.commit(ADA)
    server.fault = "hang"
    error = refusal(follow(f"{server.url}/owner/project.git", timeout=timedelta(seconds=1)), state)
    assert error.reason is Reason.TIMEOUT
    eventually(lambda: not _running(server.url))


def _running(text: str) -> list[bytes]:
    """Command lines of processes of this machine that hold a text."""
    lines = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(process.read_bytes())
        except OSError:
            continue
    return [line for line in lines if text.encode() in line]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (401, Reason.AUTH),
        (403, Reason.AUTH),
        (404, Reason.NOT_FOUND),
        (418, Reason.CLIENT_ERROR),
        (429, Reason.RATE_LIMITED),
        (500, Reason.SERVER_ERROR),
        (503, Reason.SERVER_ERROR),
    ],
)
def test_a_refusal_of_the_server_has_its_reason(status: int, reason: Reason, server: Upstream, state: Path) -> None:
    headers = {"WWW-Authenticate": 'Basic realm="x"'} if status == 401 else {}
    server.fault = Answer(status, b"planted text of the server", headers)
    error = refusal(follow(f"{server.url}/owner/project.git"), state)
    assert error.reason is reason
    assert "planted" not in str(error)
    assert server.url not in str(error)


@pytest.mark.parametrize("fault", ["drop", "half"])
def test_a_connection_that_breaks_off_is_told(fault: str, origin: Origin, server: Upstream, state: Path) -> None:
    origin.commit(ADA)
    server.fault = fault  # type: ignore[assignment]
    assert refusal(follow(f"{server.url}/owner/project.git"), state).reason is Reason.CONNECTION


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<!doctype html><title>Sign in</title>",
        b"<!doctype html>\n<title>Sign in</title>\n",
        b"001e# service=git-upload-pack\n0000garbage",
    ],
)
def test_a_page_that_is_not_git_is_no_empty_repository(page: bytes, server: Upstream, state: Path) -> None:
    server.fault = Answer(200, page)
    error = refusal(follow(f"{server.url}/owner/project.git"), state)
    assert (error.reason, str(error)) == (Reason.MALFORMED, "what the server says is not git")


def test_a_path_where_nothing_is_is_told(tmp_path: Path, state: Path) -> None:
    assert refusal(follow(tmp_path / "nowhere"), state).reason is Reason.NOT_FOUND


def test_a_port_where_nobody_listens_is_told(state: Path) -> None:
    assert refusal(follow("http://127.0.0.1:1/a/b"), state).reason is Reason.CONNECTION
    assert refusal(follow("git://127.0.0.1:1/a/b"), state).reason is Reason.CONNECTION


def test_a_state_directory_that_is_gone_is_told(origin: Origin, tmp_path: Path) -> None:
    origin.commit(ADA)
    error = refusal(follow(origin.folder), tmp_path / "gone")
    assert (error.reason, str(error)) == (Reason.UNREADABLE, "the state directory cannot be read or written")


def test_a_failure_in_between_keeps_the_clone(origin: Origin, server: Upstream, state: Path) -> None:
    followed = follow(f"{server.url}/owner/project.git")
    origin.commit(ADA)
    followed.history(state, frozenset())
    origin.commit(BOB)
    server.fault = Answer(503)
    assert refusal(followed, state).reason is Reason.SERVER_ERROR
    server.fault = None
    assert counts(followed.history(state, frozenset())) == (2, 2)
