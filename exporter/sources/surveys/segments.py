"""The figures of segments: what the respondents of one answered, beside those of another."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence, Set

from exporter.facts import Sample
from exporter.sources.surveys import metrics
from exporter.sources.surveys.answers import Number, Response
from exporter.sources.surveys.groups import disclosed
from exporter.sources.surveys.reading import Question
from exporter.sources.surveys.statistics import mean, net_promoter_score

__all__ = ["segment_samples"]


def segment_samples(
    dimension: str, questions: Sequence[Question], responses: Sequence[Response], least: int, survey: str, window: str
) -> Iterator[Sample]:
    """What is said of the segments of one dimension, as far as they may be told apart."""
    where = {"survey": survey, "dimension": dimension, "window": window}
    members: dict[str, set[int]] = defaultdict(set)
    for index, response in enumerate(responses):
        for segment in response.segments.get(dimension, ()):
            members[segment].add(index)
    shown = disclosed(members, set(range(len(responses))), least)
    for segment in shown:
        yield metrics.SEGMENT_RESPONSES.sample(len(members[segment]), segment=segment, **where)
    for question in questions:
        if question.kind in ("nps", "rating", "number"):
            yield from _question_samples(question, _numbers(question, responses), members, shown, least, where)


def _numbers(question: Question, responses: Sequence[Response]) -> dict[int, float]:
    """The numbers that were answered, by the index of the response."""
    answers = ((index, response.answers.get(question.config.name)) for index, response in enumerate(responses))
    return {index: answer.value for index, answer in answers if isinstance(answer, Number)}


def _question_samples(
    question: Question,
    numbers: Mapping[int, float],
    members: Mapping[str, Set[int]],
    among: Collection[str],
    least: int,
    where: Mapping[str, str],
) -> Iterator[Sample]:
    answering = {segment: indexes & numbers.keys() for segment, indexes in members.items()}
    labels = {**where, "question": question.config.name}
    scores: list[float] = []
    for segment in disclosed(answering, set(numbers), least, among):
        answered = [numbers[index] for index in answering[segment]]
        yield metrics.SEGMENT_MEAN.sample(mean(answered), segment=segment, **labels)
        if question.kind == "nps":
            scores.append(net_promoter_score(answered))
            yield metrics.SEGMENT_NPS.sample(scores[-1], segment=segment, **labels)
    if len(scores) > 1:
        yield metrics.NPS_SPREAD.sample(max(scores) - min(scores), **labels)
