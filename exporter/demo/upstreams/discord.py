"""The one Discord server of the demo, as Discord tells a bot of it."""

from http import HTTPStatus
from typing import Any

from exporter.demo.beta import MEMBERS, ONLINE
from exporter.demo.upstreams.service import Answer, Request, Service

__all__ = ["GUILD", "discord"]

GUILD = "1180000000000000000"
_BOT = {"id": "1180000000000000009", "username": "caro-figures", "avatar": None, "discriminator": "0001", "bot": True}
_UNKNOWN = Answer({"message": "Unknown Guild", "code": 10004}, HTTPStatus.NOT_FOUND)


def discord(token: str) -> Service:
    """Discord's API, for a bot with this token."""

    def answer(request: Request) -> Answer:
        if request.token != token:
            return Answer({"message": "401: Unauthorized", "code": 0}, HTTPStatus.UNAUTHORIZED)
        match request.path:
            case ["users", "@me"]:
                return Answer({**_BOT, "global_name": None, "public_flags": 0})
            case ["guilds", guild] if guild == GUILD:
                counted = request.query.get("with_counts") == "true"
                return Answer({**_guild(), **(_COUNTS if counted else {})})
        return _UNKNOWN

    return answer


_COUNTS = {"approximate_member_count": MEMBERS, "approximate_presence_count": ONLINE}


def _guild() -> dict[str, Any]:
    """What Discord tells of a server beside the counts; a server that uses nothing has little to tell."""
    nothing = (
        "afk_channel_id",
        "application_id",
        "banner",
        "description",
        "discovery_splash",
        "icon",
        "incidents_data",
        "public_updates_channel_id",
        "rules_channel_id",
        "safety_alerts_channel_id",
        "splash",
        "system_channel_id",
        "vanity_url_code",
        "widget_channel_id",
        "home_header",
    )
    zero = (
        "default_message_notifications",
        "explicit_content_filter",
        "mfa_level",
        "nsfw_level",
        "premium_subscription_count",
        "premium_tier",
        "system_channel_flags",
        "verification_level",
    )
    return {
        "id": GUILD,
        "name": "Caro",
        "owner_id": "1180000000000000001",
        "preferred_locale": "en-US",
        "region": "deprecated",
        "afk_timeout": 300,
        "max_members": 500_000,
        "max_presences": None,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "nsfw": False,
        "premium_progress_bar_enabled": False,
        "widget_enabled": False,
        "features": [],
        "roles": [],
        "emojis": [],
        "stickers": [],
        **dict.fromkeys(nothing),
        **dict.fromkeys(zero, 0),
    }
