"""A project with a past that can be told by hand: a commit now and then, and figures that people entered day by day."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from support.gits import ADA, BOB, Origin
from support.tools import NOW

__all__ = ["CATALOG", "Acme"]

DAY = timedelta(days=1)
WEEK = 7 * DAY

CATALOG = """\
project: acme
launch: {launch}
owners: {{community: maintainers}}
kpis:
  - id: commits
    title: Commits
    definition: Commits on the default branch.
    unit: count
    direction: up
    tier: kpi
    category: work
    audience: public
    value: {{metric: git_commits}}
    targets: [{{at_least: 20}}]
  - id: stars
    title: Stars
    definition: Stars.
    unit: count
    direction: up
    tier: north_star
    category: community
    targets: [{{by: 20d after launch, at_least: 250}}, {{by: 90d after launch, at_least: 1000}}]
  - id: bugs
    title: Bugs
    definition: Open bugs.
    unit: count
    direction: down
    tier: kpi
    category: work
    targets: [{{at_most: 4}}]
  - id: stars_growth
    title: Growth of stars
    definition: Growth of stars within a week.
    unit: ratio
    direction: up
    tier: supporting
    category: community
    value: {{growth: {{kpi: stars, over: 7d}}}}
    targets: [{{at_least: 0.3}}]
  - id: stars_ahead
    title: Stars to come
    definition: Stars in a month.
    unit: count
    direction: up
    tier: supporting
    category: community
    value: {{forecast: {{kpi: stars, ahead: 30d, over: 14d}}}}
  - id: health
    title: Health
    definition: How all of it goes.
    unit: index
    direction: up
    tier: supporting
    category: community
    value:
      weighted:
        - {{kpi: stars_growth, weight: 1, worst: 0, best: 0.5}}
        - {{kpi: bugs, weight: 3, worst: 10, best: 0}}
  - id: met
    title: Targets met
    definition: Targets that are met.
    unit: ratio
    direction: up
    tier: supporting
    category: other
    value: {{on_target: [work, community]}}
"""

CONFIG = """\
state_dir: {folder}/state
projects:
  - name: acme
    catalog: acme.yml
    sources:
      git: {{repositories: [{folder}/srv/acme.git]}}
      manual: {{file: figures.csv}}
"""


@dataclass(frozen=True)
class Acme:
    """A project in a folder: two commits every third day at noon from `begin` to `now`, stars each day, bugs each fifth day."""

    folder: Path
    begin: datetime
    now: datetime

    def __post_init__(self) -> None:
        origin = Origin(self.folder / "srv" / "acme.git")
        for at in self.commits:
            origin.commit(ADA, BOB, days_ago=(NOW - at) / DAY)
        lines = [f"{day},stars,,{self.stars(day)}," for day in self.days]
        lines += [f"{day},bugs,,{self.bugs(day)}," for day in self.days if self._number(day) % 5 == 0]
        (self.folder / "figures.csv").write_text("\n".join(["date,kpi,segment,value,note", *lines]) + "\n")
        (self.folder / "acme.yml").write_text(CATALOG.format(launch=self.begin.date()))
        self.config.write_text(CONFIG.format(folder=self.folder))

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.folder / "kpi-exporter.yml"

    @property
    def days(self) -> list[date]:
        """The days of its life."""
        return [self.begin.date() + number * DAY for number in range((self.now - self.begin) // DAY + 1)]

    @property
    def commits(self) -> list[datetime]:
        """When two commits each landed."""
        noons = (datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in self.days[::3])
        return [noon for noon in noons if noon <= self.now]

    def stars(self, day: date) -> int:
        """Stars on a day: they grow faster and faster."""
        return 100 + 10 * self._number(day) + self._number(day) ** 2 // 10

    def bugs(self, day: date) -> int:
        """Bugs as they were last counted."""
        return self._number(day) // 5 % 3 * 3

    def commits_by(self, at: datetime) -> int:
        """Commits by a moment."""
        return 2 * sum(landed <= at for landed in self.commits)

    def _number(self, day: date) -> int:
        return (day - self.begin.date()) // DAY
