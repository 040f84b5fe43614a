"""What clients send by mistake reaches no table, no answer, no log line and no metric."""

import http.client
import json
import logging

import pytest

from exporter.receiver.meters import Metered
from exporter.receiver.service import Receiver
from exporter.sources.telemetry.tables import TABLES
from exporter.web.address import ListenAddress
from exporter.web.guard import Guard
from exporter.web.server import Server
from exporter.web.settings import Settings
from support.receiver import EXAMPLES, SALT, USER, body_of, example, ids, post, receiver_of
from support.warehouses import Store

PLANTED = (
    "ada.lovelace@example.org",
    "/home/lovelace/secret-plans.txt",
    "C:\\Users\\lovelace",
    "~lovelace/.ssh/id_ed25519",
    "rm -rf /srv/lovelace",
    "find . -name lovelace | xargs rm",
    "https://lovelace.example.org/login",
    "192.0.2.77",
    "Ada Lovelace",
)
MARKS = ("lovelace", "Lovelace", "192.0.2.77", "ada.", "id_ed25519", SALT)


def dump(store: Store) -> str:
    return json.dumps([store.execute(f"SELECT * FROM {store.called(name)}") for name in TABLES], default=str)


def hunted(*texts: str) -> list[str]:
    return [mark for mark in MARKS for text in texts if mark in text]


def test_what_is_planted_in_any_field_is_found_nowhere(
    receiver: Receiver, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    answers = []
    for kind in EXAMPLES:
        for planted in PLANTED:
            fields = [name for name in example(kind) if name != "version" or planted != "192.0.2.77"]
            events = [example(kind, **{name: planted}) for name in fields]
            events += [example(kind, **{planted: 1}), example(kind, more=planted), planted, [planted], {planted: planted}]
            answer = post(receiver.events, body_of(*events))
            answers.append(answer.body.decode())
            assert answer.said["refused_count"] == len(events)
    answers.append(post(receiver.metrics, method="GET", path="/metrics").body.decode())
    assert hunted(dump(store), caplog.text, str([vars(record) for record in caplog.records]), *answers) == []
    assert ids(store) == []


def test_what_is_planted_in_a_body_or_a_header_is_found_nowhere(receiver: Receiver) -> None:
    answers = []
    for planted in PLANTED:
        answers += [post(receiver.events, body) for body in (planted.encode(), json.dumps({planted: []}).encode())]
        for header in (
            "CONTENT_TYPE",
            "HTTP_CONTENT_ENCODING",
            "CONTENT_LENGTH",
            "HTTP_AUTHORIZATION",
            "QUERY_STRING",
            "HTTP_COOKIE",
        ):
            answers.append(post(receiver.events, body_of(example()), **{header: planted}))
        answers.append(post(receiver.events, path=f"/{planted}"))
        answers.append(post(receiver.events, method=planted))
    assert hunted(*(f"{answer.headers} {answer.body!r}" for answer in answers)) == []


def test_what_is_planted_in_a_request_is_not_logged_even_at_debug(receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    app = Metered(Guard(receiver.events, Settings), receiver.meters)
    statuses = []
    with Server(ListenAddress("127.0.0.1", 0), app) as server:
        requests = [
            ("POST", "/lovelace", body_of(example())),
            ("GET", "/home/lovelace", b""),
            ("LOVELACE", "/v1/events", b""),
            ("POST", "/v1/events?lovelace", b"lovelace"),
            ("POST", "/v1/events", body_of(example(platform="lovelace@example.org"))),
            ("POST", "/v1/events?user=lovelace", body_of(example())),
        ]
        for method, path, body in requests:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
            connection.request(method, path, body, {"Content-Type": "application/json", "X-User": "lovelace"})
            statuses.append(connection.getresponse().status)
            connection.close()
    assert statuses == [404, 404, 405, 400, 400, 200]
    assert len(caplog.records) >= len(requests)
    assert hunted(str([vars(record) for record in caplog.records])) == []
    assert "127.0.0.1" not in str([getattr(record, "fields", {}) for record in caplog.records])


def test_a_failing_warehouse_is_logged_without_rows_salt_or_password(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    receiver = receiver_of(store)
    store.execute(f"DROP TABLE {store.called('crashes')}")
    answer = post(receiver.events, body_of(example("crash", version="lovelace")))
    receiver.stop()
    [record] = caplog.records
    assert (answer.status, answer.headers["Retry-After"], record.levelname) == (503, "5", "WARNING")
    assert hunted(str(vars(record)), answer.body.decode()) == []
    assert "planted" not in str(vars(record))


def test_a_user_is_stored_as_a_keyed_hash_alone(store: Store) -> None:
    stored = []
    for salt in (SALT, SALT, "another-planted-salt"):
        receiver = receiver_of(store, salt=salt)
        post(receiver.events, body_of(example("session")))
        receiver.stop()
        stored = [user for (user,) in store.execute(f"SELECT user_id FROM {store.called('sessions')} ORDER BY user_id")]
    first, second = sorted(set(stored))
    assert sorted(stored.count(user) for user in (first, second)) == [1, 2]
    # echo -n u5erHash_0123456789-abcdef | openssl dgst -sha256 -hmac planted-salt-0123456789
    assert "9a05d6c0acbb2d18bd1a4ed3984c808a" in stored
    assert USER not in dump(store)
