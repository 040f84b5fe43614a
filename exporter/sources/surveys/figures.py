"""The figures of one question: what its answers in a window come to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from exporter.facts import Sample
from exporter.sources.surveys import metrics
from exporter.sources.surveys.answers import Answer, Chosen, Number, Written
from exporter.sources.surveys.reading import OTHER, Question
from exporter.sources.surveys.statistics import counts, mean, net_promoter, share

__all__ = ["numbers_of", "question_samples"]

_SATISFIED: Mapping[tuple[int, int], int] = {(1, 5): 4}
"""Least rating that counts as satisfied, by the scales on which it goes without saying."""


def question_samples(question: Question, answers: Sequence[Answer], least: int, survey: str, window: str) -> Iterator[Sample]:
    """How many answers there are, and where they are at least `least` what they come to."""
    where = {"survey": survey, "question": question.config.name, "window": window}
    yield metrics.ANSWERS.sample(len(answers), **where)
    if not answers or len(answers) < least:
        return
    match question.kind:
        case "choice":
            chosen = [answer.options for answer in answers if isinstance(answer, Chosen)]
            yield from _distribution(chosen, (*question.config.options.values(), OTHER), where)
            yield from _positive(question, chosen, least, where)
        case "text":
            themes = [answer.themes for answer in answers if isinstance(answer, Written)]
            for theme, number in counts(themes, question.config.themes).items():
                yield metrics.THEME_ANSWERS.sample(number, theme=theme, **where)
        case _:
            yield from _numeric(question, numbers_of(answers), where)


def numbers_of(answers: Iterable[Answer]) -> list[float]:
    """The numbers among answers."""
    return [answer.value for answer in answers if isinstance(answer, Number)]


def _numeric(question: Question, numbers: Sequence[float], where: Mapping[str, str]) -> Iterator[Sample]:
    yield metrics.MEAN.sample(mean(numbers), **where)
    if question.kind == "nps":
        promoter = net_promoter(numbers)
        yield metrics.NPS.sample(promoter.score, **where)
        for group in ("promoters", "passives", "detractors"):
            yield metrics.NPS_SHARE.sample(getattr(promoter, group), group=group, **where)
        for bound in ("lower", "upper"):
            yield metrics.NPS_BOUND.sample(getattr(promoter, bound), bound=bound, **where)
    if question.kind == "number" or question.scale is None:
        return
    satisfied = _SATISFIED.get(question.scale) if question.config.satisfied is None else question.config.satisfied
    if question.kind == "rating" and satisfied is not None:
        yield metrics.CSAT.sample(share(number >= satisfied for number in numbers), **where)
    steps = [str(step) for step in range(question.scale[0], question.scale[1] + 1)]
    yield from _distribution([{f"{number:.0f}"} for number in numbers], steps, where)


def _distribution(chosen: Sequence[Iterable[str]], known: Iterable[str], where: Mapping[str, str]) -> Iterator[Sample]:
    for option, number in counts(chosen, known).items():
        yield metrics.OPTION_ANSWERS.sample(number, option=option, **where)
        yield metrics.OPTION_SHARE.sample(number / len(chosen), option=option, **where)


def _positive(question: Question, chosen: Sequence[frozenset[str]], least: int, where: Mapping[str, str]) -> Iterator[Sample]:
    positive, ignored = frozenset(question.config.positive), frozenset(question.config.ignored)
    told = [options for options in chosen if options - ignored]
    if positive and told and len(told) >= least:
        yield metrics.POSITIVE.sample(share(bool(options & positive) for options in told), **where)
