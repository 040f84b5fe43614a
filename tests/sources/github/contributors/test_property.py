"""Whatever happens and whenever it is read: what is kept says the same as one full reading at the end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from support.github import Account, Commit, FakeGitHub, Repository
from support.github.contributed import Contributed, Killed
from support.tools import NOW

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
MAILMAPS = (None, "<g@new> <g@old>\n", "<g@new> <g@old>\nAda <a@x> <g@new>\nRobot[bot] <e@x>\n")
BOTS = ("planted-robot",)
WEEK = 7.5
"""For so many days, what was found out about the time before the window is believed, whatever is pushed."""


@dataclass(frozen=True, slots=True)
class Push:
    """A push so many days before the end. Its commit is older by `behind` days; before it the branch loses `dropped` commits."""

    age: float
    repository: int
    author: int
    behind: float
    dropped: int
    mailmap: int


def pushes(ages: st.SearchStrategy[float], behind: tuple[float, ...], dropped: int) -> st.SearchStrategy[Push]:
    return st.builds(
        Push,
        age=ages.map(lambda age: round(age, 3)),
        repository=st.integers(0, 1),
        author=st.integers(0, 8),
        behind=st.sampled_from(behind),
        dropped=st.integers(0, dropped),
        mailmap=st.integers(0, len(MAILMAPS) - 1),
    )


PUSHES = st.lists(
    st.one_of(
        pushes(st.floats(WEEK, 120), behind=(0, 0, 0.5, 20, 40, 70, 200), dropped=3),
        pushes(st.floats(0, WEEK), behind=(0, 0, 0.5, 20, 40), dropped=0),
    ),
    max_size=25,
)


def authors() -> list[tuple[Account | None, str, str]]:
    ada, bob, robot = Account("planted-ada"), Account("planted-bob"), Account("Planted-Robot")
    return [
        (None, "helper[bot]", "1+helper[bot]@users.noreply.github.com"),
        (ada, "Ada", "a@x"),
        (ada, "Ada", "a@work"),
        (bob, "Bob", "b@x"),
        (None, "Gone", "7+Planted-Gone@users.noreply.github.com"),
        (None, "Grace", "g@old"),
        (None, "Grace", "G@new"),
        (None, "Eve", "e@x"),
        (robot, "Robot", "r@x"),
    ]


def play(repositories: list[Repository], people: list[tuple[Account | None, str, str]], push: Push) -> None:
    repository = repositories[push.repository]
    author, name, email = people[push.author]
    made = (NOW - HOUR - (push.age + push.behind) * DAY).replace(microsecond=0)
    if push.dropped:
        del repository.commits[-push.dropped :]
    repository.commits.append(Commit(made, author, email, name))
    repository.mailmap = MAILMAPS[push.mailmap]


def told(followed: Contributed, now: datetime) -> dict[str, float]:
    assert followed.refresh(now) == {}
    return followed.kept()


@settings(max_examples=50, deadline=None)
@given(pushed=PUSHES, reads=st.lists(st.floats(0, 120), max_size=12), data=st.data())
def test_refreshes_at_any_moments_end_like_one_full_reading(pushed: list[Push], reads: list[float], data: st.DataObject) -> None:
    repositories, people = [Repository("acme/alpha"), Repository("acme/beta")], authors()
    events: list[tuple[float, Push | None]] = [*((push.age, push) for push in pushed), *((age, None) for age in reads)]
    with TemporaryDirectory() as folder:
        github, file = FakeGitHub(*repositories), Path(folder) / "facts.sqlite"
        followed = Contributed(github=github, bots=BOTS, slow_interval=SECOND, path=file)
        for age, push in sorted(events, key=lambda event: -event[0]):
            if push is not None:
                play(repositories, people, push)
                continue
            try:
                followed.refresh(NOW - HOUR - age * DAY, lives=data.draw(st.one_of(st.none(), st.integers(0, 4))))
            except Killed:
                followed.store.close()
                followed.start()
        for number in (0, 1):
            # A bot pushes last, so that everything is looked at once more.
            play(repositories, people, Push(0, number, 0, 0, 0, 0))
        assert told(followed, NOW) == told(followed.fresh(), NOW)
        followed.store.close()
