"""Sessions by window."""

import pytest

from exporter.sources.telemetry.figures import sessions
from exporter.sources.telemetry.warehouse import LackingError
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def test_sessions_by_window(store: Store) -> None:
    store.insert("sessions", [{"timestamp": at} for at in (NOW, ago(days=1), ago(days=7), ago(days=30), ago(days=31))])
    assert figures(store, sessions.samples) == {"sessions{24h}": 1, "sessions{7d}": 2, "sessions{28d}": 2, "sessions{30d}": 3}


def test_a_product_need_not_tell_sessions(store: Store) -> None:
    store.execute(f"DROP TABLE {store.called('sessions')}")
    with pytest.raises(LackingError) as raised:
        figures(store, sessions.samples)
    assert raised.value.expected
