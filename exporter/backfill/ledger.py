"""What a run keeps so that it may be interrupted: its plan, what the sources said, and what was written."""

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from exporter.backfill.parts import decoded, encoded
from exporter.backfill.span import Span
from exporter.database import Schema, open_database
from exporter.errors import KpiExporterError, Reason
from exporter.facts import Labels, Metric, Part

__all__ = ["FILE", "Ledger", "Piece", "Plan", "Told"]

FILE = "backfill.sqlite"
_PATIENCE = 5.0

_TABLES = (
    "CREATE TABLE plan (signature BLOB NOT NULL, content TEXT NOT NULL)",
    # What a source said at a moment, in seconds since 1970; no parts where it was asked and knew nothing. `keys` says of each
    # part what it is about and whether it failed.
    """CREATE TABLE answer (
        project TEXT NOT NULL, source TEXT NOT NULL, moment INTEGER NOT NULL, keys TEXT, parts BLOB,
        PRIMARY KEY (project, source, moment)
    ) WITHOUT ROWID""",
    "CREATE TABLE asked (project TEXT NOT NULL, source TEXT NOT NULL, fingerprint BLOB NOT NULL, PRIMARY KEY (project, source))",
    # `blocks` is a list of names, `spans` the first and the last point by project.
    """CREATE TABLE piece (
        id INTEGER PRIMARY KEY, folder TEXT NOT NULL, blocks TEXT NOT NULL, spans TEXT NOT NULL, whole INTEGER NOT NULL
    )""",
)
_SCHEMA = Schema(0x6B706962, [_TABLES])


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run fills: a span, and for each project the last moment that it may reach."""

    span: Span
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Blocks of a data directory with the first and the last point of each project in them; `whole` once they are all there."""

    id: int
    folder: str
    blocks: Sequence[str]
    spans: Mapping[str, tuple[int, int]]
    whole: bool


class Told(NamedTuple):
    """A part by its key, and why it could not be read, if so."""

    labels: Labels
    topic: str
    failure: Reason | None


class Ledger:
    """A file that only its owner may read. A kill leaves what was kept before; every method raises KpiExporterError where the
    file cannot be used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with self._usable():
            self._database = open_database(path, _SCHEMA, patience=_PATIENCE)

    def close(self) -> None:
        """Closes the file."""
        self._database.close()

    def plan(self, signature: str) -> Plan | None:
        """The plan of a run that was begun with the same arguments and has not come to its end."""
        rows = self._rows("SELECT content FROM plan WHERE signature = ?", _digest(signature))
        if not rows:
            return None
        content = json.loads(rows[0][0])
        return Plan(Span(**content["span"]), content["limits"])

    def begin(self, signature: str, plan: Plan) -> None:
        """Keeps a plan in place of any other."""
        content = json.dumps({"span": asdict(plan.span), "limits": dict(plan.limits)})
        with self._writing() as database:
            database.execute("DELETE FROM plan")
            database.execute("INSERT INTO plan VALUES (?, ?)", (_digest(signature), content))

    def end(self) -> None:
        """Forgets the plan and what the sources said; what was written stays known."""
        with self._writing() as database:
            for statement in ("DELETE FROM plan", "DELETE FROM answer", "DELETE FROM asked"):
                database.execute(statement)

    def asked(self, project: str, source: str, fingerprint: str) -> set[int]:
        """The moments that a source has been asked for; none where that was under another configuration."""
        key, digest = (project, source), _digest(fingerprint)
        if self._rows("SELECT fingerprint FROM asked WHERE project = ? AND source = ?", *key) != [(digest,)]:
            with self._writing() as database:
                database.execute("DELETE FROM answer WHERE project = ? AND source = ?", key)
                database.execute("INSERT OR REPLACE INTO asked VALUES (?, ?, ?)", (*key, digest))
        return {row[0] for row in self._rows("SELECT moment FROM answer WHERE project = ? AND source = ?", *key)}

    def answer(self, project: str, source: str, moments: Sequence[int], parts: Sequence[Part] | None) -> None:
        """Keeps that a source knew nothing of these moments but the last one, of which it gave `parts`, if any."""
        rows: list[tuple[Any, ...]] = [(project, source, moment, None, None) for moment in moments]
        if parts is not None:
            told = json.dumps([[part.labels, part.topic and part.topic.name, part.failure] for part in parts])
            rows[-1] = (*rows[-1][:3], told, zlib.compress(json.dumps(encoded(parts)).encode(), 1))
        with self._writing() as database:
            database.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?, ?)", rows)

    def told(self, project: str, source: str) -> Mapping[int, Sequence[Told]]:
        """Of which parts a source said something, by moment, the earliest first; where it knew nothing there is none."""
        query = "SELECT moment, keys FROM answer WHERE project = ? AND source = ? AND keys IS NOT NULL ORDER BY moment"
        return {
            moment: [
                Told(tuple((name, value) for name, value in labels), topic or "", failure and Reason(failure))
                for labels, topic, failure in json.loads(keys)
            ]
            for moment, keys in self._rows(query, project, source)
        }

    def parts(self, project: str, source: str, moment: int, declared: Mapping[str, Metric]) -> Sequence[Part]:
        """What a source said at a moment of which it knew something; `declared` are its metrics by name."""
        query = "SELECT parts FROM answer WHERE project = ? AND source = ? AND moment = ?"
        ((given,),) = self._rows(query, project, source, moment)
        return decoded(json.loads(zlib.decompress(given)), declared)

    def pieces(self, folder: Path) -> Sequence[Piece]:
        """What was written into a data directory."""
        rows = self._rows("SELECT id, folder, blocks, spans, whole FROM piece WHERE folder = ? ORDER BY id", str(folder))
        return [
            Piece(id_, where, json.loads(blocks), {name: (a, b) for name, (a, b) in json.loads(spans).items()}, bool(whole))
            for id_, where, blocks, spans, whole in rows
        ]

    def write(self, folder: Path, blocks: Sequence[str], spans: Mapping[str, tuple[int, int]]) -> int:
        """Keeps that blocks are about to be moved into a data directory; gives the id of the piece.

        It is on the disk before this returns: a power cut that left the blocks and took this would have them written twice.
        """
        with self._on_disk(), self._writing() as database:
            row = (str(folder), json.dumps(blocks), json.dumps(spans))
            added = database.execute("INSERT INTO piece (folder, blocks, spans, whole) VALUES (?, ?, ?, 0)", row)
        assert added.lastrowid is not None
        return added.lastrowid

    def written(self, piece: int) -> None:
        """Keeps that the blocks of a piece are all there."""
        with self._writing() as database:
            database.execute("UPDATE piece SET whole = 1 WHERE id = ?", (piece,))

    def lost(self, piece: int) -> None:
        """Forgets a piece whose blocks are there no more."""
        with self._writing() as database:
            database.execute("DELETE FROM piece WHERE id = ?", (piece,))

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._usable():
            return self._database.execute(query, values).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._usable(), self._database as database:
            database.execute("BEGIN IMMEDIATE")
            yield database

    @contextmanager
    def _on_disk(self) -> Iterator[None]:
        """Waits for the disk with each write; all that was written before it is there then, too."""
        with self._usable():
            self._database.execute("PRAGMA synchronous = FULL")
            try:
                yield
            finally:
                self._database.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except (OSError, sqlite3.Error) as error:
            raise KpiExporterError(f"{self._path} cannot be used: {type(error).__name__}") from None


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
