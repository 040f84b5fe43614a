"""Discord: how many members a server has, and how many of them are online. No names, no messages, no gateway connection."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from exporter import URL, __version__
from exporter.config.types import BaseUrl, HttpSourceConfig, SecretStr
from exporter.errors import Reason, UpstreamError
from exporter.facts import Metric, Part, Sample
from exporter.sources.base import Finding, Source, Tools

__all__ = ["SOURCE", "Counts", "DiscordConfig", "DiscordSource", "read_guild", "read_invite", "read_widget"]

MEMBERS = Metric(
    "discord_members",
    "Members of the Discord server, bots among them; Discord gives the number approximately.",
    "count",
    ("guild",),
)
ONLINE = Metric(
    "discord_members_online",
    "Members of the Discord server who are not offline; Discord gives the number approximately.",
    "count",
    ("guild",),
)

USER_AGENT = f"DiscordBot ({URL}, {__version__})"
"""Discord asks for this form and blocks others."""
_COUNTS = {"with_counts": "true"}
_SNOWFLAKE = re.compile(r"[1-9][0-9]{0,19}")
_INVITE = re.compile(r"[A-Za-z0-9-]{2,64}")
_LARGEST = 2**31 - 1


def _guild_id(value: object) -> object:
    """A server id as text; YAML makes a number of one without quotes, which loses nothing."""
    text = str(value) if type(value) is int else value
    if not isinstance(text, str) or not _SNOWFLAKE.fullmatch(text):
        raise ValueError('must be the id of a Discord server, a number such as "1180000000000000000"')
    return text


def _invite(code: str) -> str:
    if not _INVITE.fullmatch(code):
        raise ValueError("must be the code of an invite only, such as hTKzmak for https://discord.gg/hTKzmak")
    return code


class DiscordConfig(HttpSourceConfig):
    """Which server is read: one, by its id or by an invite to it."""

    base_url: BaseUrl = Field("https://discord.com/api/v10", description="Where Discord's API is served.")
    guild_id: Annotated[str, BeforeValidator(_guild_id)] | None = Field(
        None, description="Id of the server. Without bot_token its public widget is read, which tells who is online only."
    )
    bot_token: SecretStr | None = Field(None, description="Token of a bot that is a member of the server; no permissions needed.")
    invite: Annotated[str, AfterValidator(_invite)] | None = Field(
        None, description="Code of a permanent invite to the server, instead of guild_id; needs no bot."
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.guild_id is None) == (self.invite is None):
            raise ValueError("must have either guild_id or invite")
        if self.invite is not None and self.bot_token is not None:
            raise ValueError("bot_token goes with guild_id; an invite needs none")
        return self


@dataclass(frozen=True, slots=True)
class Counts:
    """What an answer says of one server; None stands for what it leaves out."""

    guild: str
    members: int | None
    online: int | None

    def samples(self) -> tuple[Sample, ...]:
        """The samples of what is known."""
        pairs = ((MEMBERS, self.members), (ONLINE, self.online))
        return tuple(metric.sample(number, guild=self.guild) for metric, number in pairs if number is not None)


class DiscordSource(Source[DiscordConfig]):
    """Members of a Discord server."""

    name = "discord"
    summary = "Members of a Discord server and how many are online, from Discord's API."
    config_type = DiscordConfig
    metrics = (MEMBERS, ONLINE)

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        return [Part((), now, self._counts(tools).samples())]

    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        if self.config.bot_token is not None:
            refused = {Reason.AUTH: "Discord refuses the token; copy it again or make a new one"}
            try:
                self._get(tools, "/users/@me", None, refused)
            except UpstreamError as error:
                yield Finding("discord bot token", False, str(error))
                return
            yield Finding("discord bot token", True, "Discord accepts the token")
        try:
            counts = self._counts(tools)
        except UpstreamError as error:
            yield Finding("discord server", False, str(error))
            return
        known = [word for word, number in (("members", counts.members), ("online", counts.online)) if number is not None]
        yield Finding(f"discord server {counts.guild}", True, f"tells {' and '.join(known) or 'neither members nor online'}")

    def _counts(self, tools: Tools) -> Counts:
        """Asks in the one way that the configuration allows; raises UpstreamError, saying what to do where that is known."""
        guild_id, invite = self.config.guild_id, self.config.invite
        if invite is not None:
            gone = "Discord knows no such invite, or it has expired; make one that never expires"
            return read_invite(self._get(tools, f"/invites/{invite}", _COUNTS, {Reason.NOT_FOUND: gone}))
        assert guild_id is not None  # the configuration has one of the two
        if self.config.bot_token is None:
            off = "the widget of the server is off; turn it on in the server settings, or set bot_token or invite"
            unknown = "Discord knows no server with this guild_id"
            remedies = {Reason.AUTH: off, Reason.NOT_FOUND: unknown}
            return read_widget(self._get(tools, f"/guilds/{guild_id}/widget.json", None, remedies), guild_id)
        outside = "the bot is not a member of the server with this guild_id; invite it"
        remedies = {Reason.AUTH: f"Discord refuses the token, or {outside}", Reason.NOT_FOUND: outside}
        return read_guild(self._get(tools, f"/guilds/{guild_id}", _COUNTS, remedies), guild_id)

    def _get(self, tools: Tools, path: str, params: Mapping[str, str] | None, remedies: Mapping[Reason, str]) -> Any:
        headers = {"User-Agent": USER_AGENT}
        if self.config.bot_token is not None:
            headers["Authorization"] = f"Bot {self.config.bot_token.get_secret_value()}"
        try:
            # Answers hold names of servers and people: they are never kept.
            return tools.client.get(self.config.base_url + path, params=params, headers=headers, conditional=False).json()
        except UpstreamError as error:
            if error.reason not in remedies:
                raise
            raise UpstreamError(error.reason, remedies[error.reason]) from None


def read_guild(answer: Any, guild_id: str) -> Counts:
    """The counts out of a server asked with counts; raises UpstreamError(MALFORMED) for anything else."""
    guild = _about(answer, guild_id)
    return Counts(guild_id, _number(guild, "approximate_member_count"), _number(guild, "approximate_presence_count"))


def read_invite(answer: Any) -> Counts:
    """The counts out of an invite asked with counts.

    Raises UpstreamError: NOT_FOUND for an invite that leads to no server (to a friend, to a group), MALFORMED for anything else.
    """
    if not isinstance(answer, dict) or not isinstance(answer.get("code"), str):
        raise _malformed()
    if answer.get("guild") is None:
        raise UpstreamError(Reason.NOT_FOUND, "the invite leads to no server")
    guild_id = answer["guild"].get("id") if isinstance(answer["guild"], dict) else None
    if not isinstance(guild_id, str) or not _SNOWFLAKE.fullmatch(guild_id):
        raise _malformed()
    return Counts(guild_id, _number(answer, "approximate_member_count"), _number(answer, "approximate_presence_count"))


def read_widget(answer: Any, guild_id: str) -> Counts:
    """The count of members online out of a widget, which tells no more; raises UpstreamError(MALFORMED) for anything else."""
    online = _number(_about(answer, guild_id), "presence_count")
    if online is None:
        raise _malformed()
    return Counts(guild_id, None, online)


def _about(answer: Any, guild_id: str) -> Mapping[str, Any]:
    """The answer, made sure that it is about the server that was asked for."""
    if not isinstance(answer, dict) or answer.get("id") != guild_id:
        raise _malformed()
    return answer


def _number(answer: Mapping[str, Any], key: str) -> int | None:
    number = answer.get(key)
    if number is None:
        return None
    if type(number) is not int or not 0 <= number <= _LARGEST:
        raise _malformed()
    return number


def _malformed() -> UpstreamError:
    return UpstreamError(Reason.MALFORMED, "Discord's answer is not what its API promises")


SOURCE = DiscordSource
