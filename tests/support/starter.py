"""The services that `init` asks, all on one loopback server: what is there may be looked up, and then be read by the exporter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from support.github import TOKEN, FakeGitHub, Repository
from support.upstream import Answer, Request

__all__ = ["GUILD", "INVITE", "Listed", "StarterServices", "cargo", "of_widget", "package_json", "pyproject", "written"]

GUILD = "1180000000000000000"
INVITE = "hTKzmak"
PERSON = {"login": "planted-login", "email": "planted@example.org", "name": "Planted Person"}


def package_json(name: str) -> Mapping[str, str]:
    """The manifest of an npm package, as files of a repository."""
    return {"package.json": f'{{"name": "{name}", "author": "planted@example.org"}}'}


def pyproject(name: str) -> Mapping[str, str]:
    """The manifest of a Python project, as files of a repository."""
    return {"pyproject.toml": f'[project]\nname = "{name}"\n'}


def cargo(name: str) -> Mapping[str, str]:
    """The manifest of a crate, as files of a repository."""
    return {"Cargo.toml": f'[package]\nname = "{name}"\n'}


@dataclass
class Listed:
    """A repository as GitHub lists it; `issues` are those that are open, without the open `pulls`."""

    name: str = "acme/widget"
    stars: int = 1234
    forks: int = 56
    issues: int = 40
    pulls: int = 8
    contributors: int = 12
    labels: Sequence[str] = ("bug", "P0", "P1", "P2", "P3")
    files: Mapping[str, str] = field(default_factory=dict)
    has_issues: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)

    def answer(self) -> dict[str, Any]:
        """What GitHub says of it."""
        return {
            "full_name": self.name,
            "html_url": f"https://github.com/{self.name}",
            "owner": PERSON,
            "description": "planted description",
            "stargazers_count": self.stars,
            "watchers_count": self.stars,
            "forks_count": self.forks,
            "open_issues_count": self.issues + self.pulls,
            "has_issues": self.has_issues,
            "archived": False,
            "private": False,
            "default_branch": "main",
            "license": {"key": "mit", "spdx_id": "MIT"},
            "homepage": "https://widget.example.org",
            "topics": ["cli", "widgets"],
            **self.more,
        }


class StarterServices:
    """Answers for GitHub (REST without a token, GraphQL with TOKEN), the registries and Discord, below a path of its own each.

    `packages` holds the downloads of a day by registry and name, `members` those of the server behind INVITE, None where there is
    no such invite; `online` says who is online on GUILD, None where its widget is off. `failing` maps a path to the answer given
    instead. `public_quota` is what GitHub still takes from those without a token.
    """

    def __init__(self, *repositories: Listed, packages: Mapping[tuple[str, str], int] | None = None) -> None:
        self.repositories = {repository.name: repository for repository in repositories}
        self.packages = dict(packages or {})
        self.members: int | None = None
        self.online: int | None = None
        self.failing: dict[str, Answer] = {}
        self.public_quota = 60
        self.now = datetime.now(UTC).replace(microsecond=0)
        known = [Repository(one.name, stargazer_count=one.stars, fork_count=one.forks) for one in repositories]
        self.github = FakeGitHub(*known, path="/github/graphql", now=self.now)

    @staticmethod
    def flags(url: str) -> list[str]:
        """The flags that lead `init` here."""
        return [f"--{name}.base-url={url}/{name}" for name in ("github", "npm", "pypi", "crates", "discord")]

    def __call__(self, request: Request) -> Answer:
        if request.path in self.failing:
            return self.failing[request.path]
        match request.path.strip("/").split("/"):
            case ["github", "repos", owner, name, *below] if request.method == "GET":
                return self._repository(request, f"{owner}/{name}", "/".join(below))
            case ["github", *_]:
                return self.github(request)
            case ["npm", "downloads", "range", period, *name]:
                return self._npm("/".join(name), *map(date.fromisoformat, period.split(":")))
            case ["pypi", "packages", name, "overall"]:
                rows = [
                    {"category": "without_mirrors", "date": str(day), "downloads": n} for day, n in self._days("pypi", name, 180)
                ]
                return Answer.json({"data": rows}) if rows else Answer(404, b"404")
            case ["crates", "crates", name, *below]:
                return self._crate(name, downloads=below == ["downloads"])
            case ["discord", "invites", code] if code == INVITE and self.members is not None:
                guild = {"id": GUILD, "name": "Planted Guild"}
                counts = {"approximate_member_count": self.members, "approximate_presence_count": 7}
                return Answer.json({"code": code, "guild": guild, "inviter": PERSON, **counts})
            case ["discord", "guilds", guild_id, "widget.json"] if guild_id == GUILD:
                if self.online is None:
                    return Answer.json({"message": "Widget Disabled", "code": 50004}, 403)
                return Answer.json({"id": GUILD, "name": "Planted Guild", "presence_count": self.online, "members": [PERSON]})
            case _:
                return Answer.json({"message": "planted: Not Found"}, 404)

    def _repository(self, request: Request, name: str, below: str) -> Answer:
        sent = request.headers.get("authorization")
        if sent is None:
            if self.public_quota == 0:
                reset = str(int((self.now + timedelta(minutes=30)).timestamp()))
                spent = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
                return Answer.json({"message": "planted: rate limit exceeded"}, 403, spent)
            self.public_quota -= 1
        elif sent != f"Bearer {TOKEN}":
            return Answer.json({"message": "planted: Bad credentials"}, 401)
        found = next((one for known, one in self.repositories.items() if known.casefold() == name.casefold()), None)
        if found is None:
            return Answer.json({"message": "planted: Not Found"}, 404)
        return self._of(found, request, below)

    def _of(self, found: Listed, request: Request, below: str) -> Answer:
        match below.split("/"):
            case [""]:
                return Answer.json(found.answer())
            case ["contributors"] if found.contributors == 0:
                return Answer(204)
            case ["contributors"]:
                return _first_of(found.contributors, request)
            case ["pulls"]:
                return _first_of(found.pulls, request)
            case ["labels"]:
                size, page = (int(request.query[key][0]) for key in ("per_page", "page"))
                labels = found.labels[size * (page - 1) : size * page]
                return Answer.json([{"name": label, "description": "planted"} for label in labels])
            case ["contents"]:
                entries = [{"name": name, "type": "file"} for name in ("README.md", *found.files)]
                return Answer.json([*entries, {"name": "docs", "type": "dir"}])
            case ["contents", file] if file in found.files:
                assert request.headers["accept"] == "application/vnd.github.raw+json"
                return Answer(200, found.files[file].encode(), {"Content-Type": "application/vnd.github.raw+json"})
            case _:
                return Answer.json({"message": "planted: Not Found"}, 404)

    def _days(self, registry: str, name: str, days: int) -> list[tuple[date, int]]:
        downloads = self.packages.get((registry, name))
        if downloads is None:
            return []
        return [(self.now.date() - timedelta(days=back), downloads) for back in range(1, days + 1)]

    def _npm(self, name: str, first: date, last: date) -> Answer:
        listed = [{"day": str(day), "downloads": n} for day, n in reversed(self._days("npm", name, 300)) if first <= day <= last]
        if not listed:
            return Answer.json({"error": "planted: not found"}, 404)
        return Answer.json({"start": str(first), "end": str(last), "package": name, "downloads": listed})

    def _crate(self, name: str, *, downloads: bool) -> Answer:
        days = self._days("crates", name, 89)
        if not days:
            return Answer.json({"errors": [{"detail": "planted"}]}, 404)
        if not downloads:
            return Answer.json({"crate": {"id": name, "name": name, "downloads": 4321}})
        rows = [{"date": str(day), "downloads": n, "version": 7} for day, n in days]
        return Answer.json({"version_downloads": rows, "meta": {"extra_downloads": []}})


def _first_of(count: int, request: Request) -> Answer:
    """The first page of a list, of one entry, with a link to the last one."""
    assert request.query["per_page"] == ["1"]
    link = f'<http://{request.headers["host"]}{request.path}?per_page=1&page={count}>; rel="last"'
    return Answer.json([PERSON] * min(count, 1), headers={"Link": link} if count > 1 else {})


def of_widget() -> StarterServices:
    """Services that know one repository and the two packages of its manifests."""
    widget = Listed(files={**package_json("widget"), **pyproject("Widget_Tool")})
    return StarterServices(widget, packages={("npm", "widget"): 150, ("pypi", "widget-tool"): 40})


def written(folder: Path) -> list[str]:
    """Everything in a folder, what is hidden included; nothing where there is none."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []
