"""What the doctor finds: the account, every form with its questions by id, and what does not fit the configuration."""

from typing import Any

from support.google_forms import FakeForm, item, response, scale
from support.tools import NOW
from support.upstream import Answer

ACCOUNT = ("google service account", True, "Google gives it a token")
USERS = "google form of users"
READ = "can be read; its questions: a1 (rating 0 to 10), a2 (rating 1 to 5), a3 (choice), a4 (text)"


def found(reader: Any) -> list[tuple[str, bool | None, str]]:
    return [(finding.subject, finding.works, finding.detail) for finding in reader.findings()]


def config(questions: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": "1exampleForm", "survey": "users", "questions": questions}]


def test_a_good_account_and_form_are_found_with_the_ids_of_the_questions(reading: Any) -> None:
    with reading(response(1, NOW, {"a1": "9"})) as reader:
        assert found(reader) == [ACCOUNT, (USERS, True, READ)]
        assert len(reader.asked()) == 3


def test_a_form_without_questions_is_found_as_such(reading: Any) -> None:
    with reading(forms=config({})) as reader:
        reader.form.items.clear()
        assert found(reader) == [ACCOUNT, (USERS, True, "can be read, and has no question yet")]


def test_a_question_that_is_never_read_is_listed_as_such(reading: Any) -> None:
    with reading(forms=config({})) as reader:
        reader.form.items[:] = [item("a9", "dateQuestion")]
        assert found(reader) == [ACCOUNT, (USERS, True, "can be read; its questions: a9 (not read)")]


def test_an_account_without_token_is_told_once(reading: Any) -> None:
    with reading() as reader:
        reader.google.known = False
        ((subject, works, detail),) = found(reader)
    assert (subject, works) == ("google service account", False)
    assert "check the clock of this machine" in detail


def test_every_form_is_examined_although_one_cannot_be_read(reading: Any) -> None:
    forms = [*config({"a1": "comfort"}), {"id": "1otherForm", "survey": "team", "questions": {"b1": "mood"}}]
    with reading(others=(FakeForm("1otherForm", [scale("b1", 1, 5)]),), forms=forms) as reader:
        reader.form.shared = False
        told = found(reader)
    assert [(subject, works) for subject, works, _ in told] == [
        ("google service account", True),
        (USERS, False),
        ("google form of team", True),
    ]
    assert told[1][2].startswith("the service account may not read the form: share the form with it")


def test_what_does_not_fit_the_form_is_told_question_by_question(reading: Any) -> None:
    questions = {
        "a1": {"name": "nps", "kind": "nps"},
        "a2": {"name": "advice", "kind": "nps"},
        "a3": {"name": "framework", "options": {"Gin": "gin", "Chi": "chi"}},
        "a44": "wishes",
    }
    with reading(forms=config(questions)) as reader:
        assert found(reader)[2:] == [
            (
                f"{USERS}, question a2",
                False,
                "it is configured as nps, which needs a scale from 0 to 10, and the form says rating 1 to 5",
            ),
            (f"{USERS}, question a3", False, "the form has no option for chi; write its text as it stands in the form"),
            (f"{USERS}, question a44", False, 'the form has no question with this id; did you mean "a4"?'),
        ]


def test_an_account_that_may_read_the_form_but_no_responses_is_found(reading: Any) -> None:
    with reading() as reader:
        reader.upstream.handler = lambda request: Answer(403) if request.path.endswith("/responses") else reader.google(request)
        _, (subject, works, _) = found(reader)
    assert (subject, works) == (USERS, False)
