"""Blocks of Prometheus, made by promtool and moved into its data directory."""

import fcntl
import json
import logging
import os
import shutil
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

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

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps other runs out of the folder, which is made if need be; raises KpiExporterError where one is at work in it."""
        with self._usable():
            self.folder.mkdir(parents=True, exist_ok=True)
            held = os.open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise KpiExporterError(f"another backfill is at work in {self.folder}") from None
            yield
        finally:
            os.close(held)

    @property
    def empty(self) -> bool:
        """Whether no Prometheus has written here yet, nor has anybody made blocks here; raises KpiExporterError, as all here."""
        with self._usable():
            return not self.used and next(self._blocks(), None) is None

    @property
    def used(self) -> bool:
        """Whether a Prometheus has been started over it, so that there may be samples that are in no block yet."""
        with self._usable():
            return any((self.folder / name).exists() for name in _PROMETHEUS)

    @property
    def end(self) -> int:
        """Where the newest block ends, in seconds since 1970; 0 where there is none."""
        with self._usable():
            ends = [meta.get("maxTime") for meta in map(self._meta, self._blocks())]
        return max((-(-end // 1000) for end in ends if isinstance(end, int)), default=0)

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
            try:
                blocks = self._made(text)
            except BaseException:
                # A disk that is full is not left so: Prometheus writes to it, too.
                shutil.rmtree(self._staging, ignore_errors=True)
                raise
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

    def moments(self, selector: str, first: int, last: int) -> Iterator[int]:
        """The moments of the samples of some series, in seconds: those in blocks, and those that are in none yet."""
        if self.empty:
            return
        bounds = (f"--min-time={first * 1000}", f"--max-time={last * 1000}")
        with (
            self._usable(),
            self._seen_from_aside() as aside,
            self._running("dump", *bounds, f"--match={selector}", str(aside)) as told,
        ):
            for line in told:
                stamp = line.rpartition(b" ")[2].strip()
                if stamp.isdigit():
                    yield int(stamp) // 1000

    def _made(self, text: Iterable[str]) -> list[str]:
        """Makes blocks of some points beside those that are there; gives their names."""
        shutil.rmtree(self._staging, ignore_errors=True)
        self._staging.mkdir(parents=True)
        # A name of its own: the promtool of a run that was killed may still be at work.
        file = Path(tempfile.mkdtemp(dir=self._staging)) / "past.txt"
        made = file.with_name("blocks")
        made.mkdir()
        with file.open("w", encoding="utf-8") as out:
            out.writelines(text)
            out.write("# EOF\n")
        making = ("create-blocks-from", f"--max-block-duration={_LONGEST}", "openmetrics", str(file), str(made))
        with self._running(*making, scratch=file.parent) as said:
            deque(said, maxlen=0)
        file.unlink()
        self._hand_over(made)
        return sorted(block.name for block in made.iterdir() if (block / "meta.json").exists())

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
            with suppress(TypeError, AttributeError):
                names.update(self._meta(block).get("compaction", {}).get("sources", ()))
        return names

    def _meta(self, block: str) -> Mapping[str, Any]:
        """What a block says of itself; nothing where that cannot be understood."""
        with suppress(ValueError):
            content = json.loads((self.folder / block / "meta.json").read_text(encoding="utf-8"))
            return content if isinstance(content, dict) else {}
        return {}

    def _hand_over(self, made: Path) -> None:
        """Gives what root made to the owner of the data directory, who must be able to remove it."""
        if os.geteuid() == 0:
            owner = self.folder.stat()
            for path in (made, *made.rglob("*")):
                os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)

    @contextmanager
    def _running(self, *arguments: str, scratch: Path | None = None) -> Iterator[IO[bytes]]:
        """The lines that promtool says, which may be many; raises KpiExporterError at the end where it failed.

        What it writes for itself it leaves behind where it is killed: `scratch` is a folder for that.
        """
        command = [self._program, "tsdb", *arguments]
        environ = {**os.environ, **({} if scratch is None else {"TMPDIR": str(scratch)})}
        with tempfile.TemporaryFile() as wrong:
            streams: Mapping[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": wrong, "env": environ}
            with subprocess.Popen(command, **streams) as running:  # noqa: S603 - no shell
                try:
                    assert running.stdout is not None  # it is a pipe
                    yield running.stdout
                except BaseException:
                    running.kill()
                    raise
            if running.returncode:
                wrong.seek(0)
                log.debug("promtool failed", extra={"fields": {"said": wrong.read().decode("utf-8", "replace")}})
                raise KpiExporterError(f"promtool tsdb {arguments[0]} failed with exit code {running.returncode}")

    @contextmanager
    def _usable(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise KpiExporterError(f"{self.folder} cannot be used: {error.strerror or type(error).__name__}") from None
