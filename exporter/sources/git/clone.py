"""The clone of a repository: one branch, bare, commits without their files."""

import logging
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from exporter.errors import UpstreamError
from exporter.sources.git.history import ARGUMENTS
from exporter.sources.git.program import Program

__all__ = ["REMOTE", "Clone"]

log = logging.getLogger(__name__)

REMOTE = "kpi"
"""What the settings of a clone call its remote."""

_BRANCH = "tracked"
_FILTER = "tree:0"
# These stand in no file of the clone: with them git takes an object that is missing for one that it may fetch.
_PARTIAL = {f"remote.{REMOTE}.promisor": "true", f"remote.{REMOTE}.partialCloneFilter": _FILTER}
_FETCH = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-maintenance", "--no-recurse-submodules")
# Every fetch adds a small pack; from fifty on git makes one of them.
_COMPACT = {"gc.auto": "6700", "gc.autoPackLimit": "50", "gc.autoDetach": "false", "gc.writeCommitGraph": "false"}
_LEFTOVERS = ("*.lock", "tmp_*", "*.keep", "gc.pid")


class Clone:
    """The bare repository in `folder`, whose lock the caller holds as `lock`.

    `settings` is git configuration that says where the remote is and how it is reached. All methods raise UpstreamError when git
    fails, with Reason.INTERNAL when nothing that git knows of the remote or the machine explains it, and OSError when the
    folder cannot be written.
    """

    def __init__(self, folder: Path, program: Program, settings: Mapping[str, str], lock: int) -> None:
        self._folder = folder
        self._program = program
        self._settings = settings
        self._held = (lock,)

    def exists(self) -> bool:
        """Whether there is something in its place, whole or not."""
        return self._folder.exists()

    def remove(self) -> None:
        """Leaves nothing of it."""
        if self.exists():
            shutil.rmtree(self._folder)

    def create(self, *, sha256: bool) -> None:
        """An empty clone in place of whatever was there; `sha256` is what the remote names its commits with, instead of SHA-1."""
        self.remove()
        form = f"--object-format={'sha256' if sha256 else 'sha1'}"
        self._program.run(
            "init",
            "--quiet",
            "--bare",
            "--template=",
            form,
            f"--initial-branch={_BRANCH}",
            "--",
            str(self._folder),
            held=self._held,
        )

    def tidy(self) -> None:
        """Removes what a killed git left behind: while the lock is held, no git is at work here."""
        for pattern in _LEFTOVERS:
            for left in list(self._folder.rglob(pattern)):
                if left.is_dir():
                    shutil.rmtree(left)
                else:
                    left.unlink(missing_ok=True)

    def head(self) -> str | None:
        """The newest commit that is here."""
        return self._run("for-each-ref", "--format=%(objectname)", f"refs/heads/{_BRANCH}").strip() or None

    def follow(self, ref: str) -> None:
        """Makes the branch what the remote has under `ref`, wherever that moved; only what is new travels."""
        self._fetch(f"+{ref}:refs/heads/{_BRANCH}")

    def mailmap(self, commit: str) -> str | None:
        """The object with the content of the file .mailmap of a commit; None where there is no such file.

        A clone without files lacks it, so it is fetched, and the root folder that names it before.
        """
        folder = self._run("log", "-1", "--format=%T", commit, "--").strip()
        self._obtain(folder)
        blob = self._run("ls-tree", folder, "--", ".mailmap").partition(" blob ")[2].partition("\t")[0]
        if not blob:
            return None
        self._obtain(blob)
        return blob

    def commits(self, commit: str, mailmap: str | None) -> Iterator[bytes]:
        """The commits up to this one, as `read_history` expects them."""
        settings = {"mailmap.blob": mailmap} if mailmap else {}
        return self._program.stream(*self._git, *ARGUMENTS, commit, "--", settings=settings, held=self._held)

    def compact(self) -> None:
        """Makes one pack of many, when there are many. That this fails costs disk and time, no figure, so it is only logged."""
        try:
            self._program.run(
                *self._git, "gc", "--auto", "--quiet", settings={**self._settings, **_PARTIAL, **_COMPACT}, held=self._held
            )
        except UpstreamError as error:
            log.warning("clone not compacted", extra={"fields": {"reason": error.reason}})

    def _obtain(self, thing: str) -> None:
        try:
            self._run("cat-file", "-e", thing)
        except UpstreamError:
            self._fetch(thing)

    def _fetch(self, what: str) -> None:
        settings = {**self._settings, **_PARTIAL}
        self._program.run(
            *self._git, *_FETCH, f"--filter={_FILTER}", REMOTE, what, settings=settings, network=True, held=self._held
        )

    def _run(self, *arguments: str) -> str:
        return self._program.run(*self._git, *arguments, held=self._held).decode("ascii", "replace")

    @property
    def _git(self) -> tuple[str, str]:
        return ("--git-dir", str(self._folder))
