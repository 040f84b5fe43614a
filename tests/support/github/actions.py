"""What people and GitHub do, each at a moment, with the effects that GitHub gives it.

Most of it makes `updated_at` of the thread that moment. What does not says so: labels that are renamed or deleted, upvotes,
mergeability, and all that takes things away as a whole.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import chain
from typing import Literal

from support.github.server import FakeGitHub
from support.github.world import (
    SOMEBODY,
    Account,
    Category,
    Comment,
    Commit,
    Discussion,
    Issue,
    PullRequest,
    Repository,
    Review,
    Star,
    new_id,
)

__all__ = [
    "answer",
    "archive",
    "close",
    "close_discussion",
    "close_pull",
    "comment",
    "commit",
    "cross_reference",
    "delete_account",
    "delete_comment",
    "delete_discussion",
    "delete_issue",
    "delete_label",
    "edit_comment",
    "force_push",
    "label",
    "merge",
    "open_issue",
    "open_pull",
    "rename_label",
    "rename_repository",
    "reopen",
    "reopen_pull",
    "reply",
    "review",
    "set_mergeable",
    "star",
    "start_discussion",
    "transfer_issue",
    "unanswer",
    "unlabel",
    "unstar",
    "upvote",
]

Thread = Issue | PullRequest | Discussion
Closable = Issue | PullRequest


def open_issue(
    repository: Repository,
    at: datetime,
    author: Account | None = SOMEBODY,
    *,
    labels: Sequence[str] = (),
    association: str = "NONE",
) -> Issue:
    """Opens an issue."""
    issue = Issue(tuple(labels), author=author, created_at=at, association=association)
    repository.issues.append(repository.place(issue))
    return issue


def comment(thread: Thread, at: datetime, author: Account | None = SOMEBODY, *, association: str = "NONE") -> Comment:
    """Comments on an issue, a pull request or a discussion."""
    written = Comment(author, at, association)
    thread.comments.append(written)
    _bump(thread, at)
    return written


def edit_comment(thread: Thread, written: Comment, at: datetime) -> None:
    """Changes the text of a comment: nothing here but the update of its thread."""
    assert written in thread.comments
    _bump(thread, at)


def delete_comment(thread: Thread, written: Comment, at: datetime) -> None:
    """Takes a comment away, with the replies to it; if it was the answer of a discussion, there is none any more."""
    thread.comments.remove(written)
    if isinstance(thread, Discussion) and thread.answer is written:
        thread.answer = thread.answer_chosen_at = None
    _bump(thread, at)


def cross_reference(thread: Closable, at: datetime) -> None:
    """Mentions an issue or a pull request in another one."""
    thread.cross_references.append(at)
    _bump(thread, at)


def close(issue: Issue, at: datetime, reason: str = "COMPLETED") -> None:
    """Closes an issue, as COMPLETED, NOT_PLANNED or DUPLICATE."""
    issue.closed, issue.state_reason = True, reason
    _closed(issue, at)


def reopen(issue: Issue, at: datetime) -> None:
    """Opens a closed issue again."""
    issue.closed, issue.state_reason = False, "REOPENED"
    _reopened(issue, at)


def label(thread: Closable, at: datetime, name: str) -> None:
    """Gives an issue or a pull request a label; one that it has already changes nothing."""
    if name.casefold() not in map(str.casefold, thread.labels):
        thread.labels = (*thread.labels, name)
        _bump(thread, at)


def unlabel(thread: Closable, at: datetime, name: str) -> None:
    """Takes a label from an issue or a pull request."""
    kept = _without(thread.labels, name)
    if kept != thread.labels:
        thread.labels = kept
        _bump(thread, at)


def rename_label(repository: Repository, old: str, new: str) -> None:
    """Renames a label, which keeps its id; no issue counts as updated."""
    found = repository.label(old)
    if found is None:
        return
    found.name = new
    for thread in _labelled(repository):
        thread.labels = tuple(new if name.casefold() == old.casefold() else name for name in thread.labels)


def delete_label(repository: Repository, name: str) -> None:
    """Takes a label away from the repository and from all that carry it; no issue counts as updated."""
    found = repository.label(name)
    if found is None:
        return
    repository.labels.remove(found)
    for thread in _labelled(repository):
        thread.labels = _without(thread.labels, name)


def transfer_issue(source: Repository, issue: Issue, target: Repository, at: datetime) -> None:
    """Moves an issue to another repository, where it gets a number and an id; labels go along if the target has them."""
    source.issues.remove(issue)
    issue.number, issue.id = 0, new_id("I")
    issue.labels = tuple(name for name in issue.labels if target.label(name) is not None)
    target.issues.append(target.place(issue))
    _bump(issue, at)


def delete_issue(repository: Repository, issue: Issue) -> None:
    """Takes an issue away; nothing else changes."""
    repository.issues.remove(issue)


def open_pull(
    repository: Repository, at: datetime, author: Account | None = SOMEBODY, *, draft: bool = False, association: str = "NONE"
) -> PullRequest:
    """Opens a pull request; whether it can be merged is not known at first."""
    pull = PullRequest(author=author, created_at=at, is_draft=draft, association=association, mergeable="UNKNOWN")
    repository.pull_requests.append(repository.place(pull))
    return pull


def review(
    pull: PullRequest,
    at: datetime,
    author: Account | None = SOMEBODY,
    state: Literal["APPROVED", "CHANGES_REQUESTED", "COMMENTED"] = "APPROVED",
) -> Review:
    """Submits a review."""
    submitted = Review(author, at, state)
    pull.reviews.append(submitted)
    _bump(pull, at)
    return submitted


def merge(pull: PullRequest, at: datetime) -> None:
    """Merges an open pull request, which closes it."""
    pull.state, pull.merged_at = "MERGED", at
    _closed(pull, at)


def close_pull(pull: PullRequest, at: datetime) -> None:
    """Closes an open pull request without a merge."""
    pull.state = "CLOSED"
    _closed(pull, at)


def reopen_pull(pull: PullRequest, at: datetime) -> None:
    """Opens a pull request again that was closed without a merge."""
    assert pull.state == "CLOSED", "what was merged stays so"
    pull.state = "OPEN"
    _reopened(pull, at)


def set_mergeable(pull: PullRequest, state: Literal["MERGEABLE", "CONFLICTING", "UNKNOWN"]) -> None:
    """Finds out whether a pull request can be merged; it does not count as updated."""
    pull.mergeable = state


def start_discussion(
    repository: Repository, at: datetime, category: Category, author: Account | None = SOMEBODY, *, association: str = "NONE"
) -> Discussion:
    """Starts a discussion in a category."""
    discussion = Discussion(category, author, at, association=association)
    repository.discussions.append(repository.place(discussion))
    return discussion


def reply(discussion: Discussion, to: Comment, at: datetime, author: Account | None = SOMEBODY) -> Comment:
    """Replies to a comment of a discussion."""
    assert to in discussion.comments, "replies have no replies"
    written = Comment(author, at)
    to.replies.append(written)
    _bump(discussion, at)
    return written


def answer(discussion: Discussion, chosen: Comment, at: datetime) -> None:
    """Chooses a comment as the answer."""
    assert discussion.category.answerable
    assert chosen in discussion.comments
    discussion.answer, discussion.answer_chosen_at = chosen, at
    _bump(discussion, at)


def unanswer(discussion: Discussion, at: datetime) -> None:
    """Takes the choice of an answer back."""
    discussion.answer = discussion.answer_chosen_at = None
    _bump(discussion, at)


def close_discussion(discussion: Discussion, at: datetime) -> None:
    """Closes a discussion."""
    discussion.closed, discussion.closed_at = True, at
    _bump(discussion, at)


def upvote(votable: Discussion | Comment) -> None:
    """Votes for a discussion or a comment of one; nothing counts as updated."""
    votable.upvotes += 1


def delete_discussion(repository: Repository, discussion: Discussion) -> None:
    """Takes a discussion away; nothing else changes."""
    repository.discussions.remove(discussion)


def star(repository: Repository, at: datetime, account: Account = SOMEBODY) -> Star:
    """Stars a repository; somebody who has already starred it keeps the first star."""
    for given in repository.stars:
        if given.account is account:
            return given
    repository.stars.append(Star(at, account))
    return repository.stars[-1]


def unstar(repository: Repository, account: Account) -> None:
    """Takes the star of somebody away, wherever it is in the list."""
    repository.stars = [given for given in repository.stars if given.account is not account]


def commit(
    repository: Repository,
    at: datetime,
    author: Account | None = None,
    email: str = "planted@example.org",
    *,
    committed_at: datetime | None = None,
) -> Commit:
    """Pushes a commit, which becomes the head; it was made at `committed_at`, long before where an old branch is merged."""
    made = Commit(committed_at or at, author, email)
    repository.commits.append(repository.place(made))
    repository.pushed_at = at
    return made


def force_push(repository: Repository, at: datetime, dropped: int) -> None:
    """Moves the head that many commits back."""
    repository.commits = repository.commits[: max(0, len(repository.commits) - dropped)]
    repository.pushed_at = at


def rename_repository(github: FakeGitHub, repository: Repository, name: str) -> None:
    """Renames a repository, or gives it to another owner; its older names lead to it until others take them."""
    github.renamed[repository.name] = name
    repository.name = name


def archive(repository: Repository) -> None:
    """Makes a repository read-only."""
    repository.is_archived = True


def delete_account(github: FakeGitHub, account: Account) -> None:
    """Takes an account away: its stars are gone, what it wrote has no author any more and does not count as updated."""
    for repository in github.repositories:
        unstar(repository, account)
        threads = chain(repository.issues, repository.pull_requests, repository.discussions)
        posts = chain.from_iterable((thread, *thread.comments, *getattr(thread, "reviews", ())) for thread in threads)
        written = chain.from_iterable((post, *getattr(post, "replies", ())) for post in posts)
        for thing in chain(written, repository.commits):
            if thing.author is account:
                thing.author = None


def _bump(thread: Thread, at: datetime) -> None:
    thread.updated_at = max(thread.updated_at, at)


def _closed(thread: Closable, at: datetime) -> None:
    thread.closed_at = at
    thread.closings.append(at)
    _bump(thread, at)


def _reopened(thread: Closable, at: datetime) -> None:
    thread.closed_at = None
    thread.reopened_at.append(at)
    _bump(thread, at)


def _labelled(repository: Repository) -> Sequence[Closable]:
    return [*repository.issues, *repository.pull_requests]


def _without(labels: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(label for label in labels if label.casefold() != name.casefold())
