"""The loopback pagers refuse what the services would refuse."""

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from support.pagers import Pagers

KEY = Pagers.routing_key("pager")
PAGE = {"summary": "Crash rate above 1 %", "source": "caro", "severity": "critical"}
EVENT = {"routing_key": KEY, "event_action": "trigger", "dedup_key": "1", "payload": PAGE}


def answer(pagers: Pagers, service: str, path: str, body: Any) -> int:
    request = urllib.request.Request(pagers.url(service, path), json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as response:
            return int(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


@pytest.mark.parametrize(
    "wrong",
    [
        {"routing_key": "too short"},
        {"event_action": "fire"},
        {"dedup_key": "x" * 256},
        {"payload": {**PAGE, "severity": "P0"}},
        {"payload": {**PAGE, "summary": "x" * 1025}},
        {"payload": {"summary": "no source", "severity": "info"}},
        {"payload": {**PAGE, "custom_details": "no object"}},
        {"links": [{"href": "", "text": "Runbook"}]},
        {"event_action": "resolve", "dedup_key": ""},
        {"detail": "misspelt"},
    ],
    ids=str,
)
def test_pagerduty_refuses_an_event_that_breaks_its_schema(wrong: dict[str, Any]) -> None:
    pagers = Pagers()
    with pagers:
        assert answer(pagers, "pagerduty", "v2/enqueue", EVENT) == 202
        assert answer(pagers, "pagerduty", "v2/enqueue", {**EVENT, **wrong}) == 400
        assert [len(pagers.breaches), len(pagers.of("pager"))] == [1, 1]
        pagers.breaches.clear()


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("slack", {"text": "hello"}, {}),
        (
            "slack",
            {"attachments": [{"fallback": "x", "title": "x" * 1024}]},
            {"attachments": [{"fallback": "x", "title": "x" * 1025}]},
        ),
        ("slack", {"attachments": [{"fallback": "x", "color": "#b3261e"}]}, {"attachments": [{"fallback": "x", "color": "red"}]}),
        (
            "discord",
            {"attachments": [{"fallback": "x", "title": "x" * 256}]},
            {"attachments": [{"fallback": "x", "title": "x" * 257}]},
        ),
        ("discord", {"attachments": [{"fallback": "x"}] * 10}, {"attachments": [{"fallback": "x"}] * 11}),
    ],
)
def test_slack_and_discord_refuse_a_message_beyond_their_limits(path: str, good: Any, bad: Any) -> None:
    pagers = Pagers()
    with pagers:
        assert answer(pagers, path, "team", good) < 300
        assert answer(pagers, path, "team", bad) == 400
        assert [len(pagers.breaches), len(pagers.of("team"))] == [1, 1]
        pagers.breaches.clear()


def test_a_test_fails_at_its_end_when_something_was_refused() -> None:
    with pytest.raises(AssertionError, match="severity"), Pagers() as pagers:
        assert answer(pagers, "pagerduty", "v2/enqueue", {**EVENT, "payload": {**PAGE, "severity": "P0"}}) == 400
