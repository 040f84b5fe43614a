"""What watches the exporter: Prometheus with the rules, Alertmanager with the routes, Grafana with the dashboards."""

import os
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from exporter.collect.setup import Options, load_setup
from exporter.demo.messages.app import RUNBOOKS, routing_key
from exporter.demo.site import HOST, Site
from exporter.document import format_duration
from exporter.render.alertmanager import load, render
from exporter.render.dashboards import dashboard_files
from exporter.render.projects import Project, configured_projects
from exporter.render.rules import Links, rule_files
from exporter.render.yaml_text import yaml_text
from exporter.sources.registry import sources

__all__ = ["DISCORD", "MAIL", "SHORT_WAIT", "SLACK", "Watching", "shipped"]

SLACK = ("slack-alerts",)
DISCORD = ("discord-announcements",)
_DIGEST = "email-digest"
MAIL: Mapping[str, str] = {"team@example.org": "email-team", "digest@example.org": _DIGEST}
"""The channel of each address."""
_PAGER = "pagerduty"

_INTERVAL = "5s"
"""How often Prometheus scrapes and judges here; a minute is usual, and too long to wait for somebody who looks on."""
SHORT_WAIT = timedelta(seconds=5)
"""How long conditions must hold where somebody waits for an alert."""
_SOURCE_DOWN = "alert: KpiExporterSourceDown"
_GROUP_WAITS = {"group_wait": "1s", "group_interval": "10s"}


def shipped(name: str) -> Path | None:
    """The folder of that name: packed with this module, or of the clone that it is a part of; None where there is neither."""
    here = Path(__file__).parent
    return next((folder / name for folder in (here / "shipped", here.parents[1]) if (folder / name).is_dir()), None)


class Watching:
    """Writes what the programs read, for the projects of a configuration.

    `dashboards` is the part of the site that messages lead to for one. `hurried` says that alerts wait for seconds only.
    """

    def __init__(self, site: Site, configuration: Path, dashboards: str, *, hurried: bool) -> None:
        self._site = site
        self._hurried = hurried
        setup = load_setup(Options(configuration, os.environ))
        self._projects: Sequence[Project] = configured_projects(setup)
        self._links = Links(runbooks=f"{site.url('messages')}/{RUNBOOKS}", dashboards=site.url(dashboards))

    def prometheus(self, *, alertmanager: bool) -> Path:
        """The configuration of Prometheus, beside the rules; `alertmanager` says whether there is one to tell."""
        projects = {project.name for project in self._projects}
        for name, text in rule_files(self._projects, self._links).items():
            every = Path(name).stem in projects
            self._write(name, _hurried_rules(text, every=every) if self._hurried else text)
        jobs = {"kpi-exporter": "exporter", "prometheus": "prometheus"}
        told = {}
        if alertmanager:
            jobs["alertmanager"] = "alertmanager"
            told = {"alerting": {"alertmanagers": [{"static_configs": [{"targets": [self._site.address("alertmanager")]}]}]}}
        whole = {
            "global": {"scrape_interval": _INTERVAL, "scrape_timeout": _INTERVAL, "evaluation_interval": _INTERVAL},
            "rule_files": ["rules/*.yml"],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [self._site.address(part)]}]} for job, part in jobs.items()
            ],
            **told,
        }
        return self._write("prometheus/prometheus.yml", yaml_text(whole))

    def alertmanager(self, templates: Path) -> Path:
        """The configuration of Alertmanager, beside copies of the templates, with every channel leading to the page."""
        shutil.copytree(templates, self._site.folder / "alertmanager" / "templates")
        channels = self._write("alertmanager/channels.yml", yaml_text(self._channels()))
        text = render(load(channels), sources())
        return self._write("alertmanager/alertmanager.yml", _hurried_routes(text) if self._hurried else text)

    def grafana(self, provisioning: Path) -> Mapping[str, str]:
        """The dashboards, beside a copy of the provisioning; gives the settings of Grafana as variables."""
        for name, text in dashboard_files(self._projects, self._links).items():
            self._write(name, text)
        folder = self._site.folder / "grafana"
        shutil.copytree(provisioning, folder / "provisioning")
        return {
            "KPI_DASHBOARDS": str(folder / "dashboards"),
            "PROMETHEUS_URL": self._site.url("prometheus"),
            "ALERTMANAGER_URL": self._site.url("alertmanager"),
            "GF_SERVER_HTTP_ADDR": HOST,
            "GF_SERVER_HTTP_PORT": str(self._site.ports["grafana"]),
            "GF_PATHS_DATA": str(folder / "data"),
            "GF_PATHS_LOGS": str(folder / "logs"),
            "GF_PATHS_PLUGINS": str(folder / "plugins"),
            "GF_PATHS_PROVISIONING": str(folder / "provisioning"),
            "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": str(folder / "dashboards" / "Projects" / "kpi-project-caro.json"),
            # Nobody has to log in to look, and nothing is asked of or told to anybody else.
            "GF_AUTH_ANONYMOUS_ENABLED": "true",
            "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
            "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
            "GF_ANALYTICS_REPORTING_ENABLED": "false",
            "GF_NEWS_NEWS_FEED_ENABLED": "false",
            "GF_PLUGINS_PLUGIN_ADMIN_ENABLED": "false",
            "GF_PLUGINS_PREINSTALL_DISABLED": "true",
            "GF_SECURITY_DISABLE_GRAVATAR": "true",
            "GF_SNAPSHOTS_EXTERNAL_ENABLED": "false",
        }

    def _channels(self) -> Mapping[str, Any]:
        messages = self._site.url("messages")
        by_address = {channel: address for address, channel in MAIL.items()}
        return {
            "root": SLACK[0],
            "smtp": {"smarthost": self._site.address("mail"), "from": "alerts@example.org", "require_tls": False},
            "channels": {
                "pagerduty": {
                    _PAGER: {
                        "routing_key_file": self._secret(_PAGER, routing_key(_PAGER)),
                        "url": f"{messages}/pagerduty/v2/enqueue",
                    }
                },
                "slack": {
                    name: {"channel": f"#{name}", "api_url_file": self._secret(name, f"{messages}/slack/{name}")}
                    for name in SLACK
                },
                "discord": {
                    name: {"api_url_file": self._secret(name, f"{messages}/discord/{name}/slack"), "resolved": False}
                    for name in DISCORD
                },
                "email": {name: {"to": [address]} for name, address in by_address.items() if name != _DIGEST},
                "digest": {_DIGEST: {"to": [by_address[_DIGEST]]}},
            },
        }

    def _secret(self, name: str, text: str) -> str:
        return str(self._write(f"secrets/{name}", text).absolute())

    def _write(self, name: str, text: str) -> Path:
        path = self._site.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path


def _hurried_rules(text: str, *, every: bool) -> str:
    """Rules whose conditions hold for seconds, all judged at the interval of the server.

    Where not `every` alert is meant, only the one on sources: the others on the exporter would tell of the first seconds here.
    """
    without = re.sub(r"(?m)^ +interval: \w+\n", "", text)
    rules = re.split(r"(?m)^(?=      - )", without)
    return "".join(_hurried_rule(rule) if every or _SOURCE_DOWN in rule else rule for rule in rules)


def _hurried_rule(rule: str) -> str:
    return re.sub(r"(?m)^( +for: )\w+$", rf"\g<1>{format_duration(SHORT_WAIT)}", rule)


def _hurried_routes(text: str) -> str:
    """Routes that wait for seconds before they tell."""
    for key, wait in _GROUP_WAITS.items():
        text = re.sub(rf"\b{key}: \w+", f"{key}: {wait}", text)
    return text
