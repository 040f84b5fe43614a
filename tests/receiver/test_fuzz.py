"""Whatever clients send: nothing makes the receiver fail, and nothing but valid rows is stored."""

import gzip
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.receiver.service import Receiver
from exporter.sources.telemetry.tables import TABLES, Kind
from support.receiver import EXAMPLES, NOW, body_of, example, ids, post
from support.warehouses import Store

FIELDS = sorted({"event_id", "event_type", *(column.name for table in TABLES.values() for column in table.columns)})
NEAR = [
    "",
    "macos",
    "1",
    "2026-01-20T10:00:00Z",
    "2026-01-20T10:00:00.5+02:00",
    "a" * 16,
    "ada@example.org",
    "/home/ada",
    "\x00",
    "\ud800",
]
NUMBERS = st.one_of(st.integers(), st.floats(), st.sampled_from([0, 1, 5, 5.0, -0.0, 2**63, 10**400]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(), st.sampled_from(NEAR)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=5,
)
CHANGES = st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text()), st.one_of(VALUES, st.just(...)), max_size=3)
EVENTS = st.one_of(VALUES, st.builds(lambda kind, changes: {**example(kind), **changes}, st.sampled_from(EXAMPLES), CHANGES))


def written(data: Any) -> bytes:
    """As JSON, which is not always allowed: NaN and halves of surrogates among it."""
    return json.dumps(data, default=lambda _: None).encode("utf-8", "surrogatepass")


BODIES = st.one_of(
    st.binary(max_size=200),
    VALUES.map(written),
    st.lists(EVENTS, max_size=4).map(lambda events: written({"events": events})),
)


def wrong_rows(store: Store) -> list[Any]:
    """What stands in the warehouse and should not."""
    rules = {
        Kind.USER: r"[0-9a-f]{32}",
        Kind.WORD: r"[A-Za-z0-9_.+-]{1,64}",
        Kind.FLAG: "0|1|True|False",
        Kind.NUMBER: r"[0-9][0-9.e+]*",
    }
    wrong = []
    for name, table in TABLES.items():
        for column in table.columns:
            for (value,) in store.execute(f"SELECT {column.name} FROM {store.called(name)}"):
                if column.kind is Kind.TIME:
                    moment = value if isinstance(value, datetime) else datetime.fromtimestamp(value / 1000, UTC)
                    fits = NOW - timedelta(days=90) <= moment <= NOW + timedelta(minutes=5)
                elif value is None:
                    fits = not column.required
                else:
                    fits = bool(re.fullmatch(rules[column.kind], str(value)))
                if not fits:
                    wrong.append((name, column.name, value))
    return wrong


def test_no_body_makes_it_fail_or_stores_anything_but_valid_rows(receiver: Receiver, store: Store) -> None:
    accepted = 0

    @settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow])
    @given(BODIES, st.booleans())
    def answers(body: bytes, packed: bool) -> None:
        nonlocal accepted
        if packed:
            answer = post(receiver.events, gzip.compress(body, 1), HTTP_CONTENT_ENCODING="gzip")
        else:
            answer = post(receiver.events, body)
        assert answer.status in (200, 400)
        accepted += answer.said.get("accepted", 0)

    answers()
    assert wrong_rows(store) == []
    assert len(ids(store)) == accepted > 0


HEADERS = [
    "CONTENT_TYPE",
    "CONTENT_LENGTH",
    "HTTP_CONTENT_ENCODING",
    "HTTP_AUTHORIZATION",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_EXPECT",
]


def test_no_header_makes_it_fail(receiver: Receiver) -> None:
    body = body_of(example())
    text = st.text(st.characters(max_codepoint=255), max_size=30)

    @settings(max_examples=300)
    @given(st.dictionaries(st.sampled_from(HEADERS), text, max_size=3))
    def answers(headers: dict[str, str]) -> None:
        assert post(receiver.events, body, **headers).status in (200, 400, 411, 413, 415)

    answers()
    assert post(receiver.events, body).said["duplicates"] == 1
