"""Discord: the three ways in, what is asked, what is made of each answer, and what never comes out."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from exporter import __version__
from exporter.document import parse, validate
from exporter.errors import InvalidInput, RateLimited, Reason, UpstreamError
from exporter.facts import Sample
from exporter.sources.base import Finding
from exporter.sources.discord import SOURCE, DiscordConfig, read_guild, read_invite, read_widget
from support.contract import anything, fixtures, gone_wrong, outcome, recorded
from support.openapi import Description
from support.packages import by_path
from support.tools import NOW, make_tools
from support.upstream import Answer, Handler, Request, Upstream

GUILD = "1180000000000000000"
TOKEN = "planted-bot-token"
BOT = {"guild_id": GUILD, "bot_token": TOKEN}
INVITE = {"invite": "hTKzmak"}
WIDGET = {"guild_id": GUILD}
PATHS = {
    "guild": f"/guilds/{GUILD}",
    "invite": "/invites/hTKzmak",
    "widget": f"/guilds/{GUILD}/widget.json",
    "user": "/users/@me",
}
GOOD = {path: Answer.json(recorded("discord", f"{kind}_good")) for kind, path in PATHS.items()}
DESCRIPTION = Description("discord", DiscordConfig.model_fields["base_url"].default)


def answered(name: str, status: int = 200) -> Handler:
    return lambda request: Answer.json(recorded("discord", name), status)


def collected(upstream: Upstream, folder: Path, config: dict[str, Any]) -> dict[str, float]:
    """The samples of a refresh by name; every one is of the one server."""
    source = SOURCE(DiscordConfig(base_url=upstream.url, **config))
    (part,) = source.collect(make_tools(folder), NOW)
    assert part.labels == ()
    assert {sample.labels for sample in part.samples} <= {(("guild", GUILD),)}
    return {sample.name: sample.value for sample in part.samples}


def examined(upstream: Upstream, folder: Path, config: dict[str, Any]) -> list[tuple[str, bool, str]]:
    source = SOURCE(DiscordConfig(base_url=upstream.url, **config))
    return [(found.subject, found.works, found.detail) for found in source.examine(make_tools(folder), NOW)]


def asked(folder: Path, config: dict[str, Any]) -> list[Request]:
    """What a refresh asks first, and then what the doctor asks."""
    with Upstream(by_path(GOOD)) as upstream:
        collected(upstream, folder, config)
        examined(upstream, folder, config)
        return upstream.requests


def failure(handler: Handler, folder: Path, config: dict[str, Any]) -> UpstreamError:
    with Upstream(handler) as upstream, pytest.raises(UpstreamError) as caught:
        collected(upstream, folder, config)
    return caught.value


# The ways in


def test_a_bot_reads_the_counts_of_its_server(tmp_path: Path) -> None:
    with Upstream(answered("guild_good")) as upstream:
        assert collected(upstream, tmp_path, BOT) == {"discord_members": 680, "discord_members_online": 112}
        (request,) = upstream.requests
    assert (request.path, request.query) == (f"/guilds/{GUILD}", {"with_counts": ["true"]})
    assert request.headers["authorization"] == f"Bot {TOKEN}"


def test_an_invite_tells_the_same_without_a_bot(tmp_path: Path) -> None:
    with Upstream(answered("invite_good")) as upstream:
        assert collected(upstream, tmp_path, INVITE) == {"discord_members": 680, "discord_members_online": 112}
        (request,) = upstream.requests
    assert (request.path, request.query) == ("/invites/hTKzmak", {"with_counts": ["true"]})
    assert "authorization" not in request.headers


def test_the_widget_tells_who_is_online_only(tmp_path: Path) -> None:
    with Upstream(answered("widget_good")) as upstream:
        assert collected(upstream, tmp_path, WIDGET) == {"discord_members_online": 112}
        (request,) = upstream.requests
    assert request.path == f"/guilds/{GUILD}/widget.json"
    assert "authorization" not in request.headers


def test_requests_name_the_program_in_the_form_that_discord_asks_for(tmp_path: Path) -> None:
    with Upstream(answered("guild_good")) as upstream:
        collected(upstream, tmp_path, BOT)
        (request,) = upstream.requests
    agent = request.headers["user-agent"]
    assert agent.startswith("DiscordBot (https://")
    assert agent.endswith(f", {__version__})")


def test_answers_are_not_kept_because_they_hold_names(tmp_path: Path) -> None:
    answer = Answer.json(recorded("discord", "guild_good"), headers={"ETag": '"1"'})
    source_config = DiscordConfig(base_url="http://127.0.0.1", **BOT)
    with Upstream(lambda request: answer) as upstream:
        source = SOURCE(source_config.model_copy(update={"base_url": upstream.url}))
        tools = make_tools(tmp_path)
        for _ in range(2):
            list(source.collect(tools, NOW))
        assert ["if-none-match" in request.headers for request in upstream.requests] == [False, False]


# Configuration


@pytest.mark.parametrize("written", [GUILD, f'"{GUILD}"'])
def test_an_id_may_stand_with_or_without_quotes(written: str) -> None:
    assert validate(parse(f"guild_id: {written}", "caro.yml"), DiscordConfig).guild_id == GUILD


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "must have either guild_id or invite"),
        (f"{{guild_id: {GUILD}, invite: hTKzmak}}", "must have either guild_id or invite"),
        ("{invite: hTKzmak, bot_token: abc}", "bot_token goes with guild_id; an invite needs none"),
        ("guild_id: caro", 'must be the id of a Discord server, a number such as "1180000000000000000"'),
        ("guild_id: 0", 'must be the id of a Discord server, a number such as "1180000000000000000"'),
        ("guild_id: true", 'must be the id of a Discord server, a number such as "1180000000000000000"'),
        ("guild_id: 1.18e+18", 'must be the id of a Discord server, a number such as "1180000000000000000"'),
        ("guild_id: ../users", 'must be the id of a Discord server, a number such as "1180000000000000000"'),
        (
            "invite: https://discord.gg/hTKzmak",
            "must be the code of an invite only, such as hTKzmak for https://discord.gg/hTKzmak",
        ),
        ("invite: a/b", "must be the code of an invite only, such as hTKzmak for https://discord.gg/hTKzmak"),
    ],
)
def test_a_configuration_that_names_no_server_is_refused(text: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        validate(parse(text, "caro.yml"), DiscordConfig)
    (problem,) = caught.value.problems
    assert problem.message.startswith(expected)


# Failures and what to do about them


@pytest.mark.parametrize(
    ("config", "name", "status", "reason", "text"),
    [
        (
            INVITE,
            "unknown_invite",
            404,
            Reason.NOT_FOUND,
            "Discord knows no such invite, or it has expired; make one that never expires",
        ),
        (INVITE, "invite_to_a_group", 200, Reason.NOT_FOUND, "the invite leads to no server"),
        (
            WIDGET,
            "widget_disabled",
            403,
            Reason.AUTH,
            "the widget of the server is off; turn it on in the server settings, or set bot_token or invite",
        ),
        (WIDGET, "unknown_guild", 404, Reason.NOT_FOUND, "Discord knows no server with this guild_id"),
        (
            BOT,
            "unauthorized",
            401,
            Reason.AUTH,
            "Discord refuses the token, or the bot is not a member of the server with this guild_id; invite it",
        ),
        (
            BOT,
            "missing_access",
            403,
            Reason.AUTH,
            "Discord refuses the token, or the bot is not a member of the server with this guild_id; invite it",
        ),
        (BOT, "unknown_guild", 404, Reason.NOT_FOUND, "the bot is not a member of the server with this guild_id; invite it"),
    ],
)
def test_a_refusal_says_what_to_do(
    config: dict[str, Any], name: str, status: int, reason: Reason, text: str, tmp_path: Path
) -> None:
    with Upstream(answered(name, status)) as upstream, pytest.raises(UpstreamError) as caught:
        collected(upstream, tmp_path, config)
    assert (caught.value.reason, str(caught.value)) == (reason, text)
    (request,) = upstream.requests
    assert DESCRIPTION.answer_breaches(request.path, Answer.json(recorded("discord", name), status)) == []


def test_a_limit_is_told_with_its_end(tmp_path: Path) -> None:
    error = failure(answered("limited", 429), tmp_path, BOT)
    assert isinstance(error, RateLimited)
    assert error.until == NOW + timedelta(seconds=64.57)
    limited = Answer.json(recorded("discord", "limited"), 429)
    assert [DESCRIPTION.answer_breaches(path, limited) for path in PATHS.values()] == [[], [], [], []]


@pytest.mark.parametrize("config", [BOT, INVITE, WIDGET])
def test_a_server_that_is_down_is_a_failure_and_no_zero(config: dict[str, Any], tmp_path: Path) -> None:
    assert failure(lambda request: Answer(500), tmp_path, config).reason is Reason.SERVER_ERROR


# Doctor


def test_doctor_finds_a_good_bot(tmp_path: Path) -> None:
    with Upstream(by_path(GOOD)) as upstream:
        assert examined(upstream, tmp_path, BOT) == [
            ("discord bot token", True, "Discord accepts the token"),
            (f"discord server {GUILD}", True, "tells members and online"),
        ]


def test_doctor_tells_a_wrong_token_from_a_bot_outside_the_server(tmp_path: Path) -> None:
    with Upstream(answered("unauthorized", 401)) as upstream:
        assert examined(upstream, tmp_path, BOT) == [
            ("discord bot token", False, "Discord refuses the token; copy it again or make a new one")
        ]
    with Upstream(by_path({"/users/@me": GOOD["/users/@me"]})) as upstream:
        assert examined(upstream, tmp_path, BOT)[1:] == [
            ("discord server", False, "the bot is not a member of the server with this guild_id; invite it")
        ]


def test_doctor_says_that_a_widget_tells_no_members(tmp_path: Path) -> None:
    with Upstream(answered("widget_good")) as upstream:
        assert examined(upstream, tmp_path, WIDGET) == [(f"discord server {GUILD}", True, "tells online")]


def test_doctor_says_when_nothing_is_told(tmp_path: Path) -> None:
    with Upstream(answered("invite_empty")) as upstream:
        assert examined(upstream, tmp_path, INVITE) == [(f"discord server {GUILD}", True, "tells neither members nor online")]


# The published description


@pytest.mark.parametrize("config", [BOT, INVITE, WIDGET])
def test_every_request_and_every_good_answer_keep_to_the_description(config: dict[str, Any], tmp_path: Path) -> None:
    for request in asked(tmp_path, config):
        assert DESCRIPTION.request_breaches(request) == []
        assert DESCRIPTION.answer_breaches(request.path, GOOD[request.path]) == []


def test_the_description_holds_what_is_asked_for_and_nothing_else(tmp_path: Path) -> None:
    paths = {request.path for config in (BOT, INVITE, WIDGET) for request in asked(tmp_path, config)}
    general = {path.replace(GUILD, "{guild_id}").replace("hTKzmak", "{code}") for path in paths}
    assert general == recorded("discord", "openapi")["paths"].keys()


@pytest.mark.parametrize(
    "slip",
    [
        {"query": {"with_counts": ["many"]}},
        {"query": {"with_counts": ["True"]}},
        {"query": {"with_counts": [""]}},
        {"query": {"with_count": ["true"]}},
        {"headers": {}},
        {"method": "POST"},
        {"path": "/guilds/caro"},
        {"path": f"/guild/{GUILD}"},
    ],
)
def test_a_slip_in_a_request_breaks_the_description(slip: dict[str, Any], tmp_path: Path) -> None:
    request = asked(tmp_path, BOT)[0]
    assert DESCRIPTION.request_breaches(request) == []
    assert DESCRIPTION.request_breaches(replace(request, **slip)) != []


def test_a_bot_shows_its_token_where_the_description_asks_for_it(tmp_path: Path) -> None:
    requests = asked(tmp_path, BOT)
    assert [request.path for request in requests] == [PATHS["guild"], PATHS["user"], PATHS["guild"]]
    assert all(DESCRIPTION.request_breaches(replace(request, headers={})) for request in requests)
    for config in (INVITE, WIDGET):
        assert not any(DESCRIPTION.request_breaches(replace(request, headers={})) for request in asked(tmp_path, config))


@pytest.mark.parametrize(
    "answer",
    [
        Answer.json(recorded("discord", "widget_good")),
        Answer.json(recorded("discord", "unknown_invite"), 200),
        Answer.json(recorded("discord", "invite_good"), 404),
        Answer.json(recorded("discord", "unknown_invite"), 429),
        Answer.json(recorded("discord", "unknown_invite"), 500),
        replace(Answer.json(recorded("discord", "invite_good")), headers={"Content-Type": "text/html"}),
    ],
)
def test_an_answer_of_another_kind_or_status_breaks_the_description(answer: Answer) -> None:
    assert DESCRIPTION.answer_breaches(PATHS["invite"], answer) != []


# Answers

READERS = {
    "guild": lambda answer: read_guild(answer, GUILD),
    "invite": read_invite,
    "widget": lambda answer: read_widget(answer, GUILD),
}
KINDS = pytest.mark.parametrize("kind", READERS)


@KINDS
def test_good_answers_are_read(kind: str) -> None:
    assert READERS[kind](recorded("discord", f"{kind}_good")).online == 112


@KINDS
def test_counts_that_discord_leaves_out_are_absent_and_no_zero(kind: str) -> None:
    answer = recorded("discord", f"{kind}_empty")
    assert DESCRIPTION.answer_breaches(PATHS[kind], Answer.json(answer)) == []
    expected = [] if kind != "widget" else [Sample("discord_members_online", (("guild", GUILD),), 0)]
    assert list(READERS[kind](answer).samples()) == expected


MALFORMED = [
    pytest.param(kind, *case.values, id=case.id) for kind in READERS for case in fixtures("discord", f"{kind}_malformed")
]
IMPOSSIBLE = [pytest.param("guild", *case.values, id=case.id) for case in fixtures("discord", "guild_impossible")]


@pytest.mark.parametrize(("kind", "answer"), MALFORMED)
def test_malformed_answers_break_the_description(kind: str, answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(PATHS[kind], Answer.json(answer)) != []


@pytest.mark.parametrize(("kind", "answer"), IMPOSSIBLE)
def test_impossible_counts_keep_to_the_description(kind: str, answer: Any) -> None:
    assert DESCRIPTION.answer_breaches(PATHS[kind], Answer.json(answer)) == []


@pytest.mark.parametrize(("kind", "answer"), MALFORMED + IMPOSSIBLE)
def test_malformed_answers_and_impossible_counts_are_refused(kind: str, answer: Any) -> None:
    with pytest.raises(UpstreamError) as caught:
        READERS[kind](answer)
    assert caught.value.reason is Reason.MALFORMED


def test_counts_of_another_server_are_refused() -> None:
    with pytest.raises(UpstreamError) as caught:
        read_guild(recorded("discord", "guild_good"), "1180000000000000999")
    assert caught.value.reason is Reason.MALFORMED


@KINDS
def test_whatever_comes_is_counts_or_a_reason(kind: str) -> None:
    @given(gone_wrong(recorded("discord", f"{kind}_good")) | anything)
    def check(answer: Any) -> None:
        made = outcome(READERS[kind], answer)
        if made not in (Reason.MALFORMED, Reason.NOT_FOUND):
            assert all(sample.value >= 0 for sample in made.samples())

    check()


# Privacy


@pytest.mark.parametrize("status", [200, 401, 403, 404, 429, 500])
@pytest.mark.parametrize(("config", "name"), [(BOT, "guild_good"), (INVITE, "invite_good"), (WIDGET, "widget_good")])
def test_no_name_and_no_token_ever_comes_out(
    config: dict[str, Any], name: str, status: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")

    def handler(request: Request) -> Answer:
        return Answer.json(recorded("discord", name) | {"message": "planted message"}, status)

    with Upstream(handler) as upstream:
        source = SOURCE(DiscordConfig(base_url=upstream.url, **config))
        told: list[object] = list[Finding](source.examine(make_tools(tmp_path), NOW))
        try:
            told += source.collect(make_tools(tmp_path), NOW)
        except UpstreamError as error:
            told += [error, error.__cause__, repr(source.config)]
    assert "planted" not in json.dumps([str(thing) for thing in told]).lower()
    assert "planted" not in caplog.text.lower()
    assert not list(tmp_path.rglob("*"))
