"""The tests of alerts in prometheus/tests: promtool runs them, and they leave no alert out."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

PROMETHEUS = Path(__file__).parents[2] / "prometheus"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
TESTS = sorted((PROMETHEUS / "tests").glob("*.yml"))
OWN = "exporter.yml"
"""The rules on the exporter and on Prometheus: most of their alerts have no KPI."""
ALWAYS = {"Watchdog"}
"""Alerts that are never quiet, on purpose."""


def alerts(file: Path) -> dict[str, Any]:
    """The alerting rules of a file by name."""
    groups = yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
    return {rule["alert"]: rule for group in groups for rule in group["rules"] if "alert" in rule}


ALERTS = {name: (file.name, rule) for file in RULES for name, rule in alerts(file).items()}


def cases(files: list[Path] = TESTS) -> Iterator[dict[str, Any]]:
    """The cases of files of tests: each some series, and what they lead to."""
    for file in files:
        yield from yaml.safe_load(file.read_text(encoding="utf-8"))["tests"]


CASES = list(cases())
EXPECTATIONS = [one for case in CASES for one in case.get("alert_rule_test", ())]
FIRING = {one["alertname"] for one in EXPECTATIONS if one.get("exp_alerts")}
QUIET = {one["alertname"] for one in EXPECTATIONS if not one.get("exp_alerts")}
PENDING = [
    f"{one['expr']} {[sample['labels'] for sample in one['exp_samples']]}"
    for case in CASES
    for one in case.get("promql_expr_test", ())
    if one.get("exp_samples") and "pending" in str(one)
]
"""Queries that find something pending, and the labels that they find."""


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_promtool_finds_what_the_file_expects(file: Path) -> None:
    done = subprocess.run(["promtool", "test", "rules", file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", ALERTS)
def test_the_alert_is_seen_firing(alert: str) -> None:
    assert alert in FIRING


@pytest.mark.parametrize("alert", sorted(ALERTS.keys() - ALWAYS))
def test_the_alert_is_seen_quiet(alert: str) -> None:
    assert alert in QUIET


@pytest.mark.parametrize("alert", [name for name, (_, rule) in ALERTS.items() if "for" in rule])
def test_an_alert_that_waits_is_seen_pending(alert: str) -> None:
    assert [query for query in PENDING if f'"{alert}"' in query]


def test_no_alert_is_expected_that_no_rule_makes() -> None:
    assert (FIRING | QUIET) - ALERTS.keys() == set()


@pytest.mark.parametrize("alert", ALERTS)
def test_an_expected_alert_names_all_labels_and_annotations(alert: str) -> None:
    file, rule = ALERTS[alert]
    expected = [one for test in EXPECTATIONS if test["alertname"] == alert for one in test.get("exp_alerts") or ()]
    of_the_rule = rule.get("labels", {}).keys()
    of_the_series = set() if file == OWN else {"project", "kpi", "unit"}
    for one in expected:
        assert one["exp_labels"].keys() >= of_the_rule | of_the_series
        assert one["exp_annotations"].keys() == rule["annotations"].keys()


@pytest.mark.parametrize("file", TESTS, ids=lambda file: file.stem)
def test_the_figures_come_as_programs_expose_them_through_the_recorded_series(file: Path) -> None:
    fed = [series["series"] for case in cases([file]) for series in case["input_series"]]
    assert [series for series in fed if ":" in series.split("{")[0]] == []
    assert [series for series in fed if series.startswith("kpi_") and not ("job=" in series and "instance=" in series)] == []
