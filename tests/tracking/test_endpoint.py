"""What Alertmanager is answered, and so what it does next."""

import io
import logging
from http import HTTPStatus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.tracking.endpoint import LARGEST_BODY, Endpoint
from support.notifications import alert, message, notification
from support.tools import NOW
from support.upstream import Answer

WEBHOOK_TOKEN = "plantedWebhookToken0001"  # of this test alone
BEARER = f"Bearer {WEBHOOK_TOKEN}"
OTHER = "00000000000000ff"


@pytest.fixture
def endpoint(scene):
    return Endpoint(WEBHOOK_TOKEN, {"bolt": scene.tracker}, lambda: 0.0)


def ask(endpoint, body, authorization=BEARER, **environ):
    given = {"CONTENT_LENGTH": str(len(body)), "HTTP_AUTHORIZATION": authorization, "wsgi.input": io.BytesIO(body), **environ}
    return endpoint(given)


def test_alerts_that_are_where_they_belong_are_answered_200(endpoint, scene):
    assert ask(endpoint, notification("firing", NOW)).status == HTTPStatus.OK
    assert len(scene.api.issues) == 1


@pytest.mark.parametrize("authorization", ["", WEBHOOK_TOKEN, "Bearer", "Bearer other", f"Basic {WEBHOOK_TOKEN}", "Bearer \xff"])
def test_who_does_not_know_the_token_is_answered_401(endpoint, scene, authorization):
    answer = ask(endpoint, notification("firing", NOW), authorization)
    assert (answer.status, answer.headers) == (HTTPStatus.UNAUTHORIZED, (("WWW-Authenticate", "Bearer"),))
    assert scene.api.requests == []


def test_the_scheme_may_be_written_in_any_case(endpoint):
    assert ask(endpoint, message(), f"bearer {WEBHOOK_TOKEN}").status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("body", "environ", "status"),
    [
        (b"{", {}, HTTPStatus.BAD_REQUEST),
        (b'{"version": "3"}', {}, HTTPStatus.BAD_REQUEST),
        (b"{}", {"CONTENT_LENGTH": "9"}, HTTPStatus.BAD_REQUEST),
        (b"{}", {"CONTENT_LENGTH": ""}, HTTPStatus.LENGTH_REQUIRED),
        (b"{}", {"CONTENT_LENGTH": "-1"}, HTTPStatus.LENGTH_REQUIRED),
        (b"{}", {"CONTENT_LENGTH": str(LARGEST_BODY + 1)}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (b"{}", {"CONTENT_LENGTH": "9" * 5000}, HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
    ],
)
def test_what_is_no_notification_is_refused_in_one_sentence(endpoint, body, environ, status):
    answer = ask(endpoint, body, **environ)
    assert answer.status == status
    assert answer.body.count(b"\n") == 1


@given(st.binary(max_size=200))
def test_any_body_is_answered(body):
    assert ask(Endpoint(WEBHOOK_TOKEN, {}, lambda: 0.0), body).status in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)


class TestAlertsOfOtherProjects:
    def test_are_answered_200_so_that_they_are_not_sent_for_ever(self, endpoint, scene):
        assert ask(endpoint, notification("firing", NOW, labels={"project": "caro"})).status == HTTPStatus.OK
        assert scene.api.requests == []

    def test_are_told_once(self, endpoint, caplog):
        caplog.set_level(logging.INFO)
        for _ in range(3):
            ask(endpoint, notification("firing", NOW, labels={"project": "caro"}))
        assert [record.fields for record in caplog.records] == [{"project": "caro"}]

    def test_cannot_fill_the_log(self, endpoint, caplog):
        caplog.set_level(logging.INFO)
        for number in range(300):
            ask(endpoint, notification("firing", NOW, labels={"project": f"planted{number}"}))
        assert len(caplog.records) == 100

    def test_do_not_keep_others_from_their_issues(self, endpoint, scene):
        foreign = alert("firing", NOW, labels={"project": "caro"}, fingerprint=OTHER)
        assert ask(endpoint, message(foreign, alert("firing", NOW))).status == HTTPStatus.OK
        assert len(scene.api.issues) == 1


class TestFailures:
    @pytest.mark.parametrize("status", [500, 502])
    def test_github_that_does_not_work_is_answered_503_with_the_time_to_wait(self, endpoint, scene, status):
        scene.api.failure = Answer.json({"message": "planted"}, status)
        answer = ask(endpoint, notification("firing", NOW))
        assert (answer.status, answer.headers) == (HTTPStatus.SERVICE_UNAVAILABLE, (("Retry-After", "5"),))

    @pytest.mark.parametrize("status", [401, 403, 404, 410, 422])
    def test_github_that_refuses_is_answered_424_so_that_it_is_not_tried_again_at_once(self, endpoint, scene, status):
        scene.api.failure = Answer.json({"message": "planted"}, status)
        answer = ask(endpoint, notification("firing", NOW))
        assert answer.status == HTTPStatus.FAILED_DEPENDENCY
        assert answer.body == b"GitHub refuses: the log of the exporter says why\n"

    @pytest.mark.parametrize("status", [403, 422])
    def test_an_alert_that_github_refuses_does_not_keep_the_next_one_from_its_issue(self, endpoint, scene, status):
        scene.api.answers = [None, Answer.json({"message": "planted"}, status)]
        both = message(alert("firing", NOW), alert("firing", NOW, fingerprint=OTHER))
        assert ask(endpoint, both).status == HTTPStatus.FAILED_DEPENDENCY
        assert [OTHER in issue.body for issue in scene.api.issues] == [True]


def test_alerts_that_were_left_out_are_told(endpoint, caplog):
    ask(endpoint, message(alert("firing", NOW), truncatedAlerts=7))
    assert [record.fields for record in caplog.records] == [{"alerts": 7}]
