"""How Grafana is asked: page by page, with care for what it answers, and once where a second time would do harm."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.grafana import Grafana
from support.grafana_api import TOKEN, FakeGrafana
from support.tools import make_tools
from support.upstream import Answer, Upstream

CALLS: dict[str, Callable[[Grafana], Any]] = {
    "read teams": Grafana.teams,
    "read folders": Grafana.folders,
    "read the permissions of a folder": lambda grafana: grafana.permissions("uid-public"),
    "read the preferences of the organisation": Grafana.home,
    "read dashboards": lambda grafana: grafana.folder_of("kpi-leadership"),
    "make teams": lambda grafana: grafana.make_team("Leaders"),
    "set the permissions of a folder": lambda grafana: grafana.set_permissions("uid-public", []),
    "set the preferences of the organisation": lambda grafana: grafana.set_home("kpi-lonely"),
}
ONCE = {"make teams", "set the preferences of the organisation"}


@pytest.fixture
def fake() -> FakeGrafana:
    return FakeGrafana()


@pytest.fixture
def upstream(fake: FakeGrafana) -> Iterator[Upstream]:
    with Upstream(fake) as upstream:
        yield upstream


@pytest.fixture
def grafana(upstream: Upstream, tmp_path: Path) -> Grafana:
    return Grafana(make_tools(tmp_path / "state").client, upstream.url, TOKEN)


@pytest.mark.parametrize("largest_page", [1, 2, 3, 500])
def test_all_pages_are_read(grafana: Grafana, fake: FakeGrafana, largest_page: int) -> None:
    fake.largest_page = largest_page
    assert grafana.teams() == {"Chess club": 7, "Interns": 8, "Night shift": 9}
    assert {folder.title: folder.uid for folder in grafana.folders()} == {title: uid for uid, title in fake.folders.items()}


def test_a_server_that_knows_no_pages_is_not_asked_for_ever(upstream: Upstream, grafana: Grafana) -> None:
    upstream.fault = Answer.json([{"uid": "a", "title": "A"}])
    assert [folder.title for folder in grafana.folders()] == ["A"]
    assert len(upstream.requests) == 2


def test_what_a_folder_inherits_is_not_its_own(upstream: Upstream, grafana: Grafana) -> None:
    upstream.fault = Answer.json([{"role": "Viewer", "permission": 1, "inherited": True}, {"role": "Editor", "permission": 2}])
    assert [permission.role for permission in grafana.permissions("x")] == ["Editor"]


def test_a_dashboard_is_in_a_folder_in_none_or_not_there(grafana: Grafana) -> None:
    assert [grafana.folder_of(uid) for uid in ("kpi-leadership", "kpi-lonely", "kpi-nowhere")] == ["uid-leadership", "", None]


def test_a_home_page_that_is_empty_is_none(upstream: Upstream, grafana: Grafana) -> None:
    upstream.fault = Answer.json({"homeDashboardUID": ""})
    assert grafana.home() is None


@pytest.mark.parametrize("doing", [doing for doing in CALLS if doing.startswith("read")])
def test_no_answer_is_kept_since_it_may_name_people(upstream: Upstream, grafana: Grafana, doing: str) -> None:
    answers = {"read teams": {"teams": []}, "read dashboards": {"meta": {}}, "read the preferences of the organisation": {}}
    upstream.fault = Answer.json(answers.get(doing, []), headers={"ETag": '"1"'})
    for _ in range(2):
        CALLS[doing](grafana)
    assert len(upstream.requests) == 2
    assert not any("if-none-match" in request.headers for request in upstream.requests)


def test_other_preferences_stay(grafana: Grafana, fake: FakeGrafana) -> None:
    grafana.set_home("kpi-lonely")
    assert fake.preferences == {"theme": "dark", "homeDashboardUID": "kpi-lonely"}
    assert grafana.home() == "kpi-lonely"


@pytest.mark.parametrize("doing", CALLS)
def test_a_token_that_lacks_the_role_is_told_what_it_lacks(upstream: Upstream, grafana: Grafana, doing: str) -> None:
    upstream.fault = Answer.json({"message": "planted"}, 403)
    with pytest.raises(UpstreamError) as told:
        CALLS[doing](grafana)
    assert str(told.value) == f"the token may not {doing}: it must belong to a service account with the role Admin"


@pytest.mark.parametrize("doing", CALLS)
def test_a_token_that_is_wrong_is_told_so(upstream: Upstream, grafana: Grafana, doing: str) -> None:
    upstream.fault = Answer.json({"message": "planted"}, 401)
    with pytest.raises(UpstreamError) as told:
        CALLS[doing](grafana)
    assert str(told.value) == "Grafana does not take the token: it is wrong, has expired, or belongs to another Grafana"


@pytest.mark.parametrize("doing", CALLS)
@pytest.mark.parametrize("status", [500, 503])
def test_what_fails_in_passing_is_tried_again_unless_it_could_be_done_twice(
    upstream: Upstream, grafana: Grafana, doing: str, status: int
) -> None:
    upstream.fault = Answer(status)
    with pytest.raises(UpstreamError) as told:
        CALLS[doing](grafana)
    assert told.value.reason is Reason.SERVER_ERROR
    assert len(upstream.requests) == (1 if doing in ONCE else 3)


@pytest.mark.parametrize("doing", CALLS)
def test_a_limit_is_honoured(upstream: Upstream, grafana: Grafana, doing: str) -> None:
    upstream.fault = Answer(429, headers={"Retry-After": "90"})
    with pytest.raises(RateLimited) as told:
        CALLS[doing](grafana)
    assert told.value.until is not None
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("doing", CALLS)
@pytest.mark.parametrize(
    "fault",
    ["garbage", "drop", Answer(302, headers={"Location": "/login"}), Answer(405)],
    ids=["garbage", "drop", "login", "405"],
)
def test_whatever_else_goes_wrong_has_a_reason_and_shows_no_token(
    upstream: Upstream, grafana: Grafana, doing: str, fault: Any
) -> None:
    upstream.fault = fault
    with pytest.raises(UpstreamError) as told:
        CALLS[doing](grafana)
    assert told.value.reason in {Reason.MALFORMED, Reason.CONNECTION, Reason.REDIRECT, Reason.CLIENT_ERROR}
    assert TOKEN not in f"{told.value}{told.value.__cause__}"


@pytest.mark.parametrize("doing", [doing for doing in CALLS if not doing.startswith("set")])
@pytest.mark.parametrize("answer", [{"teams": [{"id": "1", "name": "x"}]}, [{"uid": 1}], 5, None])
def test_answers_of_another_shape_are_refused(upstream: Upstream, grafana: Grafana, doing: str, answer: Any) -> None:
    if doing == "read the preferences of the organisation" and isinstance(answer, dict):
        answer = {"homeDashboardUID": 5}
    upstream.fault = Answer.json(answer)
    with pytest.raises(UpstreamError, match="Grafana answered what does not fit its API"):
        CALLS[doing](grafana)


def test_a_name_that_is_taken_in_another_case_is_explained(grafana: Grafana) -> None:
    with pytest.raises(UpstreamError, match="takes for chess club: see whether upper and lower case differ"):
        grafana.make_team("chess club")
