"""What is written for the programs of others is what these take."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from exporter.demo.files import Tokens, write_configuration
from exporter.demo.site import Site, new_site
from exporter.demo.watching import DISCORD, MAIL, SLACK, Watching, shipped

TEMPLATES = shipped("alertmanager/templates")
AMTOOL = shutil.which("amtool")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    with new_site(tmp_path / "demo", None) as site:
        return site


def watching(site: Site, *, hurried: bool = False) -> Watching:
    tokens = Tokens("planted-github", "planted-discord", "planted-typeform")
    path = write_configuration(site.folder, site.url("upstreams"), tokens, datetime.now(UTC), git=True)
    return Watching(site, path, "grafana", hurried=hurried)


def waits(text: str) -> set[str]:
    return {rule["for"] for group in yaml.safe_load(text)["groups"] for rule in group["rules"] if "for" in rule}


@pytest.mark.parametrize("hurried", [False, True])
def test_prometheus_takes_its_configuration_and_the_rules(site: Site, hurried: bool) -> None:
    config = watching(site, hurried=hurried).prometheus(alertmanager=True)
    done = subprocess.run(["promtool", "check", "config", config], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "SUCCESS: 3 rules found" not in done.stdout
    assert {path.name for path in (site.folder / "prometheus" / "rules").iterdir()} == {"caro.yml", "exporter.yml", "kpi.yml"}


def test_only_what_runs_is_scraped_and_told(site: Site) -> None:
    config = yaml.safe_load(watching(site).prometheus(alertmanager=False).read_text())
    assert [job["job_name"] for job in config["scrape_configs"]] == ["kpi-exporter", "prometheus"]
    assert "alerting" not in config


def test_the_rules_wait_as_those_that_ship_do(site: Site) -> None:
    watching(site).prometheus(alertmanager=True)
    assert "5m" in waits((site.folder / "prometheus" / "rules" / "caro.yml").read_text())


def test_in_a_hurry_the_alerts_of_the_project_and_those_on_sources_wait_for_seconds(site: Site) -> None:
    watching(site, hurried=True).prometheus(alertmanager=True)
    rules = site.folder / "prometheus" / "rules"
    assert waits((rules / "caro.yml").read_text()) == {"5s"}
    exporter = yaml.safe_load((rules / "exporter.yml").read_text())
    hurried = [rule["alert"] for group in exporter["groups"] for rule in group["rules"] if rule.get("for") == "5s"]
    assert hurried == ["KpiExporterSourceDown"]


@pytest.mark.parametrize("hurried", [False, True])
def test_alertmanager_takes_its_configuration(site: Site, hurried: bool) -> None:
    assert TEMPLATES is not None
    config = watching(site, hurried=hurried).alertmanager(TEMPLATES)
    done = subprocess.run([AMTOOL or "amtool", "check-config", config], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    receivers = {receiver["name"] for receiver in yaml.safe_load(config.read_text())["receivers"]}
    assert receivers >= {"pagerduty", *SLACK, *DISCORD, *MAIL.values()}
    route = yaml.safe_load(config.read_text())["route"]
    assert route["group_wait"] == ("1s" if hurried else "30s")


def test_every_channel_leads_to_this_machine(site: Site) -> None:
    assert TEMPLATES is not None
    config = yaml.safe_load(watching(site).alertmanager(TEMPLATES).read_text())
    secrets = [path.read_text() for path in (site.folder / "secrets").iterdir()]
    addresses = [text for text in secrets if text.startswith("http")]
    assert config["global"]["smtp_smarthost"] == site.address("mail")
    assert len(addresses) == 2
    assert all(address.startswith(site.url("messages")) for address in addresses)


def test_grafana_is_given_the_dashboards_and_where_to_ask(site: Site) -> None:
    provisioning = shipped("grafana/provisioning")
    assert provisioning is not None
    settings = watching(site).grafana(provisioning)
    assert settings["PROMETHEUS_URL"] == site.url("prometheus")
    assert Path(settings["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]).is_file()
    assert (Path(settings["GF_PATHS_PROVISIONING"]) / "datasources").is_dir()
    assert settings["GF_SERVER_HTTP_ADDR"] == "127.0.0.1"


def test_what_does_not_ship_is_none() -> None:
    assert shipped("nowhere/at/all") is None
