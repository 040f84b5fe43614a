"""What becomes of alerts in the issues of a repository."""

from datetime import timedelta

import pytest

from support.issues import REPOSITORY, TOKEN
from support.tools import NOW
from support.upstream import Request

OTHER = "00000000000000ff"


def test_an_alert_opens_an_issue_with_the_configured_label(scene):
    assert scene.fire() is None
    [issue] = scene.api.issues
    assert (issue.title, issue.state, issue.labels) == ("A benchmark became slower (latency)", "open", ["kpi-alert"])
    assert scene.api.refused == []


def test_a_repeat_asks_github_nothing(scene):
    scene.fire(NOW)
    scene.api.requests.clear()
    scene.wait(240)
    assert scene.fire(NOW) is None
    assert scene.api.requests == []


def test_a_resolved_alert_is_told_and_its_issue_closed(scene):
    scene.fire(NOW)
    scene.wait(90)
    assert scene.resolve(NOW) is None
    [issue] = scene.api.issues
    [(_, comment)] = issue.comments
    assert issue.state == "closed"
    assert comment.startswith("The alert is resolved since 2026-01-27 13:30 UTC, after 1h30m.")
    assert scene.counted() == {"opened": 1, "commented": 1, "closed": 1}


def test_a_repeated_resolve_asks_github_nothing(scene):
    scene.fire(NOW)
    until = scene.wait(90)
    scene.resolve(NOW, until)
    scene.api.requests.clear()
    scene.resolve(NOW, until)
    assert scene.api.requests == []


def test_an_alert_that_fires_again_reopens_its_issue_with_a_comment(scene):
    scene.fire(NOW)
    scene.resolve(NOW, scene.wait(5))
    again = scene.wait(60)
    assert scene.fire(again, value="15 %") is None
    [issue] = scene.api.issues
    assert issue.state == "open"
    assert issue.comments[1][1].startswith("The alert fires again, since 2026-01-27 13:05 UTC.")
    assert r"| Value | 15 \% |" in issue.comments[1][1]
    assert scene.counted()["reopened"] == 1


def test_every_episode_is_told_once_at_its_beginning_and_once_at_its_end(scene):
    for _ in range(3):
        since = scene.wait(60)
        scene.fire(since)
        scene.fire(since)
        until = scene.wait(20)
        scene.resolve(since, until)
        scene.resolve(since, until)
    [issue] = scene.api.issues
    told = [text.partition(",")[0].partition(" since")[0] for _, text in issue.comments]
    resolved, again = "The alert is resolved", "The alert fires again"
    assert told == [resolved, again, resolved, again, resolved]


def test_alerts_of_other_fingerprints_have_issues_of_their_own(scene):
    scene.fire(NOW)
    scene.fire(NOW, OTHER)
    scene.resolve(NOW, scene.wait(5), OTHER)
    assert [issue.state for issue in scene.api.issues] == ["open", "closed"]


def test_an_alert_that_never_had_an_issue_is_resolved_without_one(scene):
    assert scene.resolve(NOW, scene.wait(5)) is None
    assert scene.api.issues == []


def test_what_people_wrote_into_an_issue_stays(scene):
    scene.fire(NOW)
    scene.api.issues[0].body += "\n\nSeen by planted-anna, see the log."
    scene.resolve(NOW, scene.wait(5))
    assert "Seen by planted-anna, see the log." in scene.api.issues[0].body


class TestClosedByAPerson:
    def test_stays_closed_while_the_alert_fires(self, scene):
        scene.fire(NOW)
        scene.wait(5)
        scene.api.close(1)
        scene.wait(240)
        scene.fire(NOW)
        assert scene.api.issues[0].state == "closed"

    def test_stays_closed_after_a_restart_without_state(self, scene):
        scene.fire(NOW)
        scene.wait(5)
        scene.api.close(1)
        scene.restart(lose_state=True)
        scene.fire(NOW)
        assert [issue.state for issue in scene.api.issues] == ["closed"]

    def test_is_told_of_the_end_all_the_same(self, scene):
        scene.fire(NOW)
        scene.api.close(1)
        scene.resolve(NOW, scene.wait(5))
        assert len(scene.api.issues[0].comments) == 1

    def test_is_reopened_when_the_alert_resolves_and_fires_again(self, scene):
        scene.fire(NOW)
        scene.api.close(1)
        scene.resolve(NOW, scene.wait(5))
        scene.fire(scene.wait(5))
        assert scene.api.issues[0].state == "open"

    def test_is_reopened_when_the_alert_fires_again_though_its_end_was_not_heard_of(self, scene):
        scene.fire(NOW)
        scene.wait(5)
        scene.api.close(1)
        scene.fire(scene.wait(60))
        assert scene.api.issues[0].state == "open"


class TestOutOfOrder:
    def test_a_beginning_that_arrives_after_the_end_changes_nothing(self, scene):
        scene.fire(NOW)
        scene.resolve(NOW, scene.wait(30))
        scene.wait(1)
        scene.fire(NOW)
        assert scene.api.issues[0].state == "closed"

    def test_an_alert_that_goes_on_although_it_was_called_resolved_opens_its_issue_again_without_a_word(self, scene):
        scene.fire(NOW)
        scene.resolve(NOW, scene.wait(30))
        scene.wait(11)
        scene.fire(NOW)
        [issue] = scene.api.issues
        assert (issue.state, len(issue.comments)) == ("open", 1)

    def test_its_end_is_not_told_a_second_time(self, scene):
        scene.fire(NOW)
        scene.resolve(NOW, scene.wait(30))
        scene.wait(11)
        scene.fire(NOW)
        scene.resolve(NOW, scene.wait(30))
        [issue] = scene.api.issues
        assert (issue.state, len(issue.comments)) == ("closed", 1)

    def test_the_end_of_an_earlier_episode_does_not_close_a_later_one(self, scene):
        first = NOW
        scene.fire(first)
        ended = scene.wait(10)
        scene.resolve(first, ended)
        scene.fire(scene.wait(10))
        scene.resolve(first, ended)
        assert scene.api.issues[0].state == "open"

    @pytest.mark.parametrize("seconds", [-30, 30])
    def test_a_second_prometheus_that_noticed_the_alert_at_another_moment_changes_nothing(self, scene, seconds):
        scene.fire(NOW)
        scene.fire(NOW + timedelta(seconds=seconds))
        [issue] = scene.api.issues
        assert issue.comments == []
        scene.resolve(NOW + timedelta(seconds=seconds), scene.wait(30))
        assert (issue.state, len(issue.comments)) == ("closed", 1)


class TestPeopleAtWork:
    def test_an_issue_that_was_deleted_is_opened_anew_when_the_alert_fires_again(self, scene):
        scene.api.write("an older one")
        scene.fire(NOW)
        scene.api.issues.pop()
        scene.fire(scene.wait(60))
        assert [issue.title for issue in scene.api.issues] == ["an older one", "A benchmark became slower (latency)"]

    def test_a_marker_that_was_taken_out_comes_back(self, scene):
        scene.fire(NOW)
        scene.api.issues[0].body = "Only my words."
        scene.resolve(NOW, scene.wait(5))
        body = scene.api.issues[0].body
        assert body.startswith("Only my words.\n\n<!-- kpi-exporter fingerprint=3fa2b1c09d8e7f60 episode=1 ")

    def test_the_issue_of_a_stranger_is_left_alone_where_a_repository_was_made_anew(self, scene):
        scene.fire(NOW)
        scene.api.issues.clear()
        stranger = scene.api.write("Something else", "Only my words.")
        scene.resolve(NOW, scene.wait(5))
        assert (stranger.state, stranger.body, stranger.comments) == ("open", "Only my words.", [])

    def test_the_issue_of_another_alert_is_left_alone_where_a_repository_was_made_anew(self, scene):
        scene.fire(NOW)
        scene.fire(NOW, OTHER)
        scene.api.issues[0].body, scene.api.issues[1].body = scene.api.issues[1].body, scene.api.issues[0].body
        scene.resolve(NOW, scene.wait(5))
        assert [issue.state for issue in scene.api.issues] == ["open", "closed"]

    def test_an_issue_that_was_moved_to_where_it_has_another_number_counts_as_gone(self, scene):
        scene.fire(NOW)
        scene.api.write("Moved here", scene.api.issues[0].body)
        scene.api.issues[0].labels.clear()
        moved = scene.api(Request("GET", f"/repos/{REPOSITORY}/issues/2", {}, {"authorization": f"Bearer {TOKEN}"}, b""))
        scene.api.answers = [moved]
        scene.resolve(NOW, scene.wait(5))
        assert [(issue.state, issue.comments) for issue in scene.api.issues] == [("open", []), ("open", [])]
