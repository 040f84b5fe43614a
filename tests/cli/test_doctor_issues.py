"""`doctor` asks GitHub about tracking issues, too."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from exporter.cli import main
from support.issues import REPOSITORY, TOKEN, IssuesAPI
from support.upstream import Upstream

CONFIGURATION = """\
webhook: {{token_env: WEBHOOK}}
projects:
  - name: caro
    github_issues: {{repository: {repository}, token_env: GITHUB, base_url: '{url}'}}
    sources: {{manual: {{file: figures.csv}}}}
"""


@pytest.mark.parametrize(("allowed", "code", "mark"), [(True, 0, "ok  "), (False, 1, "FAIL")])
def test_doctor_tells_whether_tracking_issues_can_be_written(tmp_path: Path, allowed: bool, code: int, mark: str) -> None:
    api = IssuesAPI()
    api.issues_allowed = allowed
    (tmp_path / "figures.csv").write_text("date,kpi,value\n2026-01-20,csat,0.8\n")
    path = tmp_path / "kpi-exporter.yml"
    with Upstream(api) as upstream:
        path.write_text(CONFIGURATION.format(repository=REPOSITORY, url=upstream.url))
        environ = {"WEBHOOK": "plantedWebhookToken", "GITHUB": TOKEN}
        result = CliRunner().invoke(main, ["doctor", f"--config.file={path}"], env=environ)
    assert result.exit_code == code
    assert "caro: github_issues\n  ok   repository: readable, its issues are on\n" in result.stdout
    assert f"  {mark} issues: the token may " in result.stdout
    assert TOKEN not in result.output
