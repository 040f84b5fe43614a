"""Random histories of small worlds: what people do in 100 days, as data that can be drawn, shrunk and told."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, TypeVar

from hypothesis import strategies as st

from support.github import actions
from support.github.server import FakeGitHub
from support.github.world import Account, Category, Discussion, Issue, Label, PullRequest, Repository
from support.tools import NOW

__all__ = ["ACTS", "BEGINNING", "END", "SILENT", "Act", "Scene", "histories", "play"]

Thing = TypeVar("Thing")

END = NOW
BEGINNING = END - timedelta(days=100)
DAY = 86_400
LABELS = ("bug", "P0", "P2", "planted-label")


@dataclass(frozen=True, slots=True)
class Act:
    """Something that happens at a moment; the `choices` say to whom and by whom, counted over what there is by then."""

    at: datetime
    name: str
    choices: tuple[int, int, int]


@dataclass(eq=False)
class Scene:
    """Two repositories of an organisation, four people and a bot, before anything happens."""

    github: FakeGitHub = field(init=False)
    people: list[Account | None] = field(init=False)
    categories: list[Category] = field(init=False)

    def __post_init__(self) -> None:
        self.categories = [Category("Q&A", "q-a", answerable=True), Category("Ideas")]
        self.people = [Account(f"planted-{name}") for name in ("ada", "grace", "linus", "margaret")]
        self.people.append(Account("planted-robot", "Bot"))
        repositories = [
            Repository(name, labels=[Label(label) for label in LABELS], categories=self.categories, created_at=BEGINNING)
            for name in ("acme/tool", "acme/docs")
        ]
        self.github = FakeGitHub(*repositories, now=BEGINNING)


@dataclass(frozen=True, slots=True)
class _Choice:
    """An act with what it can choose from."""

    scene: Scene
    at: datetime
    target: int
    by: int
    detail: int

    @property
    def repository(self) -> Repository:
        return _pick(self.scene.github.repositories, self.target)

    @property
    def person(self) -> Account | None:
        return _pick(self.scene.people, self.by)

    def issue(self, *, closed: bool | None = None) -> Issue:
        return _pick([issue for issue in self._all("issues") if closed in (None, issue.closed)], self.target)

    def pull(self, *states: str) -> PullRequest:
        return _pick([pull for pull in self._all("pull_requests") if not states or pull.state in states], self.target)

    def discussion(self, *, answerable: bool = False) -> Discussion:
        found = [one for one in self._all("discussions") if not answerable or (one.category.answerable and one.comments)]
        return _pick(found, self.target)

    def thread(self) -> Issue | PullRequest:
        return _pick([*self._all("issues"), *self._all("pull_requests")], self.target)

    def home(self, thing: Any) -> Repository:
        return next(home for home in self.scene.github.repositories if thing in (*home.issues, *home.discussions))

    @property
    def label(self) -> str:
        return _pick(LABELS, self.detail)

    @property
    def association(self) -> str:
        return "MEMBER" if self.by % 2 else "NONE"

    def _all(self, kind: str) -> list[Any]:
        return list(chain.from_iterable(getattr(repository, kind) for repository in self.scene.github.repositories))


class _NobodyThereError(Exception):
    """There is nothing that could be chosen yet."""


def _pick(things: Sequence[Thing], choice: int) -> Thing:
    if not things:
        raise _NobodyThereError
    return things[choice % len(things)]


def _comment(choice: _Choice) -> None:
    actions.comment(choice.thread(), choice.at, choice.person, association=choice.association)


def _edit_comment(choice: _Choice) -> None:
    thread = choice.thread()
    actions.edit_comment(thread, _pick(thread.comments, choice.detail), choice.at)


def _delete_comment(choice: _Choice) -> None:
    thread = choice.thread()
    actions.delete_comment(thread, _pick(thread.comments, choice.detail), choice.at)


def _transfer_issue(choice: _Choice) -> None:
    issue = choice.issue()
    source = choice.home(issue)
    others = [repository for repository in choice.scene.github.repositories if repository is not source]
    actions.transfer_issue(source, issue, _pick(others, choice.detail), choice.at)


def _delete_issue(choice: _Choice) -> None:
    issue = choice.issue()
    actions.delete_issue(choice.home(issue), issue)


def _discuss(choice: _Choice) -> None:
    actions.comment(choice.discussion(), choice.at, choice.person, association=choice.association)


def _reply(choice: _Choice) -> None:
    discussion = choice.discussion()
    actions.reply(discussion, _pick(discussion.comments, choice.detail), choice.at, choice.person)


def _answer(choice: _Choice) -> None:
    discussion = choice.discussion(answerable=True)
    actions.answer(discussion, _pick(discussion.comments, choice.detail), choice.at)


def _delete_contribution(choice: _Choice) -> None:
    discussion = choice.discussion()
    actions.delete_comment(discussion, _pick(discussion.comments, choice.detail), choice.at)


def _upvote(choice: _Choice) -> None:
    discussion = choice.discussion()
    actions.upvote(_pick([discussion, *discussion.comments], choice.detail))


def _delete_discussion(choice: _Choice) -> None:
    discussion = choice.discussion()
    actions.delete_discussion(choice.home(discussion), discussion)


def _star(choice: _Choice) -> None:
    account = choice.person
    if account is not None:
        actions.star(choice.repository, choice.at, account)


def _unstar(choice: _Choice) -> None:
    repository = choice.repository
    actions.unstar(repository, _pick(repository.stars, choice.by).account)


def _commit(choice: _Choice) -> None:
    """By an address that belongs to an account, or by another one of theirs that GitHub does not know."""
    account, known = choice.person, choice.detail % 3
    actions.commit(choice.repository, choice.at, account if known else None, _address(account, at_home=not known))


def _merge_old_branch(choice: _Choice) -> None:
    old = choice.at - timedelta(days=1 + choice.detail % 60)
    actions.commit(choice.repository, choice.at, choice.person, _address(choice.person), committed_at=old)


def _address(account: Account | None, *, at_home: bool = False) -> str:
    """What somebody commits under; that of a bot says that it is one, as GitHub makes it."""
    if account is not None and account.kind == "Bot":
        return f"7+{account.login}[bot]@users.noreply.github.com"
    return f"{account.login if account else 'planted-stranger'}{'.home' if at_home else ''}@example.org"


def _rename_repository(choice: _Choice) -> None:
    repository = choice.repository
    owner, _, name = repository.name.partition("/")
    actions.rename_repository(choice.scene.github, repository, f"{owner}/{name}-{choice.detail % 3}")


def _delete_account(choice: _Choice) -> None:
    account = choice.person
    if account is not None:
        choice.scene.people[choice.scene.people.index(account)] = None
        actions.delete_account(choice.scene.github, account)


ACTS: dict[str, Callable[[_Choice], Any]] = {
    "open_issue": lambda c: actions.open_issue(
        c.repository, c.at, c.person, labels=[c.label] if c.detail % 5 else [], association=c.association
    ),
    "comment": _comment,
    "edit_comment": _edit_comment,
    "delete_comment": _delete_comment,
    "close": lambda c: actions.close(c.issue(closed=False), c.at, "NOT_PLANNED" if c.detail % 2 else "COMPLETED"),
    "reopen": lambda c: actions.reopen(c.issue(closed=True), c.at),
    "label": lambda c: actions.label(c.thread(), c.at, c.label),
    "unlabel": lambda c: actions.unlabel(c.thread(), c.at, c.label),
    "rename_label": lambda c: actions.rename_label(c.repository, c.label, f"{c.label}-renamed"),
    "delete_label": lambda c: actions.delete_label(c.repository, c.label),
    "transfer_issue": _transfer_issue,
    "delete_issue": _delete_issue,
    "cross_reference": lambda c: actions.cross_reference(c.thread(), c.at),
    "open_pull": lambda c: actions.open_pull(c.repository, c.at, c.person, draft=not c.detail % 4, association=c.association),
    "review": lambda c: actions.review(c.pull(), c.at, c.person),
    "merge": lambda c: actions.merge(c.pull("OPEN"), c.at),
    "close_pull": lambda c: actions.close_pull(c.pull("OPEN"), c.at),
    "reopen_pull": lambda c: actions.reopen_pull(c.pull("CLOSED"), c.at),
    "set_mergeable": lambda c: actions.set_mergeable(c.pull("OPEN"), _pick(("CONFLICTING", "MERGEABLE", "UNKNOWN"), c.detail)),
    "start_discussion": lambda c: actions.start_discussion(
        c.repository, c.at, _pick(c.scene.categories, c.detail), c.person, association=c.association
    ),
    "discuss": _discuss,
    "reply": _reply,
    "answer": _answer,
    "unanswer": lambda c: actions.unanswer(c.discussion(answerable=True), c.at),
    "delete_contribution": _delete_contribution,
    "upvote": _upvote,
    "close_discussion": lambda c: actions.close_discussion(c.discussion(), c.at),
    "delete_discussion": _delete_discussion,
    "star": _star,
    "unstar": _unstar,
    "commit": _commit,
    "merge_old_branch": _merge_old_branch,
    "force_push": lambda c: actions.force_push(c.repository, c.at, 1 + c.detail % 2),
    "rename_repository": _rename_repository,
    "archive": lambda c: actions.archive(c.repository),
    "delete_account": _delete_account,
}
"""What can happen, by name."""

SILENT = frozenset({"rename_label", "delete_label", "delete_issue", "set_mergeable", "upvote", "delete_discussion", "unstar"}) | {
    "archive",
    "delete_account",
    "rename_repository",
}
"""Acts after which no thread counts as updated."""


_OFTEN = frozenset({"open_issue", "comment", "close", "open_pull", "start_discussion", "discuss", "commit", "star"})
"""What the rest needs to have happened before."""


def play(scene: Scene, act: Act) -> None:
    """Lets an act happen, and sets the server's clock; without anything to choose from only time goes by."""
    scene.github.now = act.at
    try:
        ACTS[act.name](_Choice(scene, act.at, *act.choices))
    except _NobodyThereError:
        return


@st.composite
def histories(draw: st.DrawFn, names: Collection[str] = tuple(ACTS), *, least: int = 0, most: int = 40) -> list[Act]:
    """Acts of these names in the order of their moments, many of them in the same second or close together."""
    often = [name for name in names if name in _OFTEN]
    name = st.sampled_from(sorted(names) + sorted(often) * 4)
    gap = st.one_of(st.sampled_from((0, 0, 1, 60, 299, 301, 3600, 5 * DAY, 20 * DAY)), st.integers(0, 10 * DAY))
    length = draw(st.integers(least, most))
    drawn = draw(st.lists(st.tuples(gap, name, st.tuples(*[st.integers(0, 11)] * 3)), min_size=length, max_size=length))
    acts, at = [], BEGINNING
    for seconds, picked, choices in drawn:
        at = min(END, at + timedelta(seconds=seconds))
        acts.append(Act(at, picked, choices))
    return acts
