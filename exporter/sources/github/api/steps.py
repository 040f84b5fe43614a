"""What is read step by step, because one answer tells what to ask next: pages of lists, and what has changed in them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from exporter.errors import Reason
from exporter.sources.github.api.batches import BatchSize, ask_all
from exporter.sources.github.api.graph import Graph
from exporter.sources.github.api.query import Query, Variables, query_of

__all__ = ["UNITS_A_QUERY", "Step", "run"]

UNITS_A_QUERY = 12
"""What the steps of one query may weigh together: a page of issues, of pull requests, of discussions and of commits."""

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


def run(graph: Graph, size: BatchSize, steps: Iterable[Step]) -> dict[tuple[str, str], Reason]:
    """Runs steps and all that follow from them; tells which (repository, topic) could not be read to the end, and why.

    Steps of all topics and repositories share queries. A topic of a repository of which a step fails is left as it is: what has
    been kept so far stays, and the next refresh goes on from there.
    """
    failed: dict[tuple[str, str], Reason] = {}
    waiting = list(steps)
    while waiting:
        following: list[Step] = []

        def take(step: Step, data: Any, following: list[Step] = following) -> None:
            following.extend(step.take(data))

        outcome = ask_all(graph, size, waiting, _query, take, lambda step: step.weight)
        for step, reason in outcome.failed.items():
            lighter = step.lighter() if reason in _TOO_HEAVY else None
            if lighter is not None:
                following.append(lighter)
            else:
                failed[step.repository, step.topic] = reason
        waiting = [step for step in following if (step.repository, step.topic) not in failed]
    return failed


def _query(steps: Sequence[Step]) -> Query:
    variables = Variables()
    return query_of([step.write(variables) for step in steps], variables)
