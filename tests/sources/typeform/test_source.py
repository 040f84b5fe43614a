"""The source typeform: figures of each form, what is asked from one refresh to the next, and forms that fail alone."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.base import Tools
from exporter.sources.typeform import SOURCE, Typeform
from support.contract import fixtures, recorded
from support.packages import pausing_tools
from support.tools import NOW, make_tools
from support.typeform import FakeTypeform, answers_of, configured, response, uploaded
from support.upstream import Answer, Handler, Request, Upstream

FORM = recorded("typeform", "form_good")
ASKED = {"id": "u6nXL7", "survey": "bolt", "questions": {"recommend": "nps"}, "min_group": 1}
REFRESH = timedelta(minutes=15)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def recommending(number: int, at: datetime, score: int) -> Mapping[str, Any]:
    return response(number, at, answers_of(FORM, {"recommend": score}))


def figures(part: Part, name: str, window: str = "90d") -> dict[tuple[str, ...], float]:
    """The samples of a metric in a window by their other labels, without the survey."""
    found = {}
    for sample in part.samples:
        labels = dict(sample.labels)
        if sample.name == name and labels.pop("window", window) == window:
            found[tuple(value for label, value in labels.items() if label != "survey")] = sample.value
    return found


class Refreshed:
    """A source over several refreshes."""

    def __init__(self, upstream: Upstream, folder: Path, *forms: Mapping[str, Any]) -> None:
        self.source: Typeform = SOURCE(configured(upstream.url, *(forms or (ASKED,))))
        self.tools: Tools = pausing_tools(folder, [])

    def parts(self, now: datetime = NOW) -> list[Part]:
        return list(self.source.collect(self.tools, now))

    def counted(self, now: datetime = NOW) -> int:
        """How many responses of the last 90 days are known after a refresh."""
        (part,) = self.parts(now)
        return int(figures(part, "survey_responses")[()])


# Figures


def test_figures_are_those_of_the_responses(tmp_path: Path) -> None:
    scores = [10, 9, 9, 8, 6, 3]
    responses = [recommending(number, NOW - DAY * number, score) for number, score in enumerate(scores)]
    with Upstream(FakeTypeform(FORM, responses)) as upstream:
        (part,) = Refreshed(upstream, tmp_path).parts()
    assert (part.labels, part.time, part.failure) == ((("survey", "bolt"),), NOW, None)
    assert figures(part, "survey_responses") == {(): 6}
    assert figures(part, "survey_answers") == {("nps",): 6}
    assert figures(part, "survey_nps")[("nps",)] == pytest.approx(100 * (3 - 2) / 6)
    assert figures(part, "survey_last_response_timestamp_seconds") == {(): NOW.timestamp()}


def test_a_quarter_begins_on_its_first_day_and_90_days_roll(tmp_path: Path) -> None:
    new_year = datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    edges = [new_year, new_year - timedelta(seconds=1), NOW - 90 * DAY, NOW - 90 * DAY - timedelta(seconds=1)]
    with Upstream(FakeTypeform(FORM, [recommending(number, at, 9) for number, at in enumerate(edges)])) as upstream:
        (part,) = Refreshed(upstream, tmp_path).parts()
    assert figures(part, "survey_responses", "quarter") == {(): 1}
    assert figures(part, "survey_responses", "90d") == {(): 3}


def test_a_form_without_responses_has_none_and_no_score(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM)) as upstream:
        (part,) = Refreshed(upstream, tmp_path).parts()
    assert figures(part, "survey_responses") == {(): 0}
    assert figures(part, "survey_nps") == {}


def test_without_the_scope_for_forms_configured_kinds_are_read(tmp_path: Path) -> None:
    typeform = FakeTypeform(FORM, [recommending(1, NOW, 9)], scopes={"responses:read"})
    questions = {"recommend": {"name": "nps", "kind": "nps"}, "speed": "speed"}
    with Upstream(typeform) as upstream:
        (part,) = Refreshed(upstream, tmp_path, {**ASKED, "questions": questions}).parts()
        assert "fields" not in upstream.requests[-1].query
    assert figures(part, "survey_answers") == {("nps",): 1}


def test_questions_that_cannot_be_read_are_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Upstream(FakeTypeform(FORM)) as upstream:
        refreshed = Refreshed(upstream, tmp_path, {**ASKED, "questions": {"recommend": "nps", "adress": "contact"}})
        for _ in range(2):
            refreshed.parts()
    (record,) = caplog.records
    assert record.message == "a question cannot be read"
    assert record.__dict__["fields"] == {
        "survey": "bolt",
        "question": "adress",
        "why": "the form has no question with this reference or id",
    }


# From one refresh to the next


def test_the_next_refresh_asks_from_an_hour_before_the_newest_response(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, [recommending(1, NOW - DAY, 9)])) as upstream:
        refreshed = Refreshed(upstream, tmp_path)
        refreshed.counted()
        refreshed.counted(NOW + REFRESH)
        asked = [request.query["since"] for request in upstream.requests if "since" in request.query]
    assert asked == [["2025-10-29T12:00:00"], ["2026-01-26T11:00:00"]]


def test_a_response_counts_once_however_often_it_is_read(tmp_path: Path) -> None:
    typeform = FakeTypeform(FORM, [recommending(1, NOW, 9)])
    with Upstream(typeform) as upstream:
        refreshed = Refreshed(upstream, tmp_path)
        assert [refreshed.counted(NOW + REFRESH * turn) for turn in range(3)] == [1, 1, 1]
        typeform.responses.append(recommending(2, NOW + 2 * REFRESH, 9))
        assert refreshed.counted(NOW + 3 * REFRESH) == 2


def test_a_response_that_shows_late_is_not_missed(tmp_path: Path) -> None:
    typeform = FakeTypeform(FORM, [recommending(1, NOW, 9)])
    with Upstream(typeform) as upstream:
        refreshed = Refreshed(upstream, tmp_path)
        assert refreshed.counted() == 1
        typeform.responses.append(recommending(2, NOW - timedelta(minutes=30), 9))
        assert refreshed.counted(NOW + REFRESH) == 2


def test_a_deleted_response_is_gone_within_a_day(tmp_path: Path) -> None:
    typeform = FakeTypeform(FORM, [recommending(number, NOW - 2 * DAY * number, 9) for number in range(3)])
    with Upstream(typeform) as upstream:
        refreshed = Refreshed(upstream, tmp_path)
        refreshed.counted()
        del typeform.responses[1]
        assert refreshed.counted(NOW + REFRESH) == 3
        assert refreshed.counted(NOW + DAY) == 2


def test_everything_is_read_anew_when_the_form_asks_differently(tmp_path: Path) -> None:
    def form(steps: int) -> dict[str, Any]:
        scale = {"ref": "speed", "title": "planted", "type": "opinion_scale", "properties": {"steps": steps}}
        return uploaded({"title": "planted", "fields": [scale]}, "u6nXL7")

    sent = response(1, NOW - 7 * DAY, answers_of(form(5), {"speed": 7}))
    typeform = FakeTypeform(form(5), [sent])
    with Upstream(typeform) as upstream:
        refreshed = Refreshed(upstream, tmp_path, {**ASKED, "questions": {"speed": "speed"}})
        (part,) = refreshed.parts()
        assert figures(part, "survey_answers") == {("speed",): 0}
        typeform.form = form(11)
        (part,) = refreshed.parts(NOW + REFRESH)
        assert figures(part, "survey_answers") == {("speed",): 1}


def test_a_refresh_that_fails_half_way_changes_nothing(tmp_path: Path) -> None:
    typeform = FakeTypeform(FORM, [recommending(number, NOW - HOUR * number, 9) for number in range(4)])
    broken = False

    def handler(request: Request) -> Answer:
        if broken and "before" in request.query:
            return Answer(500)
        return typeform(replace(request, query={**request.query, "page_size": ["2"]}))

    with Upstream(handler) as upstream:
        refreshed = Refreshed(upstream, tmp_path)
        assert refreshed.counted() == 4
        typeform.responses += [recommending(10 + number, NOW + timedelta(minutes=number), 9) for number in range(4)]
        broken = True
        with pytest.raises(UpstreamError):
            refreshed.parts(NOW + REFRESH)
        broken = False
        assert refreshed.counted(NOW + REFRESH) == 8


# Failures


def two_forms(first: FakeTypeform, second: FakeTypeform) -> Handler:
    return lambda request: (first if str(first.form["id"]) in request.path else second)(request)


OTHER = {**ASKED, "id": "lR6F4j", "survey": "caro"}


def test_a_form_that_cannot_be_read_fails_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with Upstream(FakeTypeform(FORM, [recommending(1, NOW, 9)])) as upstream:
        gone, good = Refreshed(upstream, tmp_path, OTHER, ASKED).parts()
    assert gone == Part((("survey", "caro"),), NOW, failure=Reason.NOT_FOUND)
    assert figures(good, "survey_responses") == {(): 1}
    assert len(caplog.records) == 1


EVERYTHING = {ref: ref for ref in ("recommend", "frameworks", "production", "wishes")}
BAD_FORMS = fixtures("typeform", "form_malformed") + fixtures("typeform", "form_impossible")
BAD_RESPONSES = fixtures("typeform", "responses_malformed") + fixtures("typeform", "responses_impossible")


@pytest.mark.parametrize(
    ("path", "bad"),
    [
        *(pytest.param("/forms/u6nXL7", *case.values, id=case.id) for case in BAD_FORMS),
        *(pytest.param("/forms/u6nXL7/responses", *case.values, id=case.id) for case in BAD_RESPONSES),
    ],
)
def test_a_malformed_answer_counts_nothing_of_its_form(path: str, bad: Any, tmp_path: Path) -> None:
    good = FakeTypeform(FORM, [recommending(1, NOW, 9)])
    with Upstream(lambda request: Answer.json(bad) if request.path == path else good(request)) as upstream:
        refreshed = Refreshed(upstream, tmp_path, {**ASKED, "questions": EVERYTHING, "channel": "channel"})
        with pytest.raises(UpstreamError) as caught:
            refreshed.parts()
    assert caught.value.reason is Reason.MALFORMED


def test_a_source_of_which_no_form_can_be_read_fails_with_the_first_reason(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, scopes=set())) as upstream, pytest.raises(UpstreamError) as caught:
        Refreshed(upstream, tmp_path, ASKED, OTHER).parts()
    assert (caught.value.reason, caught.value.status) == (Reason.AUTH, 403)


def test_a_limit_stops_the_refresh_until_its_end(tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, limited=9)) as upstream, pytest.raises(RateLimited) as caught:
        Refreshed(upstream, tmp_path, ASKED, OTHER).parts()
    assert caught.value.until == NOW + timedelta(seconds=90)


def test_a_limit_in_between_keeps_what_was_read_and_puts_the_rest_off(tmp_path: Path) -> None:
    limited = FakeTypeform({**FORM, "id": "lR6F4j"}, limited=9)
    waits: list[datetime] = []
    with Upstream(two_forms(limited, FakeTypeform(FORM, [recommending(1, NOW, 9)]))) as upstream:
        refreshed = Refreshed(upstream, tmp_path, ASKED, OTHER)
        refreshed.tools = replace(refreshed.tools, put_off=waits.append)
        good, late = refreshed.parts()
    assert (figures(good, "survey_responses"), late.failure) == ({(): 1}, Reason.RATE_LIMITED)
    assert waits == [NOW + timedelta(seconds=90)]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("hang", Reason.TIMEOUT),
        ("drop", Reason.CONNECTION),
        ("half", Reason.CONNECTION),
        ("garbage", Reason.MALFORMED),
        (Answer(500), Reason.SERVER_ERROR),
    ],
    ids=["hang", "drop", "half", "garbage", "500"],
)
def test_last_good_figures_come_back_after_a_fault(fault: Any, reason: Reason, tmp_path: Path) -> None:
    with Upstream(FakeTypeform(FORM, [recommending(1, NOW, 9)])) as upstream:
        refreshed = Refreshed(upstream, tmp_path)
        refreshed.tools = replace(make_tools(tmp_path, timeout=timedelta(seconds=0.3)), pause=lambda seconds: None)
        assert refreshed.counted() == 1
        upstream.fault = fault
        with pytest.raises(UpstreamError) as caught:
            refreshed.parts(NOW + REFRESH)
        assert caught.value.reason is reason
        upstream.fault = None
        assert refreshed.counted(NOW + 2 * REFRESH) == 1
