"""Blocks of Prometheus, made by promtool and moved into its data directory."""

import json
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from exporter.backfill.ledger import Ledger, Piece
from exporter.backfill.span import HOUR
from exporter.errors import KpiExporterError

__all__ = ["LENGTH", "DataDirectory", "promtool"]

log = logging.getLogger(__name__)

LENGTH = 486 * HOUR
"""Length of a block in seconds: promtool doubles no block beyond 30 days, and 486 hours is its longest step below."""
_LONGEST = "720h"
_STAGING = "kpi-exporter-backfill"
"""Folder beside the blocks in which they are made; Prometheus looks at no folder of such a name."""


def promtool() -> str:
    """The program; raises KpiExporterError where it is not installed."""
    program = shutil.which("promtool")
    if program is None:
        raise KpiExporterError("promtool is not on the PATH: it comes with Prometheus; or write text with --output")
    return program


_PROMETHEUS = frozenset({"chunks_head", "wal"})
"""What a Prometheus makes at its start."""


class DataDirectory:
    """The data directory of a Prometheus, which may be running: it takes new blocks up within a minute."""

    def __init__(self, folder: Path, program: str) -> None:
        self.folder = folder.absolute()
        self._program = program
        self._staging = self.folder / _STAGING

    @property
    def empty(self) -> bool:
        """Whether no Prometheus has written here yet, nor has anybody made blocks here."""
        names = {found.name for found in self.folder.iterdir()} if self.folder.exists() else set()
        return not names & _PROMETHEUS and not any(map(self._is_block, names))

    def settle(self, ledger: Ledger) -> list[Piece]:
        """What earlier runs wrote and is still there, as blocks of their own or in larger ones.

        A piece that was being moved when a run was killed is moved to its end. One that is gone is forgotten.
        """
        pieces = []
        with self._usable():
            for piece in ledger.pieces(self.folder):
                if not piece.whole:
                    self._move(piece.blocks)
                    ledger.written(piece.id)
                if set(piece.blocks) <= self._there():
                    pieces.append(piece)
                else:
                    ledger.lost(piece.id)
            shutil.rmtree(self._staging, ignore_errors=True)
        return pieces

    def write(self, ledger: Ledger, text: Iterable[str], spans: Mapping[str, tuple[int, int]]) -> int:
        """Makes blocks of some points and moves them in; gives their number. A kill leaves nothing half that `settle` cannot end.

        Raises KpiExporterError where the folder cannot be written or promtool fails.
        """
        with self._usable():
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging.mkdir(parents=True)
            # A name of its own: the promtool of a run that was killed may still be at work.
            file = Path(tempfile.mkdtemp(dir=self._staging)) / "past.txt"
            made = file.with_name("blocks")
            made.mkdir()
            with file.open("w", encoding="utf-8") as out:
                out.writelines(text)
                out.write("# EOF\n")
            self._run("create-blocks-from", f"--max-block-duration={_LONGEST}", "openmetrics", str(file), str(made))
            file.unlink()
            blocks = sorted(block.name for block in made.iterdir() if (block / "meta.json").exists())
            self._hand_over(made)
            piece = ledger.write(self.folder, blocks, spans)
            self._move(blocks)
            ledger.written(piece)
            shutil.rmtree(self._staging, ignore_errors=True)
        return len(blocks)

    def remove(self, ledger: Ledger, pieces: Iterable[Piece]) -> None:
        """Removes what earlier runs wrote; raises KpiExporterError where Prometheus has made larger blocks of it."""
        listed = list(pieces)
        with self._usable():
            for block in (block for piece in listed for block in piece.blocks):
                if not (self.folder / block).exists():
                    raise KpiExporterError(
                        f"{self.folder}: Prometheus has merged what was written into larger blocks, it cannot be replaced"
                    )
            for piece in listed:
                for block in piece.blocks:
                    # Prometheus removes a folder of such a name at its start, should this be killed.
                    doomed = self.folder / f"{block}.tmp-for-deletion"
                    (self.folder / block).rename(doomed)
                    shutil.rmtree(doomed)
                ledger.lost(piece.id)

    def moments(self, selector: str, first: int, last: int) -> list[int]:
        """The moments of the samples of some series, in seconds: those in blocks, and those that are in none yet."""
        if self.empty:
            return []
        bounds = (f"--min-time={first * 1000}", f"--max-time={last * 1000}")
        with self._usable(), self._seen_from_aside() as aside:
            lines = self._run("dump", *bounds, f"--match={selector}", str(aside)).splitlines()
        stamps = (line.rpartition(" ")[2] for line in lines)
        return [int(stamp) // 1000 for stamp in stamps if stamp.isdecimal()]

    @contextmanager
    def _seen_from_aside(self) -> Iterator[Path]:
        """A folder through which the data can be read: promtool writes into the one that it is given."""
        aside = self._staging / "aside"
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        for block in self._blocks():
            (aside / block).mkdir()
            for inner in (self.folder / block).iterdir():
                (aside / block / inner.name).symlink_to(inner)
        if (self.folder / "wal").exists():
            (aside / "wal").symlink_to(self.folder / "wal")
        else:
            (aside / "wal").mkdir()
        try:
            yield aside
        finally:
            shutil.rmtree(self._staging, ignore_errors=True)

    def _move(self, blocks: Iterable[str]) -> None:
        for block in blocks:
            for made in list(self._staging.glob(f"*/blocks/{block}")):
                made.rename(self.folder / block)

    def _blocks(self) -> Iterator[str]:
        names = [found.name for found in self.folder.iterdir()] if self.folder.exists() else []
        yield from sorted(filter(self._is_block, names))

    def _is_block(self, name: str) -> bool:
        return (self.folder / name / "meta.json").exists()

    def _there(self) -> set[str]:
        """The names of the blocks, and of those that they were made of."""
        names = set()
        for block in self._blocks():
            names.add(block)
            with suppress(ValueError, AttributeError):
                content = json.loads((self.folder / block / "meta.json").read_text(encoding="utf-8"))
                names.update(content.get("compaction", {}).get("sources", ()))
        return names

    def _hand_over(self, made: Path) -> None:
        """Gives what root made to the owner of the data directory, who must be able to remove it."""
        if os.geteuid() == 0:
            owner = self.folder.stat()
            for path in (made, *made.rglob("*")):
                os.chown(path, owner.st_uid, owner.st_gid)

    def _run(self, *arguments: str) -> str:
        command = [self._program, "tsdb", *arguments]
        done = subprocess.run(command, capture_output=True, check=False, stdin=subprocess.DEVNULL)  # noqa: S603 - no shell
        if done.returncode:
            log.debug("promtool failed", extra={"fields": {"said": done.stderr.decode("utf-8", "replace")}})
            raise KpiExporterError(f"promtool tsdb {arguments[0]} failed with exit code {done.returncode}")
        return done.stdout.decode("utf-8", "replace")

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise KpiExporterError(f"{self.folder} cannot be used: {error.strerror or type(error).__name__}") from None
