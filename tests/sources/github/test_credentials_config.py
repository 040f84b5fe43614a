"""How an operator says with what credentials GitHub is asked."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat

from exporter.config import load
from exporter.document import parse, validate
from exporter.errors import InvalidInput
from exporter.sources.github import GitHubConfig
from support.github.app import new_key, private_pem

KEY = private_pem(new_key("app"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").write_text("ghp_planted_a\n")
    (tmp_path / "key.pem").write_text(KEY)
    return tmp_path


def read(folder: Path, keys: str, *, read_secrets: bool = True, **environ: str) -> GitHubConfig:
    file = folder / "kpi-exporter.yml"
    file.write_text(f"projects: [{{name: caro, sources: {{github: {{repositories: [a/b], {keys}}}}}}}]")
    config = load(file, {"github": GitHubConfig}, environ=environ, read_secrets=read_secrets)
    source = config.projects[0].sources["github"]
    assert isinstance(source, GitHubConfig)
    return source


def problem(folder: Path, keys: str, **options: Any) -> str:
    """What is wrong, without the place in the file."""
    with pytest.raises(InvalidInput) as raised:
        read(folder, keys, **options)
    assert "planted" not in str(raised.value)
    return str(raised.value).partition("sources.github")[2].removeprefix(": ")


def test_one_token_is_enough(folder: Path) -> None:
    config = read(folder, "token_file: a")
    assert config.token is not None
    assert config.token.get_secret_value() == "ghp_planted_a"
    assert config.reserve == 0.1


def test_several_tokens_come_each_from_its_own_place(folder: Path) -> None:
    config = read(folder, "tokens: [{token_file: a}, {token_env: B}]", B="github_pat_planted_b")
    assert [entry.token.get_secret_value() for entry in config.tokens] == ["ghp_planted_a", "github_pat_planted_b"]


@pytest.mark.parametrize(("written", "app_id"), [("4711", "4711"), ("Iv1.0a", "Iv1.0a"), ('"4711"', "4711")])
def test_an_app_is_known_by_its_id_or_client_id_and_its_key(folder: Path, written: str, app_id: str) -> None:
    config = read(folder, f"app_id: {written}, installation_id: 77, private_key_file: key.pem")
    assert (config.app_id, config.installation_id) == (app_id, 77)
    assert config.private_key is not None
    assert config.private_key.get_secret_value() == KEY.rstrip()


NEEDED = "has no credentials: give token_file or token_env, or tokens, or app_id with private_key_file"
BOTH = "must have both app_id and private_key_file, or private_key_env, or neither"
UNUSABLE = "must be the private key of the App as GitHub gives it: an RSA key in PEM form, without a password, found <secret>"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ("labels: []", NEEDED),
        ("tokens: []", NEEDED),
        ("installation_id: 77", NEEDED),
        ("token_file: a, tokens: [{token_file: a}]", "must not have both token and tokens"),
        ("token_file: a, app_id: 1, private_key_file: key.pem", "must not have both token and app_id"),
        ("app_id: 1", BOTH),
        ("private_key_file: key.pem", BOTH),
        ("token_file: a, private_key_file: key.pem", BOTH),
        ("token_file: a, installation_id: 77", "installation_id goes with app_id"),
        ("tokens: [{token_file: a}, {token_env: A}]", "tokens must hold each token only once"),
        ("tokens: [{}]", ".tokens[0].token: is missing, give token_file or token_env"),
        ("tokens: [{tokn_file: a}]", ".tokens[0].token: is missing, give token_file or token_env"),
        (
            "tokens: [{token_env: SPACED}]",
            ".tokens[0].token: must be a token: printable ASCII characters, no spaces, found <secret>",
        ),
        ("tokens: [{token: ghp_planted}]", None),
        ("token_file: a, reserve: 0.95", ".reserve: must be at most 0.9, found 0.95"),
        ("token_file: a, reserve: -0.1", ".reserve: must be at least 0, found -0.1"),
        ("app_id: true, private_key_file: key.pem", None),
        ("app_id: 'a b', private_key_file: key.pem", '.app_id: must be the id of a GitHub App or its client id, found "a b"'),
        ("app_id: 1, installation_id: 0, private_key_file: key.pem", ".installation_id: must be at least 1, found 0"),
        ("app_id: 1, private_key_file: a", f".private_key: {UNUSABLE}"),
    ],
)
def test_a_mistake_is_told_with_what_was_expected(folder: Path, keys: str, told: str | None) -> None:
    found = problem(folder, keys, A="ghp_planted_a", SPACED="planted token")
    if told is not None:
        assert found.splitlines()[0] == told


def pem(key: Any, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode())


@pytest.mark.parametrize(
    "content",
    [
        KEY[: len(KEY) // 2],
        KEY.replace("A", "B"),
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(new_key("app"), b"planted"),
        "-----BEGIN RSA PRIVATE KEY-----\nplanted\n-----END RSA PRIVATE KEY-----",
    ],
    ids=["half", "garbled", "elliptic", "with a password", "no base64"],
)
def test_a_key_that_cannot_sign_is_found_when_the_configuration_is_read(folder: Path, content: str) -> None:
    (folder / "key.pem").write_text(content)
    assert problem(folder, "app_id: 1, private_key_file: key.pem") == f".private_key: {UNUSABLE}"


@pytest.mark.parametrize("content", [pem(new_key("app")), KEY.replace("\n", "\r\n"), f"\n{KEY}\n\n"])
def test_a_key_may_have_the_other_form_and_other_line_ends(folder: Path, content: str) -> None:
    (folder / "key.pem").write_bytes(content.encode())
    assert read(folder, "app_id: 1, private_key_file: key.pem").private_key is not None


@pytest.mark.parametrize(
    "keys",
    ["token_file: none", "tokens: [{token_file: none}, {token_file: other}]", "app_id: 1, private_key_file: none.pem"],
)
def test_without_secrets_everything_else_is_checked(folder: Path, keys: str) -> None:
    read(folder, keys, read_secrets=False)
    assert problem(folder, f"{keys}, labls: []", read_secrets=False) == '.labls: unknown key, did you mean "labels"?'


WITHOUT_PYJWT = f"""
import sys
sys.modules["jwt"] = None
from pydantic import ValidationError
from exporter.sources.github import GitHubConfig
GitHubConfig(repositories=("a/b",), token="ghp_planted")
try:
    GitHubConfig(repositories=("a/b",), app_id="1", private_key={KEY!r})
except ValidationError as error:
    print(error.errors()[0]["msg"])
"""


def test_the_extra_that_apps_need_is_named_where_it_is_missing() -> None:
    run = subprocess.run([sys.executable, "-c", WITHOUT_PYJWT], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "Value error, needs the extra github-app: pip install 'kpi-exporter[github-app]'"


def test_nothing_of_the_extra_is_imported_for_a_token() -> None:
    script = (
        "import sys; from exporter.sources.github import GitHub, GitHubConfig;"
        "GitHub(GitHubConfig(repositories=('a/b',), token='ghp_planted'));"
        "print([name for name in ('jwt', 'cryptography') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_no_secret_is_in_the_representation_of_the_configuration(folder: Path) -> None:
    several = read(folder, "tokens: [{token_file: a}, {token_env: B}]", B="ghp_planted_b")
    app = read(folder, "app_id: 4711, private_key_file: key.pem")
    shown = repr([several, app]) + several.model_dump_json() + app.model_dump_json()
    assert "planted" not in shown
    assert KEY.splitlines()[1] not in shown


def test_a_mistake_in_the_keys_of_an_app_is_told_with_its_line() -> None:
    text = "repositories: [a/b]\ntoken: ghp_x\nreserve: much"
    with pytest.raises(InvalidInput) as raised:
        validate(parse(text, "kpi-exporter.yml"), GitHubConfig)
    assert str(raised.value) == 'kpi-exporter.yml:3: reserve: must be a number, found "much"'
