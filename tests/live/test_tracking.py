"""A real Alertmanager, the running exporter and a fake GitHub: alerts become issues, once, whatever breaks on the way."""

import json
import signal
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.issues import REPOSITORY, TOKEN, IssuesAPI
from support.notifications import ANNOTATIONS, LABELS
from support.programs import Exporter, Program, eventually, free_port
from support.upstream import Answer, Upstream

WEBHOOK_TOKEN = "plantedWebhookToken0001"  # of this test alone
ALERTMANAGER = """\
route:
  receiver: none
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  routes:
    - {{matchers: ['channels =~ ".*,github-issue,.*"'], receiver: github-issue}}
receivers:
  - name: none
  - name: github-issue
    webhook_configs:
      - url: {url}/v1/alerts/github-issues
        send_resolved: true
        http_config: {{authorization: {{credentials_file: {token}}}}}
"""


class Alertmanager(Program):
    """Debian's Alertmanager, which waits for nothing and tells the exporter of the channel `github-issue`."""

    def __init__(self, folder: Path, exporter: str, token: Path) -> None:
        port = free_port()
        config = folder / "alertmanager.yml"
        config.write_text(ALERTMANAGER.format(url=exporter, token=token))
        flags = [f"--config.file={config}", f"--storage.path={folder / 'am'}", f"--web.listen-address=127.0.0.1:{port}"]
        super().__init__(["prometheus-alertmanager", *flags, "--cluster.listen-address="], folder / "alertmanager.log", port)

    def say(self, since: datetime, until: datetime, segment: str = "latency") -> None:
        """What Prometheus posts: an alert that fires from one moment until another unless it is posted again."""
        alert = {"labels": {**LABELS, "segment": segment}, "annotations": ANNOTATIONS}
        body = json.dumps([{**alert, "startsAt": since.isoformat(), "endsAt": until.isoformat()}]).encode()
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200


@dataclass
class Scene:
    """All that runs."""

    github: IssuesAPI
    upstream: Upstream
    exporter: Exporter
    alertmanager: Alertmanager
    config: Path

    def fire(self, segment: str) -> datetime:
        """Something begins to fire; gives when."""
        since = datetime.now(UTC)
        eventually(lambda: self.alertmanager.say(since, since + timedelta(hours=1), segment) or True)
        return since

    def resolve(self, since: datetime, segment: str) -> None:
        self.alertmanager.say(since, datetime.now(UTC), segment)

    def start_again(self) -> None:
        """Starts the exporter that was killed."""
        self.exporter.__enter__()

    def states(self, segment: str) -> list[str]:
        """The states of the issues about a segment."""
        return [issue.state for issue in self.github.issues if issue.title.endswith(f"({segment})")]

    def count(self, action: str) -> float:
        return self.exporter.metrics()[f'kpi_exporter_tracking_issues_total{{action="{action}",project="bolt"}}']


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    github = IssuesAPI(now=datetime.now(UTC))
    (tmp_path / "github_token").write_text(TOKEN)
    (tmp_path / "webhook_token").write_text(WEBHOOK_TOKEN)
    (tmp_path / "figures.csv").write_text("date,kpi,value\n")
    with Upstream(github) as upstream:
        config = tmp_path / "kpi-exporter.yml"
        config.write_text(
            "state_dir: state\n"
            "webhook: {token_file: webhook_token}\n"
            "projects:\n"
            "  - name: bolt\n"
            f"    github_issues: {{repository: {REPOSITORY}, token_file: github_token, base_url: '{upstream.url}'}}\n"
            "    sources: {manual: {file: figures.csv}}\n"
        )
        exporter = Exporter(config)
        with exporter, Alertmanager(tmp_path, exporter.url, tmp_path / "webhook_token") as alertmanager:
            eventually(lambda: exporter.status("/-/ready"), lambda status: status == 200)
            eventually(lambda: alertmanager.status("/-/ready"), lambda status: status == 200)
            yield Scene(github, upstream, exporter, alertmanager, config)
        assert TOKEN not in exporter.log.read_text() + alertmanager.log.read_text()
        assert WEBHOOK_TOKEN not in exporter.log.read_text()


def test_an_alert_opens_an_issue_closes_it_and_opens_it_again(scene: Scene) -> None:
    since = scene.fire("latency")
    eventually(lambda: scene.states("latency"), lambda states: states == ["open"])
    scene.resolve(since, "latency")
    eventually(lambda: scene.states("latency"), lambda states: states == ["closed"])
    scene.fire("latency")
    eventually(lambda: scene.states("latency"), lambda states: states == ["open"])
    [issue] = scene.github.issues
    assert [text.split(" since ")[0] for _, text in issue.comments] == ["The alert is resolved", "The alert fires again,"]
    assert eventually(lambda: scene.count("reopened"), lambda count: count == 1)
    assert scene.github.refused == []


@pytest.mark.parametrize("status", [401, 503])
def test_an_alert_waits_in_alertmanager_until_github_takes_it(scene: Scene, status: int) -> None:
    scene.github.failure = Answer.json({"message": "planted"}, status)
    scene.fire("latency")
    eventually(lambda: len(scene.github.requests), lambda count: count >= 2)
    assert scene.states("latency") == []
    scene.github.failure = None
    eventually(lambda: scene.states("latency"), lambda states: states == ["open"])
    assert "planted" not in scene.exporter.log.read_text()


def test_an_exporter_that_is_killed_between_request_and_answer_opens_no_second_issue(scene: Scene) -> None:
    def kill_once_it_is_open(request: object) -> None:
        if scene.github.issues and scene.exporter.process.poll() is None:
            scene.exporter.stop(signal.SIGKILL)
            scene.github.after = lambda _: None

    scene.github.after = kill_once_it_is_open
    scene.fire("latency")
    eventually(scene.exporter.process.poll)
    assert scene.states("latency") == ["open"]
    scene.start_again()
    eventually(lambda: scene.github.asked.count("GET /issues"), lambda looks: looks == 2)
    scene.fire("memory")
    eventually(lambda: scene.states("memory"), lambda states: states == ["open"])
    assert scene.states("latency") == ["open"]
    assert eventually(lambda: scene.count("opened")) == 1
