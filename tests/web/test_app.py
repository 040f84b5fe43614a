"""The endpoints, without a socket."""

import gzip
import re
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from exporter import __version__
from exporter.web.app import App
from exporter.web.routes import Answer as Taken
from exporter.web.routes import Route


@dataclass
class Answer:
    status: str
    headers: dict[str, str]
    body: bytes


def ask(app, path="/", method="GET", query="", **headers):
    environ = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": BytesIO()}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    setup_testing_defaults(environ)
    seen = []
    chunks = validator(app)(environ, lambda status, headers, exc_info=None: seen.append((status, headers)))
    body = b"".join(chunks)
    chunks.close()
    [(status, pairs)] = seen
    assert len(dict(pairs)) == len(pairs), "a header is sent twice"
    return Answer(status, dict(pairs), body)


def test_metrics_are_the_page_as_text(backend):
    answer = ask(App(backend), "/metrics")
    assert answer.status == "200 OK"
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.body == backend.page().text
    assert "Content-Encoding" not in answer.headers


def test_metrics_are_openmetrics_where_asked_for(backend):
    answer = ask(App(backend), "/metrics", accept="application/openmetrics-text;version=1.0.0")
    assert answer.headers["Content-Type"] == "application/openmetrics-text; version=1.0.0; charset=utf-8"
    assert answer.body == backend.page().openmetrics


def test_metrics_are_compressed_where_asked_for(backend):
    answer = ask(App(backend), "/metrics", accept_encoding="gzip")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == backend.page().text
    assert answer.headers["Content-Length"] == str(len(backend.page().text_gzip))


def test_caches_learn_that_metrics_depend_on_what_was_accepted(backend):
    assert ask(App(backend), "/metrics").headers["Vary"] == "Accept, Accept-Encoding"


def test_metrics_can_be_limited_to_names(backend):
    answer = ask(App(backend), "/metrics", query="name[]=kpi_exporter_upstream_requests_total&name%5B%5D=moons")
    assert answer.body.count(b"# TYPE") == 1
    assert b'kpi_exporter_upstream_requests_total{code="200"} 7.0\n' in answer.body


def test_other_parameters_of_metrics_are_ignored(backend):
    assert ask(App(backend), "/metrics", query="name=a&x[]=%ff").body == backend.page().text


def test_the_configuration_is_shown_as_the_backend_gives_it(backend):
    backend.text = "token: <secret>\n"
    answer = ask(App(backend), "/config")
    assert answer.body == b"token: <secret>\n"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_the_process_is_healthy_though_it_is_not_ready(backend):
    backend.is_ready = False
    assert ask(App(backend), "/-/healthy").status == "200 OK"


def test_not_healthy_is_an_error_with_the_reason(backend):
    backend.is_healthy = False
    answer = ask(App(backend), "/-/healthy")
    assert answer.status == "503 Service Unavailable"
    assert answer.body == b"not healthy: what is served grows old, the log says why\n"


def test_not_ready_is_an_error_with_the_reason(backend):
    backend.is_ready = False
    answer = ask(App(backend), "/-/ready")
    assert answer.status == "503 Service Unavailable"
    assert answer.body == b"not ready: some sources have not been tried yet\n"


def test_ready(backend):
    assert ask(App(backend), "/-/ready").status == "200 OK"


def test_reload_is_done_on_post(backend):
    assert ask(App(backend), "/-/reload", "POST").status == "200 OK"
    assert backend.reloads == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_reload_is_not_done_otherwise(backend, method):
    answer = ask(App(backend), "/-/reload", method)
    assert answer.status == "405 Method Not Allowed"
    assert answer.headers["Allow"] == "POST"
    assert backend.reloads == 0


def test_a_failed_reload_tells_the_reason(broken_reload):
    answer = ask(App(broken_reload), "/-/reload", "POST")
    assert answer.status == "500 Internal Server Error"
    assert answer.body == b"not reloaded: kpi-exporter.yml:3: projects: is missing\n"


def test_an_error_that_is_not_ours_is_left_to_the_server(backend):
    backend.failure = ZeroDivisionError()
    with pytest.raises(ZeroDivisionError):
        ask(App(backend), "/-/reload", "POST")


PATHS = ["/", "/metrics", "/config", "/-/healthy", "/-/ready"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(backend, path, method):
    answer = ask(App(backend), path, method)
    assert answer.status == "405 Method Not Allowed"
    assert answer.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("path", PATHS)
def test_head_has_the_headers_of_get_and_no_body(backend, path):
    got, head = ask(App(backend), path, accept_encoding="gzip"), ask(App(backend), path, "HEAD", accept_encoding="gzip")
    assert head.headers == got.headers
    assert head.status == got.status
    assert head.body == b""
    assert got.headers["Content-Length"] == str(len(got.body)) != "0"


@pytest.mark.parametrize("path", ["/metrics/", "/Metrics", "//", "/favicon.ico", "/-/", "/../config", "/config\x00"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_everything_else_is_not_found(backend, path, method):
    assert ask(App(backend), path, method).status == "404 Not Found"


@pytest.mark.parametrize("path", [*PATHS, "/nowhere"])
def test_answers_carry_headers_that_keep_browsers_from_guessing_framing_and_keeping(backend, path):
    headers = ask(App(backend), path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "deny"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


class TestLandingPage:
    def test_names_itself_its_version_and_its_links(self, backend):
        answer = ask(App(backend))
        page = answer.body.decode()
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"kpi-exporter <small>{__version__}</small>" in page
        assert re.findall(r'href="([^"]+)"', page)[:4] == ["metrics", "config", "-/healthy", "-/ready"]

    def test_each_link_leads_somewhere(self, backend):
        for target in re.findall(r'href="([^":]+)"', ask(App(backend)).body.decode()):
            assert ask(App(backend), f"/{target}").status == "200 OK"

    def test_each_link_is_described(self, backend):
        page = ask(App(backend)).body.decode()
        assert len(re.findall(r"</a><span>[A-Z][^<]+\.</span>", page)) == page.count("<a ")

    def test_loads_nothing(self, backend):
        page = ask(App(backend)).body.decode()
        assert not re.search(r"<(script|img|link|iframe)|url\(|@import| src=", page)

    def test_the_policy_allows_its_own_style_and_nothing_else(self, backend):
        policy = ask(App(backend)).headers["Content-Security-Policy"]
        assert re.match(r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; ", policy)


class TestPrefix:
    @pytest.mark.parametrize("path", PATHS)
    def test_all_routes_live_under_it(self, backend, path):
        app = App(backend, prefix="/kpi")
        assert ask(app, f"/kpi{path}").status == "200 OK"
        assert ask(app, path).status == ("302 Found" if path == "/" else "404 Not Found")

    @pytest.mark.parametrize("path", ["/", "/kpi", ""])
    def test_the_root_and_the_bare_prefix_redirect_to_it(self, backend, path):
        answer = ask(App(backend, prefix="/kpi"), path)
        assert (answer.status, answer.headers["Location"]) == ("302 Found", "/kpi/")

    def test_the_root_redirects_to_the_external_url_where_there_is_one(self, backend):
        app = App(backend, prefix="/kpi", external_url="https://example.org/behind/")
        assert ask(app, "/").headers["Location"] == "https://example.org/behind/"


class TestEndpointsOfOthers:
    @pytest.mark.parametrize("prefix", ["", "/kpi"])
    def test_live_beside_its_own(self, backend, prefix):
        taken = Route(lambda _: Taken(HTTPStatus.OK, b"taken\n"), ("POST",))
        app = App(backend, prefix=prefix, more={"/v1/alerts": taken})
        assert ask(app, f"{prefix}/v1/alerts", "POST").body == b"taken\n"
        assert ask(app, f"{prefix}/v1/alerts").status == "405 Method Not Allowed"
        assert ask(app, f"{prefix}/metrics").status == "200 OK"
