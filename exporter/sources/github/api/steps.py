"""What is read step by step, because one answer tells what to ask next: pages of lists, and what has changed in them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from exporter.errors import Reason
from exporter.sources.github.api.batches import BatchSize, ask_all, first_of
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.query import Query, Variables, query_of

__all__ = ["UNITS_A_QUERY", "Step", "run"]

UNITS_A_QUERY = 12
"""What the steps of one query may weigh together: a page of issues, of pull requests, of discussions and of commits."""

QUERIES_A_REFRESH = 300
"""Queries after which the rest is left to the next refresh, so that nobody waits for hours for the first figures."""
UNITS_AT_ONCE = 8 * UNITS_A_QUERY

_TOO_HEAVY = frozenset({Reason.TOO_LARGE, Reason.TIMEOUT, Reason.SERVER_ERROR, Reason.CONNECTION})


class Step(ABC):
    """One entry of a query on behalf of one repository, and what follows from its answer.

    Steps are compared by identity. `repository` is its name as configured, `topic` the name of the topic that it serves. `weight`
    is what it weighs, in units of about 5,000 nodes that it may bring, at least 1.
    """

    repository: str
    topic: str
    weight: int = 1

    @abstractmethod
    def write(self, variables: Variables) -> str:
        """The text of the entry without an alias, such as `node(id: $v0) { … }`; all values go through `variables`."""

    @abstractmethod
    def take(self, data: Any) -> Iterable["Step"]:
        """Keeps what came, in one transaction, and tells what to ask next.

        Raises UpstreamError(MALFORMED) where the answer does not fit the schema; it has then kept nothing.
        """

    def lighter(self) -> "Step | None":
        """A step that asks for less of the same, where this one alone is too much for GitHub; None where there is none."""
        return None


def run(graph: Graph, size: BatchSize, steps: Iterable[Step], most: int = QUERIES_A_REFRESH) -> dict[tuple[str, str], Reason]:
    """Runs steps and all that follow from them; tells which (repository, topic) could not be read to the end, and why.

    Steps of all topics and repositories share queries. A topic of a repository of which a step fails is left as it is: what has
    been kept so far stays, and the next refresh goes on from there. So it is with what is left (TOO_LARGE) after `most` queries.
    """
    failed: dict[tuple[str, str], Reason] = {}
    waiting, asked = list(steps), 0
    while waiting and asked < most:
        # A few queries at a time, and what follows from them first: what is begun is ended before more is begun.
        begun = first_of(waiting, UNITS_AT_ONCE, _weight)
        following: list[Step] = []

        def take(step: Step, data: Any, following: list[Step] = following) -> None:
            following.extend(step.take(data))

        outcome = ask_all(graph, size, begun, _query, take, _weight)
        asked += outcome.queries
        for step, reason in outcome.failed.items():
            lighter = step.lighter() if reason in _TOO_HEAVY else None
            if lighter is not None:
                following.append(lighter)
            else:
                failed[_reader(step)] = reason
        waiting = [step for step in (*following, *waiting[len(begun) :]) if _reader(step) not in failed]
        if outcome.error is not None and not following and len(outcome.failed) == len(begun):
            # GitHub as a whole is out of reach, or asks to wait.
            return failed | dict.fromkeys(map(_reader, waiting), outcome.error.reason)
    return failed | dict.fromkeys(map(_reader, waiting), Reason.TOO_LARGE)


def _reader(step: Step) -> tuple[str, str]:
    return step.repository, step.topic


def _weight(step: Step) -> int:
    return step.weight


def _query(steps: Sequence[Step]) -> Query:
    variables = Variables()
    return query_of([step.write(variables) for step in steps], variables, "steps")
