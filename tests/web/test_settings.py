"""The web configuration in use follows its files."""

import base64
import logging

import bcrypt
import pytest

from exporter.errors import InvalidInput
from exporter.web.settings import WebConfigFile


def digest(password):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


def basic(password):
    return "Basic " + base64.b64encode(f"prometheus:{password}".encode()).decode()


def users(password):
    return f"basic_auth_users:\n  prometheus: {digest(password)}\n"


TLS = "tls_server_config: {cert_file: server.crt, key_file: server.key}\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "web.yml"


def replace(path, text):
    """Replaces a file as careful people do: by renaming."""
    new = path.with_suffix(".new")
    new.write_text(text)
    new.replace(path)


def messages(caplog):
    return [record.getMessage() for record in caplog.records]


def test_a_file_without_anything_protects_nothing(path):
    path.write_text("")
    settings = WebConfigFile(path).current()
    assert (settings.tls, settings.auth, settings.bucket, dict(settings.headers)) == (None, None, None, {})


def test_a_file_that_is_missing_at_start_is_an_error(path):
    with pytest.raises(InvalidInput, match="cannot be read: No such file or directory"):
        WebConfigFile(path)


def test_problems_of_the_named_files_are_told_at_the_keys_that_name_them(path, tmp_path):
    (tmp_path / "server.key").write_text("nothing")
    path.write_text("tls_server_config:\n  cert_file: server.crt\n  key_file: server.key\n")
    with pytest.raises(InvalidInput) as raised:
        WebConfigFile(path)
    assert [str(problem) for problem in raised.value.problems] == [
        f"{path}:2: tls_server_config.cert_file: cannot be read: No such file or directory",
        f"{path}:3: tls_server_config.key_file: must hold a private key in PEM",
    ]


def test_unchanged_files_are_not_read_again(path):
    path.write_text(users("a"))
    file = WebConfigFile(path)
    assert file.current() is file.current()


def test_a_new_password_is_in_use_at_once(path, caplog):
    path.write_text(users("old"))
    file = WebConfigFile(path)
    with caplog.at_level(logging.INFO):
        replace(path, users("new"))
        assert file.current().auth.admits(basic("new"))
        assert not file.current().auth.admits(basic("old"))
    assert messages(caplog) == ["web configuration reloaded"]


def test_a_new_certificate_under_the_same_name_is_in_use_at_once(path, tmp_path, authority):
    authority.issue("server", tmp_path)
    path.write_text(TLS)
    file = WebConfigFile(path)
    before = file.current().tls
    authority.issue("server", tmp_path)
    assert file.current().tls is not before


def test_between_a_new_certificate_and_its_key_the_old_pair_stays(path, tmp_path, authority, caplog):
    authority.issue("server", tmp_path)
    path.write_text(TLS)
    file = WebConfigFile(path)
    before = file.current().tls
    (tmp_path / "later").mkdir()
    certificate, key = authority.issue("server", tmp_path / "later")
    certificate.replace(tmp_path / "server.crt")
    assert file.current().tls is before
    key.replace(tmp_path / "server.key")
    assert file.current().tls is not before
    assert messages(caplog) == [
        f"web configuration not reloaded, the old one stays: {path}:1: tls_server_config.key_file: "
        "does not belong to the certificate in cert_file"
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("basic_auth_users: [", ": is not valid YAML"),
        ("basic_auth_users:\n  prometheus: planted", "2: basic_auth_users: must be a bcrypt hash"),
        ("", "1: basic_auth_users: can be removed by a restart only"),
        ("http_server_config: {}", "1: basic_auth_users: can be removed by a restart only"),
    ],
)
def test_a_broken_or_weaker_file_keeps_the_old_settings_and_is_told_once(path, caplog, text, reason):
    path.write_text(users("old"))
    file = WebConfigFile(path)
    replace(path, text)
    for _ in range(3):
        assert file.current().auth.admits(basic("old"))
    [message] = messages(caplog)
    assert reason in message
    assert "planted" not in message


def test_a_file_that_vanished_keeps_the_old_settings_until_it_is_back(path, caplog):
    path.write_text(users("old"))
    file = WebConfigFile(path)
    path.unlink()
    assert file.current().auth.admits(basic("old"))
    path.write_text(users("new"))
    assert file.current().auth.admits(basic("new"))
    assert len(messages(caplog)) == 1


def test_tls_is_not_taken_away_while_running(path, tmp_path, authority):
    authority.issue("server", tmp_path)
    path.write_text(TLS)
    file = WebConfigFile(path)
    replace(path, "http_server_config: {}")
    assert file.current().tls is not None


def test_protection_can_be_added_while_running(path):
    path.write_text("")
    file = WebConfigFile(path)
    replace(path, users("new"))
    assert not file.current().auth.admits(basic("wrong"))


def test_what_is_corrected_after_a_mistake_is_in_use(path):
    path.write_text(users("old"))
    file = WebConfigFile(path)
    replace(path, "nonsense: 1")
    file.current()
    replace(path, users("new"))
    assert file.current().auth.admits(basic("new"))
