"""surveys: from responses to samples, every figure against one made by hand."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.facts import Sample
from exporter.sources.surveys.answers import Answer, Chosen, Number, Response, Written
from exporter.sources.surveys.config import Invitation, QuestionConfig, SurveyConfig
from exporter.sources.surveys.metrics import METRICS
from exporter.sources.surveys.reading import Question
from exporter.sources.surveys.samples import earliest, survey_samples
from support.tools import NOW

DAY = timedelta(days=1)
"""NOW is 27 January 2026: its quarter has gone on for 26 days and a half."""

RECOMMEND = Question(QuestionConfig(name="nps"), "nps")
SPEED = Question(QuestionConfig(name="speed", scale=(1, 5)), "rating")
TIME = Question(QuestionConfig(name="time", factor=86_400), "number")
ANSWERED = Question(
    QuestionConfig(
        name="answered",
        options={"e": "excellent", "g": "good", "p": "poor", "n": "no_help_needed"},
        positive=("excellent", "good"),
        ignored=("no_help_needed",),
    ),
    "choice",
)
WISHES = Question(QuestionConfig(name="wishes", themes={"docs": ("docs",), "speed": ("slow",)}), "text")
QUESTIONS = (RECOMMEND, SPEED, TIME, ANSWERED, WISHES)

Figures = dict[tuple[str, ...], float]


def config(**keys: Any) -> SurveyConfig:
    return SurveyConfig(survey="dx", questions={question.config.name: question.config for question in QUESTIONS}, **keys)


def response(
    number: int, days_ago: float = 1, channel: str | None = None, region: str | None = None, **answers: Answer
) -> Response:
    segments = {"region": frozenset({region})} if region else {}
    return Response(f"r{number}", NOW - days_ago * DAY, answers, segments, channel)


def responses(question: str, *answers: Answer) -> list[Response]:
    return [response(number, **{question: answer}) for number, answer in enumerate(answers)]


def figures(responses: Iterable[Response], survey: SurveyConfig | None = None, now: datetime = NOW) -> Figures:
    """Values by the metric and the labels without `survey`."""
    samples = survey_samples(survey or config(), QUESTIONS, responses, now)
    declared = {metric.name: metric for metric in METRICS}
    assert all(tuple(name for name, _ in sample.labels) == declared[sample.name].labels for sample in samples)
    assert all(dict(sample.labels)["survey"] == "dx" for sample in samples)
    found = {key(sample): sample.value for sample in samples}
    assert len(found) == len(samples), "no series stands twice"
    return found


def key(sample: Sample) -> tuple[str, ...]:
    return (sample.name, *(value for name, value in sample.labels if name != "survey"))


def of(found: Figures, metric: str, window: str = "90d") -> dict[Any, float]:
    """The figures of one metric in a window, by the label between the question and the window where there is one."""
    inner = {labels[2:-1]: value for labels, value in found.items() if labels[0] == metric and labels[-1] == window}
    return {labels[0] if len(labels) == 1 else labels: value for labels, value in inner.items()}


def numbers(*values: float) -> list[Number]:
    return [Number(value) for value in values]


# Windows


def test_the_quarter_is_that_of_the_calendar_in_utc_and_90_days_are_rolling() -> None:
    found = figures(
        [
            Response("first of the quarter", datetime(2026, 1, 1, tzinfo=UTC), {}, {}),
            Response("last of the one before", datetime(2025, 12, 31, 23, 59, 59, tzinfo=UTC), {}, {}),
            response(3, days_ago=90),
            response(4, days_ago=90.01),
            response(5, days_ago=0),
            response(6, days_ago=-0.01),
        ]
    )
    assert found["survey_responses", "quarter"] == 2
    assert found["survey_responses", "90d"] == 4
    assert found["survey_last_response_timestamp_seconds",] == NOW.timestamp()


@pytest.mark.parametrize(
    ("now", "start"),
    [
        (datetime(2026, 1, 27, tzinfo=UTC), datetime(2025, 10, 29, tzinfo=UTC)),
        (datetime(2026, 3, 31, 23, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)),
        (datetime(2026, 9, 30, 12, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)),
    ],
)
def test_responses_are_needed_from_the_earlier_of_both_begins(now: datetime, start: datetime) -> None:
    """A quarter of 92 days is longer than 90 days at its end."""
    assert earliest(now) == start


def test_a_survey_that_nobody_answered_has_no_responses_and_no_figure() -> None:
    found = figures([])
    assert {labels for labels, value in found.items() if value} == set()
    assert {labels[0] for labels in found} == {"survey_responses", "survey_answers"}


# Questions


def test_recommending_gives_the_score_its_shares_its_interval_and_every_step() -> None:
    found = figures(responses("nps", *numbers(10, 10, 10, 9, 9, 9, 8, 7, 6, 0)))
    assert of(found, "survey_nps") == {(): 40}
    assert of(found, "survey_nps_share_ratio") == {"promoters": 0.6, "passives": 0.2, "detractors": 0.2}
    assert of(found, "survey_nps_bound") == pytest.approx({"lower": -12.5856, "upper": 74.1240}, abs=1e-3)
    assert of(found, "survey_mean") == {(): 7.8}
    steps = {"0": 1, "1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 1, "7": 1, "8": 1, "9": 3, "10": 3}
    assert of(found, "survey_option_answers") == steps
    assert of(found, "survey_option_ratio") == {step: count / 10 for step, count in steps.items()}


def test_a_rating_gives_its_mean_its_satisfied_share_and_every_step() -> None:
    found = figures(responses("speed", *numbers(5, 4, 4, 3, 1)))
    assert of(found, "survey_mean") == {(): 3.4}
    assert of(found, "survey_csat_ratio") == {(): 0.6}
    assert of(found, "survey_option_answers") == {"1": 1, "2": 0, "3": 1, "4": 2, "5": 1}


def test_who_is_satisfied_must_be_said_on_another_scale_than_1_to_5() -> None:
    plain = Question(QuestionConfig(name="speed", scale=(1, 10)), "rating")
    told = Question(QuestionConfig(name="speed", scale=(1, 10), satisfied=8), "rating")
    answers = responses("speed", *numbers(10, 9, 8, 7, 1))
    names = [{s.name: s.value for s in survey_samples(config(), (question,), answers, NOW)} for question in (plain, told)]
    assert "survey_csat_ratio" not in names[0]
    assert names[1]["survey_csat_ratio"] == 0.6


def test_a_number_gives_its_mean_alone() -> None:
    found = figures(responses("time", *numbers(86_400, 172_800, 0, 0, 86_400)))
    assert of(found, "survey_mean") == {(): 69_120}
    assert of(found, "survey_option_answers") == {}


def test_a_choice_gives_every_option_and_its_positive_share_of_those_it_concerns() -> None:
    """Of seven, one needed no help; of the six others, four say yes."""
    chosen = [{"excellent"}, {"excellent"}, {"good"}, {"good", "other"}, {"poor"}, {"other"}, {"no_help_needed"}]
    found = figures(responses("answered", *(Chosen(frozenset(options)) for options in chosen)))
    assert of(found, "survey_option_answers") == {"excellent": 2, "good": 2, "poor": 1, "no_help_needed": 1, "other": 2}
    assert of(found, "survey_option_ratio")["excellent"] == 2 / 7
    assert of(found, "survey_positive_ratio") == {(): 4 / 6}


def test_a_positive_share_of_few_whom_it_concerns_is_not_told() -> None:
    found = figures(responses("answered", *[Chosen(frozenset({"no_help_needed"}))] * 6, *[Chosen(frozenset({"good"}))] * 4))
    assert of(found, "survey_positive_ratio") == {}


def test_a_text_gives_how_often_each_theme_comes_up() -> None:
    texts = [Written(frozenset(themes)) for themes in ({"docs"}, {"docs", "speed"}, set(), set(), set())]
    found = figures(responses("wishes", *texts))
    assert of(found, "survey_theme_answers") == {"docs": 2, "speed": 1}


def test_four_answers_say_nothing_but_how_many_they_are() -> None:
    found = figures(responses("nps", *numbers(10, 10, 10, 0)))
    assert {labels for labels in found if labels[1:2] == ("nps",)} == {
        ("survey_answers", "nps", "quarter"),
        ("survey_answers", "nps", "90d"),
    }
    assert found["survey_answers", "nps", "90d"] == 4


def test_few_answers_in_the_quarter_leave_the_figure_of_90_days() -> None:
    old = [response(number, days_ago=40, nps=Number(10)) for number in range(4)]
    found = figures([*old, response(9, nps=Number(0))])
    assert (of(found, "survey_nps", "quarter"), of(found, "survey_nps", "90d")) == ({}, {(): 60})


# Who was asked


def invited(*invitations: tuple[date, int, str | None], **keys: Any) -> SurveyConfig:
    return config(
        invitations=tuple(Invitation(date=day, count=count, channel=channel) for day, count, channel in invitations), **keys
    )


def test_the_response_rate_is_of_those_asked_in_the_window() -> None:
    survey = invited((date(2026, 1, 10), 40, None), (date(2025, 11, 20), 60, None), (date(2025, 9, 1), 1_000, None))
    found = figures([response(1), response(2), response(3, days_ago=60)], survey)
    assert (found["survey_invitations", "quarter"], found["survey_invitations", "90d"]) == (40, 100)
    assert (found["survey_response_ratio", "quarter"], found["survey_response_ratio", "90d"]) == (0.05, 0.03)


def test_where_nobody_was_asked_there_is_no_rate() -> None:
    assert ("survey_invitations", "90d") not in figures([response(1)])
    found = figures([response(1)], invited((date(2025, 1, 1), 10, None)))
    assert found["survey_invitations", "90d"] == 0
    assert ("survey_response_ratio", "90d") not in found


def test_the_response_rate_by_channel_needs_enough_people_asked_over_it() -> None:
    day = date(2026, 1, 10)
    survey = invited((day, 20, "email"), (day, 30, "github"), (day, 4, "community"), channel="via")
    found = figures([response(1, channel="email"), response(2, channel="community"), response(3)], survey)
    channels = {labels[1]: value for labels, value in found.items() if labels[0] == "survey_channel_response_ratio"}
    assert channels == {"email": 0.05, "github": 0}


def test_where_the_channel_of_a_response_is_unknown_there_is_no_rate_by_channel() -> None:
    found = figures([response(1)], invited((date(2026, 1, 10), 20, "email")))
    assert not any(labels[0] == "survey_channel_response_ratio" for labels in found)


# Segments


def region(name: str | None, start: int, *values: float, **more: Answer) -> list[Response]:
    return [response(start + at, region=name, nps=Number(value), **more) for at, value in enumerate(values)]


BY_REGION = config(segments={"region": "region"})
"""Respondents are told apart by their region."""


def segments(found: Figures, metric: str) -> dict[str, float]:
    return {labels[-2]: value for labels, value in found.items() if labels[0] == metric and labels[-1] == "90d"}


def test_segments_have_respondents_a_score_a_mean_and_a_spread() -> None:
    """EMEA: 4 of 5 promote and one detracts, 60; APAC: 2 of 5 promote, none detracts, 40."""
    found = figures([*region("emea", 0, 10, 10, 9, 9, 0), *region("apac", 10, 9, 9, 8, 8, 7)], BY_REGION)
    assert segments(found, "survey_segment_responses") == {"emea": 5, "apac": 5}
    assert segments(found, "survey_segment_nps") == {"emea": 60, "apac": 40}
    assert segments(found, "survey_segment_mean") == {"emea": 7.6, "apac": 8.2}
    assert found["survey_nps_spread", "nps", "region", "90d"] == 20


def test_a_small_segment_takes_the_smallest_large_one_with_it() -> None:
    found = figures([*region("emea", 0, *[10] * 6), *region("apac", 10, *[9] * 5), *region("latam", 20, 0)], BY_REGION)
    assert segments(found, "survey_segment_responses") == {"emea": 6}
    assert segments(found, "survey_segment_nps") == {"emea": 100}
    assert ("survey_nps_spread", "nps", "region", "90d") not in found


def test_a_segment_with_few_answers_to_a_question_has_no_figure_of_it() -> None:
    quiet = [response(30 + at, region="apac") for at in range(3)]
    found = figures([*region("emea", 0, *[10] * 6), *region("latam", 10, *[9] * 7), *region("apac", 20, 0, 0), *quiet], BY_REGION)
    assert segments(found, "survey_segment_responses") == {"emea": 6, "latam": 7, "apac": 5}
    assert segments(found, "survey_segment_nps") == {"latam": 100}


def test_the_operator_decides_how_small_a_group_may_be() -> None:
    survey = config(segments={"region": "region"}, min_group=1)
    assert segments(figures(region("emea", 0, 10), survey), "survey_segment_nps") == {"emea": 100}


# Properties

ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "nps": st.integers(0, 10).map(lambda value: Number(float(value))),
        "speed": st.integers(1, 5).map(lambda value: Number(float(value))),
        "time": st.floats(0, 1e9).map(Number),
        "answered": st.frozensets(st.sampled_from(["excellent", "good", "poor", "other"]), min_size=1).map(Chosen),
        "wishes": st.frozensets(st.sampled_from(["docs", "speed"])).map(Written),
    },
)
SENT = st.lists(st.tuples(st.integers(0, 120), st.sampled_from(["emea", "apac", "latam", None]), ANSWERS), max_size=40)
Sent = list[tuple[int, str | None, Mapping[str, Answer]]]


def made(sent: Sent) -> list[Response]:
    return [response(at, days, None, where, **answers) for at, (days, where, answers) in enumerate(sent)]


@given(SENT, st.randoms())
def test_the_order_of_responses_does_not_matter(sent: Sent, chance: Random) -> None:
    ordered = made(sent)
    shuffled = list(ordered)
    chance.shuffle(shuffled)
    assert figures(ordered, BY_REGION) == figures(shuffled, BY_REGION)


@given(SENT)
def test_counts_add_up_and_shares_are_shares(sent: Sent) -> None:
    found = figures(made(sent), BY_REGION)
    for window in ("quarter", "90d"):
        answers = found["survey_answers", "speed", window]
        steps = [
            value for labels, value in found.items() if labels[:2] == ("survey_option_answers", "speed") and labels[-1] == window
        ]
        assert sum(steps) == (answers if answers >= 5 else 0)
        assert answers <= found["survey_responses", window]
        told = [value for labels, value in found.items() if labels[0] == "survey_segment_responses" and labels[-1] == window]
        assert all(value >= 5 for value in told)
        rest = found["survey_responses", window] - sum(told)
        assert not told or rest == 0 or rest >= 5
    assert all(0 <= value <= 1 for labels, value in found.items() if labels[0].endswith("_ratio"))
