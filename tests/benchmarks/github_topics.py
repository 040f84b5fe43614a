"""What the topics of the source `github` take: requests and points of a first and of a later refresh, seconds, memory.

Run it with `PYTHONPATH=tests python tests/benchmarks/github_topics.py`. The fake GitHub executes every query by its schema
and asks for its price, so seconds are mostly its own; requests and points are what counts here. Fails when a budget is exceeded.
"""

import gc
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from exporter.errors import Reason
from exporter.sources.base import Tools
from exporter.sources.github import GitHub, GitHubConfig
from support.github import TOKEN, FakeGitHub
from support.github.world import Account, Comment, Commit, Discussion, Issue, PullRequest, Repository, Review, Star
from support.tools import NOW, make_tools
from support.upstream import Upstream

TOPICS = ("issues", "pull_requests", "conflicts", "discussions", "stars", "contributors")
PEOPLE = [Account(f"planted-{number}") for number in range(200)]
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one or more refreshes took; `memory` is the most that Python held beside the fake, `stored` the size of the store."""

    refreshes: int
    requests: int
    points: int
    seconds: float
    memory: int
    stored: int


def spread(number: int, days: float) -> list[datetime]:
    """That many moments, evenly over the last days."""
    return [NOW - timedelta(days=days) * (i + 1) / (number + 1) for i in range(number)]


def issue(at: datetime, number: int) -> Issue:
    """An ordinary issue: answered after an hour, two in three closed after a day, every third a bug."""
    author, other = PEOPLE[number % 200], PEOPLE[(number + 1) % 200]
    comments = [Comment(other, at + HOUR, "MEMBER"), Comment(author, at + 2 * HOUR)]
    labels = ("bug", f"P{number % 4}") if number % 3 == 0 else ()
    closed = min(at + timedelta(days=1), NOW) if number % 3 else None
    return Issue(labels, author=author, created_at=at, closed_at=closed, comments=comments)


def pull(at: datetime, number: int) -> PullRequest:
    """An ordinary pull request, reviewed after an hour, mostly merged."""
    merged = min(at + timedelta(days=1), NOW) if number % 5 else None
    return PullRequest(
        author=PEOPLE[number % 200], created_at=at, merged_at=merged, reviews=[Review(PEOPLE[(number + 7) % 200], at + HOUR)]
    )


def repository(
    name: str, *, issues: int, pulls: int, discussions: int, stars: int, commits: int, all_stars: int | None = None
) -> Repository:
    """A repository in which so much happened in the last 90 days; stars and commits in the last 30."""
    old = [Star(NOW - timedelta(days=31 + i % 900), PEOPLE[i % 200]) for i in range((all_stars or stars) - stars)]
    return Repository(
        name,
        issues=[issue(at, number) for number, at in enumerate(spread(issues, 90))],
        pull_requests=[pull(at, number) for number, at in enumerate(spread(pulls, 90))],
        discussions=[Discussion(created_at=at, author=PEOPLE[n % 200]) for n, at in enumerate(spread(discussions, 90))],
        stars=[*old, *(Star(at, PEOPLE[n % 200]) for n, at in enumerate(spread(stars, 30)))],
        commits=[Commit(at, PEOPLE[n % 40]) for n, at in reversed(list(enumerate(spread(commits, 30))))],
    )


class Measured:
    """A source that reads a fake GitHub, refresh by refresh."""

    def __init__(self, github: FakeGitHub, folder: str, upstream: Upstream) -> None:
        self._github = github
        self._upstream = upstream
        names = tuple(repository.name for repository in github.repositories)
        config = GitHubConfig(base_url=upstream.url, token=TOKEN, repositories=names, read=TOPICS, reserve=0)
        self._source = GitHub(config)
        self._folder = Path(folder)

    def until_known(self, now: datetime) -> Cost:
        """What it takes until everything is known, refresh by refresh, each a quarter of an hour after the one before."""
        costs = []
        while not costs or self._left:
            costs.append(self.refresh(now + len(costs) * QUARTER))
        whole = [sum(getattr(cost, name) for cost in costs) for name in ("requests", "points", "seconds")]
        return Cost(len(costs), int(whole[0]), int(whole[1]), whole[2], max(cost.memory for cost in costs), self._stored())

    def refresh(self, now: datetime, *, traced: bool = False) -> Cost:
        """What a refresh takes; its memory only where it is traced, which makes it slow."""
        self._github.now = now
        self._github.remaining = self._github.limit = 10**9
        before = len(self._upstream.requests), sum(demand.points for demand in self._github.demands)
        made = make_tools(self._folder, now=now, timeout=timedelta(seconds=120))
        gc.collect()
        if traced:
            tracemalloc.start()
        started = time.perf_counter()
        parts = list(self._source.collect(Tools(made.client, made.folder, keeps=True, clock=made.clock), now))
        seconds = time.perf_counter() - started
        memory = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        failures = {part.failure for part in parts if part.failure}
        assert failures <= {Reason.TOO_LARGE}, failures
        self._left = bool(failures)
        requests, points = len(self._upstream.requests), sum(demand.points for demand in self._github.demands)
        return Cost(1, requests - before[0], points - before[1], seconds, memory, self._stored())

    def _stored(self) -> int:
        return sum(file.stat().st_size for file in self._folder.iterdir())


def measure(name: str, repositories: Sequence[Repository], change: Callable[[datetime], None]) -> dict[str, Cost]:
    """The first refreshes, one in which nothing happened, and one after a change."""
    github = FakeGitHub(*repositories)
    with tempfile.TemporaryDirectory() as folder, Upstream(github) as upstream:
        measured = Measured(github, folder, upstream)
        costs = {"first": measured.until_known(NOW), "quiet": measured.refresh(NOW + 4 * HOUR)}
        traced = measured.refresh(NOW + 4 * HOUR + QUARTER, traced=True)
        costs["quiet"] = replace(costs["quiet"], memory=traced.memory)
        change(NOW + 4.5 * HOUR)
        costs["changed"] = measured.refresh(NOW + 5 * HOUR)
    for when, cost in costs.items():
        memory = f"{cost.memory / 2**20:.0f} MB" if cost.memory else "-"
        sys.stdout.write(
            f"{name:20} {when:8} {cost.refreshes:9} {cost.requests:8} {cost.points:7} {cost.seconds:8.1f}"
            f" {memory:>9} {cost.stored / 2**20:5.1f} MB\n"
        )
        sys.stdout.flush()
    return costs


def something(repositories: Sequence[Repository]) -> Callable[[datetime], None]:
    """One new issue, pull request, star and commit in each of some repositories."""

    def change(at: datetime) -> None:
        for repo in repositories:
            repo.issues.append(repo.place(issue(at, 1)))
            repo.pull_requests.append(repo.place(pull(at, 0)))
            repo.stars.append(Star(at, PEOPLE[3]))
            repo.commits.append(Commit(at, PEOPLE[4]))

    return change


def an_issue(repo: Repository) -> Callable[[datetime], None]:
    """One new issue in a repository."""
    return lambda at: repo.issues.append(repo.place(issue(at, 1)))


def main() -> None:
    """Prints a line for each refresh and ends with 1 where a budget is exceeded."""
    sys.stdout.write("world                refresh  refreshes requests  points  seconds    memory    store\n")
    over = []
    ordinary = [repository(f"acme/r{n}", issues=10, pulls=5, discussions=1, stars=3, commits=5) for n in range(1000)]
    measure("1 repository", ordinary[:1], something(ordinary[:1]))
    measure("100 repositories", ordinary[:100], something(ordinary[:5]))
    thousand = measure("1,000 repositories", ordinary, something(ordinary[:50]))
    if thousand["quiet"].memory > 150 * 2**20:
        over.append("1,000 repositories take more than 150 MB")
    busy = [repository("acme/busy", issues=20_000, pulls=0, discussions=0, stars=0, commits=0)]
    costs = measure("20,000 issues", busy, an_issue(busy[0]))
    if costs["first"].requests > 1.2 * 200:
        over.append("the first refresh of 20,000 issues takes more than 1.2 requests for 100 of them")
    if max(costs["quiet"].requests, costs["changed"].requests) > 3:
        over.append("a later refresh of 20,000 issues takes more than 3 requests")
    loved = [repository("acme/loved", issues=0, pulls=0, discussions=0, stars=1_500, commits=0, all_stars=50_000)]
    measure("50,000 stars", loved, something(loved))
    if over:
        sys.exit("\n".join(f"over budget: {text}" for text in over))


if __name__ == "__main__":
    main()
