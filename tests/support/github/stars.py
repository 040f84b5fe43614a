"""How the stars and the forks of a repository are answered."""

from operator import attrgetter
from typing import Any

from support.github.connections import Arguments, Page, descending, page
from support.github.resolvers import answers, listed
from support.github.world import Repository


@answers("Repository.stargazerCount")
def _count(repository: Repository, arguments: Arguments, asking: Any) -> int:
    return len(repository.stars) or repository.stargazer_count


@answers("Repository.stargazers")
def _stargazers(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    found = listed(repository.stars, arguments, asking, attrgetter("at", "id"), None, backwards=descending(arguments))
    return found.showing(lambda star: star.account, lambda star: {"starredAt": star.at})


@answers("Repository.forks")
def _forks(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    """The forks, of which this world knows nothing but when they were made."""
    numbered = sorted((at, number) for number, at in enumerate(repository.forks))
    found = page(numbered, arguments, lambda fork: fork, backwards=descending(arguments))
    return found.showing(lambda fork: {"__typename": "Repository", "createdAt": fork[0]})
