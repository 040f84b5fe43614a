"""PagerDuty, Slack and Discord as far as Alertmanager speaks to them, and the page, as one WSGI application.

PagerDuty takes events at /pagerduty/v2/enqueue (its Events API v2), Slack at /slack/CHANNEL, and Discord at
/discord/CHANNEL/slack, the address of its webhooks that takes what Slack does.
"""

import html
import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from exporter.demo.messages.inbox import Inbox
from exporter.demo.messages.page import CONTENT_SECURITY_POLICY, messages_page
from exporter.render.rules.links import DETAIL, EXPORTER
from exporter.web.routes import Answer, Route, Routes

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

__all__ = ["RUNBOOKS", "App", "routing_key"]

RUNBOOKS = "runbooks"
"""The path below which the runbooks stand."""

_JSON = "application/json"
_KEY_LENGTH = 32
_LARGEST = 512_000
"""Bytes that PagerDuty takes at most; the others take less."""
_NO_DASHBOARD = b"This is a dashboard of Grafana, which does not run here. docs/dashboards.md tells what it shows.\n"
_LINK = re.compile(r"<([^|>]+)\|([^>]+)>")


def routing_key(channel: str) -> str:
    """The key of PagerDuty that leads to a channel here: its name, filled up to the length of such keys."""
    return channel.ljust(_KEY_LENGTH, ".")


class App(Routes):
    """The page at the root, the messages as JSON at /messages, the services for the channels that are named, and the runbooks.

    `runbooks` has the text of each by the name of its file. In the place of each dashboard that messages lead to stands why there
    is none, for a demo without Grafana.
    """

    def __init__(self, inbox: Inbox, slack: Iterable[str], discord: Iterable[str], runbooks: Mapping[str, bytes]) -> None:
        self._inbox = inbox
        take = ("POST",)
        super().__init__(
            {
                "/": Route(self._page),
                "/messages": Route(self._messages),
                **{f"/{RUNBOOKS}/{name}": Route(partial(_text, text)) for name, text in runbooks.items()},
                **{f"/d/{uid}": Route(partial(_text, _NO_DASHBOARD)) for uid in (DETAIL, EXPORTER)},
                "/pagerduty/v2/enqueue": Route(partial(_taken, self._pagerduty), take),
                **{f"/slack/{name}": Route(partial(_taken, partial(self._slack, name, "Slack")), take) for name in slack},
                **{
                    f"/discord/{name}/slack": Route(partial(_taken, partial(self._slack, name, "Discord")), take)
                    for name in discord
                },
            }
        )

    def _page(self, _: "WSGIEnvironment") -> Answer:
        policy = (("Content-Security-Policy", CONTENT_SECURITY_POLICY),)
        return Answer(HTTPStatus.OK, messages_page(self._inbox.messages()), policy, "text/html; charset=utf-8")

    def _messages(self, _: "WSGIEnvironment") -> Answer:
        listed = [
            {
                "at": message.at.isoformat(),
                "channel": message.channel,
                "service": message.service,
                "priority": message.priority,
                "title": message.title,
                "text": message.text,
                "resolved": message.resolved,
            }
            for message in self._inbox.messages()
        ]
        return Answer(HTTPStatus.OK, json.dumps(listed).encode(), (), _JSON)

    def _pagerduty(self, event: Mapping[str, Any]) -> Answer:
        channel, action = str(event["routing_key"]).rstrip("."), event["event_action"]
        payload = event.get("payload") or {}
        details = payload.get("custom_details") or {}
        text = "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in sorted(details.items()))
        self._inbox.add(channel, "PagerDuty", str(payload.get("summary", "")), text, resolved=action == "resolve")
        said = {"status": "success", "message": "Event processed", "dedup_key": event.get("dedup_key", "")}
        return Answer(HTTPStatus.ACCEPTED, json.dumps(said).encode(), (), _JSON)

    def _slack(self, channel: str, service: str, body: Mapping[str, Any]) -> Answer:
        plain: Callable[[str], str] = _of_slack if service == "Slack" else _of_discord
        for attachment in body.get("attachments") or [body]:
            title, text = plain(str(attachment.get("title") or "")), plain(str(attachment.get("text") or ""))
            self._inbox.add(channel, service, title, text, resolved=title.startswith("Resolved"))
        return Answer(HTTPStatus.OK, b"ok")


def _text(text: bytes, _: "WSGIEnvironment") -> Answer:
    return Answer(HTTPStatus.OK, text)


def _taken(take: Callable[[Mapping[str, Any]], Answer], environ: "WSGIEnvironment") -> Answer:
    """What the service says to the JSON of a request; 400 for what it cannot take."""
    length = environ.get("CONTENT_LENGTH") or "0"
    try:
        body = json.loads(environ["wsgi.input"].read(min(int(length), _LARGEST)))
        return take(body)
    except (ValueError, KeyError, AttributeError, TypeError):
        return Answer(HTTPStatus.BAD_REQUEST, b"invalid_payload")


def _of_slack(text: str) -> str:
    """A text as Slack shows it."""
    return html.unescape(_LINK.sub(r"\2: \1", text)).replace("*", "")


def _of_discord(text: str) -> str:
    """A text as Discord shows it."""
    return re.sub(r"\\(.)", r"\1", text).replace("**", "")
