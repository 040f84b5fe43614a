"""A repository that is followed: its remote is asked, its clone brought up to date, its history read."""

import base64
import logging
import tempfile
from datetime import timedelta
from hashlib import blake2b
from pathlib import Path

from pydantic import SecretStr

from exporter.errors import Reason, UpstreamError
from exporter.sources.git.address import Address
from exporter.sources.git.clone import REMOTE, Clone
from exporter.sources.git.history import History, read_history
from exporter.sources.git.lock import locked
from exporter.sources.git.program import Program

__all__ = ["Repository"]

log = logging.getLogger(__name__)

_LOOK = timedelta(minutes=1)
"""Longest time that the first question to a remote may take, so that a dead server does not hold up the other repositories."""


class Repository:
    """One configured repository.

    `branch` is the one that is read, None for the remote's default; `token` is a user name and a secret for http and https; `key`
    is the secret that identities are hashed with. Between two refreshes it remembers the last history, which holds as long as
    the branch has not moved.
    """

    def __init__(
        self, address: Address, branch: str | None, token: tuple[str, SecretStr] | None, program: Program, key: bytes
    ) -> None:
        self.name = address.name
        self._address = address
        self._branch = branch
        self._ref = f"refs/heads/{branch}" if branch else "HEAD"
        self._token = token if address.host else None
        self._program = program
        self._key = key
        self._known: tuple[str, frozenset[str], History] | None = None

    def head(self) -> str | None:
        """The newest commit of the branch, asked from the remote; None for a repository without any commit.

        Raises UpstreamError when the remote does not answer, or has commits but not this branch.
        """
        try:
            head = self._advertised(self._ref).get(self._ref)
            if head is None:
                self._expect_nothing()
        except OSError:
            raise UpstreamError(Reason.UNREADABLE, "no temporary file can be written") from None
        return head

    def history(self, folder: Path, bots: frozenset[str]) -> History:
        """The history of the branch as it is now, read from a clone in `folder`, which exists.

        Raises UpstreamError when the remote does not answer, does not give its history, or the folder cannot be written.
        """
        head = self.head()
        if head is None:
            return History()
        if self._known is None or self._known[:2] != (head, bots):
            place = folder / blake2b(self._address.url.encode(), digest_size=16).hexdigest()
            try:
                with locked(place.with_suffix(".lock"), self._program.timeout) as lock:
                    history = self._brought_up_to(head, Clone(place, self._program, self._settings(), lock), bots)
            except OSError:
                raise UpstreamError(Reason.UNREADABLE, "the state directory cannot be read or written") from None
            self._known = (head, bots, history)
        return self._known[2]

    def _brought_up_to(self, head: str, clone: Clone, bots: frozenset[str]) -> History:
        if clone.exists():
            try:
                return self._read(head, clone, bots)
            except UpstreamError as error:
                if error.reason is not Reason.INTERNAL:
                    raise
                # The remote has just answered and nothing else explains the error: the clone is damaged.
                log.warning("clone made anew", extra={"fields": {"repository": self.name}})
        clone.create(sha256=len(head) == 64)
        return self._read(head, clone, bots)

    def _read(self, head: str, clone: Clone, bots: frozenset[str]) -> History:
        clone.tidy()
        commit = clone.head()
        if commit != head:
            clone.follow(self._ref)
            before, commit = commit, clone.head()
            if commit is None or commit == before:
                # Git only warns when it takes nothing from a shallow clone: half a history would make everybody a newcomer.
                clone.remove()
                raise UpstreamError(Reason.UNREADABLE, "the remote has only a part of the history: it is a shallow clone")
        history = read_history(clone.commits(commit, self._mailmap(clone, commit)), self._key, bots)
        clone.compact()
        return history

    def _mailmap(self, clone: Clone, commit: str) -> str | None:
        try:
            return clone.mailmap(commit)
        except UpstreamError as error:
            if error.reason is not Reason.CLIENT_ERROR:
                raise
            # Servers of the oldest protocol hand out whole branches only. A history without mailmap beats none.
            log.warning("mailmap ignored", extra={"fields": {"repository": self.name}})
            return None

    def _expect_nothing(self) -> None:
        """Raises UpstreamError when the remote, which has not shown the branch, is anything but a repository without commits."""
        with tempfile.NamedTemporaryFile() as packets:
            if self._advertised("refs/heads/*", Path(packets.name)):
                missing = (
                    f"there is no branch {self._branch}" if self._branch else "there is no default branch; configure `branch`"
                )
                raise UpstreamError(Reason.NOT_FOUND, missing)
            # To git, a web page in one line is a plain file server with an empty repository. Only a git server sends packets.
            if self._address.host and not packets.read():
                raise UpstreamError(Reason.MALFORMED, "what the server says is not git")

    def _advertised(self, pattern: str, packets: Path | None = None) -> dict[str, str]:
        printed = self._program.run(
            *("ls-remote", "--quiet", REMOTE, pattern),
            settings=self._settings(),
            network=True,
            timeout=min(_LOOK, self._program.timeout),
            packets=packets,
        )
        lines = (line.partition("\t") for line in printed.decode("utf-8", "replace").split("\n") if line)
        return {name: commit for commit, _, name in lines}

    def _settings(self) -> dict[str, str]:
        """Git configuration that says where the remote is and how it is reached."""
        settings = {f"remote.{REMOTE}.url": self._address.url}
        if self._address.is_local:
            # A folder of this machine can leave the files out for us even where its own configuration offers that to nobody.
            settings[f"remote.{REMOTE}.uploadPack"] = "git -c uploadpack.allowFilter=true upload-pack"
        if self._token is not None:
            user, token = self._token
            credentials = base64.b64encode(f"{user}:{token.get_secret_value()}".encode()).decode()
            settings[f"http.{self._address.url}.extraHeader"] = f"Authorization: Basic {credentials}"
            # The header would follow a redirect to whatever host it names.
            settings["http.followRedirects"] = "false"
            # Where the token does not work, no credentials that somebody once stored shall be tried.
            settings["credential.helper"] = ""
        return settings
