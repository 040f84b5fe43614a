"""How the entries of a query are answered: repositories and what they simply say, organisations, what is found by its id."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import Any

from support.github.connections import Arguments, Key, Page, descending, total
from support.github.resolvers import answers, listed
from support.github.rules import RefusalError
from support.github.world import LONG_AGO, Account, Release, Repository

_REPOSITORY_ORDERS: dict[str, Key] = {
    "NAME": lambda repository: (repository.name.casefold(), repository.id),
    "CREATED_AT": lambda repository: (repository.created_at, repository.id),
    "PUSHED_AT": lambda repository: (repository.pushed_at or LONG_AGO, repository.id),
    "UPDATED_AT": lambda repository: (repository.pushed_at or repository.created_at, repository.id),
    "STARGAZERS": lambda repository: (len(repository.stars) or repository.stargazer_count, repository.id),
}


@answers("Query.repository")
def _repository(query: None, arguments: Arguments, asking: Any) -> Repository:
    asking.count()
    return _found(asking, f"{arguments['owner']}/{arguments['name']}", arguments.get("followRenames", True))


@answers("Query.node")
def _node(query: None, arguments: Arguments, asking: Any) -> Any:
    asking.count()
    for repository in asking.github.repositories:
        for thing in _things(repository):
            if thing.id == arguments["id"]:
                return thing
    raise RefusalError("NOT_FOUND", f"Could not resolve to a node with the global id of '{arguments['id']}'.")


@answers("Query.nodes")
def _nodes(query: None, arguments: Arguments, asking: Any) -> list[Any]:
    return [_node_or_error(id_, asking) for id_ in arguments["ids"]]


@answers("Query.rateLimit")
def _rate_limit(query: None, arguments: Arguments, asking: Any) -> Any:
    return asking.rate_limit()


@answers("Query.viewer")
def _viewer(query: None, arguments: Arguments, asking: Any) -> Account:
    viewer = asking.github.viewer
    assert isinstance(viewer, Account)
    return viewer


@answers("Query.organization")
def _organization(query: None, arguments: Arguments, asking: Any) -> Account:
    owner = _repository_owner(None, arguments, asking)
    if not isinstance(owner, Account) or owner.kind != "Organization":
        raise RefusalError("NOT_FOUND", f"Could not resolve to an Organization with the login of '{arguments['login']}'.")
    return owner


@answers("Query.repositoryOwner")
def _repository_owner(query: None, arguments: Arguments, asking: Any) -> Account | None:
    asking.count()
    owner = asking.github.owner(arguments["login"])
    assert owner is None or isinstance(owner, Account)
    return owner


@answers("Organization.repositories", "User.repositories")
def _repositories(owner: Account, arguments: Arguments, asking: Any) -> Page:
    forks, archived = arguments.get("isFork"), arguments.get("isArchived")
    private = {"PRIVATE": True, "PUBLIC": False}.get(arguments.get("privacy") or arguments.get("visibility") or "")
    found = [
        repository
        for repository in asking.github.repositories
        if repository.owner.casefold() == owner.login.casefold()
        and forks in (None, repository.is_fork)
        and archived in (None, repository.is_archived)
        and private in (None, repository.is_private)
    ]
    order = _REPOSITORY_ORDERS[(arguments.get("orderBy") or {"field": "CREATED_AT"})["field"]]
    return listed(found, arguments, asking, order, None, backwards=descending(arguments))


@answers("Organization.repository", "User.repository")
def _repository_of(owner: Account, arguments: Arguments, asking: Any) -> Repository:
    return _found(asking, f"{owner.login}/{arguments['name']}", arguments.get("followRenames", True))


@answers("Repository.nameWithOwner")
def _full_name(repository: Repository, arguments: Arguments, asking: Any) -> str:
    return repository.name


@answers("Repository.name")
def _name(repository: Repository, arguments: Arguments, asking: Any) -> str:
    return repository.name.partition("/")[2]


@answers("Repository.owner")
def _owner(repository: Repository, arguments: Arguments, asking: Any) -> Account:
    owner = asking.github.owner(repository.owner)
    assert isinstance(owner, Account)
    return owner


@answers("Repository.visibility")
def _visibility(repository: Repository, arguments: Arguments, asking: Any) -> str:
    return "PRIVATE" if repository.is_private else "PUBLIC"


@answers("Repository.isLocked", "Repository.isMirror", "Repository.isTemplate")
def _never(repository: Repository, arguments: Arguments, asking: Any) -> bool:
    return False


@answers("Repository.hasDiscussionsEnabled", "Repository.hasIssuesEnabled")
def _always(repository: Repository, arguments: Arguments, asking: Any) -> bool:
    return True


@answers("Repository.updatedAt")
def _updated_at(repository: Repository, arguments: Arguments, asking: Any) -> datetime:
    return repository.pushed_at or repository.created_at


@answers("Repository.watchers")
def _watchers(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    return total(range(repository.watchers), arguments)


@answers("Repository.labels")
def _labels(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    for name in {name for thread in chain(repository.issues, repository.pull_requests) for name in thread.labels}:
        repository.label(name)
    by_name = (arguments.get("orderBy") or {}).get("field") == "NAME"
    ordered = sorted(repository.labels, key=lambda label: label.name.casefold() if by_name else label.id)
    return total(ordered[::-1] if descending(arguments) else ordered, arguments)


@answers("Repository.label")
def _label(repository: Repository, arguments: Arguments, asking: Any) -> Any:
    return repository.label(arguments["name"])


@answers("Repository.releases")
def _releases(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    newest_first = descending(arguments)
    return total(sorted(repository.releases, key=lambda release: release.created_at, reverse=newest_first), arguments)


@answers("Release.publishedAt")
def _published_at(release: Release, arguments: Arguments, asking: Any) -> datetime | None:
    return None if release.is_draft else release.published_at or release.created_at


@answers("Release.releaseAssets")
def _assets(release: Release, arguments: Arguments, asking: Any) -> Page:
    return total(release.assets, arguments)


def _node_or_error(id_: str, asking: Any) -> Any:
    try:
        return _node(None, {"id": id_}, asking)
    except RefusalError as refusal:
        return refusal


def _found(asking: Any, name: str, follow_renames: bool) -> Repository:
    found = asking.github.find(name, follow_renames=follow_renames)
    if found is None:
        raise RefusalError("NOT_FOUND", f"Could not resolve to a Repository with the name '{name}'.")
    assert isinstance(found, Repository)
    return found


def _things(repository: Repository) -> Iterator[Any]:
    """Everything with an id, first what is quick to look through; each knows then where it is."""
    yield from (repository, *repository.labels, *repository.releases, *repository.categories)
    for thing in chain(repository.issues, repository.pull_requests, repository.discussions, repository.commits):
        yield repository.place(thing)
    yield from (discussion.category for discussion in repository.discussions)
    for thread in chain(repository.issues, repository.pull_requests, repository.discussions):
        for post in (*thread.comments, *getattr(thread, "reviews", ())):
            post.place = thread
            yield post
            for reply in getattr(post, "replies", ()):
                reply.place = post
                yield reply
    yield from _people(repository)


def _people(repository: Repository) -> Iterator[Account]:
    everything = chain(repository.issues, repository.pull_requests, repository.discussions, repository.commits)
    for thing in everything:
        for written in (thing, *getattr(thing, "comments", ()), *getattr(thing, "reviews", ())):
            for by in (written, *getattr(written, "replies", ())):
                if by.author is not None:
                    yield by.author
    yield from (star.account for star in repository.stars)
