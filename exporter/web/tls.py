"""Encrypted connections: what a web configuration says of TLS, made into something that accepts clients."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

from exporter.web.config import CIPHER_SUITES, TlsServerConfig

__all__ = ["Tls", "TlsFilesError"]

_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_VERIFY = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_PEM = {
    "cert_file": ("-----BEGIN CERTIFICATE-----", "must hold a certificate in PEM"),
    "key_file": ("PRIVATE KEY-----", "must hold a private key in PEM"),
    "client_ca_file": ("-----BEGIN CERTIFICATE-----", "must hold a certificate in PEM"),
}


class TlsFilesError(Exception):
    """The files of a TLS configuration cannot be used; `problems` gives the key and what is wrong with its file."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(f"{key}: {message}" for key, message in problems))


class Tls:
    """Makes encrypted connections of accepted ones; raises TlsFilesError when certificate, key or authority are unusable."""

    def __init__(self, config: TlsServerConfig) -> None:
        if problems := list(_problems(config)):
            raise TlsFilesError(problems)
        self._context = _context(config)
        self._allowed = frozenset(config.client_allowed_sans)

    def wrap(self, connection: socket.socket) -> ssl.SSLSocket:
        """The connection with TLS on it; sends and receives nothing yet."""
        return self._context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)

    def shake_hands(self, connection: ssl.SSLSocket) -> None:
        """Agrees with the client on keys, which may block; raises OSError when they do not or the client may not connect."""
        connection.do_handshake()
        if self._allowed:
            # Pairs such as ("DNS", "prometheus.example"); the entry may stand under any kind of name.
            certificate = connection.getpeercert() or {}
            names = {str(pair[1]) for pair in certificate.get("subjectAltName", ())}
            if not names & self._allowed:
                raise PermissionError("the client's certificate has no allowed name")


def _problems(config: TlsServerConfig) -> Iterator[tuple[str, str]]:
    for key, (mark, message) in _PEM.items():
        file: Path | None = getattr(config, key)
        if file is None:
            continue
        try:
            content = file.read_bytes()
        except OSError as error:
            yield key, f"cannot be read: {error.strerror}"
        else:
            if mark.encode() not in content:
                yield key, message


def _context(config: TlsServerConfig) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[config.min_version]
    context.maximum_version = _VERSIONS[config.max_version]
    context.set_alpn_protocols(["http/1.1"])
    if not config.prefer_server_cipher_suites:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if ciphers := [cipher for name in config.cipher_suites if (cipher := CIPHER_SUITES[name])]:
        context.set_ciphers(":".join(ciphers))
    try:
        context.load_cert_chain(config.cert_file, config.key_file, password=_no_password)
    except _EncryptedKeyError:
        raise TlsFilesError([("key_file", "must not be encrypted with a password")]) from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise TlsFilesError([("key_file", "does not belong to the certificate in cert_file")]) from None
        raise TlsFilesError([("cert_file", "cannot be used together with key_file: one of them is damaged")]) from None
    if config.client_ca_file is not None:
        try:
            context.load_verify_locations(config.client_ca_file)
        except ssl.SSLError:
            raise TlsFilesError([("client_ca_file", "holds a damaged certificate")]) from None
    context.verify_mode = _VERIFY[config.client_auth_type]
    return context


class _EncryptedKeyError(Exception):
    pass


def _no_password() -> str:
    # Without this OpenSSL would ask for the password on the terminal and wait.
    raise _EncryptedKeyError
