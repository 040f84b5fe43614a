"""State, requests and answers get lost, and every alert keeps its one issue."""

from datetime import timedelta

import pytest

from exporter.tracking.tracker import SETTLING, Setback
from support.issues import Killed
from support.tools import NOW

OTHER = "00000000000000ff"
UNTIL_SETTLED = SETTLING / timedelta(minutes=1)


class TestLostState:
    def test_the_issue_is_found_by_its_label_and_marker(self, scene):
        scene.fire(NOW)
        scene.restart(lose_state=True)
        scene.fire(NOW)
        assert len(scene.api.issues) == 1

    def test_one_look_finds_the_issues_of_all_alerts(self, scene):
        scene.fire(NOW)
        scene.fire(NOW, OTHER)
        scene.restart(lose_state=True)
        scene.api.requests.clear()
        scene.fire(NOW)
        scene.fire(NOW, OTHER)
        assert scene.api.asked == ["GET /issues"]

    def test_an_issue_is_found_behind_a_hundred_others(self, scene):
        for number in range(130):
            scene.api.write(f"other {number}", labels=("kpi-alert",))
        scene.fire(NOW)
        scene.restart(lose_state=True)
        scene.fire(NOW)
        assert len(scene.api.issues) == 131

    def test_an_issue_without_the_label_counts_for_nothing(self, scene):
        scene.fire(NOW)
        scene.api.write("A copy by somebody", scene.api.issues[0].body)
        scene.restart(lose_state=True)
        scene.resolve(NOW, scene.wait(5))
        assert [issue.state for issue in scene.api.issues] == ["closed", "open"]

    def test_the_oldest_of_several_copies_is_the_issue(self, scene):
        scene.fire(NOW)
        scene.api.write("A copy by somebody", scene.api.issues[0].body, ("kpi-alert",))
        scene.restart(lose_state=True)
        scene.resolve(NOW, scene.wait(5))
        assert [issue.state for issue in scene.api.issues] == ["closed", "open"]

    def test_a_pull_request_counts_for_nothing(self, scene):
        scene.fire(NOW)
        scene.api.issues[0].pull_request = True
        scene.restart(lose_state=True)
        scene.fire(NOW)
        assert len(scene.api.issues) == 2

    def test_a_damaged_file_is_begun_anew(self, scene):
        scene.fire(NOW)
        scene.ledger.close()
        (scene.folder / "issues.sqlite").write_bytes(b"planted")
        scene.restart()
        scene.fire(NOW)
        assert len(scene.api.issues) == 1


class TestLosses:
    @pytest.mark.parametrize("loss", ["answer", "killed after"])
    def test_an_issue_that_was_opened_unheard_is_not_opened_twice(self, scene, loss):
        scene.api.losses.append(loss)
        try:
            assert scene.fire(NOW) == Setback(5.0)
        except Killed:
            scene.restart()
        scene.wait(UNTIL_SETTLED)
        assert scene.fire(NOW) is None
        assert len(scene.api.issues) == 1

    def test_nothing_is_opened_while_the_list_may_not_hold_it_yet(self, scene):
        scene.api.losses.append("answer")
        scene.fire(NOW)
        scene.api.lists_late = 1
        scene.wait(UNTIL_SETTLED / 2)
        assert scene.fire(NOW) == Setback(5.0)
        scene.api.lists_late = 0
        scene.wait(UNTIL_SETTLED / 2)
        assert scene.fire(NOW) is None
        assert len(scene.api.issues) == 1

    @pytest.mark.parametrize("loss", ["request", "killed before"])
    def test_an_issue_whose_opening_got_lost_is_opened_later(self, scene, loss):
        scene.api.losses.append(loss)
        try:
            scene.fire(NOW)
        except Killed:
            scene.restart()
        scene.wait(UNTIL_SETTLED)
        assert scene.fire(NOW) is None
        assert len(scene.api.issues) == 1

    @pytest.mark.parametrize("lose_state", [False, True])
    @pytest.mark.parametrize("place", [0, 1])
    @pytest.mark.parametrize("loss", ["request", "answer", "killed before", "killed after"])
    def test_an_end_is_told_once_whatever_gets_lost_on_the_way(self, scene, loss, place, lose_state):
        scene.fire(NOW)
        until = scene.wait(30)
        scene.api.losses.extend([*[None] * place, loss])
        try:
            assert scene.resolve(NOW, until) is not None
        except Killed:
            scene.restart(lose_state=lose_state)
        scene.wait(UNTIL_SETTLED)
        assert scene.resolve(NOW, until) is None
        [issue] = scene.api.issues
        assert (issue.state, len(issue.comments)) == ("closed", 1)


def test_an_end_is_told_once_though_the_clock_of_prometheus_is_ahead_of_that_of_github(scene):
    since, until = NOW + timedelta(minutes=20), NOW + timedelta(minutes=25)
    scene.fire(since)
    scene.api.losses.append("answer")
    scene.resolve(since, until)
    scene.wait(UNTIL_SETTLED)
    assert scene.resolve(since, until) is None
    assert len(scene.api.issues[0].comments) == 1


def test_a_file_that_cannot_be_used_any_more_costs_requests_and_nothing_else(scene):
    scene.fire(NOW)
    scene.ledger.close()
    scene.fire(NOW)
    scene.resolve(NOW, scene.wait(5))
    scene.resolve(NOW, scene.api.now)
    [issue] = scene.api.issues
    assert (issue.state, len(issue.comments)) == ("closed", 1)


def test_the_file_is_for_its_owner_alone(scene):
    scene.fire(NOW)
    assert (scene.folder / "issues.sqlite").stat().st_mode & 0o777 == 0o600
