"""What people may write for repositories, packages, servers and projects."""

from pathlib import Path

import pytest

from exporter.render.rules.files import COMMON
from exporter.starter import wish


@pytest.mark.parametrize(
    "text",
    [
        "acme/widget",
        "https://github.com/acme/widget",
        "https://github.com/acme/widget.git",
        "https://www.github.com/acme/widget/issues?q=bug",
        "git@github.com:acme/widget.git",
    ],
)
def test_a_repository_may_be_given_by_its_address(text: str) -> None:
    assert wish.repository_name(text) == "acme/widget"


@pytest.mark.parametrize("text", ["widget", "acme/widget/more", "https://gitlab.com/acme/widget", "", "acme/..", "acme/wid get"])
def test_what_is_no_repository_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be a repository written as owner/name, such as caro-cli/caro$"):
        wish.repository_name(text)


def test_a_package_is_named_as_its_registry_does() -> None:
    assert wish.package_name("pypi", "Widget_Tool") == "widget-tool"
    assert wish.package_name("npm", "@acme/widget") == "@acme/widget"


@pytest.mark.parametrize(("registry", "text"), [("npm", "wid get"), ("pypi", "-widget"), ("crates", "1widget")])
def test_what_no_registry_would_take_is_refused(registry: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"^must be the name of a"):
        wish.package_name(registry, text)


def test_packages_are_named_once() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        wish.package_names("crates", ["wid-get", "Wid_Get"])


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("1180000000000000000", "guild_id", "1180000000000000000"),
        ("hTKzmak", "invite", "hTKzmak"),
        ("https://discord.gg/hTKzmak", "invite", "hTKzmak"),
        ("discord.gg/hTKzmak", "invite", "hTKzmak"),
        ("https://discord.com/invite/hTKzmak?event=1", None, None),
        ("https://discord.com/invite/hTKzmak", "invite", "hTKzmak"),
        ("my server", None, None),
        ("0", None, None),
    ],
)
def test_a_server_is_an_id_or_an_invite(text: str, key: str | None, value: str | None) -> None:
    if key is None:
        with pytest.raises(ValueError, match=r"^must be the (code of an invite|id of a Discord server)"):
            wish.server(text)
    else:
        server = wish.server(text)
        assert (server.key, server.value) == (key, value)


@pytest.mark.parametrize(
    ("names", "project"),
    [
        (["acme/widget"], "widget"),
        (["acme/Widget.JS"], "widget-js"),
        (["acme/3d-tiles"], "project-3d-tiles"),
        (["acme/.github"], "github"),
        (["acme/---", "@acme/tool"], "tool"),
        (["acme/kpi"], "project-kpi"),
        ([], "project"),
        ([f"acme/{'x' * 80}"], "x" * 64),
    ],
)
def test_a_project_gets_a_name_that_it_may_have(names: list[str], project: str) -> None:
    assert wish.project_of(*names) == project
    assert wish.project_name(project) == project


@pytest.mark.parametrize("name", ["Widget", "9lives", "", "a b", "x" * 65])
def test_a_name_that_no_project_may_have_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"^must be lower-case letters"):
        wish.project_name(name)


@pytest.mark.parametrize("name", COMMON)
def test_a_project_is_not_called_like_the_rules_of_all(name: str) -> None:
    with pytest.raises(ValueError, match=r"^must not be exporter or kpi"):
        wish.project_name(name)


@pytest.mark.parametrize("content", [b"ghp_planted", b"ghp_planted\n", b"ghp_planted\r\n"])
def test_a_token_is_read_without_the_newline(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "token").write_bytes(content)
    assert wish.token_in(tmp_path / "token") == "ghp_planted"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "must be a token"),
        (b"ghp_planted and more", "must be a token"),
        (b"ghp_planted \n", "must be a token"),
        (b"ghp_planted\n\n", "must be a token"),
        (b"\xff", "must hold text in UTF-8"),
        (None, "cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_token_is_refused_and_not_shown(tmp_path: Path, content: bytes | None, why: str) -> None:
    if content is not None:
        (tmp_path / "token").write_bytes(content)
    with pytest.raises(ValueError, match=why) as caught:
        wish.token_in(tmp_path / "token")
    assert "planted" not in str(caught.value)


def test_an_address_is_that_of_an_api() -> None:
    assert wish.base_url("https://github.example.org/api/v3/") == "https://github.example.org/api/v3"
    with pytest.raises(ValueError, match=r"^must be an http or https URL"):
        wish.base_url("github.example.org")
