"""What counts as a notification of Alertmanager."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given

from exporter.tracking.message import Message, Unreadable, read_message
from support.contract import fixture, gone_wrong, recorded
from support.notifications import alert, message, notification
from support.tools import NOW

RECORDED = recorded("tracking", "notification")


def test_what_alertmanager_sent_is_read():
    firing, resolved = read_message(fixture("tracking", "notification.json")).alerts
    assert (firing.status, firing.project, len(firing.fingerprint)) == ("firing", "bolt", 16)
    assert resolved.ends_at > resolved.starts_at


def test_a_moment_with_nanoseconds_and_a_zone_is_a_moment_in_utc():
    told = json.loads(notification("firing", NOW))
    told["alerts"][0]["startsAt"] = "2026-01-27T13:00:00.123456789+01:00"
    [one] = read_message(json.dumps(told).encode()).alerts
    assert one.starts_at == datetime(2026, 1, 27, 12, 0, 0, 123456, UTC)
    assert one.starts_at.utcoffset().total_seconds() == 0


def test_alerts_that_were_left_out_are_counted():
    assert read_message(message(alert("firing", NOW), truncatedAlerts=3)).truncated_alerts == 3


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_refused(body):
    with pytest.raises(Unreadable, match=r"^the body must be JSON$"):
        read_message(body)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"[]", ""),
        (message(alert("firing", NOW), version="3"), ": version is not as it should be"),
        (message({"status": "planted"}), ": alerts.0.status is not as it should be"),
        (notification("firing", NOW, fingerprint="planted"), ": alerts.0.fingerprint is not as it should be"),
        (notification("firing", NOW, labels={"project": 1}), ": alerts.0.labels.project is not as it should be"),
    ],
)
def test_another_form_is_refused_in_words_that_quote_nothing(body, place):
    with pytest.raises(Unreadable) as caught:
        read_message(body)
    assert str(caught.value) == f"the body must be a message of Alertmanager, version 4{place}"


@given(gone_wrong(RECORDED))
def test_a_notification_gone_wrong_is_read_or_refused(told):
    assert read_or_refused(json.dumps(told).encode()) in (Message, Unreadable)


def read_or_refused(body):
    try:
        return type(read_message(body))
    except Unreadable:
        return Unreadable
