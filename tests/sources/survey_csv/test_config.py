"""survey_csv: what an operator may write, and how mistakes are told."""

import re
from pathlib import Path

import pytest

from exporter.config.paths import resolved
from exporter.document import parse, validate
from exporter.errors import InvalidInput
from exporter.sources.survey_csv.config import SurveyCsvConfig


def config(more: str, questions: str = "q: {name: nps, kind: nps}") -> SurveyCsvConfig:
    text = f"surveys:\n  - {{survey: dx, file: a.csv, time: time, questions: {{{questions}}}{more}}}"
    return validate(parse(text, "bolt.yml"), SurveyCsvConfig)


def problem(more: str, questions: str = "q: {name: nps, kind: nps}") -> str:
    with pytest.raises(InvalidInput) as caught:
        config(more, questions)
    (told,) = str(caught.value).splitlines()
    return told.removeprefix("bolt.yml:2: ")


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("kind: number", "number"),
        ("scale: [1, 7]", "rating"),
        ("satisfied: 3", "rating"),
        ("options: {A: a}", "choice"),
        ("separator: ','", "choice"),
        ("themes: {docs: [docs]}", "text"),
        ("factor: 60", "number"),
    ],
)
def test_the_kind_of_a_question_is_said_or_follows_from_what_else_is_said(question: str, kind: str) -> None:
    assert config("", f"q: {{name: speed, {question}}}").surveys[0].kind("q") == kind


def test_a_file_does_not_tell_kinds() -> None:
    assert problem("", "q: speed") == "surveys[0]: questions: speed needs its kind, which a file does not tell"


def test_a_question_with_a_column_for_each_option_is_a_choice() -> None:
    assert config(", columns: {q: ['Framework *']}", "q: frameworks").surveys[0].kind("q") == "choice"
    assert problem(", columns: {q: [a]}") == (
        "surveys[0]: columns: nps is of the kind nps, and only a choice has a column for each option"
    )
    assert problem(", columns: {p: [a]}") == 'surveys[0]: columns has no question "p", known are q'


@pytest.mark.parametrize("zone", ["Europe/Berlim", "../etc/passwd", "/etc/localtime", ""])
def test_a_zone_must_exist(zone: str) -> None:
    assert problem(f", zone: '{zone}'").startswith(
        "surveys[0].zone: must be the name of a time zone such as Europe/Berlin, found "
    )


@pytest.mark.parametrize("form", ["%d.%m.", "yyyy-mm-dd", "%Y-%m", "%Q", "%H:%M"])
def test_a_form_of_dates_must_tell_the_day(form: str) -> None:
    told = problem(f", date_format: '{form}'")
    assert told.startswith("surveys[0].date_format: must tell year, month and day as in %m/%d/%Y %I:%M:%S %p, found ")


def test_two_files_are_two_surveys() -> None:
    one = "{survey: dx, file: a.csv, time: time, questions: {q: {name: nps, kind: nps}}}"
    with pytest.raises(InvalidInput) as caught:
        validate(parse(f"surveys:\n  - {one}\n  - {one}", "bolt.yml"), SurveyCsvConfig)
    assert "surveys: must differ in survey, dx stands twice" in str(caught.value)


def test_there_must_be_a_file() -> None:
    with pytest.raises(InvalidInput) as caught:
        validate(parse("surveys: []", "bolt.yml"), SurveyCsvConfig)
    assert str(caught.value).startswith("bolt.yml:1: surveys: must not be empty")


DOCS = Path(__file__).parents[3] / "docs"


def test_the_example_of_the_page_can_be_read() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", (DOCS / "sources" / "survey_csv.md").read_text(), re.DOTALL)
    document = parse(example, "survey_csv.md")
    (survey,) = validate(document, SurveyCsvConfig, document.data["survey_csv"], ("survey_csv",)).surveys
    assert [survey.kind(reference) for reference in survey.questions] == ["nps", "choice", "text"]


def test_a_file_is_found_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    data = {"surveys": [{"survey": "dx", "file": "exports/dx.csv"}]}
    assert resolved(SurveyCsvConfig, data, tmp_path)["surveys"][0]["file"] == str(tmp_path / "exports" / "dx.csv")
