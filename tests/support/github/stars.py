"""How the stars of a repository are answered."""

from operator import attrgetter
from typing import Any

from support.github.connections import Arguments, Page, descending
from support.github.resolvers import answers, listed
from support.github.world import Repository


@answers("Repository.stargazerCount")
def _count(repository: Repository, arguments: Arguments, asking: Any) -> int:
    return len(repository.stars) or repository.stargazer_count


@answers("Repository.stargazers")
def _stargazers(repository: Repository, arguments: Arguments, asking: Any) -> Page:
    found = listed(repository.stars, arguments, asking, attrgetter("at", "id"), None, backwards=descending(arguments))
    return found.showing(lambda star: star.account, lambda star: {"starredAt": star.at})
