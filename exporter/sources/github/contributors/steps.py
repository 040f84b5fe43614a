"""The steps of a reading: the slices of the window and their further pages, then the earlier commits of those who seem new."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any, Generic, Self, TypeVar

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import Total, read
from exporter.sources.github.api.query import Variables
from exporter.sources.github.api.steps import Step
from exporter.sources.github.contributors.answers import Earlier, Head, HistoryPage, Mailmapped, OfHead
from exporter.sources.github.contributors.queries import Slice, earlier_entry, history_of, window_entry
from exporter.sources.github.contributors.reading import Question, Reading
from exporter.sources.github.metrics.contributors import TOPIC

__all__ = ["first_steps"]

Part = TypeVar("Part")

QUESTIONS_A_UNIT = 5
"""Questions that weigh one unit. They bring no nodes to speak of, but may lead GitHub through the whole history, each of them."""


def first_steps(repository: str, reading: Reading) -> list[Step]:
    """The steps with which a reading begins; the rest follows from them."""
    steps = _steps(_WindowStep, repository, reading, reading.slices())
    steps[0].opening = True
    reading.pending = len(steps)
    return list(steps)


class _PartsStep(Step, Generic[Part]):
    """Asks for several parts of a history in one entry; those `behind` are asked for once these are in."""

    topic = TOPIC.name

    def __init__(self, repository: str, reading: Reading, parts: Sequence[Part]) -> None:
        self.repository = repository
        self._reading = reading
        self._parts = parts
        self._behind: Sequence[Part] = ()

    def lighter(self) -> Self | None:
        half = len(self._parts) // 2
        if not half:
            return None
        self._reading.at_once = half
        light = copy(self)
        light.weight = max(1, self.weight // 2)
        light._parts, light._behind = self._parts[:half], [*self._parts[half:], *self._behind]
        return light

    def _head(self, data: Any) -> dict[str, Any]:
        """What was answered of the commit that is read from."""
        head = read(OfHead, data).head
        if head is None:
            raise UpstreamError(Reason.NOT_FOUND, "the commit that was the head is gone; the next refresh reads the new one")
        if read(Head, head).oid != self._reading.head:
            raise UpstreamError(Reason.MALFORMED, "GitHub answered for another commit")
        return head

    def _go_on(self, parts: Sequence[Part]) -> Iterable[Step]:
        """Steps for these parts and for those behind; where there are none, what follows once all steps are in."""
        reading = self._reading
        following = _steps(type(self), self.repository, reading, [*parts, *self._behind])
        reading.pending += len(following) - 1
        if reading.pending:
            return following
        following = list(self._follow())
        reading.pending = len(following)
        if not following:
            reading.keep()
        return following

    @abstractmethod
    def _follow(self) -> Iterable["_PartsStep[Any]"]:
        """What to ask once all parts are in; nothing where the reading is at its end."""


class _WindowStep(_PartsStep[Slice]):
    """Asks for slices of the window; the `opening` one for what is asked once as well."""

    opening = False

    def write(self, variables: Variables) -> str:
        opening = self._reading.start if self.opening else None
        return window_entry(variables, self.repository, self._reading.head, self._parts, opening)

    def take(self, data: Any) -> Iterable[Step]:
        head = self._head(data)
        pages = {part: read(HistoryPage, head.get(history_of(i))) for i, part in enumerate(self._parts)}
        opened = (read(Total, head.get("total")).total_count, read(Mailmapped, data).text) if self.opening else None
        following = self._reading.add(pages)
        if opened is not None:
            self._reading.open(*opened)
        return self._go_on(following)

    def _follow(self) -> Iterable[_PartsStep[Any]]:
        whole = self._reading.begin_again()
        if whole is not None:
            return [_WindowStep(self.repository, self._reading, [whole])]
        return _steps(_EarlierStep, self.repository, self._reading, self._reading.questions())


class _EarlierStep(_PartsStep[Question]):
    """Asks whether people have earlier commits."""

    def __init__(self, repository: str, reading: Reading, parts: Sequence[Question]) -> None:
        super().__init__(repository, reading, parts)
        self.weight = -(-len(parts) // QUESTIONS_A_UNIT)

    def write(self, variables: Variables) -> str:
        authors = [question.by for question in self._parts]
        return earlier_entry(variables, self.repository, self._reading.head, self._reading.start, authors)

    def take(self, data: Any) -> Iterable[Step]:
        head = self._head(data)
        answers = [read(Earlier, head.get(history_of(i))) for i in range(len(self._parts))]
        self._reading.found(question for question, answer in zip(self._parts, answers, strict=True) if answer.nodes)
        return self._go_on([])

    def _follow(self) -> Iterable[_PartsStep[Any]]:
        return ()


_AnyStep = TypeVar("_AnyStep", bound=_PartsStep[Any])


def _steps(kind: type[_AnyStep], repository: str, reading: Reading, parts: Sequence[Any]) -> list[_AnyStep]:
    """Steps that together ask for all parts."""
    size = reading.at_once
    return [kind(repository, reading, parts[i : i + size]) for i in range(0, len(parts), size)]
