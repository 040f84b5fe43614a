"""What an operator says of channels: where each one leads, and when. Typed and immutable; holds paths of secrets, no secret."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, model_validator

from exporter.catalog.section import ChannelName, NotEmpty, Section, Span, require_one
from exporter.config.types import BaseUrl

__all__ = [
    "BusinessHours",
    "Channel",
    "Channels",
    "Digest",
    "Discord",
    "Email",
    "GithubIssue",
    "Kinds",
    "Opsgenie",
    "Pagerduty",
    "Post",
    "Sent",
    "Slack",
    "Watchdog",
    "Webhook",
]

_ADDRESS = re.compile(r"[^\s@,;<>\"{}]+@[^\s@,;<>\"{}]+")
_SMARTHOST = re.compile(r"[^\s:/@]+:[0-9]{1,5}")
_SLACK_CHANNEL = re.compile(r"[#@]?[^\s#@{}]+")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def _secret_file(path: SecretStr) -> SecretStr:
    """Alertmanager takes only some relative paths as relative to its configuration, and others to where it was started."""
    text = path.get_secret_value()
    if not text.startswith("/") or text.endswith("/") or not text.isprintable():
        raise ValueError("must be the absolute path of a file that holds the secret, such as /etc/alertmanager/secrets/slack_url")
    return path


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError("must be an e-mail address such as team@example.org")
    return text


def _smarthost(text: str) -> str:
    if not _SMARTHOST.fullmatch(text):
        raise ValueError("must be a host and a port such as smtp.example.org:587")
    return text


def _slack_channel(text: str) -> str:
    if not _SLACK_CHANNEL.fullmatch(text):
        raise ValueError("must be the name of a Slack channel such as #alerts")
    return text


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("must be a time of day such as 16:00")
    return text


def _minutes(length: timedelta) -> timedelta:
    if length % timedelta(minutes=1):
        raise ValueError("must be whole minutes")
    return length


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        raise ValueError("must be a time zone such as Europe/Berlin") from None
    return name


SecretFile = Annotated[SecretStr, AfterValidator(_secret_file)]
"""The path of a file that holds a secret. What stands there by mistake may be the secret itself, so no message shows it."""
Address = Annotated[str, AfterValidator(_address)]
Addresses = Annotated[tuple[Address, ...], NotEmpty]
Clock = Annotated[str, AfterValidator(_clock)]
"""A time of day; 24:00 is the end of one."""
Zone = Annotated[str, AfterValidator(_zone)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Hours(Section):
    """A part of a day, in a time zone; a subclass says which days and gives the times their defaults."""

    start: Clock
    end: Clock
    zone: Zone

    @model_validator(mode="after")
    def _forwards(self) -> Self:
        if self.start >= self.end:
            raise ValueError("start must be before end, on the same day")
        return self

    @property
    def minutes(self) -> int:
        """Its length in minutes."""
        first, last = (60 * int(clock[:2]) + int(clock[3:]) for clock in (self.start, self.end))
        return last - first


class BusinessHours(Hours):
    """When alerts of P2 are sent."""

    weekdays: Annotated[tuple[Weekday, ...], NotEmpty] = ("monday", "tuesday", "wednesday", "thursday", "friday")
    start: Clock = "09:00"
    end: Clock = "17:00"


class Channel(Section):
    """What every kind of channel takes.

    `pace` says how soon it hears: a page at once and every hour, a ticket within a minute and every four hours. `resolved` says
    whether it hears of the end.
    """

    default_pace: ClassVar[Literal["page", "ticket"]] = "ticket"
    apart: ClassVar[bool] = False
    """Whether every alert of a KPI is a notification of its own, and not all of a project are one."""

    pace: Literal["page", "ticket"] | None = None
    resolved: bool = True

    @property
    def urgent(self) -> bool:
        """Whether it is told at the pace of pages."""
        return (self.pace or self.default_pace) == "page"


class Pagerduty(Channel):
    """A service of PagerDuty with an integration of Events API v2."""

    default_pace = "page"
    apart = True

    routing_key_file: SecretFile
    url: BaseUrl | None = None


class Responder(Section):
    """Whom Opsgenie asks."""

    type: Literal["team", "user", "escalation", "schedule"]
    name: Annotated[str, Field(min_length=1)]


class Opsgenie(Channel):
    """An API integration of Opsgenie."""

    default_pace = "page"
    apart = True

    api_key_file: SecretFile
    api_url: BaseUrl | None = None
    responders: tuple[Responder, ...] = ()


class Slack(Channel):
    """A channel of Slack, by an incoming webhook: its own, or the one of the whole file."""

    channel: Annotated[str, AfterValidator(_slack_channel)]
    api_url_file: SecretFile | None = None


class Discord(Channel):
    """A webhook of Discord, by the address of it that speaks like Slack: the URL in the file ends in `/slack`.

    Alertmanager reads the URL of its own Discord receiver from a file only in later releases than 0.25.
    """

    api_url_file: SecretFile


class Email(Channel):
    """People who get one e-mail a notification."""

    to: Addresses


class Digest(Hours):
    """People who get one e-mail a week and project, while the window is open."""

    to: Addresses
    weekday: Weekday = "friday"
    start: Clock = "16:00"
    end: Clock = "17:00"
    zone: Zone = "America/New_York"

    @model_validator(mode="after")
    def _wide_enough(self) -> Self:
        if self.minutes < 2:
            raise ValueError("the window from start to end must be at least 2 minutes wide")
        return self


class Post(Section):
    """Where a webhook posts to: `url`, or `url_file` where the URL is a secret, which Alertmanager knows since 0.26."""

    url: BaseUrl | None = None
    url_file: SecretFile | None = None
    credentials_file: SecretFile | None = None

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        require_one(self, "url", "url_file")
        return self


class Webhook(Post, Channel):
    """Any program that takes Alertmanager's own JSON."""


class GithubIssue(Channel):
    """The exporter itself, which keeps one issue on GitHub an alert; `credentials_file` holds the token that it asks for."""

    url: BaseUrl = "http://kpi-exporter:8730/v1/alerts/github-issues"
    credentials_file: SecretFile


class Watchdog(Post):
    """A service that raises the alarm once it no longer hears: told at every interval of `every` that alerting works."""

    every: Annotated[Span, AfterValidator(_minutes)] = timedelta(minutes=5)


class Smtp(Section):
    """The server that takes e-mail."""

    smarthost: Annotated[str, AfterValidator(_smarthost)]
    from_: Annotated[Address, Field(alias="from")]
    username: Annotated[str, Field(min_length=1)] | None = None
    password_file: SecretFile | None = None
    require_tls: bool = True

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file must stand together")
        return self


Sent = Channel | Digest


class Kinds(Section):
    """The channels that are set, by kind and name."""

    pagerduty: Mapping[ChannelName, Pagerduty] = {}
    opsgenie: Mapping[ChannelName, Opsgenie] = {}
    slack: Mapping[ChannelName, Slack] = {}
    discord: Mapping[ChannelName, Discord] = {}
    email: Mapping[ChannelName, Email] = {}
    digest: Mapping[ChannelName, Digest] = {}
    webhook: Mapping[ChannelName, Webhook] = {}
    github_issue: Annotated[Mapping[ChannelName, GithubIssue], Field(alias="github-issue")] = {}

    def items(self) -> Iterator[tuple[str, Sent]]:
        """Every channel by its name, the urgent ones first."""
        for kind in type(self).model_fields:
            yield from getattr(self, kind).items()


class Channels(Section):
    """A whole file: what all channels share, and each of them.

    `root` names the channel that gets what no other does. `slack_api_url_file` is the incoming webhook of the Slack channels
    that name none.
    """

    root: ChannelName
    resolve_timeout: Span = timedelta(minutes=5)
    smtp: Smtp | None = None
    slack_api_url_file: SecretFile | None = None
    business_hours: BusinessHours | None = None
    watchdog: Watchdog | None = None
    channels: Kinds
