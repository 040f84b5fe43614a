"""What /config shows."""

from pathlib import Path
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from exporter.config import masked
from support.configuration import configured


def test_the_whole_configuration_in_force_is_shown(tmp_path: Path) -> None:
    """Defaults are filled in, durations are written as in Prometheus, secrets are masked, what is not set is left out."""
    text = """
state_dir: /var/lib/exporter
contact: kpi@example.org
projects:
  - name: acme
    launch: 2026-01-15
    sources:
      forge:
        token_env: FORGE_TOKEN
        repositories: [acme/anvil]
        interval: 90m
      survey:
        forms: [{id: one, token_env: FORGE_TOKEN, questions: {recommend: nps}}]
"""
    assert (
        masked(configured(tmp_path, text))
        == """\
state_dir: /var/lib/exporter
contact: kpi@example.org
projects:
- name: acme
  catalog: acme
  launch: 2026-01-15
  bots: []
  sources:
    forge:
      interval: 1h30m
      timeout: 30s
      max_age: 6h
      base_url: https://forge.example.org/api
      token: <secret>
      repositories:
      - acme/anvil
      depth: 10
      share: 0.5
      drafts: false
      state: open
    survey:
      interval: 15m
      timeout: 30s
      max_age: 2h
      forms:
      - id: one
        token: <secret>
        questions:
          recommend: nps
"""
    )


def test_credentials_in_a_url_are_masked_wherever_it_stands(tmp_path: Path) -> None:
    text = "projects: [{name: acme, sources: {forge: {token_env: FORGE_TOKEN, repositories: ['https://acme:planted@example.org/a']}}}]"
    shown = masked(configured(tmp_path, text))
    assert "https://<secret>@example.org/a" in shown
    assert "planted" not in shown


def test_paths_are_shown_in_full(tmp_path: Path) -> None:
    text = "projects: [{name: acme, sources: {figures: {file: figures.csv}}}]"
    shown = yaml.safe_load(masked(configured(tmp_path, text)))
    assert shown["projects"][0]["sources"]["figures"]["file"] == str(tmp_path / "figures.csv")


words = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=9)
durations = st.integers(1, 10**6).map(lambda seconds: f"{seconds}s")
sources = st.fixed_dictionaries(
    {"file": st.text("abc/.", min_size=1)}, optional={"interval": durations, "timeout": durations}
).map(lambda source: {"figures": source})
forges = st.fixed_dictionaries(
    {"repositories": st.lists(words, min_size=1, max_size=3), "token": st.text("abc123", min_size=1)},
    optional={"depth": st.integers(0, 1000), "share": st.floats(1e-9, 1e9), "drafts": st.booleans()},
).map(lambda source: {"forge": source})
projects = st.fixed_dictionaries(
    {"name": st.just("acme"), "sources": sources | forges},
    optional={"launch": st.dates(), "bots": st.lists(st.text(min_size=1, max_size=9), max_size=2)},
)


@given(project=projects)
def test_what_is_shown_is_a_configuration_that_shows_the_same(tmp_path_factory: Any, project: dict[str, Any]) -> None:
    folder = tmp_path_factory.getbasetemp()
    shown = masked(configured(folder, yaml.safe_dump({"projects": [project]}), allow_inline_secrets=True))
    assert masked(configured(folder, shown, allow_inline_secrets=True)) == shown


def test_the_tokens_of_alerts_and_tracking_issues_are_masked(tmp_path: Path) -> None:
    text = """
webhook: {token_env: FORGE_TOKEN}
projects:
  - name: acme
    github_issues: {repository: acme/anvil, token_env: FORGE_TOKEN}
    sources: {figures: {file: figures.csv}}
"""
    shown = yaml.safe_load(masked(configured(tmp_path, text)))
    assert shown["webhook"] == {"token": "<secret>"}
    assert shown["projects"][0]["github_issues"] == {
        "repository": "acme/anvil",
        "token": "<secret>",
        "labels": ["kpi-alert"],
        "base_url": "https://api.github.com",
    }
