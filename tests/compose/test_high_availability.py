"""Two Prometheus servers and two Alertmanagers on loopback, as the profile ha runs them: what is told, and how often."""

import json
import re
import signal
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.compose import ROOT, SERVICES, running, unpack
from support.pagers import Pagers
from support.programs import Program, eventually, free_port
from support.upstream import Answer, Request, Upstream

ONE = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
TEXT = (ROOT / "prometheus" / "high-availability.yml").read_text(encoding="utf-8")
TWO = yaml.safe_load(TEXT)
RULES = """\
groups:
  - name: test
    rules:
      - {alert: Broken, expr: broken == 1, labels: {channels: ",pager,"}}
"""
CHANNELS = """\
route: {receiver: pager, group_by: [alertname, part], group_wait: 1s, group_interval: 1s, repeat_interval: 4h}
receivers:
  - {name: pager, webhook_configs: [{url: 'URL', send_resolved: false}]}
"""
PROMETHEUS_2 = ("--enable-feature=expand-external-labels", "--rules.alert.resend-delay=1s")
"""Expanding labels is what Prometheus 3 does without being told; an Alertmanager that comes back hears of alerts sooner."""
HURRY = ("--cluster.peer-timeout=2s", "--cluster.reconnect-interval=1s")
"""Of Alertmanager, whose waits are meant for the distances between data centres. How long one that starts waits before it tells
anything stays as it is: meanwhile the other one finds it, and says what it has told.
"""
ALL_UP = "/api/v1/query?query=count(up==1)"
GOSSIPED_WITHIN = 1.0
TOLD_TWICE_WITHIN = 4.0
"""Seconds by which a second message would have come: group_wait, and the wait for the other Alertmanager."""


class Twice:
    """Everything of the profile ha but the exporter, which is a page with parts that break."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.broken: set[str] = set()
        self.pagers = opened.enter_context(Pagers())
        exporter = opened.enter_context(Upstream(self._page))
        services = ("alertmanager", "alertmanager-2", "prometheus", "prometheus-2")
        ports = {name: free_port() for name in services}
        gossip = {name: f"127.0.0.1:{free_port()}" for name in services[:2]}
        names = {"kpi-exporter:8730": exporter.url.removeprefix("http://"), "alertmanager:9094": gossip["alertmanager"]}
        for name, port in ports.items():
            names[f"{name}:{9093 if 'alert' in name else 9090}"] = f"127.0.0.1:{port}"
        quick = re.sub(r"(_interval|_timeout): \w+", r"\1: 1s", TEXT)
        self.programs: dict[str, Program] = {}
        for name in services:
            here = folder / name
            if name in gossip:
                unpack(name, here, names, alertmanager=CHANNELS.replace("URL", self.pagers.url("webhook", "pager")))
                own, flags = names | {"0.0.0.0:9094": gossip[name]}, HURRY
            else:
                unpack(name, here, names, prometheus=quick)
                for rules in (here / "etc" / "prometheus" / "rules").iterdir():
                    rules.unlink()
                (here / "etc" / "prometheus" / "rules" / "test.yml").write_text(RULES, encoding="utf-8")
                own, flags = names, PROMETHEUS_2
            self.programs[name] = opened.enter_context(running(name, here, ports[name], own, *flags))
        for name in gossip:
            self.settled(name)
        for name in ("prometheus", "prometheus-2"):
            eventually(lambda asked=name: self.programs[asked].get(ALL_UP), lambda text: '"5"' in text)

    def _page(self, request: Request) -> Answer:
        lines = [f'broken{{part="{part}"}} {int(part in self.broken)}' for part in ("axle", "brake", "chain", "dynamo")]
        return Answer(body="\n".join([*lines, ""]).encode(), headers={"content-type": "text/plain; version=0.0.4"})

    def members(self, name: str) -> int:
        """How many Alertmanagers one of them knows of, itself included."""
        return len(self._cluster(name)["peers"])

    def settled(self, name: str) -> None:
        """Waits until an Alertmanager knows the other one, and tells what it holds."""
        eventually(lambda: self._cluster(name)["status"], lambda told: told == "ready")
        assert self.members(name) == 2

    def _cluster(self, name: str) -> dict[str, Any]:
        cluster: dict[str, Any] = json.loads(self.programs[name].get("/api/v2/status"))["cluster"]
        return cluster

    def held(self, name: str) -> list[dict[str, str]]:
        """The labels of the alerts that an Alertmanager holds."""
        return [alert["labels"] for alert in json.loads(self.programs[name].get("/api/v2/alerts"))]

    def told(self, part: str) -> int:
        """How many messages there were about a part."""
        return len(list(self.pagers.of("pager", f"{part}")))

    def breaks(self, part: str) -> None:
        """Lets a part break, and waits for the message, and until an Alertmanager has told the other one that it is sent."""
        self.broken.add(part)
        eventually(lambda: self.told(part))
        time.sleep(GOSSIPED_WITHIN)


@pytest.fixture(scope="module")
def twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twice]:
    with ExitStack() as opened:
        yield Twice(tmp_path_factory.mktemp("twice"), opened)


def test_each_message_goes_out_once_whoever_is_killed(twice: Twice) -> None:
    """One after the other: nobody, an Alertmanager, the same one back again, a Prometheus."""
    first, second = twice.programs["alertmanager"], twice.programs["prometheus"]
    twice.breaks("axle")
    first.stop(signal.SIGKILL)
    twice.breaks("brake")
    first.__enter__()
    twice.settled("alertmanager")
    second.stop(signal.SIGKILL)
    twice.breaks("chain")
    second.__enter__()
    twice.breaks("dynamo")
    time.sleep(TOLD_TWICE_WITHIN)
    assert {part: twice.told(part) for part in sorted(twice.broken)} == {"axle": 1, "dynamo": 1, "brake": 1, "chain": 1}


def test_an_alert_of_both_servers_is_one_alert(twice: Twice) -> None:
    twice.broken.add("axle")
    for name in ("alertmanager", "alertmanager-2"):
        held = eventually(lambda asked=name: [labels for labels in twice.held(asked) if labels["part"] == "axle"])
        assert len(held) == 1
        assert "replica" not in held[0]


@pytest.mark.parametrize(("name", "number"), [("prometheus", "1"), ("prometheus-2", "2")])
def test_each_server_tells_others_which_one_it_is(twice: Twice, name: str, number: str) -> None:
    text = eventually(lambda: twice.programs[name].get("/federate?match[]=up"), lambda found: "up{" in found)
    assert set(re.findall(r'replica="(\w*)"', text)) == {number}


def test_a_silence_holds_in_both(twice: Twice) -> None:
    matchers = [{"name": "part", "value": "none", "isRegex": False, "isEqual": True}]
    ends = {"startsAt": "2020-01-01T00:00:00Z", "endsAt": "2199-01-01T00:00:00Z"}
    silence = {"matchers": matchers, "createdBy": "test", "comment": "test", **ends}
    _post(twice.programs["alertmanager"], "/api/v2/silences", silence)
    found = eventually(lambda: json.loads(twice.programs["alertmanager-2"].get("/api/v2/silences")))
    assert [one["comment"] for one in found] == ["test"]


def test_it_differs_from_the_configuration_of_one_server_in_what_there_are_two_of_alone() -> None:
    def without(config: dict[str, Any]) -> dict[str, Any]:
        text = json.dumps(config).replace("localhost:9090", "prometheus:9090")
        whole = json.loads(re.sub(r', "(alertmanager|prometheus)-2:\d+"', "", text))
        whole["global"].pop("external_labels", None)
        whole["alerting"].pop("alert_relabel_configs", None)
        return whole

    assert without(TWO) == without(ONE)
    assert TWO["alerting"]["alert_relabel_configs"] == [{"regex": "replica", "action": "labeldrop"}]


def test_the_second_ones_are_as_the_first_but_for_their_data() -> None:
    for name in ("prometheus", "alertmanager"):
        first, second = dict(SERVICES[name]), dict(SERVICES[f"{name}-2"])
        assert second.pop("profiles") == ["ha"]
        assert [mount.replace("-2-data:", "-data:") for mount in second.pop("volumes")] == first.pop("volumes")
        for own in ("environment", "depends_on", "networks"):
            first.pop(own, None), second.pop(own, None)
        more = set(second.pop("command")) - set(first.pop("command"))
        assert more <= {"--cluster.peer=alertmanager:9094"}
        assert second == first


def _post(program: Program, path: str, body: dict[str, Any]) -> None:
    request = urllib.request.Request(program.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200
