"""Options and fixtures for all tests."""

import logging
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import settings

from support.postgres import Postgres

# How fast a machine is on the day is no property of the code.
settings.register_profile("project", deadline=None)
settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="Write golden files anew instead of comparing with them.")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Whether golden files are to be written anew; look at the difference before you commit it."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(autouse=True)
def own_logging() -> Iterator[None]:
    """Commands set the logging of the whole process; the tests after them find it as it was."""
    root, excepthook, thread_excepthook = logging.getLogger(), sys.excepthook, threading.excepthook
    handlers, level = root.handlers[:], root.level
    yield
    logging.captureWarnings(False)
    root.handlers[:], sys.excepthook, threading.excepthook = handlers, excepthook, thread_excepthook
    root.setLevel(level)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests of one run; each takes a database of its own."""
    with Postgres() as server:
        yield server
