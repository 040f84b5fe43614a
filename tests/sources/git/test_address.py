import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.git.address import PROTOCOLS, holds_credentials, is_path, parse_address


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://github.com/caro-cli/caro.git", "caro-cli/caro"),
        ("https://github.com/caro-cli/caro", "caro-cli/caro"),
        ("https://github.com/caro-cli/caro/", "caro-cli/caro"),
        ("https://gitlab.example.org:8443/group/sub/project.git", "sub/project"),
        ("http://127.0.0.1:8000/project.git", "project"),
        ("ssh://git@example.org:2222/caro-cli/caro.git", "caro-cli/caro"),
        ("git://example.org/caro.git", "caro"),
        ("git@github.com:caro-cli/caro.git", "caro-cli/caro"),
        ("example.org:caro.git", "caro"),
        ("file:///srv/git/caro.git", "caro"),
        ("/srv/git/caro.git", "caro"),
        ("/home/ada/My Projects/caro", "caro"),
        ("/home/ada/caro/.git", "caro"),
        ("/home/ada/caro/", "caro"),
    ],
)
def test_a_repository_is_called_by_owner_and_name_or_by_its_folder(text: str, name: str) -> None:
    assert parse_address(text).name == name


def test_a_relative_path_counts_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert parse_address("work/caro").url == str(tmp_path / "work" / "caro")
    assert parse_address(".").name == tmp_path.name


@pytest.mark.parametrize("text", ["..", "../../..", "caro", "./odd:name", "/srv/git/caro.git"])
def test_a_path_is_told_by_its_text_alone(text: str) -> None:
    assert is_path(text)


@pytest.mark.parametrize("text", ["", "-u", "git@github.com:a/b", "https://example.org/a/b", "ext::sh", "file:///srv/a"])
def test_what_is_no_path_is_told_by_its_text_alone(text: str) -> None:
    assert not is_path(text)


def test_a_path_may_hold_a_colon_after_its_first_slash() -> None:
    assert parse_address("./odd:name").url == str(Path.cwd() / "odd:name")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-oProxyCommand=touch",
        "--upload-pack=touch",
        "ext::sh -c touch",
        "EXT::sh",
        "fd::17",
        "foo+bar::x",
        "::x",
        "ftp://example.org/a/b",
        "HTTPS://example.org/a/b",
        "javascript://a/b",
        "https://",
        "https:///a/b",
        "https://example.org",
        "https://example.org:99999/a/b",
        "https://example.org/a/b?private=1",
        "https://example.org/a/b#c",
        "https://exa mple.org/a/b",
        "https://example.org/a\nb",
        "ssh://-oProxyCommand=touch/a/b",
        "ssh://-l@example.org/a/b",
        "-l@example.org:a/b",
        "git@-oProxyCommand=touch:a/b",
        "git@example.org:-a",
        "git@example.org:",
        "file://example.org/srv/git/caro.git",
        "file:///",
        "/",
        "/srv/caro\0.git",
    ],
)
def test_what_git_should_not_be_given_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be"):
        parse_address(text)


@given(st.text(max_size=30) | st.from_regex(r"[a-z]{1,5}(://|::|:)[-a-z@:/.]{0,20}", fullmatch=True))
def test_nothing_gets_through_that_git_could_take_for_an_option_or_a_transport_helper(text: str) -> None:
    try:
        url = parse_address(text).url
    except ValueError:
        return
    assert not url.startswith("-")
    assert not re.match(r"[A-Za-z0-9+.-]*::", url)
    assert "://" not in text or url.partition("://")[0] in PROTOCOLS


@pytest.mark.parametrize(
    "text",
    [
        "https://ada:hunter2@example.org/a/b",
        "https://ghp_secret@example.org/a/b",
        "https://ada:hun@ter2@example.org/a/b",
        "https://ada:hun/ter2@example.org/a/b",
        "HTTP://ada:hunter2@example.org/a/b",
        "ssh://ada:hunter2@example.org/a/b",
        "ssh://ada:hun/ter2@example.org/a/b",
        "ada:hunter2@example.org:a/b",
    ],
)
def test_credentials_are_noticed(text: str) -> None:
    assert holds_credentials(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a/b",
        "https://example.org:8443/a/b",
        "ssh://git@example.org:22/a/b",
        "ssh://example.org:22/a@b",
        "git@example.org:a/b@2",
        "/srv/a:b@c",
        "file:///srv/a@b",
    ],
)
def test_a_user_name_of_ssh_and_a_port_are_no_credentials(text: str) -> None:
    assert not holds_credentials(text)
    assert parse_address(text)
