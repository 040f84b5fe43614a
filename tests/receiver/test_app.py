"""The endpoints: what each answers, on both engines."""

import gzip
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from exporter.receiver.app import EventsApp
from exporter.receiver.health import Health
from exporter.receiver.intake import Outcome
from exporter.receiver.service import Receiver
from exporter.web.bucket import Bucket
from support.receiver import EXAMPLES, TOKEN, body_of, example, ids, post, receiver_of
from support.warehouses import Store


def with_clock(rate: int, burst: int, *, token: str | None = None) -> tuple[EventsApp, Callable[[float], None]]:
    """An application that stores nothing, and what moves its clock on."""
    now = [0.0]

    def pass_time(seconds: float) -> None:
        now[0] += seconds

    bucket = Bucket(timedelta(seconds=1) / rate, burst, lambda: now[0])
    health = Health(lambda: None, lambda: now[0])
    return EventsApp(lambda events: Outcome(len(events), 0, ()), health, bucket, token=token), pass_time


def test_every_kind_of_event_is_stored(receiver: Receiver, store: Store) -> None:
    events = [example(kind) for kind in EXAMPLES]
    answer = post(receiver.events, body_of(*events))
    assert (answer.status, answer.said) == (200, {"accepted": 10, "duplicates": 0, "refused": [], "refused_count": 0})
    assert answer.headers["Content-Type"] == "application/json"
    assert sorted(ids(store)) == sorted(UUID(event["event_id"]) for event in events)


def test_a_batch_that_is_sent_again_is_counted_as_duplicates(receiver: Receiver, store: Store) -> None:
    first, second, third = (example() for _ in range(3))
    post(receiver.events, body_of(first, second))
    answer = post(receiver.events, body_of(first, second, third))
    assert (answer.status, answer.said["accepted"], answer.said["duplicates"]) == (200, 1, 2)
    assert len(ids(store)) == 3


def test_an_event_that_is_twice_in_a_batch_is_stored_once(receiver: Receiver, store: Store) -> None:
    event = example()
    assert post(receiver.events, body_of(event, event)).said | {"refused": []} == {
        "accepted": 1,
        "duplicates": 1,
        "refused": [],
        "refused_count": 0,
    }
    assert ids(store) == [UUID(event["event_id"])]


def test_the_first_word_about_an_event_is_the_one_that_stays(receiver: Receiver, store: Store) -> None:
    same = str(uuid4())
    for platform in ("macos", "linux"):
        post(receiver.events, body_of(example("crash", event_id=same, platform=platform)))
    assert store.execute(f"SELECT platform FROM {store.called('crashes')}") == [("macos",)]


def test_what_is_wrong_with_some_events_keeps_none_of_the_others_out(receiver: Receiver, store: Store) -> None:
    answer = post(receiver.events, body_of(example(), example("crash", platform="/home/ada"), example(), 7))
    assert (answer.status, answer.said) == (
        200,
        {
            "accepted": 2,
            "duplicates": 0,
            "refused": [
                {
                    "event": 1,
                    "field": "platform",
                    "problem": "must be a word of letters, digits and _ . + - that names nobody and no place",
                },
                {"event": 3, "field": "", "problem": "must be an object"},
            ],
            "refused_count": 2,
        },
    )
    assert len(ids(store)) == 2


def test_a_batch_of_nothing_but_wrong_events_is_a_bad_request(receiver: Receiver, store: Store) -> None:
    answer = post(receiver.events, body_of(*[None] * 30))
    assert (answer.status, answer.said["accepted"], answer.said["refused_count"]) == (400, 0, 30)
    assert [one["event"] for one in answer.said["refused"]] == list(range(20))
    assert ids(store) == []


def test_wrong_events_beside_duplicates_are_no_bad_request(receiver: Receiver) -> None:
    event = example()
    post(receiver.events, body_of(event))
    answer = post(receiver.events, body_of(event, None))
    assert (answer.status, answer.said["duplicates"], answer.said["refused_count"]) == (200, 1, 1)


def test_an_empty_batch_is_fine(receiver: Receiver) -> None:
    answer = post(receiver.events, body_of())
    assert (answer.status, answer.said["accepted"]) == (200, 0)


def test_a_packed_batch_is_taken(receiver: Receiver, store: Store) -> None:
    answer = post(receiver.events, gzip.compress(body_of(example())), HTTP_CONTENT_ENCODING="gzip")
    assert (answer.status, len(ids(store))) == (200, 1)


@pytest.mark.parametrize(
    ("environ", "status", "error"),
    [
        ({"CONTENT_TYPE": "text/plain"}, 415, "send Content-Type: application/json"),
        ({"CONTENT_TYPE": None}, 415, "send Content-Type: application/json"),
        ({"HTTP_CONTENT_ENCODING": "br"}, 415, "send the body as it is, or with Content-Encoding: gzip"),
        ({"CONTENT_LENGTH": None}, 411, "send the body whole, with its Content-Length"),
        ({"CONTENT_LENGTH": ""}, 411, "send the body whole, with its Content-Length"),
        ({"HTTP_TRANSFER_ENCODING": "chunked"}, 411, "send the body whole, with its Content-Length"),
        ({"CONTENT_LENGTH": "-1"}, 400, "Content-Length must be a number"),
        ({"CONTENT_LENGTH": "٣"}, 400, "Content-Length must be a number"),
        ({"CONTENT_LENGTH": "1048577"}, 413, "send at most 1,048,576 bytes"),
        ({"CONTENT_LENGTH": "9" * 5_000}, 413, "send at most 1,048,576 bytes"),
        ({"CONTENT_LENGTH": "1000"}, 400, "the body ends before the length that its header says"),
    ],
)
def test_what_is_wrong_with_a_request_is_told(environ: dict[str, Any], status: int, error: str) -> None:
    app, _ = with_clock(10, 1_000)
    answer = post(app, body_of(example()), **environ)
    assert (answer.status, answer.said) == (status, {"error": error})


@pytest.mark.parametrize(
    ("method", "path", "status", "allow"),
    [
        ("GET", "/v1/events", 405, "POST"),
        ("PUT", "/v1/events", 405, "POST"),
        ("POST", "/-/healthy", 405, "GET, HEAD"),
        ("POST", "/", 404, None),
        ("POST", "/v1/events/", 404, None),
        ("GET", "/metrics", 404, None),
    ],
)
def test_other_paths_and_methods_are_refused(method: str, path: str, status: int, allow: str | None) -> None:
    app, _ = with_clock(10, 1_000)
    answer = post(app, b"", method=method, path=path)
    assert (answer.status, answer.headers.get("Allow")) == (status, allow)


@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", "Bearer \xe9\u0142"],
)
def test_a_client_without_the_token_is_refused(authorization: str | None) -> None:
    app, _ = with_clock(10, 1_000, token=TOKEN)
    answer = post(app, body_of(example()), HTTP_AUTHORIZATION=authorization)
    assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.said == {"error": "send the token of this receiver"}


@pytest.mark.parametrize("authorization", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"BEARER  {TOKEN} "])
def test_a_client_with_the_token_is_let_in(authorization: str) -> None:
    app, _ = with_clock(10, 1_000, token=TOKEN)
    assert post(app, body_of(example()), HTTP_AUTHORIZATION=authorization).status == 200


def test_without_a_token_nobody_needs_one() -> None:
    app, _ = with_clock(10, 1_000)
    assert post(app, body_of(example()), HTTP_AUTHORIZATION="Bearer any").status == 200


def test_more_events_than_allowed_are_told_when_to_come_again() -> None:
    app, pass_time = with_clock(rate=10, burst=100)
    batch = body_of(*range(60))
    assert post(app, batch).status == 200
    answer = post(app, batch)
    assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    assert answer.said == {"error": "too many events: send them again later"}
    pass_time(3)
    assert post(app, batch).status == 200


def test_a_request_that_holds_nothing_counts_as_an_event() -> None:
    app, _ = with_clock(rate=1, burst=3)
    assert Counter(post(app, b"nonsense").status for _ in range(5)) == {400: 3, 429: 2}


def test_the_largest_batch_fits_where_few_events_a_second_are_allowed(store: Store) -> None:
    receiver = receiver_of(store, events_per_second=1)
    assert post(receiver.events, body_of(*[None] * 1_000)).said["refused_count"] == 1_000
    assert post(receiver.events, body_of(example())).status == 429
    receiver.stop()


def test_it_is_healthy_while_the_warehouse_can_be_written(receiver: Receiver) -> None:
    answers = [post(app, b"", method="GET", path="/-/healthy") for app in (receiver.events, receiver.metrics)]
    assert [(answer.status, answer.body) for answer in answers] == [(200, b"healthy\n")] * 2


def test_it_counts_what_became_of_events(receiver: Receiver) -> None:
    event = example()
    post(receiver.events, body_of(event, example(), None))
    post(receiver.events, body_of(event))
    page = post(receiver.metrics, b"", method="GET", path="/metrics").body.decode()
    lines = [line for line in page.splitlines() if line.startswith("kpi_exporter_receiver_events_total")]
    assert lines == [
        'kpi_exporter_receiver_events_total{outcome="accepted"} 2.0',
        'kpi_exporter_receiver_events_total{outcome="duplicate"} 1.0',
        'kpi_exporter_receiver_events_total{outcome="refused"} 1.0',
    ]
