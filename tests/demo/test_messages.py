"""The page of messages takes what the services take, and shows it to people."""

import json
import smtplib
import socket
import struct
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

import pytest

from exporter.demo.messages import App, Inbox, Mailbox, Message
from exporter.demo.messages.app import routing_key
from exporter.errors import KpiExporterError
from exporter.render.rules import Links
from exporter.web.address import ListenAddress
from exporter.web.server import Server
from support.contract import recorded
from support.pagers import Pagers
from support.programs import eventually
from support.tools import NOW

PAGE = {"summary": "P0 caro: Open bugs (P0) above 0", "source": "caro", "severity": "critical", "custom_details": {"value": "1"}}
EVENT = {"routing_key": routing_key("pagerduty"), "event_action": "trigger", "dedup_key": "1", "payload": PAGE}
SLACK = {
    "channel": "#alerts",
    "attachments": [
        {
            "fallback": "x",
            "title": "P1 caro: it &lt;grew&gt;",
            "text": "*Value* 3 &amp; more\n<https://example.org/r|Runbook>",
        }
    ],
}


@dataclass
class Post:
    """The page with its services, and what arrived so far."""

    url: str
    inbox: Inbox
    told: list[Message]

    def send(self, path: str, body: Any) -> tuple[int, str]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{path}", data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def read(self, path: str) -> str:
        with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:
            body: bytes = answer.read()
            return body.decode()


@pytest.fixture
def post() -> Iterator[Post]:
    told: list[Message] = []
    inbox = Inbox(lambda: NOW, told.append)
    app = App(inbox, ["slack-alerts"], ["discord-announcements"], {"CaroP0BugOpen.md": b"# What to do"})
    with Server(ListenAddress("127.0.0.1", 0), app) as server:
        yield Post(f"http://127.0.0.1:{server.port}", inbox, told)


def test_a_page_is_taken_as_pagerduty_takes_it(post: Post) -> None:
    status, said = post.send("/pagerduty/v2/enqueue", EVENT)
    assert (status, json.loads(said)) == (202, {"status": "success", "message": "Event processed", "dedup_key": "1"})
    (message,) = post.told
    assert (message.channel, message.service, message.priority) == ("pagerduty", "PagerDuty", "P0")
    assert (message.title, message.text, message.resolved) == (PAGE["summary"], "value: 1", False)


def test_the_end_of_a_page_is_told_as_such(post: Post) -> None:
    post.send("/pagerduty/v2/enqueue", {**EVENT, "event_action": "resolve"})
    assert post.told[0].resolved


def test_a_message_of_slack_is_shown_as_slack_shows_it(post: Post) -> None:
    assert post.send("/slack/slack-alerts", SLACK) == (200, "ok")
    (message,) = post.told
    assert (message.channel, message.priority, message.title) == ("slack-alerts", "P1", "P1 caro: it <grew>")
    assert message.text == "Value 3 & more\nRunbook: https://example.org/r"


def test_a_message_of_discord_is_shown_as_discord_shows_it(post: Post) -> None:
    body = {"attachments": [{"title": "Resolved: stars\\_up", "text": "**Value** 1\\.5"}]}
    assert post.send("/discord/discord-announcements/slack", body)[0] == 200
    (message,) = post.told
    assert (message.title, message.text, message.resolved) == ("Resolved: stars_up", "Value 1.5", True)


@pytest.mark.parametrize("body", [b"", b"no json", b"[1]", {"event_action": "trigger"}, {**EVENT, "payload": 3}])
def test_what_is_no_event_is_refused(post: Post, body: Any) -> None:
    assert post.send("/pagerduty/v2/enqueue", body)[0] == 400
    assert post.told == []


def test_a_channel_that_is_not_set_is_404(post: Post) -> None:
    assert post.send("/slack/nowhere", SLACK)[0] == 404


def test_the_newest_message_stands_at_the_top_of_the_page(post: Post) -> None:
    for title in ("older", "newer <script>"):
        post.inbox.add("slack-alerts", "Slack", title, "see https://example.org/a?b=1&c=2 now")
    page = post.read("/")
    assert page.index("newer &lt;script&gt;") < page.index("older")
    assert '<a href="https://example.org/a?b=1&amp;c=2">' in page
    assert "<script>" not in page


def test_messages_are_there_for_programs_too(post: Post) -> None:
    post.send("/pagerduty/v2/enqueue", EVENT)
    (listed,) = json.loads(post.read("/messages"))
    assert (listed["channel"], listed["priority"], listed["at"]) == ("pagerduty", "P0", NOW.isoformat())


@pytest.mark.parametrize("link", [Links().kpi("caro", "open_bugs", ("P0",)), Links().exporter()])
def test_in_the_place_of_a_dashboard_stands_why_there_is_none(post: Post, link: str) -> None:
    path = link.removeprefix(Links().dashboards).replace("{{ $labels.segment | urlquery }}", "P0")
    assert "Grafana, which does not run here" in post.read(path)


def test_runbooks_stand_beside_the_page(post: Post) -> None:
    assert post.read("/runbooks/CaroP0BugOpen.md") == "# What to do"


def test_only_the_last_messages_are_kept() -> None:
    inbox = Inbox(lambda: NOW)
    for number in range(600):
        inbox.add("slack-alerts", "Slack", str(number), "")
    assert [len(inbox.messages()), inbox.messages()[0].title, inbox.messages()[-1].title] == [500, "599", "100"]


def test_letters_are_taken_and_shown_by_channel() -> None:
    inbox = Inbox(lambda: NOW)
    letter = EmailMessage()
    letter["Subject"], letter["From"], letter["To"] = "P1 caro: 2 alerts", "alerts@example.org", "team@example.org"
    letter.set_content("Two of them.\n.and a line that begins with a dot\n")
    letter.add_alternative("<p>Two of them</p>", subtype="html")
    with (
        Mailbox(0, inbox, {"team@example.org": "email-team"}) as mailbox,
        smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client,
    ):
        client.send_message(letter)
        client.send_message(letter, to_addrs=["other@example.org"])
    known, other = reversed(eventually(inbox.messages, lambda messages: len(messages) == 2))
    assert (known.channel, known.service, known.priority, known.title) == ("email-team", "E-mail", "P1", "P1 caro: 2 alerts")
    assert known.text == "Two of them.\n.and a line that begins with a dot"
    assert other.channel == "other@example.org"


def test_a_letter_in_an_unknown_charset_is_taken_all_the_same() -> None:
    inbox = Inbox(lambda: NOW)
    letter = b"Subject: P1\r\nContent-Type: text/plain; charset=odd\r\n\r\nhello\r\n"
    with Mailbox(0, inbox, {}) as mailbox, smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as client:
        client.sendmail("alerts@example.org", ["team@example.org"], letter)
    assert [(message.title, message.text) for message in inbox.messages()] == [("P1", "hello")]


def test_a_client_that_goes_away_is_not_worth_a_word(capfd: pytest.CaptureFixture[str]) -> None:
    inbox = Inbox(lambda: NOW)
    with Mailbox(0, inbox, {"team@example.org": "email-team"}) as mailbox:
        with socket.create_connection(("127.0.0.1", mailbox.port)) as client:
            client.recv(100)
            # Closed in the middle of everything, with a reset.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as next_client:
            next_client.sendmail("alerts@example.org", ["team@example.org"], "Subject: P1\r\n\r\nhello")
    assert [message.channel for message in inbox.messages()] == ["email-team"]
    assert capfd.readouterr().err == ""


def test_a_port_that_is_taken_is_told() -> None:
    inbox = Inbox(lambda: NOW)
    with Mailbox(0, inbox, {}) as mailbox, pytest.raises(KpiExporterError, match=f"cannot listen on 127.0.0.1:{mailbox.port}"):
        Mailbox(mailbox.port, inbox, {})


def test_the_key_of_a_channel_has_the_form_of_those_of_pagerduty() -> None:
    pattern = recorded("pagers", "pagerduty")["properties"]["routing_key"]
    assert routing_key("pagerduty") == Pagers.routing_key("pagerduty")
    assert pattern.get("minLength", 32) <= len(routing_key("pagerduty")) <= pattern.get("maxLength", 32)
