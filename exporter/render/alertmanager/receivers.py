"""Channels as receivers of Alertmanager: how each kind is told, and with which templates."""

from collections.abc import Mapping
from functools import singledispatch
from typing import Any

from exporter.render.alertmanager import channels as of

__all__ = ["NOBODY", "WATCHDOG", "receivers"]

WATCHDOG = "watchdog"
NOBODY = "nobody"
"""The receiver that tells nobody: where an alert ends that only exists to be heard by a machine, and no machine is set."""

Receiver = Mapping[str, Any]


def receivers(channels: of.Channels) -> list[Receiver]:
    """A receiver for each channel, named as the channel, and one for the watchdog."""
    listed = [{"name": name, **_configs(channel)} for name, channel in channels.channels.items()]
    if channels.watchdog is None:
        return [*listed, {"name": NOBODY}]
    post = {**_post(channels.watchdog), "send_resolved": False, "max_alerts": 1}
    return [*listed, {"name": WATCHDOG, "webhook_configs": [post]}]


@singledispatch
def _configs(channel: of.Sent) -> Receiver:
    raise TypeError(f"no receiver is made of {type(channel).__name__}")


@_configs.register
def _pagerduty(channel: of.Pagerduty) -> Receiver:
    parts = {part: _template("pagerduty", part) for part in ("description", "severity", "class", "component", "group", "source")}
    details = ("value", "limit", "target", "action", "respond_within", "firing", "resolved")
    config = {
        "routing_key_file": channel.routing_key_file.get_secret_value(),
        **({"url": channel.url} if channel.url else {}),
        "send_resolved": channel.resolved,
        **parts,
        "client": "kpi-exporter",
        "client_url": _template("pagerduty", "client_url"),
        "details": {detail: _template("pagerduty", detail) for detail in details},
        "links": [
            {"href": _template("pagerduty", "runbook"), "text": "Runbook"},
            {"href": _template("pagerduty", "dashboard"), "text": "Dashboard"},
        ],
    }
    return {"pagerduty_configs": [config]}


@_configs.register
def _opsgenie(channel: of.Opsgenie) -> Receiver:
    config = {
        "api_key_file": channel.api_key_file.get_secret_value(),
        **({"api_url": f"{channel.api_url}/"} if channel.api_url else {}),
        "send_resolved": channel.resolved,
        **{part: _template("opsgenie", part) for part in ("message", "description", "source", "entity", "tags", "priority")},
        "update_alerts": True,
        **({"responders": [responder.model_dump() for responder in channel.responders]} if channel.responders else {}),
    }
    return {"opsgenie_configs": [config]}


@_configs.register
def _slack(channel: of.Slack) -> Receiver:
    address = channel.api_url_file
    config = {
        "channel": channel.channel,
        **({"api_url_file": address.get_secret_value()} if address else {}),
        "send_resolved": channel.resolved,
        **{part: _template("slack", part) for part in ("color", "title", "title_link", "text", "fallback")},
        "mrkdwn_in": ["text"],
    }
    return {"slack_configs": [config]}


@_configs.register
def _discord(channel: of.Discord) -> Receiver:
    config = {
        "api_url_file": channel.api_url_file.get_secret_value(),
        "send_resolved": channel.resolved,
        "color": _template("slack", "color"),
        "title_link": _template("slack", "title_link"),
        **{part: _template("discord", part) for part in ("title", "text", "fallback")},
    }
    return {"slack_configs": [config]}


@_configs.register
def _email(channel: of.Email) -> Receiver:
    return _mail(channel.to, "email", channel.resolved)


@_configs.register
def _digest(channel: of.Digest) -> Receiver:
    return _mail(channel.to, "digest", resolved=False)


@_configs.register
def _webhook(channel: of.Webhook) -> Receiver:
    return {"webhook_configs": [{**_post(channel), "send_resolved": channel.resolved}]}


@_configs.register
def _github_issue(channel: of.GithubIssue) -> Receiver:
    post = of.Post(url=channel.url, credentials_file=channel.credentials_file)
    return {"webhook_configs": [{**_post(post), "send_resolved": channel.resolved}]}


def _mail(to: tuple[str, ...], kind: str, resolved: bool) -> Receiver:
    config = {
        "to": ", ".join(to),
        "send_resolved": resolved,
        "headers": {"subject": _template(kind, "subject")},
        "html": _template(kind, "html"),
        "text": _template(kind, "text"),
    }
    return {"email_configs": [config]}


def _post(post: of.Post) -> Receiver:
    where = {"url_file": post.url_file.get_secret_value()} if post.url_file else {"url": post.url}
    if post.credentials_file is None:
        return where
    return {**where, "http_config": {"authorization": {"credentials_file": post.credentials_file.get_secret_value()}}}


def _template(kind: str, part: str) -> str:
    return f'{{{{ template "kpi.{kind}.{part}" . }}}}'
