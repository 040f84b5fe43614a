"""A mail server on loopback that takes letters as a real one does: STARTTLS first, then name and password."""

import email.policy
import ssl
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from types import TracebackType

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from support.programs import free_port

__all__ = ["Letter", "Mailbox"]


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter that arrived; `html` and `plain` are its two forms, empty where it lacks one."""

    at: datetime
    to: tuple[str, ...]
    subject: str
    html: str
    plain: str

    @property
    def text(self) -> str:
        """All that the letter says."""
        return f"{self.subject}\n{self.plain}\n{self.html}"


class Mailbox:
    """A mail server on a port of 127.0.0.1, from `with` to its end, that lets in only who knows name and password.

    `certificate` is the file of the authority that a client must trust; it is made in `folder`.
    """

    def __init__(self, folder: Path, name: str, password: str) -> None:
        self.certificate, key = folder / "mailbox.crt", folder / "mailbox.key"
        request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        about = ["-subj", "/CN=mailbox", "-addext", "subjectAltName=IP:127.0.0.1"]
        subprocess.run([*request, *about, "-keyout", key, "-out", self.certificate], check=True, capture_output=True)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self.port = free_port()
        self._letters: list[Letter] = []
        self._known = LoginPassword(name.encode(), password.encode())
        self._controller = Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            # Of this mechanism the library has other words than every real server, and Alertmanager waits for these.
            auth_exclude_mechanism=["LOGIN"],
            authenticator=self._authenticate,
        )

    def __enter__(self) -> "Mailbox":
        self._controller.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._controller.stop()

    def letters(self) -> list[Letter]:
        """Every letter, oldest first."""
        return list(self._letters)

    def of(self, address: str, *words: str) -> list[Letter]:
        """The letters to an address that have all these words in them, oldest first."""
        arrived = [letter for letter in self.letters() if address in letter.to]
        return [letter for letter in arrived if all(word in letter.text for word in words)]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (name of the library)
        """Takes a letter; called by the library."""
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, _class=EmailMessage, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        letter = Letter(
            datetime.now(UTC), tuple(envelope.rcpt_tos), str(message["Subject"]), _part(message, "html"), _part(message, "plain")
        )
        self._letters.append(letter)
        return "250 OK"

    def _authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: object) -> AuthResult:
        return AuthResult(success=data == self._known, handled=False)


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
