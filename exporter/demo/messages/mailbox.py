"""A mail server that takes every letter and delivers none (RFC 5321, as far as a program sends letters)."""

import email
import email.policy
import re
import socketserver
import threading
from collections.abc import Mapping
from contextlib import suppress
from email.message import EmailMessage
from types import TracebackType

from exporter.demo.messages.inbox import Inbox
from exporter.errors import KpiExporterError

__all__ = ["Mailbox"]

_ADDRESS = re.compile(r"<([^<>\s]+)>")
_LONGEST_LINE = 2000
_LARGEST = 2_000_000
_PATIENCE = 60.0
"""Seconds in which a client must say something."""
_ANSWERS = {"HELO": "250 demo", "EHLO": "250 demo", "MAIL": "250 OK", "NOOP": "250 OK", "RSET": "250 OK"}


class Mailbox:
    """Listens on a port of 127.0.0.1 (0: any free one), from `with` to its end; raises KpiExporterError where it cannot.

    `channels` says which channel an address is of.
    """

    def __init__(self, port: int, inbox: Inbox, channels: Mapping[str, str]) -> None:
        try:
            self._server = _Server(("127.0.0.1", port), _Letters)
        except OSError as error:
            raise KpiExporterError(f"cannot listen on 127.0.0.1:{port}: {error.strerror}") from None
        self._server.inbox, self._server.channels = inbox, channels
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="mailbox", daemon=True)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._server.server_address[1])

    def __enter__(self) -> "Mailbox":
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    inbox: Inbox
    channels: Mapping[str, str]


class _Letters(socketserver.StreamRequestHandler):
    """Talks to one client."""

    server: _Server
    timeout = _PATIENCE

    def handle(self) -> None:
        # Clients go away, or say nothing for a while: nothing to act on.
        with suppress(OSError):
            self._talk()

    def _talk(self) -> None:
        recipients: list[str] = []
        self._say("220 demo ESMTP")
        while line := self.rfile.readline(_LONGEST_LINE):
            command = line.decode("ascii", "replace").strip()
            match command[:4].upper():
                case "QUIT":
                    self._say("221 bye")
                    return
                case "RCPT":
                    recipients += _ADDRESS.findall(command)
                    self._say("250 OK")
                case "DATA":
                    self._say("354 go on")
                    self._deliver(self._letter(), recipients)
                    recipients = []
                    self._say("250 OK")
                case word:
                    self._say(_ANSWERS.get(word, "502 not known here"))

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def _letter(self) -> bytes:
        """The lines up to the one that ends a letter."""
        lines: list[bytes] = []
        size = 0
        while (line := self.rfile.readline(_LONGEST_LINE)) and line.rstrip(b"\r\n") != b".":
            size += len(line)
            if size <= _LARGEST:
                lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _deliver(self, letter: bytes, recipients: list[str]) -> None:
        message = email.message_from_bytes(letter, _class=EmailMessage, policy=email.policy.default)
        text = _plain(message.get_body(("plain",)))
        subject = str(message["Subject"] or "")
        for channel in dict.fromkeys(self.server.channels.get(address, address) for address in recipients):
            self.server.inbox.add(channel, "E-mail", subject, text, resolved=subject.startswith("Resolved"))


def _plain(part: object) -> str:
    """The text of a letter; "" where it has none."""
    if not isinstance(part, EmailMessage):
        return ""
    try:
        text = str(part.get_content())
    except LookupError:
        # In a charset that nobody knows.
        text = str(part.get_payload())
    return text.replace("\r\n", "\n")
