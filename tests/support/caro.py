"""The repositories of the project caro on GitHub: a few things of each kind that can be counted by hand, and much that is old."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from support.github import (
    Account,
    Asset,
    Category,
    Comment,
    Commit,
    Discussion,
    FakeGitHub,
    Issue,
    PullRequest,
    Release,
    Repository,
    Review,
    Star,
    issues,
    pull_requests,
)
from support.github.alerts import Alert
from support.github.rest import RestSide, Traffic

__all__ = ["HISTORY", "PEOPLE", "fake_github"]

PEOPLE = ("ada@example.org", "grace@example.org", "linus@example.org", "12345+margaret@users.noreply.github.com")
"""Authors of the history; none of them may ever be seen outside."""

HISTORY = (
    (PEOPLE[0], 100),
    (PEOPLE[1], 70),
    (PEOPLE[2], 50),
    (PEOPLE[0], 40),
    (PEOPLE[1], 20),
    (PEOPLE[3], 10),
    ("9+release-robot@users.noreply.github.com", 5),
    (PEOPLE[0], 2),
)
"""The authors of all commits of caro-cli/caro, and how many days ago they made each."""

ADA, GRACE, LINUS = Account("planted-ada"), Account("planted-grace"), Account("planted-linus")
ROBOT = Account("planted-robot", "Bot")
ACCOUNTS = {PEOPLE[0]: ADA, PEOPLE[1]: GRACE, HISTORY[6][0]: Account("release-robot")}
"""Whose addresses GitHub knows; the address of PEOPLE[3] says itself which account it is."""


class _Ago:
    """Moments before that of the world."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def __call__(self, days: float = 0, hours: float = 0) -> datetime:
        return self._now - timedelta(days=days, hours=hours)


def fake_github(now: datetime, path: str) -> FakeGitHub:
    """A GitHub whose GraphQL API is at `path`, with caro-cli/caro and caro-cli/docs as they are at that moment."""
    ago = _Ago(now)
    caro = Repository(
        "caro-cli/caro",
        fork_count=64,
        watchers=25,
        pushed_at=ago(1),
        issues=[*_open_bugs(ago), *_open_others(ago), *_closed(ago)],
        pull_requests=_pull_requests(ago),
        discussions=_discussions(ago),
        stars=_stars(ago),
        commits=[Commit(ago(days), ACCOUNTS.get(email), email) for email, days in HISTORY],
        releases=[_release(ago)],
    )
    docs = Repository("caro-cli/docs", fork_count=3, watchers=5, stars=[Star(ago(300)) for _ in range(100)])
    github = FakeGitHub(caro, docs, path=path, now=now)
    github.reset = now + timedelta(minutes=40)
    assert isinstance(github.rest, RestSide)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = today - timedelta(days=1)
    github.rest.traffic[caro, "views"] = Traffic({yesterday: (70, 30), today: (5, 4)}, (900, 310))
    github.rest.traffic[caro, "clones"] = Traffic({yesterday: (8, 6)}, (64, 21))
    github.rest.alerts[caro] = [
        Alert(1, "high", ago(40), "fixed", ago(38)),
        Alert(2, "medium", ago(10)),
        Alert(3, "low", ago(200), "dismissed", ago(100)),
    ]
    return github


def _said(author: Account, at: datetime, association: str = "NONE", **more: Any) -> Comment:
    return Comment(author, at, association, **more)


def _open_bugs(ago: _Ago) -> Sequence[Issue]:
    """12 of them: 2 with priority P1, 5 with P2, 4 with P3, 1 with none."""
    return [
        # Answered by a maintainer after an hour.
        Issue(("bug", "P1"), author=ADA, created_at=ago(hours=3), comments=[_said(GRACE, ago(hours=2), "MEMBER")]),
        *issues(1, "bug", "P1"),
        # Nobody has answered for 20 hours.
        Issue(("bug", "P2"), author=LINUS, created_at=ago(hours=20)),
        *issues(4, "bug", "P2"),
        *issues(4, "bug", "P3"),
        *issues(1, "bug"),
    ]


def _open_others(ago: _Ago) -> Sequence[Issue]:
    """9 of them."""
    return [
        # Answered after two hours by somebody of the community.
        Issue(("documentation",), author=ADA, created_at=ago(3), comments=[_said(LINUS, ago(3, -2))]),
        # Only a robot has something to say.
        Issue(("good first issue",), author=GRACE, created_at=ago(10), comments=[_said(ROBOT, ago(10, -1))]),
        # A maintainer answers after six hours.
        Issue(("security",), author=LINUS, created_at=ago(25), comments=[_said(GRACE, ago(25, -6), "OWNER")]),
        # Answered after three hours, closed after a day, and open again.
        Issue(
            (),
            author=ADA,
            created_at=ago(12),
            comments=[_said(GRACE, ago(12, -3), "MEMBER")],
            closings=[ago(11)],
            reopened_at=[ago(4)],
            cross_references=[ago(4)],
        ),
        *issues(5),
    ]


def _closed(ago: _Ago) -> Sequence[Issue]:
    """30 of them, 5 bugs of the last 90 days among them: open for 2 h (P0), 42 h and 24 h (P1), 10 d (P2) and 10 d (P3)."""
    return [
        Issue(
            ("bug", "P0"),
            author=ADA,
            created_at=ago(20),
            closed_at=ago(20, -2),
            comments=[_said(GRACE, ago(20, -0.5), "MEMBER")],
        ),
        # The author adds something; somebody of the community answers after four hours.
        Issue(
            ("bug", "P1"),
            author=ADA,
            created_at=ago(2),
            closed_at=ago(hours=6),
            comments=[_said(ADA, ago(2, -1)), _said(LINUS, ago(2, -4))],
        ),
        Issue(("bug", "P1"), author=LINUS, created_at=ago(35), closed_at=ago(34)),
        Issue(("bug", "P2"), author=LINUS, created_at=ago(50), closed_at=ago(40)),
        # Closed without an answer by a person.
        Issue(("bug", "P3"), author=LINUS, created_at=ago(15), closed_at=ago(5), comments=[_said(ROBOT, ago(6))]),
        *issues(25, closed=True),
    ]


def _pull_requests(ago: _Ago) -> Sequence[PullRequest]:
    """4 open, 3 closed, 40 merged."""
    return [
        # Reviewed after three hours.
        PullRequest(author=ADA, created_at=ago(2), reviews=[Review(GRACE, ago(2, -3))], mergeable="CONFLICTING"),
        # Nobody has reviewed it.
        PullRequest(author=LINUS, created_at=ago(6), cross_references=[ago(4)]),
        # Its author, then a robot, then after five hours another person; merged after a day.
        PullRequest(
            author=LINUS,
            created_at=ago(8),
            merged_at=ago(7),
            reviews=[Review(LINUS, ago(8, -1), "COMMENTED"), Review(ROBOT, ago(8, -2)), Review(GRACE, ago(8, -5))],
        ),
        PullRequest(author=ROBOT, created_at=ago(4), merged_at=ago(3)),
        # Commented on after an hour, closed after a day.
        PullRequest(author=ADA, created_at=ago(12), closed_at=ago(11), comments=[_said(GRACE, ago(12, -1))]),
        *pull_requests(opened=2, closed=2, merged=38),
    ]


def _discussions(ago: _Ago) -> Sequence[Discussion]:
    questions, ideas = Category("Q&A", answerable=True), Category("Ideas")
    answer = _said(GRACE, ago(9), upvotes=3, reactions=1)
    return [
        Discussion(questions, ADA, ago(10), [answer], answer=answer, answer_chosen_at=ago(8), upvotes=2),
        Discussion(questions, LINUS, ago(hours=30), [_said(ROBOT, ago(hours=29))]),
        # Linus wrote long ago already.
        Discussion(ideas, LINUS, ago(100), [_said(ADA, ago(99), replies=[_said(LINUS, ago(98))])]),
    ]


def _stars(ago: _Ago) -> list[Star]:
    """1,100 of them: 2 in the last day, 5 in the last week, 12 in the last month."""
    recent = [Star(ago(hours=5), ADA), Star(ago(hours=20), LINUS), *(Star(ago(3)) for _ in range(3))]
    return [*(Star(ago(200)) for _ in range(1088)), *(Star(ago(20)) for _ in range(7)), *recent]


def _release(ago: _Ago) -> Release:
    size = 8_808_038
    return Release(
        [
            Asset("caro-x86_64-apple-darwin.tar.gz", 210, size),
            Asset("caro-x86_64-unknown-linux-musl.tar.gz", 140, size - 1_000_000),
            Asset("caro-x86_64-unknown-linux-musl.tar.gz.sha256", 99, 64),
        ],
        created_at=ago(5),
        published_at=ago(5),
        is_prerelease=True,
    )
