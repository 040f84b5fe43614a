"""What each kind of channel gets over the wire, from a real Alertmanager with the templates that ship."""

import json
import shutil
from collections.abc import Mapping
from typing import Any

import pytest

from support.programs import Alertmanager, eventually
from support.routing import ROOT, config_of
from support.upstream import Answer, Request, Upstream

CHANNELS = """\
root: slack
watchdog: {{url: "{url}/watchdog", credentials_file: {secrets}/token}}
channels:
  slack: {{slack: {{channel: "#alerts", api_url_file: {secrets}/slack}}}}
  discord: {{discord: {{api_url_file: {secrets}/discord}}}}
  pagerduty: {{pagerduty: {{routing_key_file: {secrets}/token, url: "{url}/pagerduty"}}}}
  opsgenie:
    opsgenie: {{api_key_file: {secrets}/token, api_url: "{url}/opsgenie", responders: [{{type: team, name: makers}}]}}
  webhook: {{webhook: {{url: "{url}/webhook", credentials_file: {secrets}/token}}}}
  github-issue: {{github-issue: {{url: "{url}/github-issue", credentials_file: {secrets}/token}}}}
"""
NAMES = ("slack", "discord", "pagerduty", "opsgenie", "webhook", "github-issue")
CRASHES = {
    "labels": {
        "alertname": "CaroCrashRateHigh",
        "project": "caro",
        "kpi": "crash_rate",
        "priority": "P0",
        "severity": "critical",
        "channels": f",{','.join(NAMES)},",
    },
    "annotations": {
        "summary": "caro: Crash rate above 1 %",
        "value": "2.3 %",
        "limit": "above 1 %",
        "action": "Weigh a rollback.",
    },
}
WATCHDOG = {"labels": {"alertname": "Watchdog", "severity": "none"}}


@pytest.fixture(scope="module")
def arrived(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Request]:
    """The first request that each channel got, by its name."""
    folder = tmp_path_factory.mktemp("alertmanager")
    shutil.copytree(ROOT / "alertmanager" / "templates", folder / "templates")
    with Upstream(lambda _: Answer(200, b"ok", {"Content-Type": "text/plain"})) as upstream:
        for name, secret in (
            ("token", "planted-token"),
            ("slack", f"{upstream.url}/slack"),
            ("discord", f"{upstream.url}/discord/slack"),
        ):
            (folder / name).write_text(secret)  # 0.25 takes a newline at its end for a part of some secrets
        config = config_of(CHANNELS.format(url=upstream.url, secrets=folder)).replace("group_wait: 30s", "group_wait: 1s")
        with Alertmanager(folder, config.replace("group_wait: 10s", "group_wait: 1s")) as running:
            running.post_alerts([CRASHES, WATCHDOG])
            # Opsgenie gets three requests for one message, maybe before another channel gets its first one.
            return eventually(lambda: _first_requests(upstream), lambda first: len(first) == len(NAMES) + 1)


def _first_requests(upstream: Upstream) -> Mapping[str, Request]:
    """The first request to each place of an upstream, by the first word of its path."""
    return {request.path.split("/")[1]: request for request in reversed(tuple(upstream.requests))}


def body(request: Request) -> Any:
    return json.loads(request.body)


def test_every_channel_is_told(arrived: Mapping[str, Request]) -> None:
    assert sorted(arrived) == sorted((*NAMES, "watchdog"))


def test_slack_gets_one_attachment(arrived: Mapping[str, Request]) -> None:
    (attachment,) = body(arrived["slack"])["attachments"]
    assert (body(arrived["slack"])["channel"], attachment["title"], attachment["color"]) == (
        "#alerts",
        "P0 caro: Crash rate above 1 %",
        "#b3261e",
    )
    assert "*Value* 2.3 %\n*Limit* above 1 %\n*Do* Weigh a rollback." in attachment["text"]


def test_discord_gets_the_same_in_its_own_markup(arrived: Mapping[str, Request]) -> None:
    (attachment,) = body(arrived["discord"])["attachments"]
    assert (arrived["discord"].path, attachment["title"]) == ("/discord/slack", "P0 caro: Crash rate above 1 %")
    assert "**Value** 2.3 %" in attachment["text"]


def test_pagerduty_gets_an_event_that_triggers(arrived: Mapping[str, Request]) -> None:
    event = body(arrived["pagerduty"])
    payload = event["payload"]
    assert (event["routing_key"], event["event_action"], len(event["dedup_key"])) == ("planted-token", "trigger", 64)
    assert (payload["summary"], payload["severity"]) == ("P0 caro: Crash rate above 1 %", "critical")
    assert (payload["class"], payload["component"], payload["group"], payload["source"]) == (
        "CaroCrashRateHigh",
        "crash_rate",
        "caro",
        "caro",
    )
    assert (payload["custom_details"]["value"], payload["custom_details"]["action"]) == ("2.3 %", "Weigh a rollback.")


def test_opsgenie_gets_an_alert_for_its_team(arrived: Mapping[str, Request]) -> None:
    request = arrived["opsgenie"]
    told = body(request)
    assert (request.path, request.headers["authorization"]) == ("/opsgenie/v2/alerts", "GenieKey planted-token")
    assert (told["message"], told["priority"], told["entity"]) == ("P0 caro: Crash rate above 1 %", "P1", "crash_rate")
    assert (told["responders"], told["tags"]) == ([{"name": "makers", "type": "team"}], ["caro", "P0", "crash_rate"])


@pytest.mark.parametrize("name", ["webhook", "github-issue"])
def test_a_webhook_gets_the_alert_as_it_is_and_a_bearer_token(arrived: Mapping[str, Request], name: str) -> None:
    (alert,) = body(arrived[name])["alerts"]
    assert (alert["labels"], alert["annotations"]) == (CRASHES["labels"], CRASHES["annotations"])
    assert arrived[name].headers["authorization"] == "Bearer planted-token"


def test_the_watchdog_is_told_of_itself_alone(arrived: Mapping[str, Request]) -> None:
    assert [alert["labels"]["alertname"] for alert in body(arrived["watchdog"])["alerts"]] == ["Watchdog"]
    assert arrived["watchdog"].headers["authorization"] == "Bearer planted-token"
