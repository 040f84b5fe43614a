"""Encrypted connections, over sockets of this machine."""

import base64
import http.client
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import bcrypt
import pytest

from exporter.web.address import ListenAddress
from exporter.web.app import App
from exporter.web.config import TlsServerConfig
from exporter.web.guard import Guard
from exporter.web.server import Server
from exporter.web.settings import WebConfigFile
from exporter.web.tls import Tls, TlsFilesError

LOOPBACK = ListenAddress("127.0.0.1", 0)


@pytest.fixture
def serve(tmp_path, authority, backend):
    """Starts a server with a web configuration whose TLS section has these lines more; the folder holds its files."""
    running = []
    authority.issue("server", tmp_path)
    shutil.copy(authority.certificate, tmp_path / "clients.crt")

    def start(*lines, more=""):
        path = tmp_path / "web.yml"
        section = "".join(f"  {line}\n" for line in ("cert_file: server.crt", "key_file: server.key", *lines))
        path.write_text(f"tls_server_config:\n{section}{more}")
        file = WebConfigFile(path)
        server = Server(LOOPBACK, Guard(App(backend), file.current), tls=lambda: file.current().tls)
        server.start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.stop()


def trusting(authority, certificate=None):
    context = ssl.create_default_context(cafile=authority.certificate)
    if certificate:
        context.load_cert_chain(*certificate)
    return context


def ask(server, context, path="/metrics", headers=None):
    connection = http.client.HTTPSConnection("127.0.0.1", server.port, timeout=5, context=context)
    try:
        connection.request("GET", path, headers=headers or {})
        return connection.getresponse().read()
    finally:
        connection.close()


def peer(server, context):
    """Version, cipher and certificate of a connection."""
    plain = socket.create_connection(("127.0.0.1", server.port), 5)
    with plain, context.wrap_socket(plain, server_hostname="127.0.0.1") as client:
        return client.version(), client.cipher()[0], client.getpeercert()


def test_metrics_are_served_encrypted(serve, authority, backend):
    assert ask(serve(), trusting(authority)) == backend.page().text


def test_a_large_page_arrives_whole(serve, authority, backend):
    backend.text = "x" * 5_000_000
    assert len(ask(serve(), trusting(authority), "/config")) == 5_000_000


def test_the_connection_ends_with_a_goodbye(serve, authority):
    with socket.create_connection(("127.0.0.1", serve().port), 5) as plain:
        context = trusting(authority)
        with context.wrap_socket(plain, server_hostname="127.0.0.1", suppress_ragged_eofs=False) as client:
            client.sendall(b"GET /-/healthy HTTP/1.1\r\n\r\n")
            assert b"".join(iter(lambda: client.recv(65536), b"")).endswith(b"healthy\n")


def test_plain_http_is_not_served_where_tls_is_on(serve, authority):
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port), 5) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\n\r\n")
        assert b"stars" not in client.recv(65536)
    assert ask(server, trusting(authority))


def test_a_stalled_handshake_holds_up_nobody(serve, authority):
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port), 5):
        start = time.monotonic()
        assert ask(server, trusting(authority))
        assert time.monotonic() - start < 2


def test_a_stalled_handshake_does_not_hold_up_the_end(serve):
    server = serve()
    with socket.create_connection(("127.0.0.1", server.port), 5) as stalled:
        time.sleep(0.1)
        start = time.monotonic()
        server.stop()
        assert time.monotonic() - start < 2
        assert stalled.recv(1) == b""


VERIFY = ("client_auth_type: RequireAndVerifyClientCert", "client_ca_file: clients.crt")


class TestClientCertificates:
    def test_a_client_with_one_is_served(self, serve, authority, tmp_path, backend):
        client = authority.issue("client", tmp_path)
        assert ask(serve(*VERIFY), trusting(authority, client)) == backend.page().text

    def test_a_client_without_one_is_not(self, serve, authority):
        with pytest.raises((ssl.SSLError, ConnectionError)):
            ask(serve(*VERIFY), trusting(authority))

    def test_a_client_of_another_authority_is_not(self, serve, authority, tmp_path):
        folder = tmp_path / "other"
        folder.mkdir()
        client = type(authority)(folder).issue("client", tmp_path)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            ask(serve(*VERIFY), trusting(authority, client))

    def test_where_they_are_optional_a_client_without_one_is_served(self, serve, authority, backend):
        server = serve("client_auth_type: VerifyClientCertIfGiven", "client_ca_file: clients.crt")
        assert ask(server, trusting(authority)) == backend.page().text

    @pytest.mark.parametrize(
        ("san", "allowed"),
        [
            ("DNS:prometheus.example.org", True),
            ("DNS:first.example.org,DNS:prometheus.example.org", True),
            ("URI:spiffe://example.org/prometheus", True),
            ("IP:192.0.2.1", True),
            ("DNS:grafana.example.org", False),
            ("DNS:x.prometheus.example.org", False),
        ],
    )
    def test_only_allowed_names_are_served(self, serve, authority, tmp_path, san, allowed):
        client = authority.issue("client", tmp_path, san)
        names = "client_allowed_sans: [prometheus.example.org, 'spiffe://example.org/prometheus', 192.0.2.1]"
        server = serve(*VERIFY, names)
        if allowed:
            assert ask(server, trusting(authority, client))
        else:
            with pytest.raises((ssl.SSLError, ConnectionError)):
                ask(server, trusting(authority, client))


class TestVersionsAndCiphers:
    def test_the_newest_version_is_spoken(self, serve, authority):
        assert peer(serve(), trusting(authority))[0] == "TLSv1.3"

    def test_max_version_limits_it(self, serve, authority):
        assert peer(serve("max_version: TLS12"), trusting(authority))[0] == "TLSv1.2"

    def test_min_version_refuses_older_clients(self, serve, authority):
        context = trusting(authority)
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        with pytest.raises(ssl.SSLError):
            peer(serve("min_version: TLS13"), context)

    def test_cipher_suites_are_those_of_the_file(self, serve, authority):
        server = serve("max_version: TLS12", "cipher_suites: [TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256]")
        assert peer(server, trusting(authority))[1] == "ECDHE-ECDSA-CHACHA20-POLY1305"

    @pytest.mark.parametrize(("prefer", "chosen"), [("true", "AES256"), ("false", "AES128")])
    def test_the_order_of_server_or_client_wins(self, serve, authority, prefer, chosen):
        order = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"
        server = serve("max_version: TLS12", f"cipher_suites: [{order}]", f"prefer_server_cipher_suites: {prefer}")
        context = trusting(authority)
        context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384")
        assert chosen in peer(server, context)[1]


class TestRotation:
    def test_a_new_certificate_is_shown_to_the_next_client(self, serve, authority, tmp_path):
        server = serve()
        before = peer(server, trusting(authority))[2]["serialNumber"]
        authority.issue("server", tmp_path)
        assert peer(server, trusting(authority))[2]["serialNumber"] != before

    def test_a_new_authority_for_clients_is_in_use_at_once(self, serve, authority, tmp_path):
        server = serve(*VERIFY)
        folder = tmp_path / "other"
        folder.mkdir()
        other = type(authority)(folder)
        client = other.issue("client", tmp_path)
        with pytest.raises((ssl.SSLError, ConnectionError)):
            ask(server, trusting(authority, client))
        other.certificate.replace(tmp_path / "clients.crt")
        assert ask(server, trusting(authority, client))


def test_a_login_and_headers_work_over_tls(serve, authority):
    digest = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
    server = serve(more=f"basic_auth_users: {{prometheus: {digest}}}\n")
    login = "Basic " + base64.b64encode(b"prometheus:secret").decode()
    assert ask(server, trusting(authority)) == b"unauthorized\n"
    assert b"stars" in ask(server, trusting(authority), headers={"Authorization": login})


class TestFiles:
    def config(self, folder, **more):
        return TlsServerConfig(cert_file=folder / "server.crt", key_file=folder / "server.key", **more)

    def problems(self, config):
        with pytest.raises(TlsFilesError) as raised:
            Tls(config)
        return raised.value.problems

    def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_password(self, authority, tmp_path):
        _, key = authority.issue("server", tmp_path)
        locked = tmp_path / "locked.key"
        subprocess.run(
            ["openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:planted", "-out", locked],
            check=True,
            capture_output=True,
        )
        locked.replace(key)
        assert self.problems(self.config(tmp_path)) == [("key_file", "must not be encrypted with a password")]

    def test_damaged_files_are_told(self, authority, tmp_path):
        certificate, _ = authority.issue("server", tmp_path)
        text = certificate.read_text()
        certificate.write_text(text.replace("M", "!"))
        [(key, message)] = self.problems(self.config(tmp_path))
        assert (key, message) == ("cert_file", "cannot be used together with key_file: one of them is damaged")

    def test_a_damaged_authority_is_told(self, authority, tmp_path):
        authority.issue("server", tmp_path)
        ca = tmp_path / "ca.crt"
        ca.write_text("-----BEGIN CERTIFICATE-----\nplanted\n-----END CERTIFICATE-----\n")
        config = self.config(tmp_path, client_auth_type="RequireAndVerifyClientCert", client_ca_file=Path(ca))
        assert self.problems(config) == [("client_ca_file", "holds a damaged certificate")]
