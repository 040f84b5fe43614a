"""A CSV file as rows with their lines. Fields may hold line breaks."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Row", "rows"]


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """The fields of a row that begins on a line, None where it is not written as CSV is."""

    line: int
    fields: tuple[str, ...] | None


def rows(content: bytes, delimiter: str) -> Iterator[Row]:
    """The rows of a file that have something in them; after one that cannot be read it goes on with the next line.

    Raises UnicodeDecodeError where the file is not text in UTF-8.
    """
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            fields = next(reader, None)
        except csv.Error:
            yield Row(line, None)
            continue
        if fields is None:
            return
        if _filled(fields):
            yield Row(line, tuple(fields))


def _filled(fields: Iterable[str]) -> bool:
    return any(field.strip() for field in fields)
