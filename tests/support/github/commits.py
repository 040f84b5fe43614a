"""How the default branch is answered: its head, its history, the file .mailmap."""

from operator import attrgetter
from typing import Any

from support.github.connections import Arguments, Page, moment, total
from support.github.resolvers import answers, listed
from support.github.world import Account, Commit, Repository


@answers("Repository.defaultBranchRef")
def _default_branch(repository: Repository, arguments: Arguments, asking: Any) -> dict[str, Any] | None:
    if not repository.commits:
        return None
    head = repository.place(repository.commits[-1])
    return {"id": f"REF_{repository.id}", "name": repository.default_branch, "prefix": "refs/heads/", "target": head}


@answers("Repository.isEmpty")
def _is_empty(repository: Repository, arguments: Arguments, asking: Any) -> bool:
    return not repository.commits


@answers("Repository.object")
def _object(repository: Repository, arguments: Arguments, asking: Any) -> Any:
    head = repository.commits[-1] if repository.commits else None
    oid, (name, _, path) = arguments.get("oid"), (arguments.get("expression") or "").partition(":")
    if oid is not None:
        return next((repository.place(commit) for commit in repository.commits if commit.oid == oid), None)
    if head is None or name not in ("HEAD", repository.default_branch, *(commit.oid for commit in repository.commits)):
        return None
    if not path:
        return repository.place(head)
    if path != ".mailmap" or repository.mailmap is None:
        return None
    text = repository.mailmap
    return {"__typename": "Blob", "id": f"B_{repository.id}", "text": text, "byteSize": len(text.encode()), "isTruncated": False}


@answers("Commit.history")
def _history(commit: Commit, arguments: Arguments, asking: Any) -> Page:
    """What leads to a commit, the last committed first: a merge brings older commits in between."""
    branch = commit.place.commits
    reached = branch[: branch.index(commit) + 1] if commit in branch else [commit]
    since, until = arguments.get("since"), arguments.get("until")
    found = [
        earlier
        for earlier in reached
        if (since is None or earlier.committed_at >= moment(since))
        and (until is None or earlier.committed_at <= moment(until))
        and _is_by(earlier, arguments.get("author"))
    ]
    return listed(found, arguments, asking, attrgetter("committed_at", "id"), commit.place, backwards=True)


@answers("Commit.committedDate")
def _committed_date(commit: Commit, arguments: Arguments, asking: Any) -> Any:
    return commit.committed_at


@answers("Commit.authoredDate")
def _authored_date(commit: Commit, arguments: Arguments, asking: Any) -> Any:
    return commit.authored_at or commit.committed_at


@answers("Commit.author")
def _author(commit: Commit, arguments: Arguments, asking: Any) -> dict[str, Any]:
    return {
        "name": commit.name,
        "email": commit.email,
        "date": commit.authored_at or commit.committed_at,
        "user": commit.author if commit.author and commit.author.kind == "User" else None,
    }


@answers("Commit.authors")
def _authors(commit: Commit, arguments: Arguments, asking: Any) -> Any:
    return total([_author(commit, arguments, asking)], arguments)


def _is_by(commit: Commit, wanted: dict[str, Any] | None) -> bool:
    """Whether an author is the wanted one: an account goes before addresses."""
    if not wanted:
        return True
    if wanted.get("id") is not None:
        return isinstance(commit.author, Account) and commit.author.id == wanted["id"]
    return wanted.get("emails") is None or commit.email.casefold() in {email.casefold() for email in wanted["emails"]}
