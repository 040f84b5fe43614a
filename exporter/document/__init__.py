"""Files that people write: YAML with places, typed models, durations, and problems told in one voice."""

from exporter.document.duration import format_duration, parse_duration
from exporter.document.problem import Problem, did_you_mean, found, shown
from exporter.document.reader import Document, Where, parse, path_text, read
from exporter.document.validation import validate

__all__ = [
    "Document",
    "Problem",
    "Where",
    "did_you_mean",
    "format_duration",
    "found",
    "parse",
    "parse_duration",
    "path_text",
    "read",
    "shown",
    "validate",
]
