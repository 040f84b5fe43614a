"""Warehouses on both engines, and a receiver before each."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.receiver.service import Receiver
from support.postgres import Postgres
from support.receiver import receiver_of
from support.warehouses import ENGINES, Store, new_store


@pytest.fixture(params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A warehouse with the shipped tables, all empty: once on each engine."""
    server: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    with new_store(request.param, tmp_path, server) as store:
        yield store


@pytest.fixture
def receiver(store: Store) -> Iterator[Receiver]:
    """A receiver that anybody may send events to."""
    receiver = receiver_of(store)
    yield receiver
    receiver.stop()
