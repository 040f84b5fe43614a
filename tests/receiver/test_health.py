"""Whether the warehouse can be written."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.receiver.health import Health

AWAY = UpstreamError(Reason.CONNECTION, "the database cannot be reached")


class Warehouse:
    """A warehouse that can be tried, and a clock."""

    def __init__(self) -> None:
        self.now = 100.0
        self.away = False
        self.tries = 0

    def probe(self) -> None:
        self.tries += 1
        if self.away:
            raise AWAY

    def health(self) -> Health:
        return Health(self.probe, lambda: self.now)


def test_the_first_question_is_answered_by_trying() -> None:
    warehouse = Warehouse()
    warehouse.away = True
    assert not warehouse.health().healthy()


def test_an_answer_is_good_for_five_seconds() -> None:
    warehouse = Warehouse()
    health = warehouse.health()
    assert [health.healthy() for _ in range(3)] == [True] * 3
    warehouse.now += 4.9
    assert (health.healthy(), warehouse.tries) == (True, 1)
    warehouse.now += 0.2
    warehouse.away = True
    assert (health.healthy(), warehouse.tries) == (False, 2)


def test_a_batch_that_was_written_needs_no_try() -> None:
    warehouse = Warehouse()
    health = warehouse.health()
    health.failed(AWAY)
    assert not health.healthy()
    health.succeeded()
    assert (health.healthy(), warehouse.tries) == (True, 0)


def test_each_change_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    health = Warehouse().health()
    for change in (health.succeeded, *[lambda: health.failed(AWAY)] * 3, health.succeeded, health.succeeded):
        change()
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "the warehouse cannot be written, clients are told to come again"),
        ("INFO", "the warehouse can be written again"),
    ]


def test_many_who_ask_at_once_make_one_try() -> None:
    asked, let_go, tries = threading.Event(), threading.Event(), []

    def slow() -> None:
        tries.append(1)
        asked.set()
        let_go.wait(5)

    health = Health(slow, lambda: 100.0)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(health.healthy)
        asked.wait(5)
        assert [health.healthy() for _ in range(20)] == [True] * 20
        let_go.set()
        assert first.result()
    assert len(tries) == 1
