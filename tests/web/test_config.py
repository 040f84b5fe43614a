"""The web configuration file: what it may say, and how mistakes are told."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from exporter import document
from exporter.errors import InvalidInput
from exporter.web.config import CIPHER_SUITES, web_config

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "web-config.yml"
HASH = "$2y$10$" + "a" * 53


def read(text, file="web.yml"):
    return web_config(document.parse(text, file))


def problems(text):
    with pytest.raises(InvalidInput) as raised:
        read(text)
    return [str(problem) for problem in raised.value.problems]


def tls(*lines):
    return "tls_server_config:\n  cert_file: a.crt\n  key_file: a.key\n" + "".join(f"  {line}\n" for line in lines)


def test_an_empty_file_protects_nothing():
    config = read("")
    assert config.tls_server_config is None
    assert config.basic_auth_users == {}
    assert config.headers() == {}
    assert config.files() == ()
    assert config.rate_limit.interval == timedelta(0)


def test_names_of_files_are_relative_to_the_file():
    config = read(tls("client_auth_type: RequireAndVerifyClientCert", "client_ca_file: /etc/ca.crt"), "/etc/kpi-exporter/web.yml")
    assert config.files() == (Path("/etc/kpi-exporter/a.crt"), Path("/etc/kpi-exporter/a.key"), Path("/etc/ca.crt"))


def test_http2_is_accepted():
    assert read("http_server_config: {http2: false}").headers() == {}


def test_headers_are_those_that_the_file_names_and_the_empty_text_counts():
    config = read('http_server_config:\n  headers: {X-Frame-Options: sameorigin, Content-Security-Policy: ""}')
    assert config.headers() == {"X-Frame-Options": "sameorigin", "Content-Security-Policy": ""}


def test_all_cipher_suites_of_the_format_are_accepted():
    names = ", ".join(CIPHER_SUITES)
    assert len(read(tls(f"cipher_suites: [{names}]")).tls_server_config.cipher_suites) == 13


def test_a_rate_limit_is_a_duration_and_a_number():
    limit = read("rate_limit: {interval: 500ms, burst: 20}").rate_limit
    assert (limit.interval, limit.burst) == (timedelta(milliseconds=500), 20)


@pytest.mark.parametrize("kind", ["2a", "2b", "2y"])
def test_bcrypt_hashes_of_all_makers_are_accepted(kind):
    digest = f"${kind}$10$" + "a" * 53
    assert read(f"basic_auth_users: {{prometheus: {digest}}}").basic_auth_users["prometheus"].get_secret_value() == digest


def test_all_problems_are_told_with_their_lines():
    text = """\
tls_server_config:
  cert_file: a.crt
  key_fle: a.key
  min_version: TLS10
http_server_config:
  headers:
    X-Frame-Option: deny
rate_limit:
  burst: 0
"""
    assert problems(text) == [
        "web.yml:1: tls_server_config.key_file: is missing",
        'web.yml:3: tls_server_config.key_fle: unknown key, did you mean "key_file"?',
        'web.yml:4: tls_server_config.min_version: must be one of TLS12, TLS13, found "TLS10"; did you mean "TLS13"?',
        'web.yml:7: http_server_config.headers.X-Frame-Option: unknown key, did you mean "X-Frame-Options"?',
        "web.yml:9: rate_limit.burst: must be at least 1, found 0",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            tls("client_ca_file: ca.crt"),
            'web.yml:4: tls_server_config.client_ca_file: needs a client_auth_type that verifies certificates, found "ca.crt"',
        ),
        (
            tls("client_auth_type: RequireAndVerifyClientCert"),
            "web.yml:1: tls_server_config: needs a client_ca_file, because client_auth_type is RequireAndVerifyClientCert",
        ),
        (
            tls("client_allowed_sans: [prometheus.example.org]"),
            "web.yml:4: tls_server_config.client_allowed_sans: needs client_auth_type RequireAndVerifyClientCert",
        ),
        (
            tls("min_version: TLS13", "max_version: TLS12"),
            'web.yml:5: tls_server_config.max_version: must not be below min_version, found "TLS12"',
        ),
        (
            tls("cipher_suites: [TLS_AES_128_GCM_SHA256]"),
            "web.yml:4: tls_server_config.cipher_suites: must name a cipher suite of TLS 1.2, because min_version is TLS12",
        ),
        (
            tls("curve_preferences: [X25519]"),
            "web.yml:4: tls_server_config.curve_preferences: is not supported by this exporter; leave it out, OpenSSL chooses the"
            " curves, found <secret>",
        ),
        (
            'http_server_config:\n  headers:\n    Strict-Transport-Security: "a\\nb"',
            'web.yml:3: http_server_config.headers.Strict-Transport-Security: must be one line of ASCII text, found "a b"',
        ),
        (
            "http_server_config:\n  headers: {X-Content-Type-Options: sniff}",
            'web.yml:2: http_server_config.headers.X-Content-Type-Options: must be one of nosniff, found "sniff"',
        ),
    ],
    ids=["ca", "no-ca", "sans", "versions", "ciphers", "curves", "header", "nosniff"],
)
def test_what_cannot_be_honoured_is_refused(text, expected):
    [problem] = problems(text)
    assert problem.startswith(expected)


def test_an_unknown_cipher_suite_is_told_by_its_place():
    [problem] = problems(tls("cipher_suites:", "  - TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "  - TLS_MADE_UP"))
    assert problem.startswith("web.yml:6: tls_server_config.cipher_suites[1]: must be one of TLS_AES_128_GCM_SHA256, ")


@pytest.mark.parametrize("kind", ["RequestClientCert", "RequireAnyClientCert"])
def test_a_client_certificate_that_nobody_verifies_is_refused(kind):
    [problem] = problems(tls(f"client_auth_type: {kind}"))
    assert problem.startswith("web.yml:4: tls_server_config.client_auth_type: must be one of NoClientCert, ")


@pytest.mark.parametrize("key", ["cert", "key", "client_ca"])
def test_pem_in_the_file_itself_is_refused_and_not_shown(key):
    [problem] = problems(tls(f"{key}: planted"))
    assert problem == (f"web.yml:4: tls_server_config.{key}: is not supported by this exporter; use {key}_file, found <secret>")


@pytest.mark.parametrize("value", ["planted", "$2y$99$" + "a" * 53, HASH + "a", "'12345678'", "12345678", "[planted]", "~"])
def test_what_is_no_hash_is_refused_and_neither_it_nor_the_user_is_shown(value):
    [problem] = problems(f"basic_auth_users:\n  someone: {value}")
    assert problem.startswith("web.yml:2: basic_auth_users: must be ")
    assert problem.endswith("found <secret>")
    assert "someone" not in problem


def example_folder(authority, folder):
    authority.issue("server", folder)
    shutil.copy(authority.certificate, folder / "clients.crt")
    return Path(shutil.copy(EXAMPLE, folder))


def test_the_example_is_valid(authority, tmp_path):
    config = web_config(document.read(example_folder(authority, tmp_path)))
    assert [file.name for file in config.files()] == ["server.crt", "server.key", "clients.crt"]
    assert list(config.basic_auth_users) == ["prometheus"]


def test_the_example_passes_the_check_of_prometheus(authority, tmp_path):
    file = example_folder(authority, tmp_path)
    done = subprocess.run(["promtool", "check", "web-config", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
