"""Blocks in the data directory of a Prometheus: made by promtool, and moved in so that a kill halves nothing."""

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.backfill.blocks import LENGTH, DataDirectory, promtool
from exporter.backfill.ledger import FILE, Ledger, Plan
from exporter.backfill.span import HOUR, Span
from exporter.errors import KpiExporterError

BEGIN = 1_000 * LENGTH
SPANS = {"acme": (BEGIN, BEGIN + 2 * HOUR)}
TEXT = [f'stars{{project="acme"}} {number} {BEGIN + number * HOUR}\n' for number in range(3)]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / FILE)
    yield ledger
    ledger.close()


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data", promtool())


class KilledError(BaseException):
    """Nothing after it runs."""


class Killed(Ledger):
    """A ledger whose process is killed once the blocks are about to be moved, or once they have been."""

    moment = "write"

    def write(self, *args: object, **more: object) -> int:
        piece = super().write(*args, **more)  # type: ignore[arg-type]
        if self.moment == "write":
            raise KilledError
        return piece

    def written(self, piece: int) -> None:
        if self.moment == "written":
            raise KilledError
        super().written(piece)


def blocks(data: DataDirectory) -> list[str]:
    return sorted(found.name for found in data.folder.iterdir() if (found / "meta.json").exists())


def test_a_piece_is_one_block_with_the_samples(data: DataDirectory, ledger: Ledger) -> None:
    assert data.write(ledger, TEXT, SPANS) == 1
    (block,) = blocks(data)
    meta = json.loads((data.folder / block / "meta.json").read_text())
    assert (meta["minTime"], meta["maxTime"] - 1, meta["stats"]["numSamples"]) == (BEGIN * 1000, (BEGIN + 2 * HOUR) * 1000, 3)
    assert list(data.moments("stars", BEGIN, BEGIN + LENGTH)) == [BEGIN, BEGIN + HOUR, BEGIN + 2 * HOUR]
    assert [piece.blocks for piece in data.settle(ledger)] == [[block]]


def test_the_longest_block_holds_what_promtool_puts_into_one(data: DataDirectory, ledger: Ledger) -> None:
    text = [f'stars{{project="acme"}} 1 {BEGIN + hour * HOUR}\n' for hour in range(LENGTH // HOUR)]
    assert data.write(ledger, text, SPANS) == 1
    assert data.write(ledger, [*text, f'stars{{project="acme"}} 1 {BEGIN + LENGTH}\n'], SPANS) == 2


@pytest.mark.parametrize("moment", ["write", "written"])
def test_what_a_kill_left_on_its_way_is_brought_in(data: DataDirectory, tmp_path: Path, moment: str) -> None:
    killed = Killed(tmp_path / FILE)
    killed.moment = moment
    with pytest.raises(KilledError):
        data.write(killed, TEXT, SPANS)
    killed.close()
    ledger = Ledger(tmp_path / FILE)
    (piece,) = data.settle(ledger)
    assert list(piece.blocks) == blocks(data)
    assert piece.spans == SPANS
    assert [found.name for found in data.folder.iterdir()] == blocks(data)
    ledger.close()


def test_blocks_that_prometheus_merged_are_still_known(data: DataDirectory, ledger: Ledger) -> None:
    data.write(ledger, TEXT, SPANS)
    (block,) = blocks(data)
    larger = data.folder / "01ARZ3NDEKTSV4RRFFQ69G5FAV"
    (data.folder / block).rename(larger)
    meta = json.loads((larger / "meta.json").read_text())
    (larger / "meta.json").write_text(json.dumps({**meta, "compaction": {"level": 2, "sources": [block]}}))
    (piece,) = data.settle(ledger)
    with pytest.raises(KpiExporterError, match="merged what was written into larger blocks"):
        data.remove(ledger, [piece])
    assert blocks(data) == [larger.name]


def test_blocks_that_are_gone_are_forgotten(data: DataDirectory, ledger: Ledger) -> None:
    data.write(ledger, TEXT, SPANS)
    shutil.rmtree(data.folder)
    assert data.settle(ledger) == []
    assert ledger.pieces(data.folder) == []


def test_what_was_written_can_be_removed(data: DataDirectory, ledger: Ledger) -> None:
    data.write(ledger, TEXT, SPANS)
    data.remove(ledger, data.settle(ledger))
    assert (list(data.folder.iterdir()), data.settle(ledger)) == ([], [])


def test_reading_leaves_the_data_of_prometheus_as_they_are(data: DataDirectory, ledger: Ledger) -> None:
    data.write(ledger, TEXT, SPANS)
    (data.folder / "wal").mkdir()
    before = sorted(str(path) for path in data.folder.rglob("*"))
    assert list(data.moments('stars{project="acme"}', BEGIN, BEGIN + HOUR)) == [BEGIN, BEGIN + HOUR]
    assert sorted(str(path) for path in data.folder.rglob("*")) == before


def test_a_directory_is_empty_until_there_is_a_block_or_a_prometheus(data: DataDirectory, ledger: Ledger) -> None:
    assert data.empty
    data.folder.mkdir()
    (data.folder / "lost+found").mkdir()
    assert data.empty
    assert list(data.moments("stars", 0, HOUR)) == []
    (data.folder / "wal").mkdir()
    assert not data.empty


def test_blocks_alone_are_not_a_prometheus_that_may_hold_more(data: DataDirectory, ledger: Ledger) -> None:
    assert (data.used, data.end) == (False, 0)
    data.write(ledger, TEXT, SPANS)
    assert (data.empty, data.used, data.end) == (False, False, BEGIN + 2 * HOUR + 1)
    (data.folder / "wal").mkdir()
    assert data.used


def test_text_that_promtool_refuses_is_an_error_in_one_sentence(data: DataDirectory, ledger: Ledger) -> None:
    with pytest.raises(KpiExporterError) as caught:
        data.write(ledger, ["planted secret {\n"], SPANS)
    assert str(caught.value) == "promtool tsdb create-blocks-from failed with exit code 1"
    assert list(data.folder.iterdir()) == []


def test_a_promtool_that_is_killed_leaves_nothing_behind(tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere, program = tmp_path / "elsewhere", tmp_path / "promtool"
    elsewhere.mkdir()
    monkeypatch.setenv("TMPDIR", str(elsewhere))
    program.write_text('#!/bin/sh\nmkdir "$TMPDIR/head"\nkill -9 $$\n')
    program.chmod(0o755)
    data = DataDirectory(tmp_path / "data", str(program))
    with pytest.raises(KpiExporterError, match=r"^promtool tsdb create-blocks-from failed with exit code -9$"):
        data.write(ledger, TEXT, SPANS)
    assert (list(data.folder.iterdir()), list(elsewhere.iterdir())) == ([], [])


def test_a_disk_that_is_full_is_not_left_so(data: DataDirectory, ledger: Ledger) -> None:
    def text() -> Iterator[str]:
        yield TEXT[0]
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(KpiExporterError, match=r"data cannot be used: No space left on device$"):
        data.write(ledger, text(), SPANS)
    assert list(data.folder.iterdir()) == []


def test_blocks_that_promtool_cannot_read_are_an_error_and_not_an_empty_past(data: DataDirectory, ledger: Ledger) -> None:
    data.write(ledger, TEXT, SPANS)
    (block,) = blocks(data)
    (data.folder / block / "index").write_bytes(b"damaged")
    with pytest.raises(KpiExporterError, match=r"^promtool tsdb dump failed with exit code 1$"):
        list(data.moments("stars", BEGIN, BEGIN + LENGTH))
    assert [found.name for found in data.folder.iterdir()] == [block]


def test_a_folder_that_cannot_be_written_is_an_error_in_one_sentence(tmp_path: Path, ledger: Ledger) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KpiExporterError, match=r"file/data cannot be used: Not a directory$"):
        DataDirectory(tmp_path / "file" / "data", promtool()).write(ledger, TEXT, SPANS)
    with pytest.raises(KpiExporterError, match="cannot be used: File name too long"):
        assert DataDirectory(tmp_path / ("x" * 300), promtool()).empty


def test_what_is_made_belongs_to_the_owner_of_the_directory(data: DataDirectory, ledger: Ledger) -> None:
    """Root may fill the directory of another user; everybody else has only one of their own."""
    owner = 65532 if os.geteuid() == 0 else os.geteuid()
    data.folder.mkdir()
    os.chown(data.folder, owner, -1)
    data.write(ledger, TEXT, SPANS)
    (block,) = blocks(data)
    assert {path.stat().st_uid for path in (data.folder / block, *(data.folder / block).rglob("*"))} == {owner}


def test_a_missing_promtool_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(KpiExporterError, match="promtool is not on the PATH"):
        promtool()


def test_a_plan_is_that_of_the_same_arguments_until_the_end(ledger: Ledger) -> None:
    plan = Plan(Span(0, 10 * HOUR), {"acme": 5 * HOUR})
    ledger.begin("one", plan)
    assert (ledger.plan("one"), ledger.plan("two")) == (plan, None)
    ledger.end()
    assert ledger.plan("one") is None


def test_a_file_of_another_program_is_moved_aside(tmp_path: Path) -> None:
    (tmp_path / "other.sqlite").write_bytes(b"something else, for sure")
    ledger = Ledger(tmp_path / "other.sqlite")
    ledger.begin("one", Plan(Span(0, HOUR), {}))
    ledger.close()
    assert (tmp_path / "other.sqlite.aside-1").read_bytes() == b"something else, for sure"
    with sqlite3.connect(tmp_path / "other.sqlite") as database:
        assert database.execute("SELECT count(*) FROM plan").fetchone() == (1,)
    database.close()
    assert (tmp_path / "other.sqlite").stat().st_mode & 0o777 == 0o600
