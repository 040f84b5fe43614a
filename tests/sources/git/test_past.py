"""The past of git: a branch as it was, told by the commits that it has today."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from exporter.errors import Reason
from exporter.facts import Part
from exporter.sources.git import Git, GitConfig
from support.gits import ADA, BOB, CLEO, Origin
from support.tools import NOW, make_tools

DAY = timedelta(days=1)
LANDED = [(400, ADA), (100, ADA), (70, BOB), (40, ADA), (35, BOB), (20, CLEO), (3, ADA), (1, BOB)]
"""Commits by their age in days and their author."""


def source(*origins: Origin) -> Git:
    return Git(GitConfig.model_validate({"repositories": [str(origin.folder) for origin in origins]}))


def told(source: Git, folder: Path, *moments: datetime) -> dict[datetime, list[Part]]:
    return {moment: list(parts) for moment, parts in source.past(make_tools(folder), moments)}


@pytest.mark.parametrize("days", [0, 1, 2, 20, 36, 99, 390])
def test_it_says_what_a_refresh_would_have_said_of_the_commits_by_then(days: int, tmp_path: Path) -> None:
    moment = NOW - days * DAY
    today, then = Origin(tmp_path / "today" / "one.git"), Origin(tmp_path / "then" / "one.git")
    for age, author in LANDED:
        today.commit(author, days_ago=age)
        if age >= days:
            then.commit(author, days_ago=age)
    expected = source(then).collect(make_tools(tmp_path / "state-then"), moment)
    assert told(source(today), tmp_path / "state", moment) == {moment: expected}


def test_figures_by_hand(tmp_path: Path) -> None:
    origin = Origin(tmp_path / "srv" / "one.git")
    for age, author in LANDED:
        origin.commit(author, days_ago=age)
    (parts,) = told(source(origin), tmp_path / "state", NOW - 30 * DAY).values()
    samples = {(sample.name, dict(sample.labels).get("window")): sample.value for part in parts for sample in part.samples}
    assert samples["git_commits", None] == 5
    assert samples["git_contributors", None] == 2
    # Ada 40 and Bob 35 days ago; both had one in the 30 days before.
    assert samples["git_contributors_active", "30d"] == 2
    assert samples["git_contributors_retained", "30d"] == 1
    assert samples["git_last_commit_timestamp_seconds", None] == (NOW - 35 * DAY).timestamp()


def test_before_the_first_commit_of_all_nothing_is_known(tmp_path: Path) -> None:
    origin = Origin(tmp_path / "srv" / "one.git")
    origin.commit(ADA, days_ago=10)
    assert list(told(source(origin), tmp_path / "state", NOW - 20 * DAY, NOW - 10 * DAY, NOW)) == [NOW - 10 * DAY, NOW]


def test_a_repository_that_came_later_has_no_commits_yet(tmp_path: Path) -> None:
    old, new = Origin(tmp_path / "srv" / "old.git"), Origin(tmp_path / "srv" / "new.git")
    old.commit(ADA, days_ago=50)
    new.commit(BOB, days_ago=5)
    (parts,) = told(source(old, new), tmp_path / "state", NOW - 20 * DAY).values()
    commits = {
        dict(sample.labels)["repository"]: sample.value
        for part in parts
        for sample in part.samples
        if sample.name == "git_commits"
    }
    assert commits == {"old": 1, "new": 0}


def test_a_repository_that_cannot_be_read_fails_at_every_moment(tmp_path: Path) -> None:
    origin = Origin(tmp_path / "srv" / "one.git")
    origin.commit(ADA, days_ago=50)
    both = Git(GitConfig.model_validate({"repositories": [str(origin.folder), str(tmp_path / "srv" / "lost.git")]}))
    found = told(both, tmp_path / "state", NOW - DAY, NOW)
    assert [[part.failure for part in parts] for parts in found.values()] == [[None, Reason.NOT_FOUND, Reason.NOT_FOUND]] * 2


def test_the_history_is_read_once(tmp_path: Path) -> None:
    origin = Origin(tmp_path / "srv" / "one.git")
    origin.commit(ADA, days_ago=50)
    reader = source(origin)
    pauses: list[float] = []
    tools = replace(make_tools(tmp_path / "state"), pause=pauses.append)
    moments = [NOW - number * DAY for number in range(40, 0, -1)]
    clones = [sorted((tmp_path / "state").iterdir()) for _ in reader.past(tools, moments)]
    assert len(clones) == 40
    assert clones[0] == clones[-1]
