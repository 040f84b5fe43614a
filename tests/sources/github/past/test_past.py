"""What GitHub says of the past is what a refresh at that moment would have said, as far as it still knows."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.github.histories import END, Act, Scene, histories, play
from support.github.watcher import Figures, watched

TOLD_BY_DATE = {
    "everything": (
        *("open_issue", "comment", "close", "reopen", "cross_reference", "open_pull", "review", "merge", "close_pull"),
        *("reopen_pull", "start_discussion", "discuss", "reply", "close_discussion", "star", "commit"),
    ),
    "issues": ("open_issue", "comment", "close", "reopen"),
    "pull requests": ("open_pull", "comment", "review", "merge", "close_pull", "reopen_pull"),
    "people": ("start_discussion", "discuss", "reply", "star", "commit"),
}
"""Acts of which GitHub keeps the date, and which take nothing back: those of all topics, and of some of them, closer together."""
NO_PAST = {
    "github_repository_watchers",
    "github_repository_archived",
    "github_repository_pushed_timestamp_seconds",
    "github_release_downloads",
    "github_release_asset_size_bytes",
    "github_issue_oldest_unanswered_timestamp_seconds",
    "github_issue_cross_references",
    "github_pull_requests_awaiting_review",
    "github_pull_request_cross_references",
    "github_pull_requests_by_mergeability",
    "github_discussion_upvotes",
    "github_discussion_votes_per_answer",
}
"""What nobody can tell of a moment that is over."""


def with_past(said: Figures) -> Figures:
    return {key: value for key, value in said.items() if key[0] not in NO_PAST}


@pytest.mark.parametrize("acts_of", TOLD_BY_DATE)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_figure_is_that_of_a_refresh_at_that_moment(
    tmp_path_factory: pytest.TempPathFactory, acts_of: str, data: st.DataObject
) -> None:
    acts: list[Act] = data.draw(histories(TOLD_BY_DATE[acts_of], least=10, most=60))
    asked = data.draw(st.sets(st.integers(0, len(acts) - 1), min_size=1, max_size=4))
    scene, collected = Scene(), dict[datetime, Figures]()
    with watched(scene.github, tmp_path_factory.mktemp("state")) as watcher:
        for number, act in enumerate(acts):
            play(scene, act)
            if number in asked and (number + 1 == len(acts) or acts[number + 1].at > act.at):
                collected[act.at] = with_past(watcher.collected(act.at))
        told = watcher.past(sorted(collected), END + timedelta(hours=1)) if collected else {}
    assert told == collected
