"""The project in the middle of its beta: the figures of its second week, and the months that led to them."""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

from exporter.demo.people import CONTRIBUTORS, MAINTAINERS, VISITORS, Person
from exporter.demo.project import ANSWERABLE, Asset, Commit, Discussion, Entry, Issue, Project, PullRequest, Release, Remark

__all__ = ["MEMBERS", "ONLINE", "SINCE_LAUNCH", "chance", "launch_of", "project_at"]

SINCE_LAUNCH = 12
"""Days since the launch: the second week is nearly over."""
MEMBERS, ONLINE = 680, 96
"""People on the Discord server, and those of them who are there."""

DAY = timedelta(days=1)
_STARS = ((300, 0), (90, 640), (13, 940), (SINCE_LAUNCH, 1000), (7, 1100), (2.2, 1200))
_FORKS = ((290, 0), (90, 41), (2, 86))
"""Days ago, and how many there were by then: between two points they came evenly."""

_OPEN_BUGS = {"P1": (2.4, 1.3), "P2": (21, 13, 8, 4, 0.5), "P3": (34, 25, 11, 0.8, 0.3)}
"""Days ago at which bugs were reported that are still open, by priority."""
_FIXED_BUGS = {
    "P0": ((5.0, 0.13),),
    "P1": ((61, 0.9), (48, 0.6), (33, 1.1), (19, 0.7), (11, 0.8), (6, 0.9), (3, 0.5), (1.2, 0.5)),
    "P2": ((70, 9), (52, 7), (41, 5), (30, 8), (22, 6), (14, 7.5), (9, 8.4), (7.2, 6.4)),
    "P3": ((80, 14), (57, 12), (39, 11), (20, 13), (13, 12.4)),
}
"""Days ago at which bugs were reported, and how many days later each was fixed, by priority."""
_ISSUE_LABELS = ((), ("enhancement",), ("documentation",), ("good first issue",), ("enhancement", "good first issue"))
_CATEGORIES = (ANSWERABLE, "Ideas", ANSWERABLE, "Show and tell")

_ASSETS = {
    "aarch64-apple-darwin": (8_900_000, 410),
    "x86_64-apple-darwin": (9_100_000, 260),
    "x86_64-unknown-linux-gnu": (8_600_000, 520),
}
"""Size in bytes, and downloads, of the file for each target."""
_RELEASES = (("v0.9.0", 80, 1.06, 1.4), ("v1.0.0", 40, 1.04, 1.9), ("v1.1.0-beta.1", SINCE_LAUNCH, 1.03, 0.7))
_LATEST = ("v1.1.0-beta.2", 5, 1.0, 0.4)
"""Tag, days ago, and size and downloads against those of `_ASSETS`."""


def launch_of(now: datetime) -> date:
    """The day on which the beta began."""
    return (now.astimezone(UTC) - SINCE_LAUNCH * DAY).date()


def chance(*what: object) -> random.Random:
    """Chance that falls alike each time, for each thing by its name."""
    return random.Random(" ".join(map(str, what)))  # noqa: S311 - believable, and no secret


def project_at(now: datetime) -> Project:
    """The project as it is now: the same facts, so long ago, whenever it is asked for."""
    now = now.astimezone(UTC).replace(microsecond=0)
    entries: list[Entry] = [*_bugs(now), *_issues(now), *_pull_requests(now), *_discussions(now)]
    project = Project(now - 300 * DAY, list(_along(_STARS, now)), list(_along(_FORKS, now)), watchers=38)
    for number, entry in enumerate(sorted(entries, key=lambda entry: entry.at), 1):
        match replace(entry, number=number):
            case Issue() as issue:
                project.issues.append(issue)
            case PullRequest() as request:
                project.pull_requests.append(request)
            case Discussion() as discussion:
                project.discussions.append(discussion)
    project.releases.extend(_release(number, *told, now) for number, told in enumerate((*_RELEASES, _LATEST), 1))
    project.commits.extend(_commits(now))
    return project


def _along(points: Sequence[tuple[float, int]], now: datetime) -> Iterator[datetime]:
    """The moments of things that came evenly between one point and the next."""
    for (earlier, before), (later, after) in pairwise(points):
        for number in range(1, after - before + 1):
            yield _ago(now, earlier + (later - earlier) * number / (after - before))


def _ago(now: datetime, days: float) -> datetime:
    return (now - days * DAY).replace(microsecond=0)


def _bugs(now: datetime) -> Iterator[Issue]:
    for priority, reported in _OPEN_BUGS.items():
        yield from (_issue(now, days, None, ("bug", priority)) for days in reported)
    for priority, fixed in _FIXED_BUGS.items():
        yield from (_issue(now, days, days - taken, ("bug", priority)) for days, taken in fixed)


def _issues(now: datetime) -> Iterator[Issue]:
    """Wishes and questions: one in two days or more often, of which every fourth is open."""
    luck = chance("issues")
    days = 88.0
    while days > 0.2:
        labels = luck.choice(_ISSUE_LABELS)
        closed = max(0.05, days - luck.uniform(0.2, 12)) if luck.random() < 0.75 else None
        yield _issue(now, days, closed, labels)
        days -= luck.uniform(0.3, 2.1)


def _issue(now: datetime, days: float, closed: float | None, labels: tuple[str, ...]) -> Issue:
    luck = chance("issue", days, labels)
    at, end = _ago(now, days), None if closed is None else _ago(now, closed)
    comments = tuple(_remarks(luck, at, min(end or now, now), MAINTAINERS, hours=3.2))
    return Issue(0, at, luck.choice(VISITORS), labels, end, comments)


def _remarks(luck: random.Random, at: datetime, until: datetime, people: Sequence[Person], hours: float) -> Iterator[Remark]:
    """Up to three remarks, the first after so many hours at most."""
    for number in range(luck.randint(1, 3)):
        at += timedelta(minutes=round(luck.uniform(6, 60 * hours * (1 + 8 * number))))
        if at >= until:
            return
        yield Remark(at, luck.choice(people))


def _pull_requests(now: datetime) -> Iterator[PullRequest]:
    """A pull request nearly every day: most are merged, a few turned down, and nine are open."""
    luck = chance("pull requests")
    authors = [person for person in CONTRIBUTORS if person.began is not None]
    for number in range(80):
        days = 88 - number * 87.6 / 79
        by = luck.choice([person for person in authors if (person.began or DAY) >= (days - 1) * DAY])
        at = _ago(now, days)
        closed = None if number >= 71 else _ago(now, max(0.02, days - luck.uniform(0.1, 4)))
        reviewers = [person for person in MAINTAINERS if person is not by]
        reviews = tuple(_remarks(luck, at, closed or now, reviewers, hours=9))
        conflicting = closed is None and number % 4 == 0
        yield PullRequest(0, at, by, closed, number % 9 != 4, reviews, "CONFLICTING" if conflicting else "MERGEABLE")


def _discussions(now: datetime) -> Iterator[Discussion]:
    luck = chance("discussions")
    for number in range(24):
        at = _ago(now, 60 - number * 59 / 23)
        category = _CATEGORIES[number % len(_CATEGORIES)]
        comments = tuple(_remarks(luck, at, now, (*MAINTAINERS, *VISITORS[:8]), hours=12))
        answered = category == ANSWERABLE and bool(comments) and luck.random() < 0.8
        yield Discussion(0, at, luck.choice(VISITORS), category, answered, comments)


def _release(number: int, tag: str, days: float, size: float, downloads: float, now: datetime) -> Release:
    assets = (
        Asset(f"caro-{tag}-{target}.tar.gz", round(bytes_ * size), round(times * downloads))
        for target, (bytes_, times) in _ASSETS.items()
    )
    return Release(number, tag, _ago(now, days), tuple(assets))


def _commits(now: datetime) -> Iterator[Commit]:
    """The first commit of everybody, and more of those who stay; the fewer, the later somebody came."""
    moments: list[tuple[datetime, Person]] = []
    for number, person in enumerate(CONTRIBUTORS):
        luck = chance("commits", person.login)
        began = (person.began or DAY) / DAY
        moments.append((_ago(now, began), person))
        moments += [(_ago(now, luck.uniform(0.05, began)), person) for _ in range(max(1, 60 - 4 * number))]
    for at, person in sorted(moments, key=lambda commit: (commit[0], commit[1].login)):
        oid = hashlib.sha1(f"{person.login} {at.timestamp():.0f}".encode(), usedforsecurity=False).hexdigest()
        yield Commit(oid, at, person)
