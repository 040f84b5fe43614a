"""How an operator says which forms are read, and as whom."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from exporter.config import load
from exporter.errors import InvalidInput
from exporter.sources.google_forms import GoogleFormsConfig
from support.google_forms import FakeGoogle

ACCOUNT = "credentials_file: account.json"
FORMS = "forms: [{id: 1exampleForm, survey: users, questions: {a1: nps}}]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "account.json").write_text(FakeGoogle().credentials("https://oauth2.example.org"))
    (tmp_path / "client.json").write_text('{"installed": {"client_secret": "planted"}}')
    return tmp_path


def read(folder: Path, keys: str, **options: Any) -> GoogleFormsConfig:
    file = folder / "kpi-exporter.yml"
    file.write_text(f"projects: [{{name: caro, sources: {{google_forms: {{{keys}}}}}}}]")
    config = load(file, {"google_forms": GoogleFormsConfig}, environ={}, **options)
    source = config.projects[0].sources["google_forms"]
    assert isinstance(source, GoogleFormsConfig)
    return source


def problems(folder: Path, keys: str, **options: Any) -> list[str]:
    """What is wrong, from the source on."""
    with pytest.raises(InvalidInput) as raised:
        read(folder, keys, **options)
    assert "planted" not in str(raised.value)
    return [str(problem).partition("google_forms")[2].removeprefix(": ") for problem in raised.value.problems]


def test_a_key_and_a_form_are_enough(folder: Path) -> None:
    config = read(folder, f"credentials_file: account.json, {FORMS}")
    (form,) = config.forms
    assert (form.id, form.survey, form.questions["a1"].name, form.min_group) == ("1exampleForm", "users", "nps", 5)
    assert config.base_url == "https://forms.googleapis.com"


NO_KEY = "must hold the JSON key of a service account as Google gives it"
EDITOR = "must be the id in the address of the form's editor, https://docs.google.com/forms/d/ID/edit"


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        (FORMS, [".credentials: is missing, give credentials_file or credentials_env"]),
        (
            f"credentials_file: client.json, {FORMS}",
            [f".credentials: {NO_KEY}: its client_email, private_key, token_uri, type cannot be used, found <secret>"],
        ),
        ("credentials_file: account.json", [".forms: is missing"]),
        ("credentials_file: account.json, forms: []", [".forms: must not be empty"]),
        (
            "credentials_file: account.json, forms: [{id: 1FAIpQLSexample, survey: users, questions: {a1: nps}}]",
            [f'.forms[0].id: {EDITOR}, found "1FAIpQLSexample"'],
        ),
        (
            "credentials_file: account.json, forms: [{id: a/edit, survey: users, questions: {a1: nps}}]",
            [f'.forms[0].id: {EDITOR}, found "a/edit"'],
        ),
        (
            f"{ACCOUNT}, forms: [{{id: a, survey: users, questions: {{}}}}, {{id: b, survey: users, questions: {{}}}}]",
            [".forms: must differ in survey; users stands more than once"],
        ),
        (
            f"{ACCOUNT}, forms: [{{id: a, survey: users, questions: {{}}}}, {{id: a, survey: team, questions: {{}}}}]",
            [".forms: must differ in id; a stands more than once"],
        ),
        ("credentials_file: account.json, form: []", ['.form: unknown key, did you mean "forms"?', ".forms: is missing"]),
    ],
)
def test_a_mistake_is_told_with_what_was_expected(folder: Path, keys: str, told: list[str]) -> None:
    assert sorted(problems(folder, keys)) == sorted(told)


def test_without_secrets_everything_else_is_checked(folder: Path) -> None:
    read(folder, f"credentials_file: none.json, {FORMS}", read_secrets=False)
    told = problems(folder, f"credentials_file: none.json, {FORMS}, frms: []", read_secrets=False)
    assert told == ['.frms: unknown key, did you mean "forms"?']


def test_no_secret_is_in_the_representation_of_the_configuration(folder: Path) -> None:
    config = read(folder, f"credentials_file: account.json, {FORMS}")
    shown = repr(config) + config.model_dump_json()
    assert "planted" not in shown
    assert "PRIVATE KEY" not in shown


WITHOUT_PYJWT = """
import sys
from pathlib import Path
sys.modules["jwt"] = None
from pydantic import SecretStr
from exporter.sources.google_forms.account import read_key
try:
    read_key(SecretStr(Path(sys.argv[1]).read_text()))
except ValueError as error:
    print(error)
"""


def test_the_extra_that_is_needed_is_named_where_it_is_missing(folder: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_PYJWT, str(folder / "account.json")], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "needs the extra google: pip install 'kpi-exporter[google]'"


def test_nothing_of_the_extra_is_imported_where_no_form_is_read() -> None:
    script = (
        "import sys; from exporter.sources.google_forms import GoogleForms;"
        "print([name for name in ('jwt', 'cryptography') if name in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"
