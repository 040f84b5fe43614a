"""The repository and what is in it, as GitHub's schema shows it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from exporter.demo.graphql.answer import Arguments, MistakeError, Thing, connection
from exporter.demo.people import Person
from exporter.demo.project import ANSWERABLE, REPOSITORY, Asset, Commit, Discussion, Issue, Project, PullRequest, Release, Remark

__all__ = ["node", "repository"]

_LABELS = ("bug", "P0", "P1", "P2", "P3", "documentation", "good first issue", "enhancement", "security")
_FIELDS = {"CREATED_AT": attrgetter("at"), "UPDATED_AT": attrgetter("updated")}
_STATES: dict[str, Callable[[Any], bool]] = {
    "OPEN": lambda entry: entry.closed is None,
    "CLOSED": lambda entry: entry.closed is not None and not getattr(entry, "merged", False),
    "MERGED": lambda entry: entry.closed is not None and entry.merged,
}


def repository(project: Project) -> Thing:
    """The repository, at this moment."""
    return Thing(
        "Repository",
        {
            "id": "R_caro",
            "nameWithOwner": REPOSITORY,
            "stargazerCount": len(project.stars),
            "forkCount": len(project.forks),
            "isArchived": False,
            "createdAt": project.created,
            "pushedAt": project.commits[-1].at if project.commits else None,
            "watchers": Thing("UserConnection", {"totalCount": project.watchers}),
            "label": lambda given: _label(given["name"]),
            "issues": lambda given: _listed("IssueConnection", project.issues, given, _issue),
            "issue": lambda given: _one(project.issues, given, _issue),
            "pullRequests": lambda given: _listed("PullRequestConnection", project.pull_requests, given, _pull_request),
            "pullRequest": lambda given: _one(project.pull_requests, given, _pull_request),
            "discussions": lambda given: _listed("DiscussionConnection", project.discussions, given, _discussion),
            "discussion": lambda given: _one(project.discussions, given, _discussion),
            "releases": lambda given: connection("ReleaseConnection", _ordered(project.releases, given), given, _release),
            "stargazers": lambda given: _stargazers(project, given),
            "forks": lambda given: connection("RepositoryConnection", _moments(project.forks, given), given, _fork),
            "defaultBranchRef": Thing("Ref", {"name": "main", "target": _head(project)}),
            "object": lambda given: _object(project, given),
        },
    )


def node(project: Project, identity: str) -> Thing | None:
    """The thing with an identity."""
    kind, _, number = identity.partition("_")
    lists: dict[str, tuple[Sequence[Any], Callable[[Any], Thing]]] = {
        "RE": (project.releases, _release),
        "D": (project.discussions, _discussion),
    }
    if kind not in lists:
        return None
    entries, show = lists[kind]
    return next((show(entry) for entry in entries if str(entry.number) == number), None)


def _listed(name: str, entries: Sequence[Any], given: Arguments, show: Callable[[Any], Thing]) -> Thing:
    """A list as it is asked for: in some states, with some labels, updated since a moment, in an order."""
    found = list(entries)
    if states := given.get("states"):
        wanted = [states] if isinstance(states, str) else states
        found = [entry for entry in found if any(_STATES[state](entry) for state in wanted)]
    if labels := given.get("labels"):
        found = [entry for entry in found if {label.casefold() for label in labels} & set(map(str.casefold, entry.labels))]
    if since := (given.get("filterBy") or {}).get("since"):
        found = [entry for entry in found if entry.updated >= datetime.fromisoformat(since)]
    return connection(name, _ordered(found, given), given, show)


def _ordered(entries: Sequence[Any], given: Arguments) -> Sequence[Any]:
    order = given.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    return sorted(entries, key=_FIELDS[order["field"]], reverse=order["direction"] == "DESC")


def _moments(moments: Sequence[datetime], given: Arguments) -> Sequence[datetime]:
    order = given.get("orderBy") or {"direction": "ASC"}
    return sorted(moments, reverse=order["direction"] == "DESC")


def _one(entries: Sequence[Any], given: Arguments, show: Callable[[Any], Thing]) -> Thing | None:
    return next((show(entry) for entry in entries if entry.number == given["number"]), None)


def _user(person: Person) -> Thing:
    return Thing("User", {"id": f"U_{person.login}", "login": person.login})


def _label(name: str) -> Thing | None:
    known = next((label for label in _LABELS if label.casefold() == name.casefold()), None)
    return None if known is None else Thing("Label", {"id": f"LA_{_LABELS.index(known)}", "name": known})


def _issue(issue: Issue) -> Thing:
    return Thing(
        "Issue",
        {
            "number": issue.number,
            "createdAt": issue.at,
            "updatedAt": issue.updated,
            "closedAt": issue.closed,
            "author": _user(issue.by),
            "labels": lambda given: connection("LabelConnection", issue.labels, given, _known_label),
            "comments": lambda given: connection("IssueCommentConnection", issue.comments, given, _comment),
            "timelineItems": lambda given: _timeline("IssueTimelineItemsConnection", issue.closed, given),
        },
    )


def _known_label(name: str) -> Thing:
    label = _label(name)
    assert label is not None  # issues have known labels only
    return label


def _timeline(name: str, closed: datetime | None, given: Arguments) -> Thing:
    """What happened to an entry: it was closed, once at most. It was never opened again, and is mentioned nowhere else."""
    events = [closed] if closed is not None and "CLOSED_EVENT" in given["itemTypes"] else []
    nodes = [Thing("ClosedEvent", {"createdAt": at}) for at in events]
    return Thing(name, {"totalCount": len(nodes), "filteredCount": len(nodes), "nodes": nodes})


def _comment(remark: Remark) -> Thing:
    return Thing(
        "IssueComment",
        {
            "createdAt": remark.at,
            "isMinimized": False,
            "authorAssociation": remark.by.association,
            "author": _user(remark.by),
        },
    )


def _pull_request(request: PullRequest) -> Thing:
    return Thing(
        "PullRequest",
        {
            "number": request.number,
            "createdAt": request.at,
            "updatedAt": request.updated,
            "closedAt": request.closed,
            "mergedAt": request.closed if request.merged else None,
            "mergeable": request.mergeable,
            "author": _user(request.by),
            "reviews": lambda given: connection("PullRequestReviewConnection", request.reviews, given, _review),
            "comments": lambda given: connection("IssueCommentConnection", (), given, _comment),
            "timelineItems": lambda given: _timeline("PullRequestTimelineItemsConnection", request.closed, given),
        },
    )


def _review(remark: Remark) -> Thing:
    return Thing(
        "PullRequestReview",
        {
            "createdAt": remark.at,
            "submittedAt": remark.at,
            "state": "COMMENTED",
            "isMinimized": False,
            "author": _user(remark.by),
        },
    )


def _discussion(discussion: Discussion) -> Thing:
    answerable = discussion.category == ANSWERABLE
    return Thing(
        "Discussion",
        {
            "id": f"D_{discussion.number}",
            "number": discussion.number,
            "createdAt": discussion.at,
            "updatedAt": discussion.updated,
            "upvoteCount": 1 + discussion.number % 4,
            "isAnswered": discussion.answered if answerable else None,
            "answerChosenAt": discussion.comments[0].at if discussion.answered else None,
            "author": _user(discussion.by),
            "category": Thing("DiscussionCategory", {"name": discussion.category, "isAnswerable": answerable}),
            "answer": _post(discussion.comments[0], discussion.number) if discussion.answered else None,
            "comments": lambda given: connection(
                "DiscussionCommentConnection", discussion.comments, given, lambda remark: _post(remark, discussion.number)
            ),
        },
    )


def _post(remark: Remark, discussion: int) -> Thing:
    return Thing(
        "DiscussionComment",
        {
            "id": f"DC_{discussion}_{remark.at.timestamp():.0f}",
            "createdAt": remark.at,
            "isMinimized": False,
            "deletedAt": None,
            "upvoteCount": 1,
            "author": _user(remark.by),
            "reactions": Thing("ReactionConnection", {"totalCount": 1}),
            "replies": lambda given: connection("DiscussionCommentConnection", (), given, _comment),
        },
    )


def _release(release: Release) -> Thing:
    return Thing(
        "Release",
        {
            "id": f"RE_{release.number}",
            "tagName": release.tag,
            "isDraft": False,
            "isPrerelease": "-" in release.tag,
            "createdAt": release.at,
            "publishedAt": release.at,
            "releaseAssets": lambda given: connection("ReleaseAssetConnection", release.assets, given, _asset),
        },
    )


def _asset(asset: Asset) -> Thing:
    return Thing("ReleaseAsset", {"name": asset.name, "size": asset.size, "downloadCount": asset.downloads})


def _stargazers(project: Project, given: Arguments) -> Thing:
    def edge(moment: datetime) -> Thing:
        return Thing("StargazerEdge", {"starredAt": moment})

    stars = _moments(project.stars, given)
    return connection("StargazerConnection", stars, given, edge, edges=edge)


def _fork(moment: datetime) -> Thing:
    return Thing("Repository", {"createdAt": moment})


def _head(project: Project) -> Thing | None:
    return _commit(project, project.commits[-1]) if project.commits else None


def _object(project: Project, given: Arguments) -> Thing | None:
    """A commit by its id; of paths, nothing is there."""
    commit = next((commit for commit in project.commits if commit.oid == given.get("oid")), None)
    return None if commit is None else _commit(project, commit)


def _commit(project: Project, commit: Commit) -> Thing:
    """A commit, with the history that leads to it: the line of all commits before it."""
    author = {"name": commit.by.name, "email": commit.by.email, "user": _user(commit.by)}
    return Thing(
        "Commit",
        {
            "oid": commit.oid,
            "committedDate": commit.at,
            "author": Thing("GitActor", author),
            "history": lambda given: _history(project, commit, given),
        },
    )


def _history(project: Project, head: Commit, given: Arguments) -> Thing:
    """The commits up to one, the last one first; `since` and `until` are both inclusive."""
    found = [commit for commit in project.commits if commit.at <= head.at]
    if since := given.get("since"):
        found = [commit for commit in found if commit.at >= datetime.fromisoformat(since)]
    if until := given.get("until"):
        found = [commit for commit in found if commit.at <= datetime.fromisoformat(until)]
    if author := given.get("author"):
        if not {"id", "emails"} & author.keys():
            raise MistakeError("an author is told by id or emails")
        wanted = {author.get("id"), *author.get("emails", ())}
        found = [commit for commit in found if wanted & {f"U_{commit.by.login}", commit.by.email}]
    return connection("CommitHistoryConnection", found[::-1], given, lambda commit: _commit(project, commit))
