"""From one response, as it came, to numbers, options and themes. Nothing that a person wrote gets past this module."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from exporter.sources.surveys.answers import Answer, Response
from exporter.sources.surveys.reading import OTHER, Question, Said, read_answer, read_words
from exporter.sources.typeform.config import FormConfig
from exporter.sources.typeform.form import BOOLEAN, malformed
from exporter.sources.typeform.questions import Mapped

__all__ = ["Reader"]

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?")
_NEVER = 1
"""The year that Typeform gives to a response that was begun and never sent."""
_READ = frozenset({"number", "boolean", "text", "choice", "choices"})
_LARGEST = 2**53
"""Largest number that is believed; a float holds no larger ones exactly."""


class Reader:
    """Reads the responses of one form, of whose questions `mapped` are wanted."""

    def __init__(self, config: FormConfig, mapped: Iterable[Mapped]) -> None:
        self._config = config
        self._by_name: dict[str, Mapped] = {}
        for each in mapped:
            names = (each.key,) if each.field is None else (each.field.id, each.field.ref or each.field.id)
            self._by_name |= dict.fromkeys(names, each)
        self._shared: dict[Answer, Answer] = {}

    def read(self, item: Mapping[str, Any]) -> Response | None:
        """The response, None where it was never sent; raises UpstreamError(MALFORMED) for anything else."""
        response_id = item.get("response_id") or item.get("token")
        if not isinstance(response_id, str):
            raise malformed("a response without id")
        time = _time(item.get("submitted_at"))
        answers = dict(self._answers(item.get("answers")))
        hidden = item.get("hidden") or {}
        if not isinstance(hidden, dict):
            raise malformed("something else where hidden fields should be")
        places = self._config.segments.items()
        segments = {dimension: _words(place, answers, hidden) for dimension, place in places}
        channels = sorted(_words(self._config.channel, answers, hidden)) if self._config.channel else []
        if time is None:
            return None
        return Response(
            response_id,
            time,
            answers,
            {dimension: words for dimension, words in segments.items() if words},
            channels[0] if channels else None,
        )

    def _answers(self, listed: Any) -> Iterator[tuple[str, Answer]]:
        """The answers to the questions that are wanted, by the names of those."""
        # Where nothing of what was asked for is answered, Typeform has null, for one answer or for all.
        listed = [] if listed is None else listed
        if not isinstance(listed, list) or not all(isinstance(entry, dict | None) for entry in listed):
            raise malformed("something else where answers should be")
        for entry in listed:
            wanted = None if entry is None else self._wanted(entry.get("field"))
            if wanted is None:
                continue
            answer = read_answer(wanted.question, _said(entry, wanted.question))
            if answer is not None:
                # Of millions of answers only few differ.
                yield wanted.question.config.name, self._shared.setdefault(answer, answer)

    def _wanted(self, field: Any) -> Mapped | None:
        if not isinstance(field, dict):
            raise malformed("an answer without its question")
        names = (field.get("ref"), field.get("id"))
        if not all(isinstance(name, str | None) for name in names) or names == (None, None):
            raise malformed("an answer without its question")
        return next((self._by_name[name] for name in names if name in self._by_name), None)


def _words(place: str, answers: Mapping[str, Answer], hidden: Mapping[str, Any]) -> frozenset[str]:
    """What a respondent belongs to, by the name of a question that is read or by a hidden field."""
    said = hidden.get(place)
    if not isinstance(said, str | None):
        raise malformed("something else where a hidden field should be")
    return read_words(place, answers, said)


def _said(answer: Mapping[str, Any], question: Question) -> Said:
    """What an answer says; None for the types that are never read, such as addresses, files and payments."""
    called = answer.get("type")
    if not isinstance(called, str):
        raise malformed("an answer without type")
    if called not in _READ:
        return None
    match called, answer.get(called):
        case "number", int() | float() as number if not isinstance(number, bool) and abs(number) <= _LARGEST:
            return float(number)
        case "boolean", bool() as truth:
            return (BOOLEAN[truth],)
        case "text", str() as text:
            return text
        case "choice", dict() as choice:
            lists = [[choice[key]] if choice.get(key) is not None else [] for key in ("ref", "id", "label")]
            return _chosen(lists, choice.get("other"), question)
        case "choices", dict() as choices:
            return _chosen([choices.get(key) or [] for key in ("refs", "ids", "labels")], choices.get("other"), question)
    raise malformed("an answer that is not of its type")


def _chosen(lists: Sequence[Any], other: Any, question: Question) -> tuple[str, ...]:
    """The options that were chosen. An answer has their references, ids and labels, or some of these: the best known are taken.

    What a respondent wrote in place of an option is not looked at.
    """
    fits = all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in lists)
    if not fits or not isinstance(other, str | None):
        raise malformed("an answer that is not of its type")
    best = max(lists, key=lambda names: (sum(question.word(name) != OTHER for name in names), len(names)))
    return (*best, OTHER) if other else tuple(best)


def _time(text: Any) -> datetime | None:
    """The moment at which a response was sent, in UTC; None where it was not."""
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        raise malformed("something else where a time should be")
    try:
        moment = datetime.fromisoformat(text)
        sent = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise malformed("a time that there is not") from None
    return None if sent.year == _NEVER else sent
