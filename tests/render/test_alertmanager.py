"""The configuration of Alertmanager, made of the file of channels."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from exporter.cli import main
from exporter.document import parse_duration
from exporter.errors import InvalidInput
from exporter.render.alertmanager import channels, gaps, load
from support.catalogs import catalog_of
from support.routing import ROOT, channels_of, config_of
from support.shipped import CATALOGS

INVALID = sorted((Path(__file__).parent / "alertmanager").glob("invalid-*.yml"))
EXPECTED = "#= "

MINIMAL = """\
root: team
channels:
  slack: {team: {channel: "#team", api_url_file: /secrets/slack}}
"""
EVERYTHING = """\
root: slack
resolve_timeout: 10m
smtp: {smarthost: "smtp.example.org:587", from: a@example.org, username: a, password_file: /secrets/smtp, require_tls: false}
slack_api_url_file: /secrets/slack
business_hours: {weekdays: [monday, friday], start: "08:00", end: "24:00", zone: Europe/Berlin}
watchdog: {url: "https://watchdog.example.org", credentials_file: /secrets/watchdog, every: 10m}
channels:
  pagerduty:
    pagerduty: {routing_key_file: /secrets/pagerduty, url: "https://events.eu.pagerduty.com/v2/enqueue", pace: ticket}
  opsgenie:
    opsgenie:
      api_key_file: /secrets/opsgenie
      api_url: https://api.eu.opsgenie.com
      responders: [{type: team, name: maintainers}]
  slack:
    slack: {channel: "#alerts"}
    slack-own: {channel: "@somebody", api_url_file: /secrets/own, pace: page, resolved: false}
  discord: {discord: {api_url_file: /secrets/discord}}
  email: {email: {to: [a@example.org, b@example.org]}}
  digest: {digest: {to: [a@example.org], weekday: monday, start: "09:00", end: "09:20", zone: Europe/Berlin}}
  webhook: {webhook: {url: "https://hook.example.org/x", credentials_file: /secrets/hook}}
  github-issue: {issues: {credentials_file: /secrets/issues}}
"""

CATALOG = """\
project: p
launch: 2026-01-01
channels: [chat, news, team]
kpis:
  - id: k
    title: K
    definition: A figure.
    unit: count
    direction: up
    tier: kpi
    category: c
    alerts:
      - {name: Lonely, priority: P1, when: {below: 1}, action: Act., channels: [news]}
      - name: Accompanied
        priority: P1
        when: {below: 2}
        action: Act.
        channels: [news, team]
        escalate: {after: 1h, channels: [chat]}
"""


def leaf(text: str, name: str) -> dict[str, Any]:
    """The route of a channel."""
    routes: list[dict[str, Any]] = yaml.safe_load(config_of(text))["route"]["routes"]
    return next(route for route in routes if route["receiver"] == name)


def receiver(text: str, name: str) -> dict[str, Any]:
    """The one thing that the receiver of a channel does."""
    listed = yaml.safe_load(config_of(text))["receivers"]
    (configs,) = (value for key, value in next(one for one in listed if one["name"] == name).items() if key != "name")
    (config,) = configs
    return dict(config)


def waits(route: dict[str, Any], inherited: dict[str, Any]) -> list[dict[str, Any]]:
    """The waits that hold for a route and for each below it."""
    own = {**inherited, **{key: value for key, value in route.items() if key in ("group_interval", "repeat_interval")}}
    return [own, *(one for inner in route.get("routes", ()) for one in waits(inner, own))]


def test_the_file_is_the_one_that_was_committed() -> None:
    done = CliRunner().invoke(main, ["render", "alertmanager", "--check", f"--into={ROOT}"])
    assert (done.exit_code, done.output) == (0, ""), "run kpi-exporter render alertmanager"


@pytest.mark.parametrize("text", [MINIMAL, EVERYTHING], ids=["minimal", "everything"])
def test_what_is_rendered_is_accepted_by_alertmanager(tmp_path: Path, text: str) -> None:
    (tmp_path / "alertmanager.yml").write_text(config_of(text))
    done = subprocess.run(["amtool", "check-config", tmp_path / "alertmanager.yml"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("file", INVALID, ids=lambda file: file.stem.removeprefix("invalid-"))
def test_every_problem_of_a_file_is_told_with_its_line_and_path(file: Path) -> None:
    text = file.read_text()
    expected = [line.removeprefix(EXPECTED) for line in text.splitlines() if line.startswith(EXPECTED)]
    with pytest.raises(InvalidInput) as told:
        channels_of(text)
    assert [str(problem).removeprefix("channels.yml:") for problem in told.value.problems] == expected


def test_what_stands_in_the_place_of_a_path_is_never_shown() -> None:
    with pytest.raises(InvalidInput) as told:
        load(Path(__file__).parent / "alertmanager" / "invalid-secrets.yml")
    assert not {"hunter2", "planted", "T00000000"} & set(str(told.value).replace("/", " ").split())


def test_problems_are_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "channels.yml").write_text("root: team\n")
    done = CliRunner().invoke(main, ["render", "alertmanager", f"--channels={tmp_path}/channels.yml", f"--into={tmp_path}"])
    assert (done.exit_code, done.stderr) == (2, f"{tmp_path}/channels.yml:1: channels: is missing\n1 problem found\n")
    assert not (tmp_path / "alertmanager").exists()


def test_the_file_that_ships_sets_every_channel_of_the_catalogs_that_ship() -> None:
    assert list(gaps(load(ROOT / "alertmanager" / "channels.yml"), CATALOGS.values())) == []


def test_a_channel_that_is_named_and_not_set_is_told_with_its_alerts() -> None:
    told = list(gaps(channels_of(MINIMAL), [catalog_of(CATALOG)]))
    assert "the channel news is not set; sent to their other channels alone: Accompanied; sent to team: Lonely" in told
    assert "the channel chat is not set; sent to team: AccompaniedEscalated" in told


def test_channels_that_are_not_set_are_a_warning(tmp_path: Path) -> None:
    (tmp_path / "channels.yml").write_text(MINIMAL)
    done = CliRunner().invoke(main, ["render", "alertmanager", f"--channels={tmp_path}/channels.yml", f"--into={tmp_path}"])
    assert done.exit_code == 0
    assert "warning: the channel pagerduty is not set; sent to team: alerts of P0 that name none" in done.stderr
    assert (tmp_path / "alertmanager" / "alertmanager.yml").exists()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("slack-own", ("10s", "1m", "1h")), ("opsgenie", ("10s", "1m", "1h")), ("slack", ()), ("pagerduty", ()), ("email", ())],
)
def test_pages_come_at_once_and_tickets_at_the_pace_of_the_root(name: str, expected: tuple[str, ...]) -> None:
    route = leaf(EVERYTHING, name)
    assert tuple(route[key] for key in ("group_wait", "group_interval", "repeat_interval") if key in route) == expected


def test_what_is_repeated_is_repeated_at_a_multiple_of_the_interval_of_its_group() -> None:
    wrong = [
        wait
        for wait in waits(yaml.safe_load(config_of(EVERYTHING))["route"], {})
        if parse_duration(wait["repeat_interval"]) % parse_duration(wait["group_interval"])
    ]
    assert wrong == []


def test_a_digest_looks_twice_at_least_while_its_window_is_open() -> None:
    route = leaf(EVERYTHING, "digest")
    assert (route["group_interval"], route["active_time_intervals"]) == ("10m", ["digest-window"])


def test_the_windows_are_those_of_the_file() -> None:
    assert yaml.safe_load(config_of(EVERYTHING))["time_intervals"] == [
        {
            "name": "digest-window",
            "time_intervals": [
                {"weekdays": ["monday"], "times": [{"start_time": "09:00", "end_time": "09:20"}], "location": "Europe/Berlin"}
            ],
        },
        {
            "name": "business-hours",
            "time_intervals": [
                {
                    "weekdays": ["monday", "friday"],
                    "times": [{"start_time": "08:00", "end_time": "24:00"}],
                    "location": "Europe/Berlin",
                }
            ],
        },
    ]


def test_business_hours_hold_for_p2_alone_and_only_where_they_are_set() -> None:
    p2 = {"matchers": ['priority = "P2"'], "active_time_intervals": ["business-hours"]}
    assert (p2 in leaf(EVERYTHING, "slack")["routes"], p2 in leaf(MINIMAL, "team")["routes"]) == (True, False)


def test_news_are_told_once() -> None:
    assert leaf(MINIMAL, "team")["routes"] == [{"matchers": ['priority = "P3"'], "repeat_interval": "4d"}]


def test_everybody_hears_of_the_end_but_the_digest_and_who_does_not_want_to() -> None:
    listed = yaml.safe_load(config_of(EVERYTHING))["receivers"]
    deaf = {one["name"] for one in listed for key in one if key != "name" and not one[key][0]["send_resolved"]}
    assert deaf == {"digest", "slack-own", "watchdog"}


def test_a_token_for_a_webhook_stands_in_a_file() -> None:
    assert receiver(EVERYTHING, "issues") == {
        "url": "http://kpi-exporter:8730/v1/alerts/github-issues",
        "http_config": {"authorization": {"credentials_file": "/secrets/issues"}},
        "send_resolved": True,
    }


def test_several_people_get_the_same_email() -> None:
    assert receiver(EVERYTHING, "email")["to"] == "a@example.org, b@example.org"


def test_the_url_of_a_webhook_may_be_a_secret() -> None:
    text = f"{MINIMAL}  webhook: {{hook: {{url_file: /secrets/hook}}}}\n"
    assert receiver(text, "hook") == {"url_file": "/secrets/hook", "send_resolved": True}


def test_the_page_on_alerting_tells_every_key() -> None:
    page = (ROOT / "docs" / "alerting.md").read_text()
    models = [one for one in vars(channels).values() if isinstance(one, type) and one.__module__ == channels.__name__]
    keys = {info.alias or name for model in models for name, info in model.model_fields.items()}
    assert sorted(key for key in keys if f"`{key}`" not in page) == []
