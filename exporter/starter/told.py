"""What was found out, in a line for the person at the terminal. Pure."""

from collections.abc import Iterator

from exporter.starter.known import REGISTRIES, Package, Repository, Server
from exporter.starter.text import counted, listed, shown

__all__ = ["counts_of", "downloads_of", "package_told", "repository_told", "server_told"]


def repository_told(repository: Repository) -> Iterator[str]:
    """A line with the figures of a repository, and one with what it is."""
    numbers = [
        (repository.stars, "star"),
        (repository.forks, "fork"),
        (repository.open_issues if repository.has_issues else None, "open issue"),
        (repository.open_pull_requests, "open pull request"),
        (repository.contributors, "contributor"),
    ]
    yield f"{repository.name}: {listed([counted(number, thing) for number, thing in numbers if number is not None])}"
    about = [
        "archived, so that its figures hardly change" if repository.archived else "",
        repository.license or "",
        f"branch {repository.default_branch}" if repository.default_branch else "",
        f"Go module {repository.module}, whose downloads nobody counts" if repository.module else "",
        f"topics {', '.join(repository.topics)}" if repository.topics else "",
        repository.homepage or "",
    ]
    if told := "; ".join(part for part in about if part):
        yield f"  {told}"


def package_told(package: Package) -> str:
    """A line with the downloads of a package."""
    source = f", out of {package.manifest}" if package.manifest else ""
    return f"{package.name} on {REGISTRIES[package.registry]}{source}: {downloads_of(package)}"


def server_told(server: Server) -> str:
    """A line with the members of a Discord server."""
    return f"Discord: {counts_of(server)}"


def downloads_of(package: Package) -> str:
    """How often a package was downloaded, as far as its registry tells."""
    if package.downloads is None:
        return "known, without figures yet"
    return f"{counted(package.downloads, 'download')} in 30 days"


def counts_of(server: Server) -> str:
    """How many members a server has, and how many are online, as far as it tells."""
    told = [counted(server.members, "member")] if server.members is not None else []
    told += [f"{shown(server.online)} online"] if server.online is not None else []
    return listed(told)
