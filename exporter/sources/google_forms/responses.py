"""From a response, as it came, to numbers, options and themes. Nothing that a person wrote gets past this module."""

from collections.abc import Mapping
from datetime import UTC

from exporter.sources.google_forms.config import FormConfig
from exporter.sources.google_forms.service import Submission
from exporter.sources.surveys.answers import Answer, Response
from exporter.sources.surveys.reading import Question, read_answer, read_words

__all__ = ["read_response"]


def read_response(submission: Submission, config: FormConfig, questions: Mapping[str, Question]) -> Response:
    """The response, with the answers to `questions`, by their ids; it counts at the moment at which it was sent last."""
    answers: dict[str, Answer] = {}
    for question_id, question in questions.items():
        answer = read_answer(question, submission.texts(question_id))
        if answer is not None:
            answers[question.config.name] = answer
    segments = {dimension: read_words(place, answers, submission.texts(place)) for dimension, place in config.segments.items()}
    channels = sorted(read_words(config.channel, answers, submission.texts(config.channel))) if config.channel else []
    return Response(
        submission.response_id,
        submission.last_submitted_time.astimezone(UTC),
        answers,
        {dimension: words for dimension, words in segments.items() if words},
        channels[0] if channels else None,
    )
