"""Git repositories made for tests: their commits dated before NOW, on a path or behind a smart HTTP server."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from pydantic import SecretStr

from exporter.errors import UpstreamError
from exporter.sources.git.address import parse_address
from exporter.sources.git.history import History
from exporter.sources.git.program import Program
from exporter.sources.git.repository import Repository
from support.tools import NOW
from support.upstream import Answer, Handler, Request

__all__ = ["ADA", "BOB", "CLEO", "Origin", "clone_in", "counts", "follow", "git", "git_backend", "read", "refusal"]

ADA, BOB, CLEO = "Ada <ada@example.org>", "Bob <bob@example.org>", "Cleo <cleo@example.org>"

_CLEAN = {"PATH": os.environ["PATH"], "LC_ALL": "C", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(folder: Path, *arguments: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None) -> str:
    """What a git command prints, run in a folder without anybody's configuration."""
    command = ["git", "-C", str(folder), *arguments]
    done = subprocess.run(command, input=stdin, capture_output=True, env={**_CLEAN, **(environ or {})}, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8", "replace").strip()


@dataclass
class Origin:
    """A bare repository; its default branch is `main`."""

    folder: Path
    form: str = "sha1"

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        git(self.folder, "init", "--quiet", "--bare", "--initial-branch=main", f"--object-format={self.form}")

    def commit(
        self,
        *authors: str,
        days_ago: float = 0,
        branch: str = "main",
        files: Mapping[str, str] | None = None,
        links: Mapping[str, str] | None = None,
    ) -> None:
        """One commit for each author (`Name <address>`), landed that many days before NOW and written years before it landed."""
        landed = int((NOW - timedelta(days=days_ago)).timestamp())
        parent = f"from refs/heads/{branch}^0\n" if self._has(branch) else ""
        entries = [("100644", *entry) for entry in (files or {}).items()] + [
            ("120000", *entry) for entry in (links or {}).items()
        ]
        stream = ""
        for author in authors:
            stream += f"commit refs/heads/{branch}\nauthor {author} 1000000000 +0000\n"
            stream += f"committer Merger <merger@example.org> {landed} +0000\ndata 7\nchange\n{parent}"
            stream += "".join(f"M {mode} inline {path}\ndata {len(text.encode())}\n{text}\n" for mode, path, text in entries)
            parent = ""
        git(self.folder, "fast-import", "--quiet", stdin=stream.encode())

    def raw_commit(self, author: bytes, date: bytes, *, encoding: bytes = b"UTF-8") -> None:
        """A commit on `main` with this author line, this committer date and this encoding, whatever they are."""
        tree = git(self.folder, "hash-object", "-t", "tree", "-w", "--stdin")
        parent = f"parent {self.head()}\n" if self._has("main") else ""
        content = f"tree {tree}\n{parent}author ".encode() + author + b"\ncommitter X <x@example.org> " + date
        content += b"\nencoding " + encoding + b"\n\nchange\n"
        made = git(self.folder, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=content)
        git(self.folder, "update-ref", "refs/heads/main", made)

    def head(self, branch: str = "main") -> str:
        """The newest commit of a branch."""
        return git(self.folder, "rev-parse", f"refs/heads/{branch}")

    def _has(self, branch: str) -> bool:
        return (self.folder / "refs" / "heads" / branch).exists()

    def rewind(self, commits: int) -> None:
        """Takes commits off `main` again, as before a forced push."""
        git(self.folder, "update-ref", "refs/heads/main", f"refs/heads/main~{commits}")


def git_backend(root: Path, *, filters: bool = True) -> Handler:
    """Serves the repositories below a folder as git's smart HTTP does; `filters` lets clients leave files out."""
    offered = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "uploadpack.allowFilter", "GIT_CONFIG_VALUE_0": str(filters).lower()}

    def answer(request: Request) -> Answer:
        environ = {
            **_CLEAN,
            **offered,
            "GIT_PROJECT_ROOT": str(root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": request.method,
            "PATH_INFO": request.path,
            "QUERY_STRING": urlencode(request.query, doseq=True),
            "CONTENT_TYPE": request.headers.get("content-type", ""),
            "CONTENT_LENGTH": str(len(request.body)),
            "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
            "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=request.body, capture_output=True, env=environ, check=False)
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode("latin-1").split("\r\n") if line)
        return Answer(int(headers.pop("Status", "200").split()[0]), body, headers)

    return answer


def follow(
    url: object, *, branch: str | None = None, token: str | None = None, timeout: timedelta = timedelta(seconds=20)
) -> Repository:
    """A repository at a URL or path, as the source makes it."""
    credentials = None if token is None else ("x-access-token", SecretStr(token))
    return Repository(parse_address(str(url)), branch, credentials, Program(timeout), b"a key for tests")


def counts(history: History) -> tuple[int, int]:
    """How many commits, by how many people."""
    return len(history.times), len(history.people)


def read(url: object, state: Path, *, branch: str | None = None) -> tuple[int, int]:
    """How many commits, by how many people, a process finds that has just started."""
    return counts(follow(url, branch=branch).history(state, frozenset()))


def refusal(followed: Repository, state: Path) -> UpstreamError:
    """The error that reading a history ends with."""
    with pytest.raises(UpstreamError) as caught:
        followed.history(state, frozenset())
    return caught.value


def clone_in(state: Path) -> Path:
    """The one clone in a folder."""
    (folder,) = (entry for entry in state.iterdir() if entry.is_dir())
    return folder
