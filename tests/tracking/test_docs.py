"""The page on tracking issues says what the exporter does."""

import re
from pathlib import Path

import yaml

from exporter.config import load
from exporter.sources.registry import sources
from exporter.tracking import PATH
from exporter.tracking.decision import OVERTAKEN
from exporter.tracking.endpoint import LARGEST_BODY
from exporter.tracking.meters import ACTIONS
from exporter.tracking.tracker import SETTLING

PAGE = (Path(__file__).parents[2] / "docs" / "tracking-issues.md").read_text(encoding="utf-8")
CONFIGURATION, RECEIVER = (re.sub(r"(?m)^   ", "", block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL))
SOURCES = {name: kind.config_type for name, kind in sources().items()}


def test_the_configuration_it_shows_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "kpi-exporter.yml"
    path.write_text(CONFIGURATION)
    (project,) = load(path, SOURCES, environ={}, read_secrets=False).projects
    assert project.github_issues is not None
    assert project.github_issues.labels == ("kpi-alert",)


def test_the_receiver_it_shows_sends_to_the_endpoint_and_tells_of_ends() -> None:
    [[webhook]] = [receiver["webhook_configs"] for receiver in yaml.safe_load(RECEIVER)["receivers"]]
    assert webhook["url"].endswith(PATH)
    assert webhook["send_resolved"] is True


def test_the_numbers_it_tells_are_those_of_the_code() -> None:
    assert (SETTLING.total_seconds(), OVERTAKEN.total_seconds(), LARGEST_BODY) == (10, 600, 2 * 2**20)
    assert "waits ten seconds" in PAGE
    assert "more than ten minutes later" in PAGE
    assert "more than 2 MiB" in PAGE


def test_every_action_that_is_counted_is_told() -> None:
    assert [action for action in ACTIONS if f"`{action}`" not in PAGE] == []
