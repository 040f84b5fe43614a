"""From responses to samples, for the quarter that goes on and for the last 90 days."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from exporter.facts import Sample
from exporter.sources.surveys import metrics
from exporter.sources.surveys.answers import Response
from exporter.sources.surveys.config import SurveyConfig
from exporter.sources.surveys.figures import question_samples
from exporter.sources.surveys.rates import rate_samples
from exporter.sources.surveys.reading import Question
from exporter.sources.surveys.segments import segment_samples

__all__ = ["earliest", "past_samples", "survey_samples", "windows"]

_ROLLING = timedelta(days=90)


def windows(now: datetime) -> Mapping[str, datetime]:
    """When each window began, by its name in the label `window`; both end at `now` (UTC)."""
    quarter = datetime(now.year, now.month - (now.month - 1) % 3, 1, tzinfo=UTC)
    return {"quarter": quarter, "90d": now - _ROLLING}


def earliest(now: datetime) -> datetime:
    """The moment from which responses are needed: the begin of the quarter or 90 days ago, whichever is earlier."""
    return min(windows(now).values())


def survey_samples(
    config: SurveyConfig, questions: Sequence[Question], responses: Iterable[Response], now: datetime
) -> tuple[Sample, ...]:
    """The samples of one survey, of responses that differ in their ids; those sent after `now` (UTC) do not count."""
    sent = [response for response in responses if response.time <= now]
    return tuple(_samples(config, questions, sent, now))


def past_samples(
    config: SurveyConfig,
    questions: Sequence[Question],
    responses: Iterable[Response],
    moments: Sequence[datetime],
    *,
    newest: bool = False,
) -> Sequence[tuple[Sample, ...]]:
    """The samples of one survey at each of some moments (UTC), out of all responses since the first window of them began.

    Those sent before the windows of a moment are left out, as a refresh would not ask for them; with `newest` the last one stays,
    however old. There are none until the first response was sent: whether the survey was open before that is not known.
    """
    sent = sorted(responses, key=lambda response: (response.time, response.id))
    times = [response.time for response in sent]
    told: list[tuple[Sample, ...]] = []
    for moment in moments:
        until = bisect_right(times, moment)
        since = bisect_left(times, earliest(moment))
        inside = sent[max(min(since, until - 1), 0) if newest else since : until]
        told.append(survey_samples(config, questions, inside, moment) if until else ())
    return told


def _samples(config: SurveyConfig, questions: Sequence[Question], sent: Sequence[Response], now: datetime) -> Iterator[Sample]:
    survey, least = config.survey, config.min_group
    if sent:
        newest = max(response.time for response in sent)
        yield metrics.LAST_RESPONSE.sample(newest.timestamp(), survey=survey)
    for window, start in windows(now).items():
        inside = [response for response in sent if response.time >= start]
        yield metrics.RESPONSES.sample(len(inside), survey=survey, window=window)
        yield from rate_samples(config, inside, start.date(), now.date(), window)
        for question in questions:
            name = question.config.name
            answers = [response.answers[name] for response in inside if name in response.answers]
            yield from question_samples(question, answers, least, survey, window)
        for dimension in config.segments:
            yield from segment_samples(dimension, questions, inside, least, survey, window)
