"""From what a tool says to answers: the one place that sees texts of respondents, and lets none of them on."""

import math
import re
import unicodedata
from collections.abc import Iterable, Mapping

from exporter.sources.surveys.answers import Answer, Chosen, Number, Written
from exporter.sources.surveys.config import Kind, QuestionConfig

__all__ = ["OTHER", "Question", "Said", "read_answer", "read_segment", "read_words"]

Said = float | str | Iterable[str] | None
"""What a tool says: a number, a text, the texts (labels or references) of options; None where there is nothing."""

OTHER = "other"
"""The option that stands for all that have no name."""

_NPS_SCALE = (0, 10)
_USUAL_SCALE = (1, 5)
_DECIMAL = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?([eE][+-]?[0-9]{1,3})?")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]{1,15},([0-9]{1,2}|[0-9]{4,15})")
"""Three digits after a comma could be thousands as well."""
_LARGEST = 1e15
_STEP = re.compile(r"([0-9]{1,3})(?:\s*[:=(]\s*|\s+[-–—]\s+)[^\W\d].*", re.DOTALL)
"""A step of a scale with its label, as in `10 - Extremely likely`."""
_SLUG = re.compile(r"[a-z0-9]+([_-][a-z0-9]+)*")
_LONGEST_SLUG = 40
_IDENTIFYING = re.compile(r"[0-9]{5}")
"""So many digits in a row are the number of a customer, a telephone or a street, not the word for a group."""


class Question:
    """A question whose kind is known: from the configuration, or from the form."""

    def __init__(self, config: QuestionConfig, kind: Kind, scale: tuple[int, int] | None = None) -> None:
        """`scale` is what the form says of it; what the configuration says wins, and recommending always goes from 0 to 10."""
        self.config = config
        self.kind = kind
        self.scale = _NPS_SCALE if kind == "nps" else config.scale or scale or (_USUAL_SCALE if kind == "rating" else None)
        self._words = {_folded(text): word for text, word in config.options.items()}
        self._words |= {_folded(word): word for word in config.options.values() if _folded(word) not in self._words}
        self._most_pieces = 1 + max(
            (text.count(_folded(config.separator or "\0", strip=False)) for text in self._words), default=0
        )
        self._themes = {theme: _pattern(phrases) for theme, phrases in config.themes.items()}

    def word(self, text: str) -> str:
        """The word for an option, by its text, its reference or the word itself; `other` where it has none."""
        return self._words.get(_folded(text), OTHER)

    def words(self, text: str) -> frozenset[str]:
        """The words for the options in one text, which hold the separator themselves where the configuration says so."""
        if self.config.separator is None:
            return frozenset({self.word(text)} if text.strip() else ())
        separator = _folded(self.config.separator, strip=False)
        pieces = _folded(text).split(separator)
        words: set[str] = set()
        while pieces:
            # The separator may stand in the text of an option too, so the longest option there is comes first.
            lengths = range(min(self._most_pieces, len(pieces)), 1, -1)
            length = next((length for length in lengths if _joined(pieces[:length], separator) in self._words), 1)
            option, pieces = _joined(pieces[:length], separator), pieces[length:]
            if option:
                words.add(self.word(option))
        return frozenset(words)

    def themes(self, text: str) -> frozenset[str]:
        """The themes of which a word or phrase stands in the text."""
        folded = _folded(text)
        return frozenset(theme for theme, pattern in self._themes.items() if pattern.search(folded))


def read_answer(question: Question, said: Said) -> Answer | None:
    """The answer in what a tool says; None where there is none.

    A number may be a text that holds one, and a step of a scale may have its label behind it. What does not fit the question is
    no answer: a rating that is no whole number or outside the scale, a text where a number belongs.
    """
    if said is None:
        return None
    match question.kind:
        case "choice":
            chosen = frozenset().union(*(question.words(text) for text in _texts(said)))
            return Chosen(chosen) if chosen else None
        case "text":
            text = " ".join(_texts(said))
            return Written(question.themes(text)) if text.strip() else None
        case "number":
            number = _number(said)
            # A number beyond that was not meant, and a sum of a few such would be infinite.
            return Number(number * question.config.factor) if number is not None and abs(number) <= _LARGEST else None
        case _:
            assert question.scale is not None  # both kinds have one
            step = _step(said)
            return Number(step) if step is not None and question.scale[0] <= step <= question.scale[1] else None


def read_segment(said: Said, options: Mapping[str, str] | None = None) -> frozenset[str]:
    """The words for what a respondent belongs to: those of `options` by their texts, or else short words as they are.

    A short word has letters, digits, `-` and `_`, which becomes `_`; upper case does not matter. Nothing comes of what looks like
    an address, a name with a space in it, a path, a number of somebody or a text.
    """
    texts = () if said is None else _texts(said)
    if options is not None:
        known = {_folded(text): word for text, word in options.items()}
        return frozenset(known[_folded(text)] for text in texts if _folded(text) in known)
    slugs = (text.strip().lower() for text in texts if len(text) <= _LONGEST_SLUG)
    return frozenset(slug.replace("-", "_") for slug in slugs if _SLUG.fullmatch(slug) and not _IDENTIFYING.search(slug))


def read_words(place: str, answers: Mapping[str, Answer], said: Said) -> frozenset[str]:
    """The words for what a respondent belongs to: the options of the answer to the question called `place`, or else what a tool
    says at that place.
    """
    answer = answers.get(place)
    return answer.options if isinstance(answer, Chosen) else read_segment(said)


def _texts(said: float | str | Iterable[str]) -> tuple[str, ...]:
    if isinstance(said, str):
        return (said,)
    return (f"{said:.15g}",) if isinstance(said, int | float) else tuple(said)


def _number(said: float | str | Iterable[str]) -> float | None:
    """The number in what a tool says; None where there is none, or several."""
    if isinstance(said, int | float):
        return float(said)
    texts = _texts(said)
    text = texts[0].strip() if len(texts) == 1 else ""
    if _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(",", ".")
    return float(text) if _DECIMAL.fullmatch(text) else None


def _step(said: float | str | Iterable[str]) -> float | None:
    number = _number(said)
    if number is None and not isinstance(said, int | float):
        texts = _texts(said)
        labelled = _STEP.fullmatch(texts[0].strip()) if len(texts) == 1 else None
        number = float(labelled[1]) if labelled else None
    return number if number is not None and math.isfinite(number) and number.is_integer() else None


def _joined(pieces: list[str], separator: str) -> str:
    return separator.join(pieces).strip()


def _folded(text: str, *, strip: bool = True) -> str:
    """The text in one form for all ways of writing it: upper case, width, spaces and apostrophes do not matter."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(plain.split()) if strip else plain


def _pattern(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(re.escape(_folded(phrase)) for phrase in phrases)})(?!\w)")
