"""What messages say: templates rendered by Alertmanager's own program on notifications recorded from an Alertmanager.

Look at the difference before you commit golden texts that `--update-golden` wrote.
"""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from support.routing import ROOT, config_of

RECORDED = ROOT / "tests" / "fixtures" / "alertmanager"
GOLDEN = RECORDED / "golden"
TEMPLATES = ROOT / "alertmanager" / "templates"
NOTIFICATIONS = sorted(path.stem for path in RECORDED.glob("*.json"))
PARTS = (
    *(f"slack.{part}" for part in ("color", "title", "title_link", "text", "fallback")),
    *(f"discord.{part}" for part in ("title", "text", "fallback")),
    *(f"pagerduty.{part}" for part in ("description", "severity", "class", "component", "group", "source", "client_url")),
    *(f"pagerduty.{part}" for part in ("value", "limit", "target", "action", "respond_within", "firing", "resolved")),
    *(f"pagerduty.{part}" for part in ("runbook", "dashboard")),
    *(f"opsgenie.{part}" for part in ("message", "description", "source", "entity", "tags", "priority")),
    *(f"email.{part}" for part in ("subject", "text")),
    *(f"digest.{part}" for part in ("subject", "text")),
)
EVERY_KIND = """\
root: a
slack_api_url_file: /secrets/slack
smtp: {smarthost: "smtp.example.org:25", from: alerts@example.org}
channels:
  slack: {a: {channel: "#a"}}
  discord: {b: {api_url_file: /secrets/discord}}
  pagerduty: {c: {routing_key_file: /secrets/pagerduty}}
  opsgenie: {d: {api_key_file: /secrets/opsgenie}}
  email: {e: {to: [team@example.org]}}
  digest: {f: {to: [team@example.org]}}
"""


def rendered(notification: str, text: str, kind: str = "text") -> str:
    """A text with templates, filled in with a recorded notification; fails where Alertmanager could not send it."""
    flags = [f"--template.glob={TEMPLATES}/*.tmpl", f"--template.data={RECORDED / notification}.json", f"--template.type={kind}"]
    done = subprocess.run(
        ["amtool", "template", "render", *flags, f"--template.text={text}"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def part(notification: str, name: str, kind: str = "text") -> str:
    return rendered(notification, f'{{{{ template "kpi.{name}" . }}}}', kind)


def whole(notification: str) -> str:
    """Every text that is made of a notification."""
    return rendered(notification, "".join(f'--- {name}\n{{{{ template "kpi.{name}" . }}}}\n' for name in PARTS))


def compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), "look at it, then run pytest --update-golden"


@pytest.mark.parametrize("notification", NOTIFICATIONS)
def test_the_texts_are_those_that_were_reviewed(notification: str, update_golden: bool) -> None:
    text = whole(notification)
    assert "<no value>" not in text
    compare(GOLDEN / f"{notification}.txt", text, update_golden)


@pytest.mark.parametrize(
    ("notification", "name"), [("one", "email"), ("mixed", "email"), ("planted", "email"), ("digest", "digest")]
)
def test_the_pages_are_those_that_were_reviewed(notification: str, name: str, update_golden: bool) -> None:
    text = part(notification, f"{name}.html", "html")
    assert text.startswith("<!DOCTYPE html>")
    compare(GOLDEN / f"{notification}.html", text, update_golden)


@pytest.mark.parametrize("notification", NOTIFICATIONS)
@pytest.mark.parametrize("name", ["email.html", "digest.html"])
def test_a_page_has_no_holes(notification: str, name: str) -> None:
    page = part(notification, name, "html")
    assert not re.search(r'href="(?!https://)', page)
    assert not re.search(r"<no value>|ZgotmplZ|<(p|h1|h2|a|strong|div)[^>]*>\s*</", page)


@pytest.mark.parametrize("notification", NOTIFICATIONS)
def test_a_text_has_no_holes(notification: str) -> None:
    """No name without its value, no link without its address."""
    assert not re.search(
        r"(?m)\*(Value|Limit|Target|Do|Respond)\*+ *$|^(Value|Limit|Target|Do|Respond|Runbook): *$", whole(notification)
    )
    assert not re.search(r"<\||\]\(\)|\(\)", whole(notification).replace("alert(1)", ""))


def test_every_template_that_the_configuration_names_is_there() -> None:
    named = set(re.findall(r'template "kpi\.([a-z_.]+)"', config_of(EVERY_KIND)))
    assert named == {*PARTS, "email.html", "digest.html"}


@pytest.mark.parametrize("notification", NOTIFICATIONS)
@pytest.mark.parametrize(
    ("name", "most"),
    [
        ("slack.title", 1023),
        ("slack.text", 8000),
        ("discord.title", 256),
        ("discord.text", 4096),
        ("pagerduty.description", 1024),
    ],
)
def test_a_text_is_no_longer_than_its_channel_takes(notification: str, name: str, most: int) -> None:
    assert len(part(notification, name)) <= most


@pytest.mark.parametrize("notification", NOTIFICATIONS)
@pytest.mark.parametrize("name", ["slack.title", "discord.title", "pagerduty.description", "opsgenie.message", "email.subject"])
def test_a_title_is_one_line(notification: str, name: str) -> None:
    assert len(part(notification, name).splitlines()) == 1


def test_many_alerts_are_a_list_of_ten_with_the_worst_first() -> None:
    lines = part("many", "slack.text").splitlines()
    assert [line[2:6] for line in lines[:3]] == ["*P0*", "*P0*", "*P1*"]
    assert lines[10:] == ["and 20 more"]


def test_the_number_of_alerts_stands_in_the_title() -> None:
    assert part("many", "slack.title") == "bolt: 30 alerts (2 P0, 9 P1, 19 P2)"


@pytest.mark.parametrize(
    ("notification", "colour"), [("one", "#b3261e"), ("exporter", "#c25700"), ("digest", "#1f5fa8"), ("resolved", "#1e7a34")]
)
def test_the_colour_is_that_of_the_worst_priority(notification: str, colour: str) -> None:
    assert part(notification, "slack.color") == colour


def test_markup_in_a_text_does_nothing_in_slack() -> None:
    said = part("planted", "slack.title") + part("planted", "slack.text") + part("planted", "slack.title_link")
    assert not re.search(r"<[!@#s]|javascript:", said)


def test_markup_in_a_text_does_nothing_in_discord() -> None:
    said = part("planted", "discord.title") + part("planted", "discord.text")
    assert not re.search(r"(?<!\\)<|(?<!\\)\]\(http|javascript:", said)


def test_markup_in_a_text_does_nothing_in_an_email() -> None:
    pages = part("planted", "email.html", "html") + part("planted", "digest.html", "html")
    assert not re.search(r"<script|<b>|href=\"javascript|<!channel", pages)


def test_pagerduty_gets_the_value_of_each_segment() -> None:
    assert part("segments", "pagerduty.value") == "complex 3.1s; medium 1.2s; simple 250ms"


def test_the_configuration_finds_the_templates() -> None:
    patterns = yaml.safe_load((ROOT / "alertmanager" / "alertmanager.yml").read_text())["templates"]
    assert [sorted((ROOT / "alertmanager").glob(pattern)) for pattern in patterns] == [sorted(TEMPLATES.iterdir())]
