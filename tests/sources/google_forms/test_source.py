"""From the responses to a form to figures: what is counted, what is asked for again, and what fails alone."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Part
from support.google_forms import FakeForm, item, response, scale
from support.tools import NOW
from support.upstream import Answer

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIVE = [
    response(1, NOW - 9 * DAY, {"a1": "10", "a2": "5"}),
    response(2, NOW - 8 * DAY, {"a1": "9", "a2": "4"}),
    response(3, NOW - 7 * DAY, {"a1": "9"}),
    response(4, NOW - 6 * DAY, {"a1": "7", "a2": "2"}),
    response(5, NOW - 5 * DAY, {"a1": "0"}),
]
NPS = ("survey_nps", "nps")
MEAN = ("survey_mean", "comfort")
RESPONSES = ("survey_responses", "")
OTHER = FakeForm("1otherForm", [scale("b1", 1, 5)], [response(1, NOW - DAY, {"b1": "3"})])
BOTH = [
    {"id": "1exampleForm", "survey": "users", "questions": {"a1": {"name": "nps", "kind": "nps"}}, "min_group": 1},
    {"id": "1otherForm", "survey": "team", "questions": {"b1": "mood"}, "min_group": 1},
]


def config(questions: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"id": "1exampleForm", "survey": "users", "questions": questions, "min_group": 1, **more}]


def labelled(part: Part, name: str, label: str) -> dict[str, float]:
    """The samples of one metric over the last 90 days, by one label."""
    told = [(dict(sample.labels), sample.value) for sample in part.samples if sample.name == name]
    return {labels[label]: value for labels, value in told if labels["window"] == "90d"}


# Figures


def test_numbers_on_scales_which_google_sends_as_texts_become_figures(reading: Any) -> None:
    with reading(*FIVE) as reader:
        figures = reader.figures()
    assert figures[RESPONSES] == 5
    assert figures[NPS] == pytest.approx(40)
    assert figures[MEAN] == pytest.approx(11 / 3)
    assert figures["survey_csat_ratio", "comfort"] == pytest.approx(2 / 3)
    assert figures["survey_last_response_timestamp_seconds", ""] == (NOW - 5 * DAY).timestamp()


def test_a_form_that_nobody_answered_has_no_responses_and_no_figure(reading: Any) -> None:
    with reading() as reader:
        assert reader.figures() == {
            RESPONSES: 0,
            ("survey_answers", "nps"): 0,
            ("survey_answers", "comfort"): 0,
        }


def test_options_are_counted_by_their_words_and_what_people_write_is_other(reading: Any) -> None:
    framework = {"a3": {"name": "framework", "options": {"Gin": "gin", "Echo": "echo"}}}
    said: list[Any] = [["Gin", "Echo"], ["Gin", "planted own"], ["planted own"], "Echo"]
    answers = [response(number, NOW - DAY, {"a3": texts}) for number, texts in enumerate(said)]
    with reading(*answers, forms=config(framework)) as reader:
        (part,) = reader.parts().values()
    assert labelled(part, "survey_option_answers", "option") == {"gin": 2, "echo": 2, "other": 2}


def test_texts_become_themes(reading: Any) -> None:
    wishes = {"a4": {"name": "wishes", "themes": {"speed": ["slow", "fast"], "docs": ["documentation"]}}}
    texts = ["It is slow. So slow!", "The documentation is slow to find", "Nothing"]
    answers = [response(number, NOW - DAY, {"a4": text}) for number, text in enumerate(texts)]
    with reading(*answers, forms=config(wishes)) as reader:
        (part,) = reader.parts().values()
    assert labelled(part, "survey_theme_answers", "theme") == {"speed": 2, "docs": 1}


def test_segments_come_from_a_mapped_choice_and_channels_from_any_question(reading: Any) -> None:
    framework = {"a1": {"name": "nps", "kind": "nps"}, "a3": {"name": "framework", "options": {"Gin": "gin", "Echo": "echo"}}}
    invited = [{"date": "2026-01-10", "count": 4, "channel": "mail"}, {"date": "2026-01-10", "count": 8, "channel": "chat"}]
    answers = [
        response(1, NOW - DAY, {"a1": "10", "a3": "Gin", "a4": "mail"}),
        response(2, NOW - DAY, {"a1": "0", "a3": "Echo", "a4": "mail"}),
        response(3, NOW - DAY, {"a1": "9", "a3": "Gin", "a4": "I got a letter from planted@example.org"}),
    ]
    forms = config(framework, segments={"framework": "framework"}, channel="a4", invitations=invited)
    with reading(*answers, forms=forms) as reader:
        (part,) = reader.parts().values()
    assert labelled(part, "survey_segment_nps", "segment") == {"gin": 100, "echo": -100}
    assert labelled(part, "survey_channel_response_ratio", "channel") == {"mail": 0.5, "chat": 0}


def test_a_response_counts_when_it_was_sent_last(reading: Any) -> None:
    edited = response(1, NOW - DAY, {"a1": "10"}, first=NOW - 120 * DAY)
    with reading(edited) as reader:
        assert reader.figures()[RESPONSES] == 1


# From one refresh to the next


def test_a_refresh_takes_one_request_for_the_form_and_one_for_what_is_new(reading: Any) -> None:
    with reading(*FIVE) as reader:
        reader.figures()
        reader.asked()
        reader.form.responses.append(response(6, NOW + HOUR / 6, {"a1": "0"}))
        assert reader.figures(HOUR / 4)[RESPONSES] == 6
        asked = reader.asked()
    assert [request.path for request in asked] == ["/v1/forms/1exampleForm", "/v1/forms/1exampleForm/responses"]
    assert asked[-1].query["filter"] == ["timestamp >= 2026-01-22T11:30:00Z"]


def test_an_edited_response_replaces_what_was_sent_before(reading: Any) -> None:
    with reading(*FIVE) as reader:
        assert reader.figures()[NPS] == pytest.approx(40)
        reader.form.responses[4] = response(5, NOW + HOUR, {"a1": "10"}, first=NOW - 5 * DAY)
        figures = reader.figures(2 * HOUR)
    assert (figures[RESPONSES], figures[NPS]) == (5, pytest.approx(80))


def test_a_deleted_response_goes_within_a_day(reading: Any) -> None:
    with reading(*FIVE) as reader:
        reader.figures()
        del reader.form.responses[4]
        assert reader.figures(23 * HOUR)[RESPONSES] == 5
        assert reader.figures(HOUR)[RESPONSES] == 4


def test_answers_are_read_anew_where_the_form_changed(reading: Any) -> None:
    with reading(response(1, NOW - DAY, {"a2": "7"})) as reader:
        assert MEAN not in reader.figures()
        reader.form.items[1] = scale("a2", 1, 10)
        assert reader.figures(HOUR)[MEAN] == 7


# Failures


def test_a_form_that_cannot_be_read_fails_alone(reading: Any) -> None:
    with reading(*FIVE, others=(OTHER,), forms=BOTH) as reader:
        reader.form.shared = False
        parts = reader.parts()
    assert (parts["users"].failure, parts["users"].samples) == (Reason.AUTH, ())
    assert parts["team"].failure is None
    assert labelled(parts["team"], "survey_mean", "question") == {"mood": 3}


def test_where_no_form_can_be_read_the_source_fails_and_says_what_to_do(reading: Any) -> None:
    with reading(*FIVE) as reader:
        reader.form.shared = False
        with pytest.raises(UpstreamError, match="share the form with it") as caught:
            reader.parts()
    assert caught.value.reason is Reason.AUTH


def test_without_a_token_no_form_is_asked_for(reading: Any) -> None:
    with reading(*FIVE, others=(OTHER,), forms=BOTH) as reader:
        reader.google.known = False
        with pytest.raises(UpstreamError, match="signature"):
            reader.parts()
        assert [request.path for request in reader.asked()] == ["/token"]


def test_a_limit_is_told_with_its_end(reading: Any) -> None:
    with reading(*FIVE) as reader:
        reader.figures()
        reader.upstream.fault = Answer(429, headers={"Retry-After": "120"})
        with pytest.raises(RateLimited) as caught:
            reader.parts()
    assert caught.value.until == NOW + timedelta(seconds=120)


def test_a_refresh_that_breaks_off_loses_nothing_that_was_known(reading: Any) -> None:
    with reading(*FIVE) as reader:
        before = reader.figures()
        reader.upstream.fault = "half"
        with pytest.raises(UpstreamError):
            reader.parts()
        reader.upstream.fault = None
        assert reader.figures() == before


def test_an_answer_that_is_malformed_in_one_place_counts_nothing(reading: Any) -> None:
    with reading(*FIVE) as reader:
        before = reader.figures()
        good = response(6, NOW, {"a1": "0"})
        bad = {**response(7, NOW, {"a1": "0"}), "responseId": 7}
        answer = Answer.json({"responses": [good, bad]})
        reader.upstream.handler = lambda request: answer if request.path.endswith("/responses") else reader.google(request)
        with pytest.raises(UpstreamError) as caught:
            reader.parts(HOUR)
        reader.upstream.handler = reader.google
        assert (caught.value.reason, reader.figures()) == (Reason.MALFORMED, before)


def test_a_question_that_cannot_be_read_is_logged_once_and_the_others_count(
    reading: Any, caplog: pytest.LogCaptureFixture
) -> None:
    questions = {"a1": {"name": "nps", "kind": "nps"}, "gone": "comfort"}
    with reading(*FIVE, forms=config(questions)) as reader, caplog.at_level(logging.WARNING):
        assert reader.figures()[NPS] == pytest.approx(40)
        reader.figures(HOUR)
    (record,) = caplog.records
    told = record.__dict__["fields"]
    assert (told["survey"], told["question"]) == ("users", "gone")
    assert told["why"].startswith("the form has no question with this id")


def test_a_date_that_was_mapped_is_no_figure(reading: Any) -> None:
    with reading(response(1, NOW - DAY, {"a5": "1986-05-19"}), forms=config({"a5": "birthday"})) as reader:
        reader.form.items.append(item("a5", "dateQuestion", includeYear=True))
        assert reader.figures() == {RESPONSES: 1, ("survey_last_response_timestamp_seconds", ""): (NOW - DAY).timestamp()}
