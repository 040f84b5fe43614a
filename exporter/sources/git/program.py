"""Runs the program git: without a shell, without questions, with a time limit, and quietly about what it prints."""

import os
import re
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO

from exporter.errors import Reason, UpstreamError
from exporter.sources.git.address import PROTOCOLS
from exporter.sources.git.children import children, send
from exporter.sources.git.failure import failure

__all__ = ["Program"]

_KEPT = (
    *("PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "XDG_CONFIG_HOME", "SSH_AUTH_SOCK", "GIT_SSH", "GIT_SSH_COMMAND"),
    *("GIT_EXEC_PATH", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
    *("GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "CURL_CA_BUNDLE"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
)
_SSH = "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=30"
_SETTINGS = {
    "core.hooksPath": os.devnull,
    "gc.auto": "0",
    # A transfer that stalls ends of itself, should the exporter be killed and not be there to end it.
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "600",
    "i18n.logOutputEncoding": "UTF-8",
    "log.showSignature": "false",
    # The mailmap of whoever runs the exporter is not the project's.
    "mailmap.file": "",
}
OLDEST = (2, 31)
"""The first version of git that takes configuration from its environment."""

_GRACE = 2.0
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Program:
    """The program git; each command may take `timeout`, and finds PATH, HOME, proxies and certificates in `environment`."""

    timeout: timedelta
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def check(self) -> None:
        """Raises UpstreamError when git is missing, or too old for what it is asked here."""
        version = re.match(rb"git version (\d+)\.(\d+)", self.run("version"))
        if version is None or (int(version[1]), int(version[2])) < OLDEST:
            raise UpstreamError(Reason.INTERNAL, f"git is too old: version {OLDEST[0]}.{OLDEST[1]} or later is needed")

    def run(
        self,
        *arguments: str,
        settings: Mapping[str, str] | None = None,
        network: bool = False,
        held: tuple[int, ...] = (),
        timeout: timedelta | None = None,
        packets: Path | None = None,
    ) -> bytes:
        """What the command printed; raises like `stream`."""
        return b"".join(self.stream(*arguments, settings=settings, network=network, held=held, timeout=timeout, packets=packets))

    def stream(
        self,
        *arguments: str,
        settings: Mapping[str, str] | None = None,
        network: bool = False,
        held: tuple[int, ...] = (),
        timeout: timedelta | None = None,
        packets: Path | None = None,
    ) -> Iterator[bytes]:
        """What the command prints, piece by piece.

        `settings` is git configuration for this command. It travels in the environment, which unlike the command line only
        the same user can read. `network` lets the command reach a remote. `held` are file descriptors that stay open as
        long as the command runs. `packets` is a file that gets what is said in git's own protocol. Raises UpstreamError when
        git is missing, fails, or takes longer than the limit; it and its helpers are then ended.
        """
        deadline = time.monotonic() + (timeout or self.timeout).total_seconds()
        environment = self._environment(settings or {}, network)
        if packets is not None:
            environment["GIT_TRACE_PACKET"] = str(packets)
        with tempfile.TemporaryFile() as errors:
            process = children.start(lambda: self._start(arguments, environment, errors, held))
            try:
                yield from _output(process, deadline)
                status = process.wait(max(0.0, deadline - time.monotonic()))
            except (TimeoutError, subprocess.TimeoutExpired):
                raise UpstreamError(Reason.TIMEOUT, "git did not finish in time") from None
            finally:
                _end(process)
                children.forget(process)
            if status != 0:
                errors.seek(max(0, errors.seek(0, os.SEEK_END) - _CHUNK))
                raise failure(errors.read(), status)

    def _start(
        self, arguments: tuple[str, ...], environment: Mapping[str, str], errors: IO[bytes], held: tuple[int, ...]
    ) -> "subprocess.Popen[bytes]":
        try:
            # A session of its own: one signal reaches git with all its helpers, and none of them finds a terminal to ask at.
            return subprocess.Popen(  # noqa: S603 (no shell; every argument is ours or was checked)
                ["git", *arguments],  # noqa: S607 (which git is the operator's choice)
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                cwd=os.sep,
                start_new_session=True,
                pass_fds=held,
            )
        except FileNotFoundError:
            raise UpstreamError(Reason.INTERNAL, "the program git is not installed, or not on the PATH") from None
        except OSError:
            raise UpstreamError(Reason.INTERNAL, "the program git cannot be started") from None

    def _environment(self, settings: Mapping[str, str], network: bool) -> dict[str, str]:
        kept = {name: self.environment[name] for name in _KEPT if name in self.environment}
        if "GIT_SSH" not in kept:
            kept.setdefault("GIT_SSH_COMMAND", _SSH)
        pairs = {**_SETTINGS, **settings}
        return {
            **kept,
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_ASKPASS": "false",
            "SSH_ASKPASS": "false",
            # A missing object is an error and no reason to go and fetch it; older versions of git know the second way only.
            "GIT_NO_LAZY_FETCH": "1",
            "GIT_ALLOW_PROTOCOL": ":".join(PROTOCOLS) if network else "",
            "GIT_CONFIG_COUNT": str(len(pairs)),
            **{f"GIT_CONFIG_KEY_{number}": key for number, key in enumerate(pairs)},
            **{f"GIT_CONFIG_VALUE_{number}": value for number, value in enumerate(pairs.values())},
        }


def _output(process: "subprocess.Popen[bytes]", deadline: float) -> Iterator[bytes]:
    """Chunks of standard output until its end; raises TimeoutError at the deadline (monotonic seconds)."""
    assert process.stdout is not None
    with process.stdout as stdout, selectors.DefaultSelector() as selector:
        selector.register(stdout, selectors.EVENT_READ)
        while True:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise TimeoutError
            chunk = os.read(stdout.fileno(), _CHUNK)
            if not chunk:
                return
            yield chunk


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ends a command that still runs, with its helpers: asked first, so that git removes its temporary files, then made to."""
    if process.poll() is not None:
        return
    for sign in (signal.SIGTERM, signal.SIGKILL):
        send(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE)
