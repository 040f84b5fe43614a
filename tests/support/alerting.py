"""The whole way of an alert on loopback: exporter, Prometheus and Alertmanager with the project's own artefacts, and who is told.

Only what would take hours is changed: how long a condition must hold, how long Alertmanager waits, when the digest goes out.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any
from zoneinfo import ZoneInfo

import yaml

from exporter.document import format_duration, parse_duration
from support.github import TOKEN
from support.mailbox import Letter, Mailbox
from support.pagers import Notice, Pagers
from support.programs import Alertmanager, Exporter, Prometheus, eventually
from support.upstream import Upstream
from support.warehouses import SqliteStore
from support.world import PEOPLE, World

__all__ = ["DASHBOARDS", "HURRY", "PLANTED", "RUNBOOKS", "Alerting"]

ROOT = Path(__file__).parents[2]
RUNBOOKS = "https://runbooks.example.org/kpi"
DASHBOARDS = "https://grafana.example.org"
PAGER = "https://alerts.example.org"
ZONES = ("America/New_York", "Asia/Tokyo")
"""Where the window of the digest may be: far from UTC, so that a zone that is not read shows, and never both near midnight."""

HURRY = 150
"""How many times faster conditions come true: 5 minutes are 2 seconds, 30 minutes are 12."""
_SECRET = "planted-secret"
PLANTED = (TOKEN, _SECRET, "planted", *PEOPLE)
"""What must never be told to anybody."""
PATIENCE = 40.0
"""Seconds after which a message that should have come counts as lost."""
_INTERVAL = "2s"
"""How often sources are read."""

_FIGURES: Mapping[str, Mapping[tuple[str, str], float]] = {
    "bolt": {
        ("contributor_churn_rate", ""): 0.2,
        ("sentiment_score", ""): 8,
        ("first_response_time", ""): 3600,
        ("documentation_issues", ""): 2,
        ("benchmark_regression", "latency"): 0,
        ("benchmark_regression", "memory"): 0,
        ("benchmark_regression", "allocations"): 0,
    },
    "caro": {("csat", ""): 0.9, ("activation_rate", ""): 0.8},
    "aux": {
        ("command_success_rate", ""): 0.97,
        ("response_time_avg", ""): 0.2,
        ("churn_rate", ""): 0.05,
        ("retry_rate", ""): 0.05,
    },
}
"""Figures that people entered, on a good day."""

_MORE_SOURCES = """\
      telemetry: {{url_file: warehouse_url, min_group: 1, interval: {interval}}}
  - name: bolt
    catalog: bolt
    sources:
      github:
        repositories: [caro-cli/caro]
        token_file: github_token
        base_url: {github_url}/github
        interval: {interval}
        timeout: 1s
        read: []
      manual: {{file: bolt.csv, interval: {interval}}}
  - name: aux
    catalog: aux
    sources:
      manual: {{file: aux.csv, interval: {interval}}}
"""


class Figures:
    """The figures that people enter for a project; what is set is in the file at once."""

    def __init__(self, path: Path, day: str, figures: Mapping[tuple[str, str], float]) -> None:
        self._path, self._day = path, day
        self._figures = dict(figures)
        self._write()

    def set(self, kpi: str, value: float, segment: str = "") -> None:
        """Enters a figure in place of the one before."""
        self.set_all({(kpi, segment): value})

    def set_all(self, figures: Mapping[tuple[str, str], float]) -> None:
        """Enters figures by KPI and segment, all in the same moment."""
        self._figures.update(figures)
        self._write()

    def _write(self) -> None:
        lines = [f"{self._day},{kpi},{segment},{value!r},planted-note" for (kpi, segment), value in self._figures.items()]
        new = self._path.with_suffix(".new")
        new.write_text("\n".join(["date,kpi,segment,value,note", *lines, ""]))
        new.replace(self._path)


class Alerting:
    """All that runs, from `with` to its end, on a good day; a test spoils it and looks what is told to whom.

    `caro` and `bolt` are their repositories on GitHub, `github` is the upstream of bolt alone, so that it can be broken alone;
    `warehouse` holds the events of caro; `figures` are those that people enter, by project. The digest opens at `opens`, for an
    hour.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._running = ExitStack()

    def __enter__(self) -> "Alerting":
        with ExitStack() as opened:
            self._start(opened)
            self._running = opened.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._running.__exit__(kind, error, trace)

    def firing(self) -> set[str]:
        """The names of the alerts that Prometheus says are firing."""
        return {labels["alertname"] for labels, _ in self.prometheus.query('ALERTS{alertstate="firing"}')}

    def firing_instances(self) -> int:
        """How many alerts Prometheus says are firing, each segment counted."""
        return len(self.prometheus.query('ALERTS{alertstate="firing",kpi!=""}'))

    def pending_since(self, name: str) -> datetime | None:
        """Since when the condition of an alert holds that is not due yet; None where it is none."""
        alerts = json.loads(self.prometheus.get("/api/v1/alerts"))["data"]["alerts"]
        moments = [alert["activeAt"] for alert in alerts if alert["labels"]["alertname"] == name and alert["state"] == "pending"]
        return datetime.fromisoformat(moments[0]) if moments else None

    def told(self, channel: str, *words: str) -> list[Notice | Letter]:
        """What arrived at a channel with all these words in it, oldest first."""
        if channel.startswith("email-"):
            return list(self.mailbox.of(f"{channel.removeprefix('email-')}@example.org", *words))
        return list(self.pagers.of(channel, *words))

    def arrives(self, channel: str, *words: str) -> Notice | Letter:
        """The first message at a channel with all these words in it, once it is there."""
        try:
            return eventually(lambda: self.told(channel, *words), patience=PATIENCE)[0]
        except AssertionError:
            told = "\n\n".join(message.text[:1000] for message in self.told(channel)) or "nothing"
            raise AssertionError(f"{channel} was not told of {words}, but:\n{told}") from None

    def all_told(self) -> list[Notice | Letter]:
        """Every message at every channel, that of the watchdog left out."""
        notices = [notice for notice in self.pagers.notices() if notice.channel != "watchdog"]
        return [*notices, *self.mailbox.letters()]

    def held(self, name: str) -> Mapping[str, Any] | None:
        """An alert as Alertmanager holds it, whatever its segment; None where it holds none of that name."""
        return next((alert for alert in self.alertmanager.alerts() if alert["labels"]["alertname"] == name), None)

    def mend(self) -> None:
        """Makes it a good day again, but for the bugs of priority P3."""
        for project, figures in _FIGURES.items():
            self.figures[project].set_all(figures)
        self.warehouse.execute("DELETE FROM crashes")
        del self.caro.issues[-21:-17]

    def remembered(self) -> float:
        """When Alertmanager last wrote down what it has told, as a time of the system; it does so every second here."""
        return (self.folder / "alertmanager-data" / "nflog").stat().st_mtime

    def _start(self, opened: ExitStack) -> None:
        self.started = datetime.now(UTC).replace(microsecond=0)
        # A full minute, which is all that a window can name; by then an alert for the digest has long been waiting.
        self.opens = (self.started + timedelta(seconds=149)).replace(second=0)
        config = self._measure(opened)
        self.pagers = opened.enter_context(Pagers())
        (self.folder / "secrets").mkdir()
        self.mailbox = opened.enter_context(Mailbox(self.folder, "alerts@example.org", _SECRET))
        self._channels()
        self._render("alertmanager", f"--channels={self.folder / 'channels.yml'}")
        self._render("rules", f"--config.file={config}", f"--runbooks.url={RUNBOOKS}", f"--grafana.url={DASHBOARDS}")
        shutil.copytree(ROOT / "alertmanager" / "templates", self.folder / "templates")
        self._remember()
        self._run(opened, config)

    def _measure(self, opened: ExitStack) -> Path:
        """What there is to measure, on a good day; gives the configuration of the exporter."""
        folder, now = self.folder, self.started
        world, bolt_world = World(now), World(now)
        self.caro, self.bolt = world.github.repositories[0], bolt_world.github.repositories[0]
        del self.bolt.stars[950:]
        others = opened.enter_context(Upstream(world))
        self.github = opened.enter_context(Upstream(bolt_world))
        config = world.configuration(folder, others.url, interval=_INTERVAL)
        config.write_text(config.read_text() + _MORE_SOURCES.format(interval=_INTERVAL, github_url=self.github.url))
        self.warehouse = SqliteStore(folder / "analytics.db")
        opened.callback(self.warehouse.close)
        (folder / "warehouse_url").write_text(self.warehouse.url)
        use = [{"timestamp": now - timedelta(hours=1), "user_id": f"planted-{number}"} for number in range(250)]
        for table in ("sessions", "command_generated"):
            self.warehouse.insert(table, use)
        files = {"bolt": "bolt.csv", "caro": "figures.csv", "aux": "aux.csv"}
        self.figures = {name: Figures(folder / file, str(now.date()), _FIGURES[name]) for name, file in files.items()}
        return config

    def _run(self, opened: ExitStack, config: Path) -> None:
        self.exporter = opened.enter_context(Exporter(config))
        eventually(lambda: self.exporter.status("/-/ready"), lambda status: status == 200)
        rendered = (self.folder / "alertmanager" / "alertmanager.yml").read_text()
        flags = ["--data.maintenance-interval=1s", f"--web.external-url={PAGER}", "--web.route-prefix=/"]
        trusted = {"SSL_CERT_FILE": str(self.mailbox.certificate)}
        self.alertmanager = opened.enter_context(Alertmanager(self.folder, _prompt(rendered), *flags, environ=trusted))
        flags = ["--rules.alert.for-grace-period=1s", "--rules.alert.resend-delay=5s"]
        folder = self.folder / "prometheus"
        self.prometheus = opened.enter_context(Prometheus(folder, 0, *flags, config=self._prometheus_config()))
        eventually(lambda: self.held("Watchdog"))

    def _render(self, what: str, *flags: str) -> None:
        command = [sys.executable, "-m", "exporter", "render", what, *flags, f"--into={self.folder}"]
        subprocess.run(command, check=True, capture_output=True)

    def _channels(self) -> None:
        """The project's own channels, each leading to an address on loopback."""
        text = (ROOT / "alertmanager" / "channels.yml").read_text()
        channels = yaml.safe_load(text.replace("/etc/alertmanager/secrets", str(self.folder / "secrets")))
        channels["smtp"]["smarthost"] = f"127.0.0.1:{self.mailbox.port}"
        self._secret("smtp_password", _SECRET)
        channels["watchdog"] = {"url": self.pagers.url("webhook", "watchdog"), "every": "1m"}
        by_kind = channels["channels"]
        for name, channel in by_kind["pagerduty"].items():
            channel["routing_key_file"] = self._secret(name, Pagers.routing_key(name))
            channel["url"] = self.pagers.url("pagerduty", "v2/enqueue")
        for kind, path in (("slack", ""), ("discord", "/slack")):
            for name, channel in by_kind[kind].items():
                channel["api_url_file"] = self._secret(name, self.pagers.url(kind, name) + path)
        for kind in ("webhook", "github-issue"):
            for name, channel in by_kind[kind].items():
                channel["url"] = self.pagers.url("webhook", name)
                channel["credentials_file"] = self._secret(name, _SECRET)
        zone, there = next((zone, at) for zone in ZONES if (at := self.opens.astimezone(ZoneInfo(zone))).hour < 23)
        window = {"start": f"{there:%H:%M}", "end": f"{there + timedelta(hours=1):%H:%M}", "zone": zone}
        for digest in by_kind["digest"].values():
            digest.update(window, to=["digest@example.org"], weekday=f"{there:%A}".lower())
        (self.folder / "channels.yml").write_text(yaml.safe_dump(channels, sort_keys=False))

    def _remember(self) -> None:
        """The day before yesterday, as far as alerts look back: how many stars there were."""
        hours = [int((self.started - timedelta(hours=ago)).timestamp()) for ago in range(48, 24, -1)]
        lines = ["# TYPE kpi:value:max_1h gauge"]
        for project, stars in (("bolt", 950), ("caro", 1200)):
            series = f'kpi:value:max_1h{{project="{project}",kpi="github_stars",unit="count"}}'
            lines += [f"{series} {stars} {hour}" for hour in hours]
        path = self.folder / "history.txt"
        path.write_text("\n".join([*lines, "# EOF", ""]))
        make = ["promtool", "tsdb", "create-blocks-from", "openmetrics"]
        subprocess.run([*make, path, self.folder / "prometheus" / "data"], check=True, capture_output=True)

    def _secret(self, name: str, text: str) -> str:
        path = self.folder / "secrets" / name
        path.write_text(text)
        return str(path)

    def _prometheus_config(self) -> str:
        """The project's own configuration, in a hurry and with the addresses of this machine."""
        folder = self.folder / "prometheus"
        for file in (folder / "rules").iterdir():
            file.write_text(_hurried(file.read_text(encoding="utf-8")), encoding="utf-8")
        text = (ROOT / "prometheus" / "prometheus.yml").read_text()
        text = re.sub(r"(_interval|_timeout): \w+", r"\1: 1s", text)
        own = {"kpi-exporter:8730": self.exporter.url, "alertmanager:9093": self.alertmanager.url}
        for address, url in own.items():
            text = text.replace(address, url.removeprefix("http://"))
        return text


def _hurried(rules: str) -> str:
    """Rules in which every condition must hold a fraction of its time, all evaluated at the interval of the server."""

    def shorter(match: re.Match[str]) -> str:
        seconds = parse_duration(match[2]) / HURRY
        return f"{match[1]}{format_duration(timedelta(seconds=max(1, round(seconds.total_seconds()))))}"

    return re.sub(r"(?m)^( +for: )(\w+)$", shorter, re.sub(r"(?m)^ +interval: \w+\n", "", rules))


def _prompt(config: str) -> str:
    """The configuration of Alertmanager with waits of seconds; how soon it repeats what it said stays as it is."""
    whole = yaml.safe_load(config)

    def hurry(route: dict[str, Any]) -> None:
        # No shorter than the time after which Prometheus sends an alert again, or each end is told on its own, again and again.
        waits = {"group_wait": "1s", "group_interval": "6s"}
        route.update({key: wait for key, wait in waits.items() if key in route})
        for inner in route.get("routes", ()):
            hurry(inner)

    hurry(whole["route"])
    text: str = yaml.safe_dump(whole, sort_keys=False)
    return text
