"""Reads a YAML file into plain data and remembers the line of every key and entry."""

import re
from pathlib import Path
from typing import Any

import yaml

from exporter.document.problem import Problem, found, shown
from exporter.errors import InvalidInput

__all__ = ["Document", "Unreadable", "Where", "parse", "path_text", "read"]

Where = tuple[str | int, ...]
"""Where in a document something stands: keys and indices from the root."""

_LARGEST_FILE = 4 * 2**20
_LARGEST = 200_000
"""Most entries a document may have once aliases are followed; more is a mistake or an attack."""
_DEEPEST = 100
"""Deepest nesting. The parser in C recurses for each level, and far beyond this it takes the process down."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_SCALARS = {
    f"{_TAG}str": "text",
    f"{_TAG}int": "a whole number",
    f"{_TAG}float": "a number",
    f"{_TAG}bool": "true or false",
    f"{_TAG}null": "null",
    f"{_TAG}timestamp": "a date such as 2026-01-15",
}
_SIGNS = (f"{_TAG}merge", f"{_TAG}value")
"""Tags of `<<` and `=`, which are plain text where they are no key."""

_SYNTAX = {
    "undefined alias": "text that starts with * needs quotes",
    "duplicate anchor": "two anchors have the same name",
    "mapping values are not allowed": "a colon stands where a text was expected; quote the text or mind the indentation",
    "cannot start any token": "a value starts with a character that needs quotes",
    "end of stream": "a quote is not closed",
    "single document": "a file must hold one document",
    "flow ": "a bracket or brace is not closed, or a comma is missing",
    "block ": "an entry does not line up with the others",
}
"""What the parser means, in our words: its own texts quote the file, and differ between its two versions."""


class Unreadable:
    """Stands in the data for a value that could not be read and whose problem is told already."""


class Document:
    """A parsed YAML file: `data` is plain Python data, `line(path)` is where it stands."""

    def __init__(self, file: str, data: Any, lines: dict[Where, int]) -> None:
        self.file = file
        self.data = data
        self._lines = lines

    def line(self, path: Where) -> int:
        """The line of the value at `path`, or of the nearest thing around it; the first line is 1."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)

    def stands_for(self, written: Where, meant: Where) -> None:
        """What stands at `written` gives the value of `meant`: a problem of the one is told at the line of the other."""
        self._lines[meant] = self.line(written)

    def problem(self, path: Where, message: str) -> Problem:
        """A problem of what stands at `path`."""
        return Problem(self.file, self.line(path), path_text(path), message)


def path_text(path: Where) -> str:
    """A path as people write it: `projects[1].sources.github.interval`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{shown(step)}" if text else shown(step)
    return text


def read(path: Path, problems: list[Problem] | None = None) -> Document:
    """Reads a YAML file; raises InvalidInput when it cannot be read or is not YAML, or when a key stands twice.

    Given a list of `problems`, those that leave the rest readable are added to it instead of being raised; what they are about is
    then `Unreadable` in the data, or left out of it.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        if len(content) > _LARGEST_FILE:
            raise InvalidInput([Problem(str(path), 1, "", f"is larger than {_LARGEST_FILE // 2**20} MiB")])
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise InvalidInput([Problem(str(path), 1, "", f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError:
        raise InvalidInput([Problem(str(path), 1, "", "must be text in UTF-8")]) from None
    return parse(text, str(path), problems)


def parse(text: str, file: str, problems: list[Problem] | None = None) -> Document:
    """Like `read`, for text that is at hand already; `file` is the name used in problems."""
    node = _compose(text, file)
    builder = _Builder(file)
    data = None if node is None else builder.build(node, ())
    if problems is not None:
        problems += builder.problems
    elif builder.problems:
        raise InvalidInput(builder.problems)
    return Document(file, data, builder.lines)


def _compose(text: str, file: str) -> yaml.Node | None:
    if strange := yaml.reader.Reader.NON_PRINTABLE.search(text):
        line = text.count("\n", 0, strange.start()) + 1
        raise InvalidInput([Problem(file, line, "", "is not valid YAML: it holds a control character")])
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            if isinstance(event, yaml.CollectionStartEvent):
                depth += 1
                if depth > _DEEPEST:
                    line = event.start_mark.line + 1 if event.start_mark else 1
                    raise InvalidInput([Problem(file, line, "", f"is nested more than {_DEEPEST} levels deep")])
            elif isinstance(event, yaml.CollectionEndEvent):
                depth -= 1
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
        return node
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line if mark else 0
        raise InvalidInput([Problem(file, line + 1, "", f"is not valid YAML{_syntax(error, text, line)}")]) from None
    except yaml.YAMLError:
        raise InvalidInput([Problem(file, 1, "", "is not valid YAML")]) from None


def _syntax(error: yaml.MarkedYAMLError, text: str, line: int) -> str:
    wrong = text.split("\n")[line : line + 1]
    if wrong and re.match(r" *\t", wrong[0]):
        return ": indent with spaces, not with tabs"
    said = f"{error.problem} {error.context}"
    return next((f": {meaning}" for words, meaning in _SYNTAX.items() if words in said), "")


class _Builder:
    """Turns YAML nodes into data, collecting lines and problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Where, int] = {}
        self.problems: list[Problem] = []
        self._constructor: Any = yaml.constructor.SafeConstructor()
        self._open: set[int] = set()
        self._entries: dict[int, dict[str, tuple[yaml.Node, yaml.Node]]] = {}
        self._count = 0

    def build(self, node: yaml.Node, path: Where) -> Any:
        """The data of a node that stands at `path`."""
        self.lines.setdefault(path, node.start_mark.line + 1)
        if id(node) in self._open:
            return self._refuse(node, path, "is an alias of something that contains it")
        if len(path) > _DEEPEST:
            return self._refuse(node, path[:1], f"is nested more than {_DEEPEST} levels deep")
        if self._full(node):
            return Unreadable()
        self._open.add(id(node))
        try:
            match node:
                case yaml.MappingNode(tag="tag:yaml.org,2002:map"):
                    return self._mapping(node, path)
                case yaml.SequenceNode(tag="tag:yaml.org,2002:seq"):
                    return [self.build(child, (*path, index)) for index, child in enumerate(node.value)]
                case yaml.ScalarNode():
                    return self._scalar(node, path)
                case _:
                    return self._refuse(node, path, "has a YAML tag that is not allowed here")
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, path: Where) -> dict[str, Any]:
        entries = self._merged(node, path)
        for key, (key_node, _) in entries.items():
            self.lines[(*path, key)] = key_node.start_mark.line + 1
        return {key: self.build(value_node, (*path, key)) for key, (_, value_node) in entries.items()}

    def _merged(self, node: yaml.MappingNode, path: Where) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Nodes of key and value by key; what the mapping says itself wins over what it merges with `<<`."""
        if id(node) in self._entries:
            return self._entries[id(node)]
        own = self._entries[id(node)] = {}
        merged: list[yaml.Node] = []
        for key_node, value_node in node.value:
            if key_node.tag == f"{_TAG}merge":
                merged += value_node.value if isinstance(value_node, yaml.SequenceNode) else [value_node]
                continue
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(key_node, path, f"a key must be text, found {found(key_node.value)}")
            elif key_node.tag != f"{_TAG}str":
                self._refuse(key_node, path, f"a key must be text: write {found(key_node.value)} with the quotes")
            elif key_node.value in own:
                self._refuse(key_node, (*path, key_node.value), "stands twice in this mapping")
            else:
                own[key_node.value] = (key_node, value_node)
        for other in merged:
            if not isinstance(other, yaml.MappingNode):
                self._refuse(other, path, "<< must merge a mapping or a list of mappings")
                continue
            for key, entry in self._merged(other, path).items():
                if not self._full(other):
                    own.setdefault(key, entry)
        return own

    def _scalar(self, node: yaml.ScalarNode, path: Where) -> Any:
        if node.tag in _SIGNS:
            return node.value
        kind = _SCALARS.get(node.tag)
        if kind is None:
            return self._refuse(node, path, "has a YAML tag that is not allowed here")
        try:
            return self._constructor.yaml_constructors[node.tag](self._constructor, node)
        except (ValueError, OverflowError, LookupError, AttributeError):
            # An explicit tag (!!int, !!bool …) reaches the constructors of PyYAML with texts that they do not expect.
            return self._refuse(node, path, f"must be {kind}, found {found(node.value)}")

    def _full(self, node: yaml.Node) -> bool:
        self._count += 1
        if self._count == _LARGEST + 1:
            self._refuse(node, (), f"the file has more than {_LARGEST} entries")
        return self._count > _LARGEST

    def _refuse(self, node: yaml.Node, path: Where, message: str) -> Unreadable:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, path_text(path), message))
        return Unreadable()
