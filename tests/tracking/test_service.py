"""Tracking issues across configurations, over the real client."""

import io
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path

import pytest

from exporter.config import Config, load
from exporter.errors import KpiExporterError
from exporter.sources.registry import sources
from exporter.tracking import Tracking
from support.issues import REPOSITORY, TOKEN, IssuesAPI
from support.notifications import alert, message, notification
from support.tools import NOW
from support.upstream import Answer, Upstream

WEBHOOK_TOKEN = "plantedWebhookToken0001"  # of this test alone
SOURCES = {name: kind.config_type for name, kind in sources().items()}
WEBHOOK = "webhook: {token_env: WEBHOOK}\n"
PLAIN = "projects:\n  - {name: bolt, sources: {manual: {file: figures.csv}}}\n"
LIMITED = Answer.json({"message": "You have exceeded a secondary rate limit."}, 403, {"Retry-After": "60"})

Configured = Callable[[str], Config]


def tracked(url: str, webhook: str = WEBHOOK, more: str = "") -> str:
    section = f"github_issues: {{repository: {REPOSITORY}, token_env: GITHUB, base_url: '{url}'{more}}}"
    return f"{webhook}projects:\n  - {{name: bolt, {section}, sources: {{manual: {{file: figures.csv}}}}}}\n"


@pytest.fixture
def configured(tmp_path: Path) -> Configured:
    def configured(text: str) -> Config:
        path = tmp_path / "kpi-exporter.yml"
        path.write_text(text)
        return load(path, SOURCES, environ={"WEBHOOK": WEBHOOK_TOKEN, "OTHER": "plantedOtherToken", "GITHUB": TOKEN})

    return configured


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[str, str], Path]:
    def folder(project: str, name: str) -> Path:
        made = tmp_path / "state" / project / name
        made.mkdir(parents=True, exist_ok=True)
        return made

    return folder


def ask(tracking, body, token=WEBHOOK_TOKEN):
    environ = {"CONTENT_LENGTH": str(len(body)), "HTTP_AUTHORIZATION": f"Bearer {token}", "wsgi.input": io.BytesIO(body)}
    return tracking.answer(environ).status


@pytest.fixture
def tracking():
    tracking = Tracking(lambda: NOW)
    yield tracking
    tracking.close()


def test_without_a_configured_project_there_is_no_such_endpoint(tracking, configured, folder):
    tracking.configure(configured(PLAIN), folder)
    assert ask(tracking, notification("firing", NOW)) == HTTPStatus.NOT_FOUND
    assert [sample for family in tracking.families() for sample in family.samples] == []


def test_an_alert_becomes_an_issue_over_http(tracking, configured, folder):
    api = IssuesAPI()
    with Upstream(api) as upstream:
        tracking.configure(configured(tracked(upstream.url)), folder)
        assert ask(tracking, notification("firing", NOW)) == HTTPStatus.OK
        assert ask(tracking, notification("resolved", NOW, NOW)) == HTTPStatus.OK
    assert [(issue.state, len(issue.comments)) for issue in api.issues] == [("closed", 1)]
    assert api.refused == []


def test_counts_begin_with_zero_and_outlive_a_reload(tracking, configured, folder):
    with Upstream(IssuesAPI()) as upstream:
        tracking.configure(configured(tracked(upstream.url)), folder)
        before = counts(tracking)
        ask(tracking, notification("firing", NOW))
        tracking.configure(configured(tracked(upstream.url, more=", labels: [watch]")), folder)
        after = counts(tracking)
    assert before == {"opened": 0, "reopened": 0, "commented": 0, "closed": 0}
    assert after == {**before, "opened": 1}


def counts(tracking):
    return {sample.labels["action"]: sample.value for family in tracking.families() for sample in family.samples}


def test_a_reload_can_turn_it_off(tracking, configured, folder):
    with Upstream(IssuesAPI()) as upstream:
        tracking.configure(configured(tracked(upstream.url)), folder)
        tracking.configure(configured(PLAIN), folder)
        assert ask(tracking, notification("firing", NOW)) == HTTPStatus.NOT_FOUND
        assert upstream.requests == []


def test_a_reload_can_change_the_token_of_the_webhook(tracking, configured, folder):
    with Upstream(IssuesAPI()) as upstream:
        tracking.configure(configured(tracked(upstream.url)), folder)
        tracking.configure(configured(tracked(upstream.url, "webhook: {token_env: OTHER}\n")), folder)
        assert ask(tracking, message()) == HTTPStatus.UNAUTHORIZED
        assert ask(tracking, message(), "plantedOtherToken") == HTTPStatus.OK


def test_another_label_does_not_lose_the_issues_that_are_known(tracking, configured, folder):
    api = IssuesAPI()
    with Upstream(api) as upstream:
        tracking.configure(configured(tracked(upstream.url)), folder)
        ask(tracking, notification("firing", NOW))
        tracking.configure(configured(tracked(upstream.url, more=", labels: [watch]")), folder)
        ask(tracking, notification("firing", NOW))
    assert len(api.issues) == 1


def test_a_folder_that_cannot_be_written_changes_nothing(tracking, configured, tmp_path):
    with Upstream(IssuesAPI()) as upstream, pytest.raises(KpiExporterError, match="cannot be opened as a database"):
        tracking.configure(configured(tracked(upstream.url)), lambda project, name: tmp_path / "missing")
    assert ask(tracking, message()) == HTTPStatus.NOT_FOUND


def test_a_github_that_hangs_is_given_up_within_ten_seconds(tracking, configured, folder):
    api = IssuesAPI()
    with Upstream(api) as upstream:
        tracking.configure(configured(tracked(upstream.url)), folder)
        upstream.fault = "hang"
        both = message(alert("firing", NOW), alert("firing", NOW, fingerprint="00000000000000ff"))
        assert ask(tracking, both) == HTTPStatus.SERVICE_UNAVAILABLE
        assert len(upstream.requests) == 1


def test_a_limit_of_github_is_waited_for(tracking, configured, folder):
    api = IssuesAPI()
    with Upstream(api) as upstream:
        tracking.configure(configured(tracked(upstream.url)), folder)
        api.failure = LIMITED
        assert ask(tracking, notification("firing", NOW)) == HTTPStatus.SERVICE_UNAVAILABLE
        assert ask(tracking, notification("firing", NOW)) == HTTPStatus.SERVICE_UNAVAILABLE
        assert len(upstream.requests) == 1
