"""YAML as people write it: lists set off under their key, texts of several lines as they are."""

from collections.abc import Mapping
from typing import Any

import yaml

__all__ = ["yaml_text"]

_TEXT = "tag:yaml.org,2002:str"


def yaml_text(data: Any, width: int = 1000) -> str:
    """The text of a document, its keys in their order, with lines that are broken at `width` characters where they can be."""
    text: str = yaml.dump(data, Dumper=_Dumper, sort_keys=False, width=width, allow_unicode=True, default_flow_style=False)
    return text


class _Dumper(yaml.SafeDumper):
    """Indents lists, as linters want, and writes one of plain values on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> yaml.SequenceNode:
        plain = not any(isinstance(item, Mapping | list) for item in sequence)
        return super().represent_sequence(tag, sequence, flow_style=plain)

    def represent_text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar(_TEXT, text, style="|" if "\n" in text else "'" if '"' in text else None)

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(str, _Dumper.represent_text)
