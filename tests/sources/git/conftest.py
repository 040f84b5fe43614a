import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.gits import Origin, git_backend
from support.upstream import Upstream


@pytest.fixture(autouse=True)
def _nobodys_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration, no credentials and no proxy of whoever runs the tests."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home" / "gitconfig"))
    for name in ("XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def origin(tmp_path: Path) -> Origin:
    """An empty repository, owner/project.git below the folder that `server` serves."""
    return Origin(tmp_path / "srv" / "owner" / "project.git")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Upstream]:
    """A smart HTTP server for the repositories below the folder srv."""
    with Upstream(git_backend(tmp_path / "srv")) as upstream:
        yield upstream


@pytest.fixture(params=["path", "http"])
def url(request: pytest.FixtureRequest, origin: Origin, server: Upstream) -> str:
    """The address of `origin`, as a path and as a URL."""
    return str(origin.folder) if request.param == "path" else f"{server.url}/owner/project.git"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder for clones."""
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def may_warn(caplog: pytest.LogCaptureFixture) -> Iterator[set[str]]:
    """The warnings that a test may cause: none, unless it says otherwise. A clone made anew would hide many a mistake."""
    allowed: set[str] = set()
    yield allowed
    assert {record.getMessage() for record in caplog.get_records("call") if record.levelno >= logging.WARNING} <= allowed
