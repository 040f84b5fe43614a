"""The token: where it goes, and where it never shows."""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.errors import Reason, UpstreamError
from support.gits import Origin, follow, git_backend
from support.upstream import Answer, Handler, Request, Upstream

TOKEN = "planted-token-7f3a"
HEADER = "Basic " + base64.b64encode(f"x-access-token:{TOKEN}".encode()).decode()
TRACES = (TOKEN, HEADER.removeprefix("Basic "))


class Guarded:
    """Serves only those who bring the token, and looks at every command line of the machine while git waits for the answer."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.command_lines: set[bytes] = set()

    def __call__(self, request: Request) -> Answer:
        self.command_lines.update(_command_lines())
        if request.headers.get("authorization") != HEADER:
            return Answer(401, b"planted answer", {"WWW-Authenticate": 'Basic realm="x"'})
        return self.handler(request)


def _command_lines() -> Iterator[bytes]:
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield process.read_bytes()
        except OSError:
            continue


@pytest.fixture
def guard(tmp_path: Path, server: Upstream) -> Guarded:
    guarded = Guarded(git_backend(tmp_path / "srv"))
    server.handler = guarded
    return guarded


def test_a_repository_that_demands_the_token_is_read_with_it(
    origin: Origin, server: Upstream, guard: Guarded, state: Path
) -> None:
    origin.commit("Ada <ada@example.org>", files={".mailmap": "# nobody\n"})
    history = follow(f"{server.url}/owner/project.git", token=TOKEN).history(state, frozenset())
    assert len(history.times) == 1


def test_the_token_is_on_no_command_line_and_in_no_file(
    origin: Origin, server: Upstream, guard: Guarded, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    origin.commit("Ada <ada@example.org>")
    followed = follow(f"{server.url}/owner/project.git", token=TOKEN)
    followed.history(state, frozenset())
    assert any(b"fetch" in line for line in guard.command_lines)  # it did look at the right moment
    kept = b"\n".join(file.read_bytes() for file in state.rglob("*") if file.is_file())
    shown = [b"\n".join(guard.command_lines), kept, repr(vars(followed)).encode(), caplog.text.encode()]
    assert not any(trace.encode() in text for trace in TRACES for text in shown)


@pytest.mark.parametrize("token", [None, "another-planted-token"])
def test_without_the_right_token_the_reason_is_auth(
    token: str | None, origin: Origin, server: Upstream, guard: Guarded, state: Path
) -> None:
    with pytest.raises(UpstreamError) as caught:
        follow(f"{server.url}/owner/project.git", token=token).history(state, frozenset())
    assert caught.value.reason is Reason.AUTH
    assert "planted" not in str(caught.value)


def test_credentials_that_somebody_stored_are_not_tried_in_place_of_the_token(
    tmp_path: Path, origin: Origin, server: Upstream, guard: Guarded, state: Path
) -> None:
    (tmp_path / "home" / "gitconfig").write_text(f'[credential]\n\thelper = "!touch {tmp_path}/asked; false"\n')
    with pytest.raises(UpstreamError):
        follow(f"{server.url}/owner/project.git", token="another-token").history(state, frozenset())
    assert not (tmp_path / "asked").exists()


def test_the_token_does_not_follow_a_redirect(origin: Origin, server: Upstream, state: Path) -> None:
    origin.commit("Ada <ada@example.org>")
    elsewhere = f"{server.url}/owner/project.git/info/refs?service=git-upload-pack"
    with Upstream(lambda request: Answer(302, b"", {"Location": elsewhere})) as first:
        with pytest.raises(UpstreamError) as caught:
            follow(f"{first.url}/owner/project.git", token=TOKEN).history(state, frozenset())
        assert caught.value.reason is Reason.REDIRECT
        assert server.requests == []
        history = follow(f"{first.url}/owner/project.git", token=None).history(state, frozenset())
    assert len(history.times) == 1
    assert not any("authorization" in request.headers for request in server.requests)


def test_the_token_goes_to_the_configured_repository_alone(tmp_path: Path, origin: Origin, server: Upstream, state: Path) -> None:
    origin.commit("Ada <ada@example.org>")
    with Upstream(git_backend(tmp_path / "srv")) as other:
        # The operator's own git configuration sends the address elsewhere.
        (tmp_path / "home" / "gitconfig").write_text(f'[url "{other.url}/"]\n\tinsteadOf = {server.url}/\n')
        follow(f"{server.url}/owner/project.git", token=TOKEN).history(state, frozenset())
        assert other.requests
        assert not any("authorization" in request.headers for request in other.requests)
