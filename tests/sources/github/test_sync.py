"""Refreshes at any moments, with restarts between them, end with the figures of somebody who reads everything at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.facts import Part
from exporter.sources.base import Tools
from exporter.sources.github import GitHub, GitHubConfig
from support.github import TOKEN, FakeGitHub
from support.github.histories import ACTS, END, Act, Scene, histories, play
from support.tools import PATIENCE, make_tools
from support.upstream import Upstream

NOT_TOLD = {"upvote", "delete_account", "set_mergeable"}
"""What GitHub gives no sign of: it comes out when everything is read anew, after days."""
TOPICS = ("issues", "pull_requests", "conflicts", "discussions", "stars", "contributors")


class Follower:
    """A source that follows a fake GitHub; `folder` outlives it."""

    def __init__(self, github: FakeGitHub, url: str, folder: Path) -> None:
        self.github = github
        self.url = url
        self.folder = folder
        self.names = [repository.name for repository in github.repositories]
        self.restart()

    def restart(self) -> None:
        """Another process, with what the last one left in the folder."""
        short = timedelta(seconds=1)
        self.source = GitHub(
            GitHubConfig(
                base_url=self.url,
                token=TOKEN,
                repositories=self.names,
                read=TOPICS,
                slow_interval=short,
                labels=("planted-label",),
            )
        )

    def refresh(self, now: datetime) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
        """The samples of a refresh, which must succeed."""
        self.github.now = now
        self.github.remaining = self.github.limit
        made = make_tools(self.folder, now=now, timeout=PATIENCE)
        parts = list(self.source.collect(Tools(made.client, made.folder, keeps=True, clock=made.clock), now))
        assert [failed(part) for part in parts if part.failure] == []
        return {(sample.name, sample.labels): sample.value for part in parts for sample in part.samples}


def failed(part: Part) -> tuple[str, object]:
    return part.topic.name if part.topic else "", part.failure


@contextmanager
def served(scene: Scene) -> Iterator[str]:
    with Upstream(scene.github) as upstream:
        yield upstream.url


@st.composite
def moments(draw: st.DrawFn, most: int) -> set[int]:
    """After which acts there is a refresh, and before which of these a restart."""
    return draw(st.sets(st.integers(0, most)))


@pytest.mark.parametrize("offset_cursors", [False, True])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=histories([name for name in ACTS if name not in NOT_TOLD]), refreshes=moments(40), restarts=moments(40))
def test_any_sequence_of_refreshes_ends_with_the_figures_of_one_full_reading(
    tmp_path_factory: pytest.TempPathFactory, offset_cursors: bool, acts: list[Act], refreshes: set[int], restarts: set[int]
) -> None:
    scene = Scene()
    scene.github.offset_cursors = offset_cursors
    folder = tmp_path_factory.mktemp("state")
    with served(scene) as url:
        follower = Follower(scene.github, url, folder / "followed")
        for number, act in enumerate(acts):
            play(scene, act)
            if number in refreshes:
                follower.refresh(act.at)
            if number in restarts:
                follower.restart()
        end = END + timedelta(hours=1)
        followed = follower.refresh(end)
        fresh = Follower(scene.github, url, folder / "fresh")
        fresh.names = follower.names
        fresh.restart()
        assert followed == fresh.refresh(end)
    assert scene.github.refused == []
