"""Runs that are killed at any moment and begun again come to the same end as one that was left alone."""

import hashlib
import json
import shutil
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from exporter.backfill import DataDirectory, promtool
from support.acme import Acme

DAY = timedelta(days=1)
BEGUN = 0.3
"""Seconds that a process takes to read its configuration, about."""


def command(acme: Acme, *flags: str) -> list[str]:
    span = (f"--since={acme.begin.date()}", f"--until={acme.now.date()}")
    return [sys.executable, "-m", "exporter", "backfill", f"--config.file={acme.config}", *span, *flags]


def whole(acme: Acme, *flags: str) -> str:
    return subprocess.run(command(acme, *flags), capture_output=True, text=True, check=True).stdout


def killed(acme: Acme, *flags: str) -> int:
    """Runs, and kills the process ever later until it comes to its end; gives how often it was killed."""
    times = 0
    while True:
        with subprocess.Popen(command(acme, *flags), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            try:
                process.wait(BEGUN + 0.1 * times)
            except subprocess.TimeoutExpired:
                process.kill()
                times += 1
            else:
                assert process.returncode == 0
                return times


def contents(data: Path) -> list[tuple[int, int, list[str]]]:
    """The blocks of a data directory: begin, end, and the bytes of index and samples as digests."""
    found = []
    for meta in data.glob("*/meta.json"):
        spoken = json.loads(meta.read_text())
        files = [meta.parent / "index", *sorted((meta.parent / "chunks").iterdir())]
        digests = [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]
        found.append((spoken["minTime"], spoken["maxTime"], digests))
    return sorted(found)


def moments(data: Path) -> list[int]:
    """Each moment at which a figure that is always known stands in a data directory, as often as it does."""
    return sorted(DataDirectory(data, promtool()).moments('kpi_info{kpi="stars"}', 0, 2**33))


def test_the_text_is_the_same_to_the_byte(acme: Acme) -> None:
    left_alone, interrupted = acme.folder / "one.txt", acme.folder / "two.txt"
    whole(acme, f"--output={left_alone}", f"--work={acme.folder / 'one'}")
    assert killed(acme, f"--output={interrupted}", f"--work={acme.folder / 'two'}") > 2
    assert interrupted.read_bytes() == left_alone.read_bytes()
    assert left_alone.stat().st_size > 1_000_000


def test_the_blocks_are_the_same(acme: Acme) -> None:
    one, two = acme.folder / "data-one", acme.folder / "data-two"
    whole(acme, f"--into={one}", f"--work={acme.folder / 'one'}")
    assert killed(acme, f"--into={two}", f"--work={acme.folder / 'two'}") > 2
    assert contents(two) == contents(one)
    assert len(contents(one)) >= 2
    assert [left.name for left in two.iterdir() if not (left / "meta.json").exists()] == []


def test_a_second_run_keeps_what_the_first_one_wrote(acme: Acme) -> None:
    data = acme.folder / "data"
    whole(acme, f"--into={data}")
    names = sorted(block.name for block in data.iterdir())
    started = time.monotonic()
    assert whole(acme, f"--into={data}").startswith("Nothing to do")
    assert sorted(block.name for block in data.iterdir()) == names
    assert time.monotonic() - started < 30


def test_a_second_run_adds_what_lies_around_the_first_one(acme: Acme) -> None:
    one, two = acme.folder / "data-one", acme.folder / "data-two"
    whole(acme, f"--into={one}", f"--work={acme.folder / 'one'}")
    inner = (f"--since={acme.begin.date() + 5 * DAY}", f"--until={acme.now.date() - 5 * DAY}")
    whole(acme, f"--into={two}", f"--work={acme.folder / 'two'}", *inner)
    whole(acme, f"--into={two}", f"--work={acme.folder / 'two'}")
    assert moments(two) == moments(one)


def test_what_is_gone_is_written_again(acme: Acme) -> None:
    data = acme.folder / "data"
    whole(acme, f"--into={data}")
    before = contents(data)
    shutil.rmtree(min(data.iterdir()))
    assert "1 blocks" in whole(acme, f"--into={data}")
    assert contents(data) == before


def test_it_can_be_made_anew(acme: Acme) -> None:
    data = acme.folder / "data"
    whole(acme, f"--into={data}")
    names, before = {block.name for block in data.iterdir()}, contents(data)
    whole(acme, f"--into={data}", "--again")
    assert {block.name for block in data.iterdir()} & names == set()
    assert contents(data) == before
