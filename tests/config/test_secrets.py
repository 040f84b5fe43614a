"""Where secrets come from, and that they go nowhere."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import field_validator

from exporter.config import Config, load, masked, secret_values
from exporter.config.types import SecretStr, SourceConfig
from exporter.errors import InvalidInput
from support.configuration import SOURCE_TYPES, configured

SECRET = "Xq7-word-that-nobody-may-read"


def forge(*lines: str) -> str:
    head = "projects:\n  - name: acme\n    sources:\n      forge:\n        repositories: [acme/anvil]\n"
    return head + "".join(f"        {line}\n" for line in lines)


def token_of(config: Config) -> str:
    token: str = config.projects[0].sources["forge"].token.get_secret_value()  # type: ignore[attr-defined]
    return token


class NeverLooked(Mapping[str, str]):
    """An environment that nobody may look at."""

    def __getitem__(self, name: str) -> str:
        raise AssertionError(name)

    def __iter__(self) -> Iterator[str]:
        raise AssertionError

    def __len__(self) -> int:
        raise AssertionError


@pytest.mark.parametrize(
    ("content", "token"), [(b"word", "word"), (b"word\n", "word"), (b"word\r\n", "word"), (b" word", " word")]
)
def test_a_secret_is_the_content_of_a_file_without_the_newline_at_its_end(tmp_path: Path, content: bytes, token: str) -> None:
    (tmp_path / "token").write_bytes(content)
    assert token_of(configured(tmp_path, forge("token_file: token"))) == token


def test_only_one_newline_is_no_part_of_a_secret(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("word\n\n")
    with pytest.raises(InvalidInput, match="must hold one line of printable text"):
        configured(tmp_path, forge("token_file: token"))


def test_a_file_of_a_secret_may_be_anywhere(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("word")
    assert token_of(configured(tmp_path, forge(f"token_file: {tmp_path}/token"))) == "word"


def test_a_secret_is_the_value_of_a_variable(tmp_path: Path) -> None:
    assert token_of(configured(tmp_path, forge("token_env: FORGE_TOKEN"))) == "word-from-the-environment"


def test_a_secret_in_the_file_is_accepted_where_that_is_allowed(tmp_path: Path) -> None:
    assert token_of(configured(tmp_path, forge("token: word"), allow_inline_secrets=True)) == "word"


@pytest.mark.parametrize("written", ["''", "' '", "12345", "[word]", '"one\\ntwo"'])
def test_what_is_no_secret_is_not_accepted_as_one(tmp_path: Path, written: str) -> None:
    with pytest.raises(InvalidInput, match=r"token: (is empty|must be text in quotes|must hold one line of printable text)$"):
        configured(tmp_path, forge(f"token: {written}"), allow_inline_secrets=True)


def test_null_is_no_secret(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"token: is missing, give token_file or token_env$"):
        configured(tmp_path, forge("token: null"))


def test_null_beside_a_file_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    assert token_of(configured(tmp_path, forge("token: null", "token_env: FORGE_TOKEN"))) == "word-from-the-environment"


def test_a_secret_that_is_not_needed_may_be_left_out(tmp_path: Path) -> None:
    config = configured(tmp_path, "projects: [{name: acme, sources: {survey: {forms: [{id: one}]}}}]")
    assert config.projects[0].sources["survey"].forms[0].token is None  # type: ignore[attr-defined]


def test_secrets_are_found_in_lists_of_mappings(tmp_path: Path) -> None:
    text = "projects: [{name: acme, sources: {survey: {forms: [{id: one}, {id: two, token_env: FORGE_TOKEN}]}}}]"
    config = configured(tmp_path, text)
    token = config.projects[0].sources["survey"].forms[1].token  # type: ignore[attr-defined]
    assert token.get_secret_value() == "word-from-the-environment"


def test_a_private_key_has_several_lines(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("BEGIN\nword\nEND\n")
    config = configured(tmp_path, forge("token_env: FORGE_TOKEN", "app: {id: 1, private_key_file: key}"))
    app = config.projects[0].sources["forge"].app  # type: ignore[attr-defined]
    assert app.private_key.get_secret_value() == "BEGIN\nword\nEND"


def test_a_private_key_holds_no_control_character(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"BEGIN\n\x00\nEND\n")
    with pytest.raises(InvalidInput, match=r'app\.private_key_file: the file "key" must hold printable text$'):
        configured(tmp_path, forge("token_env: FORGE_TOKEN", "app: {id: 1, private_key_file: key}"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"word\xe9", "must hold text in UTF-8"), (b"x" * (64 * 1024 + 1), "is larger than 64 KiB"), (b"", "is empty")],
)
def test_a_file_that_holds_no_secret_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    (tmp_path / "token").write_bytes(content)
    with pytest.raises(InvalidInput, match=f'token_file: the file "token" {problem}$'):
        configured(tmp_path, forge("token_file: token"))


def test_a_secret_may_have_64_kib(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("x" * (64 * 1024 - 1) + "\n")
    assert len(token_of(configured(tmp_path, forge("token_file: token")))) == 64 * 1024 - 1


@pytest.mark.parametrize("way", ["token_file: nowhere", "token_env: NOWHERE"])
def test_without_reading_secrets_neither_files_nor_variables_are_looked_at(tmp_path: Path, way: str) -> None:
    path = tmp_path / "config.yml"
    path.write_text(forge(way))
    config = load(path, SOURCE_TYPES, environ=NeverLooked(), read_secrets=False)
    assert config.projects[0].sources["forge"].repositories == ("acme/anvil",)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (("timeout: 5s",), "token: is missing"),
        (("token: word",), "token: must not stand in the file"),
        (("token_file: a", "token_env: B"), "token_env: must not stand beside token_file"),
        (("token_file: [a]",), "token_file: must be the path of a file"),
        (("token_env: 7",), "token_env: must be the name of a variable"),
        (("token_env: B", "depth: ten"), "depth: must be a whole number"),
    ],
)
def test_without_reading_secrets_everything_else_is_checked(tmp_path: Path, lines: tuple[str, ...], problem: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        configured(tmp_path, forge(*lines), read_secrets=False)


def test_what_a_model_says_of_a_secret_is_told_at_the_line_that_gives_it(tmp_path: Path) -> None:
    class Picky(SourceConfig):
        token: SecretStr

        @field_validator("token")
        @classmethod
        def _never(cls, token: SecretStr) -> SecretStr:
            raise ValueError("must be better")

    path = tmp_path / "config.yml"
    path.write_text("projects:\n  - name: acme\n    sources:\n      picky:\n        interval: 5m\n        token_env: TOKEN\n")
    with pytest.raises(InvalidInput) as caught:
        load(path, {"picky": Picky}, environ={"TOKEN": SECRET})
    place = f"{path}:6: projects[0].sources.picky.token"
    assert str(caught.value) == f"{place}: must be better, found <secret>"


def test_a_secret_is_in_nothing_that_a_configuration_shows(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET)
    text = forge("token_file: token", "app: {id: 1, private_key_file: token}")
    text += "      survey: {forms: [{id: one, token_file: token}]}\n"
    config = configured(tmp_path, text)
    source = config.projects[0].sources["forge"]
    shown = [masked(config)]
    for section in (config, config.projects[0], source):
        shown += [repr(section), str(section), str(section.model_dump()), section.model_dump_json(), f"{section}"]
    assert token_of(config) == SECRET
    assert [text for text in shown if SECRET in text] == []


alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
tokens = st.text(alphabet, min_size=32, max_size=90) | st.builds("{}a7".format, st.text(alphabet, min_size=14, max_size=40))
keys = st.sampled_from(
    ["interval", "max_age", "base_url", "depth", "share", "drafts", "state", "app", "token", "token_file", "token_env", "weather"]
)


@given(
    token=tokens, key=keys, form=st.sampled_from(['"{}"', '["{}"]', '{{id: "{}"}}', '"https://{}@example.org"', '"Bearer {}"'])
)
def test_a_token_in_a_wrong_place_is_in_no_error(tmp_path_factory: Any, token: str, key: str, form: str) -> None:
    text = forge(*([] if key.startswith("token") else ["token_env: NOWHERE"]), f"{key}: {form.format(token)}")
    with pytest.raises(InvalidInput) as caught:
        configured(tmp_path_factory.getbasetemp(), text)
    assert token not in str(caught.value)
    assert token not in repr(caught.value.problems)


@given(token=tokens)
def test_a_token_in_place_of_a_key_is_in_no_error(tmp_path_factory: Any, token: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        configured(tmp_path_factory.getbasetemp(), forge(f'"{token}": word', f'"{token}": again'))
    assert token not in str(caught.value)


@given(
    token=tokens, text=st.sampled_from(["{}", "token: *{}", "projects: {}", "projects: [{}]", "- {}\n {}: {}", "'{}", "a: {}: b"])
)
def test_a_token_in_a_file_that_is_no_configuration_is_in_no_error(tmp_path_factory: Any, token: str, text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        configured(tmp_path_factory.getbasetemp(), text.replace("{}", token))
    assert token not in str(caught.value)


def test_every_secret_of_a_configuration_can_be_listed(tmp_path: Path) -> None:
    """However deep it stands; logs hide what is listed."""
    lines = ["  - name: one", "    sources:", "      forge: {token_env: FORGE_TOKEN, repositories: [a/b]}"]
    lines += ["      survey: {forms: [{id: a, token_file: deep}, {id: b}]}"]
    (tmp_path / "deep").write_text("deep-secret")
    config = configured(tmp_path, "\n".join(["projects:", *lines]))
    assert set(secret_values(config)) == {"word-from-the-environment", "deep-secret"}
