"""Everything that the project caro is measured by, small enough to check by eye: all upstreams on one loopback server, a git
repository and a file of figures, in the middle of the second week of the beta."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from support.caro import HISTORY, PEOPLE, fake_github
from support.github import TOKEN
from support.upstream import Answer, Request
from support.use import write_use

__all__ = ["BOT_TOKEN", "PEOPLE", "World", "write_history"]

BOT_TOKEN = "planted.DiscordToken.plantedDiscordTokenPlantedDiscordToken"
GUILD = "1180000000000000000"

FIGURES = """\
date,kpi,segment,value,note
{day},active_weekly_users,,250,planted-note
{day},downloads,,350,
{day},activation_rate,,0.78,
{day},retention_rate,1,0.7,
{day},commands_generated,,2000,
{day},command_success_rate,,0.87,
{day},error_rate,,0.032,
{day},crash_rate,,0.0005,
{day},test_coverage,,0.84,
{day},response_time_p95,simple,0.045,
{day},response_time_p95,medium,0.315,
{day},response_time_p95,complex,0.85,
{day},memory_usage_p95,,42000000,
"""

CONFIGURATION = """\
{state}contact: https://caro.example.org
projects:
  - name: caro
    catalog: caro
    launch: {launch}
    bots: [release-robot]
    sources:
      github:
        repositories: [caro-cli/caro, caro-cli/docs]
        token_file: github_token
        base_url: {github_url}/github
        interval: {interval}
        timeout: {timeout}
        max_age: {max_age}
{read}      git: {{repositories: ["{history}"], interval: {interval}}}
      discord:
        guild_id: "{guild}"
        bot_token_file: discord_token
        base_url: {url}/discord
        interval: {interval}
        timeout: {timeout}
        max_age: {max_age}
      npm: {{packages: [caro], base_url: {url}/npm, interval: {interval}}}
      pypi: {{packages: [caro], base_url: {url}/pypi, interval: {interval}}}
      crates: {{packages: [caro], base_url: {url}/crates, interval: {interval}}}
      manual: {{file: figures.csv, interval: {interval}}}
"""


@dataclass
class World:
    """The upstreams at one instant; call it as the handler of an `Upstream`. What it says may be changed at any moment."""

    now: datetime

    def __post_init__(self) -> None:
        self.github = fake_github(self.now, "/github/graphql")
        self.members, self.online = 680, 91
        self.downloads = {self.today - timedelta(days=back): 10 for back in range(1, 201)}

    @property
    def today(self) -> date:
        """The day of the world, in UTC."""
        return self.now.date()

    def __call__(self, request: Request) -> Answer:
        match request.path.split("/")[1:]:
            case ["github", *_]:
                return self.github(request)
            case ["discord", "guilds", guild] if guild == GUILD:
                if request.headers.get("authorization") != f"Bot {BOT_TOKEN}":
                    return Answer.json({"message": "401: Unauthorized", "code": 0}, 401)
                counts = {"approximate_member_count": self.members, "approximate_presence_count": self.online}
                return Answer.json({"id": guild, "name": "planted-guild-name", **counts})
            case ["discord", "users", "@me"]:
                return Answer.json({"id": "1", "username": "planted-bot-name"})
            case ["npm", "downloads", "range", period, "caro"]:
                return self._npm(*period.split(":"))
            case ["pypi", "packages", "caro", "overall"]:
                return Answer.json({"data": self._pypi(), "package": "caro", "type": "overall_downloads"})
            case ["crates", "crates", "caro", "downloads"]:
                return Answer.json({"version_downloads": self._crates(), "meta": {"extra_downloads": []}})
            case ["crates", "crates", "caro"]:
                crate = {"id": "caro", "name": "caro", "downloads": 4321, "recent_downloads": 900}
                return Answer.json({"crate": crate, "versions": None, "keywords": None, "categories": None})
            case _:
                return Answer.json({"message": "Not Found"}, 404)

    def configuration(
        self,
        folder: Path,
        url: str,
        *,
        github_url: str | None = None,
        interval: str = "1h",
        timeout: str = "2s",
        max_age: str = "1h",
        state: bool = True,
        read: Iterable[str] | None = None,
        use: bool = False,
    ) -> Path:
        """Writes configuration, secrets, figures and the git repository into a folder; gives the configuration's path.

        `github_url` is given where GitHub is on a server of its own, so that it can be broken alone; `read` names the topics of
        GitHub where they are not those of the default. With `use` there are a telemetry warehouse and a survey, too.
        """
        write_history(folder / "history", self.now)
        (folder / "github_token").write_text(TOKEN + "\n")
        (folder / "discord_token").write_text(BOT_TOKEN + "\n")
        (folder / "figures.csv").write_text(FIGURES.format(day=self.today))
        path = folder / "kpi-exporter.yml"
        path.write_text(
            CONFIGURATION.format(
                url=url,
                github_url=github_url or url,
                state="state_dir: state\n" if state else "",
                launch=self.today - timedelta(days=12),
                history=folder / "history",
                guild=GUILD,
                interval=interval,
                timeout=timeout,
                max_age=max_age,
                read="" if read is None else f"        read: [{', '.join(read)}]\n",
            )
            + (write_use(folder, self.now) if use else "")
        )
        return path

    def _npm(self, first: str, last: str) -> Answer:
        days = [{"downloads": n, "day": str(day)} for day, n in sorted(self.downloads.items()) if first <= str(day) <= last]
        return Answer.json({"start": first, "end": last, "package": "caro", "downloads": days})

    def _pypi(self) -> list[dict[str, object]]:
        return [{"category": "without_mirrors", "date": str(day), "downloads": 2 * n} for day, n in self.downloads.items()]

    def _crates(self) -> list[dict[str, object]]:
        days = sorted(self.downloads, reverse=True)[:90]
        return [{"date": str(day), "downloads": 3 * self.downloads[day], "version": 7} for day in days]


def write_history(path: Path, now: datetime, authors: Iterable[tuple[str, int]] | None = None) -> None:
    """A git repository whose commits have these authors, so many days before `now`; by default the four people and a robot."""
    stream = []
    for mark, (email, days) in enumerate(HISTORY if authors is None else authors, 1):
        moment = int((now - timedelta(days=days)).astimezone(UTC).timestamp())
        person = f"Planted Name <{email}> {moment} +0000"
        message = "planted message"
        stream.append(
            f"commit refs/heads/main\nmark :{mark}\nauthor {person}\ncommitter {person}\ndata {len(message)}\n{message}\n"
        )
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", path], check=True)
    subprocess.run(["git", "-C", path, "fast-import", "--quiet"], input="\n".join(stream).encode(), check=True)
