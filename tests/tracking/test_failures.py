"""GitHub refuses, fails, or is too slow."""

import logging

import pytest

from exporter.tracking.tracker import Setback
from support.issues import TOKEN
from support.notifications import alert, alerts_in, message, notification
from support.tools import NOW
from support.upstream import Answer

OTHER = "00000000000000ff"


class TestFailures:
    @pytest.mark.parametrize(
        ("status", "seconds", "reason"),
        [
            (500, 5.0, "server_error"),
            (401, None, "auth"),
            (403, None, "auth"),
            (404, None, "not_found"),
            (422, None, "client_error"),
        ],
    )
    def test_a_refusal_is_counted_and_says_whether_trying_soon_makes_sense(self, scene, status, seconds, reason):
        scene.api.failure = Answer.json({"message": "planted"}, status)
        assert scene.fire() == Setback(seconds)
        assert scene.counted() == {reason: 1}

    def test_the_other_alerts_are_not_tried_where_the_first_fails_for_all(self, scene):
        scene.api.failure = Answer.json({"message": "planted"}, 401)
        scene.take(message(alert("firing", NOW), alert("firing", NOW, fingerprint=OTHER)))
        assert len(scene.api.requests) == 1

    def test_a_refusal_is_settled_at_once(self, scene):
        scene.api.issues_allowed = False
        scene.fire(NOW)
        scene.api.issues_allowed = True
        assert scene.fire(NOW) is None

    def test_it_is_logged_when_failing_begins_and_when_it_ends(self, scene, caplog):
        caplog.set_level(logging.INFO)
        scene.api.failure = Answer.json({"message": "planted"}, 401)
        scene.fire(NOW)
        scene.fire(NOW)
        scene.api.failure = None
        scene.fire(NOW)
        scene.fire(NOW, OTHER)
        assert [record.getMessage() for record in caplog.records] == ["tracking issues fail", "tracking issues work again"]

    def test_no_log_line_holds_the_token_or_what_github_said(self, scene, caplog):
        scene.api.failure = Answer.json({"message": "planted"}, 401)
        scene.fire(NOW)
        told = str([vars(record) for record in caplog.records])
        assert TOKEN not in told
        assert "planted" not in told

    def test_a_label_that_the_token_may_not_set_is_told(self, scene, caplog):
        scene.api.labels_allowed = False
        assert scene.fire(NOW) is None
        assert "got no label" in caplog.text

    def test_no_request_goes_out_after_the_deadline(self, scene):
        assert scene.tracker.take(alerts_in(notification("firing", NOW)), -1.0) == Setback(5.0)
        assert scene.api.requests == []
