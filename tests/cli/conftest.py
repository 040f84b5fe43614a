"""The command line over the small world."""

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exporter.cli import main
from support.upstream import Upstream
from support.world import World

Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Commands set the logging of the whole process; the tests after them find it as it was."""
    root, excepthook, thread_excepthook = logging.getLogger(), sys.excepthook, threading.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:], sys.excepthook, threading.excepthook = handlers, excepthook, thread_excepthook
    root.setLevel(level)


@pytest.fixture
def world() -> World:
    """The world as it is today."""
    return World(datetime.now(UTC).replace(microsecond=0))


@pytest.fixture
def upstream(world: World) -> Iterator[Upstream]:
    with Upstream(world) as upstream:
        yield upstream


@pytest.fixture
def config(world: World, upstream: Upstream, tmp_path: Path) -> Path:
    """A configuration over the world, without crates.io: that service asks for a second between two requests."""
    path = world.configuration(tmp_path, upstream.url, state=False)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "crates" not in line))
    return path


@pytest.fixture
def run(config: Path) -> Run:
    """Runs a command over the configuration; gives its result."""

    def run(*args: str) -> Result:
        return CliRunner().invoke(main, [args[0], f"--config.file={config}", *args[1:]], catch_exceptions=False)

    return run
