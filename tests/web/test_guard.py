"""What stands before the application."""

import base64
from datetime import timedelta
from io import BytesIO
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import bcrypt
import pytest

from exporter.web.auth import BasicAuth
from exporter.web.bucket import Bucket
from exporter.web.guard import Guard
from exporter.web.settings import Settings

LOGIN = "Basic " + base64.b64encode(b"prometheus:secret").decode()
PATHS = ["/", "/metrics", "/config", "/-/healthy", "/-/ready", "/-/reload", "/nowhere"]


@pytest.fixture(scope="module")
def auth():
    return BasicAuth({"prometheus": bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()})


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Frame-Options", "deny")])
    return [b"served"]


def ask(settings, path="/", method="GET", authorization=None, own_login=()):
    environ = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", "wsgi.input": BytesIO()}
    if authorization is not None:
        environ["HTTP_AUTHORIZATION"] = authorization
    setup_testing_defaults(environ)
    seen = []
    guard = Guard(application, lambda: settings, own_login)
    chunks = validator(guard)(environ, lambda status, headers, exc_info=None: seen.append((status, dict(headers))))
    body = b"".join(chunks)
    chunks.close()
    return *seen[0], body


def test_without_settings_everything_passes():
    assert ask(Settings()) == ("200 OK", {"Content-Type": "text/plain", "X-Frame-Options": "deny"}, b"served")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("authorization", [None, "Basic d3Jvbmc6d3Jvbmc="])
def test_every_path_asks_for_a_login(auth, path, authorization):
    status, headers, body = ask(Settings(auth=auth), path, authorization=authorization)
    assert status == "401 Unauthorized"
    assert headers["WWW-Authenticate"] == 'Basic realm="kpi-exporter", charset="UTF-8"'
    assert body == b"unauthorized\n"


def test_a_login_opens(auth):
    status, _, body = ask(Settings(auth=auth), authorization=LOGIN)
    assert (status, body) == ("200 OK", b"served")


def test_a_refusal_to_head_has_no_body(auth):
    status, headers, body = ask(Settings(auth=auth), method="HEAD")
    assert (status, headers["Content-Length"], body) == ("401 Unauthorized", "13", b"")


def test_configured_headers_replace_add_and_leave_out():
    settings = Settings(headers={"X-Frame-Options": "sameorigin", "X-XSS-Protection": "0", "Content-Type": ""})
    seen = []
    Guard(application, lambda: settings)({"REQUEST_METHOD": "GET"}, lambda status, headers, _: seen.extend(headers))
    assert seen == [("X-Frame-Options", "sameorigin"), ("X-XSS-Protection", "0")]


def test_configured_headers_are_on_refusals_too(auth):
    _, headers, _ = ask(Settings(auth=auth, headers={"Strict-Transport-Security": "max-age=1"}))
    assert headers["Strict-Transport-Security"] == "max-age=1"


def test_the_rate_limit_comes_before_the_login(auth):
    settings = Settings(auth=auth, bucket=Bucket(timedelta(hours=1), 1, lambda: 0.0))
    assert ask(settings)[0] == "401 Unauthorized"
    assert ask(settings, authorization=LOGIN)[0] == "429 Too Many Requests"


def test_a_path_with_a_login_of_its_own_is_let_through_to_it(auth):
    status, _, _ = ask(Settings(auth=auth), "/v1/alerts", "POST", "Bearer planted", own_login={"/v1/alerts"})
    assert status == "200 OK"


@pytest.mark.parametrize("path", [*PATHS, "/v1/alerts/", "//v1/alerts"])
def test_every_other_path_still_asks_for_a_login(auth, path):
    status, _, _ = ask(Settings(auth=auth), path, own_login={"/v1/alerts"})
    assert status == "401 Unauthorized"
