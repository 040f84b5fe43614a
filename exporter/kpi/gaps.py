"""What could not be read: the parts of the sources that failed and have no samples left."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from exporter.facts import Labels, Snapshot, Topic

__all__ = ["Gaps"]

_REGISTRY = "registry"
"""The label whose value is the name of the source."""

HasLabel = Callable[[str], bool | None]
"""Whether a metric has a label; None where no sample shows it."""

_Names = tuple[str, ...]
_Reasons = dict[_Names, set[str]]


class _Kind(NamedTuple):
    """What parts have in common: the topic that they are about, and the names of their labels."""

    topic: Topic | None
    names: _Names


class Gaps:
    """The missing parts of all snapshots.

    They are kept by source, by topic and the names of their labels, and by the values of these, so that asking for one repository
    does not walk through all of them.
    """

    def __init__(self, snapshots: Iterable[Snapshot]) -> None:
        self._parts: dict[str, dict[_Kind, _Reasons]] = {}
        self._telling: dict[str, set[str]] = defaultdict(set)
        for snapshot in snapshots:
            for part in snapshot.parts:
                self._telling[snapshot.source].update(name for name, _ in part.labels)
                if part.failure is not None and not part.samples:
                    names, values = _split(part.labels)
                    kinds = self._parts.setdefault(snapshot.source, defaultdict(lambda: defaultdict(set)))
                    kinds[_Kind(part.topic, names)][values].add(part.failure)
        self._told: dict[tuple[str, Labels], str] = {}

    def told(self, metric: str, sources: Iterable[str], where: Mapping[str, str], has_label: HasLabel) -> str:
        """Which parts that belong to the facts of a metric are missing, in a few words; "" where none is.

        `sources` are those that can give the metric. A part with a topic belongs to the metrics of that topic alone. A part does
        not belong where `where` asks for another value of one of its labels, nor where the metric lacks one of them: what is not
        told apart by repository does not come from a repository. A part without labels is the whole source, or topic; beside
        others it is what they have in common, and gives no metric that is told apart as they are. A registry is a source of its
        own, so asking for one leaves out the others.
        """
        failed = [source for source in sorted(sources) if source in self._parts and where.get(_REGISTRY, source) == source]
        if not failed:
            return ""
        names = {name for source in failed for kind in self._parts[source] for name in kind.names}
        asked = {name: value for name, value in where.items() if name in names or name == _REGISTRY}
        key = metric, tuple(sorted(asked.items()))
        if key not in self._told:
            self._told[key] = "; ".join(filter(None, (self._told_of(source, metric, asked, has_label) for source in failed)))
        return self._told[key]

    def _told_of(self, source: str, metric: str, asked: Mapping[str, str], has_label: HasLabel) -> str:
        missing: dict[str, set[str]] = {}
        for kind, parts in self._parts[source].items():
            if self._belongs(source, kind, metric, has_label):
                for values, reasons in _matching(kind.names, parts, asked):
                    missing.setdefault(_called(values, kind.topic), set()).update(reasons)
        if not missing:
            return ""
        why = ", ".join(sorted(set[str]().union(*missing.values())))
        named = sorted(filter(None, missing))
        first = f": {named[0]}" if named else ""
        rest = f" and {len(named) - 1} more" if len(named) > 1 else ""
        return f"{source}{first}{rest} could not be read ({why})"

    def _belongs(self, source: str, kind: _Kind, metric: str, has_label: HasLabel) -> bool:
        if kind.topic is not None:
            declared = next((set(found.labels) for found in kind.topic.metrics if found.name == metric), None)
            if declared is None:
                return False
            return declared.issuperset(kind.names) if kind.names else declared.isdisjoint(self._telling[source])
        if kind.names:
            return all(has_label(name) is not False for name in kind.names)
        return not any(map(has_label, self._telling[source]))


def _called(values: _Names, topic: Topic | None) -> str:
    """How a part is told: `caro-cli/caro`, `caro-cli/caro (traffic)`, or `traffic` for what is of no repository alone."""
    name = " ".join(values)
    if topic is None:
        return name
    return f"{name} ({topic.name})" if name else topic.name


def _matching(names: _Names, parts: _Reasons, asked: Mapping[str, str]) -> Iterator[tuple[_Names, set[str]]]:
    if names and all(name in asked for name in names):
        values = tuple(asked[name] for name in names)
        if values in parts:
            yield values, parts[values]
        return
    for values, reasons in parts.items():
        if all(asked.get(name, value) == value for name, value in zip(names, values, strict=True)):
            yield values, reasons


def _split(labels: Labels) -> tuple[_Names, _Names]:
    pairs = sorted(labels)
    return tuple(name for name, _ in pairs), tuple(value for _, value in pairs)
