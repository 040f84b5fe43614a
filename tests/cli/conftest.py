"""The command line over the small world."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exporter.cli import main
from support.upstream import Upstream
from support.world import World

Run = Callable[..., Result]


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
