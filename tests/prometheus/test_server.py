"""The configuration that ships, in a real Prometheus."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from support.programs import Program, eventually, free_port

ROOT = Path(__file__).parents[2]
CONFIG = (ROOT / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
COMMAND = re.search(r"^prometheus .*$", (ROOT / "docs" / "prometheus.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_it_starts_as_documented_keeps_two_years_and_evaluates_every_rule(tmp_path: Path) -> None:
    """Nothing is scraped: with no data at all, too, each rule must be sound."""
    assert COMMAND is not None
    port = free_port()
    quick = CONFIG.replace("evaluation_interval: 1m", "evaluation_interval: 1s").replace("localhost:9090", f"127.0.0.1:{port}")
    (tmp_path / "prometheus.yml").write_text(re.sub(r"targets: \[(kpi-exporter|alertmanager):\d+\]", "targets: []", quick))
    (tmp_path / "rules").symlink_to(ROOT / "prometheus" / "rules")
    command = COMMAND[0].replace("prometheus/prometheus.yml", str(tmp_path / "prometheus.yml"))
    command = command.replace("/var/lib/prometheus", str(tmp_path / "data"))
    with Program([*shlex.split(command), f"--web.listen-address=127.0.0.1:{port}"], tmp_path / "log", port) as prometheus:
        info = json.loads(eventually(lambda: prometheus.get("/api/v1/status/runtimeinfo")))
        assert info["data"]["storageRetention"] == "2y"

        def rules() -> list[dict[str, str]]:
            groups = json.loads(prometheus.get("/api/v1/rules"))["data"]["groups"]
            return [rule for group in groups if group["name"] != "kpi-hourly" for rule in group["rules"]]

        evaluated = eventually(rules, lambda found: bool(found) and all(rule["health"] != "unknown" for rule in found))
        assert [rule for rule in evaluated if rule["health"] != "ok"] == []
        firing = {rule["name"] for rule in evaluated if rule.get("state") == "firing"}
        assert firing == {"Watchdog"}


@pytest.mark.parametrize("job", ["kpi-exporter", "prometheus", "alertmanager"])
def test_what_the_alerts_watch_is_scraped(job: str) -> None:
    assert job in [config["job_name"] for config in yaml.safe_load(CONFIG)["scrape_configs"]]


def test_the_web_configuration_is_one_that_prometheus_takes(tmp_path: Path) -> None:
    text = (ROOT / "prometheus" / "web-config.yml").read_text(encoding="utf-8")
    key, certificate = tmp_path / "server.key", tmp_path / "server.crt"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "1"]
    subprocess.run([*made, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    (tmp_path / "web.yml").write_text(text.replace("/etc/prometheus/tls", str(tmp_path)))
    result = subprocess.run(["promtool", "check", "web-config", str(tmp_path / "web.yml")], capture_output=True, text=True)
    assert (result.returncode, "SUCCESS" in result.stderr + result.stdout) == (0, True), result.stderr
