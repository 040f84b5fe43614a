"""Whom alerts reach, as Alertmanager's own program tells it: every alert that the catalogs and the exporter can make."""

import subprocess
from pathlib import Path

import pytest
import yaml

from exporter.catalog.model import DEFAULT_CHANNELS
from support.routing import ROOT, config_of, receivers
from support.shipped import CATALOGS

CONFIG = ROOT / "alertmanager" / "alertmanager.yml"
OF_CATALOGS = {
    name: (alert.priority, channels)
    for catalog in CATALOGS.values()
    for kpi in catalog.kpis
    for alert in catalog.rules(kpi)
    for name, channels in zip(alert.names, (alert.receivers, alert.escalate.channels if alert.escalate else ()), strict=False)
}
OF_EXPORTER = {
    rule["alert"]: rule["labels"]
    for group in yaml.safe_load((ROOT / "prometheus" / "rules" / "exporter.yml").read_text())["groups"]
    for rule in group["rules"]
    if "alert" in rule
}

FEW = """\
root: mail
smtp: {smarthost: "smtp.example.org:25", from: alerts@example.org}
channels:
  email: {mail: {to: [team@example.org]}}
  slack: {slack-alerts: {channel: "#alerts", api_url_file: /secrets/slack}}
"""


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A configuration in which two channels are set."""
    path = tmp_path_factory.mktemp("few") / "alertmanager.yml"
    path.write_text(config_of(FEW))
    return path


def labels(priority: str, channels: tuple[str, ...]) -> dict[str, str]:
    return {"alertname": "A", "project": "p", "kpi": "k", "priority": priority, "channels": f",{','.join(channels)},"}


@pytest.mark.parametrize("name", OF_CATALOGS)
def test_an_alert_of_a_catalog_reaches_its_channels_and_no_other(name: str) -> None:
    priority, channels = OF_CATALOGS[name]
    assert sorted(receivers(CONFIG, labels(priority, channels))) == sorted(channels)


@pytest.mark.parametrize("name", sorted(set(OF_EXPORTER) - {"Watchdog"}))
def test_an_alert_on_the_exporter_reaches_the_channels_of_its_label(name: str) -> None:
    told = OF_EXPORTER[name]
    assert sorted(receivers(CONFIG, {"alertname": name, **told})) == sorted(told["channels"].strip(",").split(","))


@pytest.mark.parametrize("priority", DEFAULT_CHANNELS)
def test_an_alert_is_sent_where_its_priority_says(priority: str) -> None:
    channels = DEFAULT_CHANNELS[priority]  # type: ignore[index]
    assert sorted(receivers(CONFIG, labels(priority, channels))) == sorted(channels)


def test_every_channel_of_the_catalogs_has_its_leaf() -> None:
    wanted = {channel for catalog in CATALOGS.values() for channel in catalog.channels}
    leaves = {route["receiver"] for route in yaml.safe_load(CONFIG.read_text())["route"]["routes"]}
    assert wanted | {channel for channels in DEFAULT_CHANNELS.values() for channel in channels} <= leaves


def test_the_watchdog_reaches_nobody_where_none_is_set() -> None:
    assert receivers(CONFIG, {"alertname": "Watchdog", **OF_EXPORTER["Watchdog"]}) == ["nobody"]


def test_the_watchdog_reaches_its_webhook_and_no_person(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(config_of(f"{FEW}watchdog: {{url: 'https://watchdog.example.org/kpi'}}\n"))
    assert receivers(path, {"alertname": "Watchdog", "channels": ",slack-alerts,"}) == ["watchdog"]


def test_an_alert_of_other_people_is_read_all_the_same() -> None:
    assert receivers(CONFIG, {"alertname": "NodeLoadHigh", "severity": "critical"}) == ["slack-alerts"]


def test_a_channel_is_not_taken_for_one_whose_name_begins_or_ends_alike() -> None:
    assert receivers(CONFIG, labels("P1", ("slack-alerts-of-others",))) == ["slack-alerts"]
    assert receivers(CONFIG, labels("P1", ("my-pagerduty", "email-team"))) == ["email-team"]


def test_an_alert_whose_channels_are_not_set_reaches_the_root(few: Path) -> None:
    assert receivers(few, labels("P0", ("pagerduty", "slack-urgent"))) == ["mail"]


def test_an_alert_of_whose_channels_one_is_set_reaches_that_one_alone(few: Path) -> None:
    assert receivers(few, labels("P0", ("pagerduty", "slack-alerts"))) == ["slack-alerts"]


@pytest.mark.parametrize("priority", ["P0", "P1", "P2", "P3"])
def test_an_alert_reaches_a_receiver_once_whatever_its_priority(few: Path, priority: str) -> None:
    assert receivers(few, labels(priority, ("slack-alerts", "mail"))) == ["slack-alerts", "mail"]


def test_the_configuration_is_accepted() -> None:
    done = subprocess.run(["amtool", "check-config", str(CONFIG)], capture_output=True, text=True, check=False)
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stderr
