"""KPIs of reach: how many people know, take and like the project. Pure."""

from exporter.starter.catalog.parts import Entry, alert_prefix, growth, target_lines, tier
from exporter.starter.known import REGISTRIES, Known
from exporter.starter.targets import milestones
from exporter.starter.text import flow, listed

__all__ = ["active_contributors", "contributors", "discord", "downloads", "forks", "satisfaction", "stars"]


def downloads(known: Known) -> Entry:
    """Downloads of all packages, by registry where there are several."""
    registries = known.registries
    several = len(registries) > 1
    segments = "".join(["    segments:\n", *(_registry(known, name) for name in registries)]) if several else ""
    names = listed([REGISTRIES[name] for name in registries or [package.registry for package in known.packages]])
    text = f"""\
  - id: downloads
    title: Downloads
    definition: Downloads from {names} in the last 30 days. Machines are among those who download.
    unit: count
    direction: up
    tier: {tier(known, "downloads")}
    category: adoption
    audience: public
    window: 30d
    value: {{metric: package_downloads, where: {{window: 30d}}{", by: registry" if several else ""}}}
{growth(known.all_downloads)}\
{segments}\
    alerts:
      - name: {alert_prefix(known.project)}DownloadsDrop
        priority: P2
        when: {{drop: {{ratio: 0.2, over: 30d}}}}
        for: 1d
        action: See which package and registry it is, and whether a release, a rename or a large user is behind it.
"""
    return Entry("adoption", text, off=not registries)


def _registry(known: Known, name: str) -> str:
    today = known.downloads(name)
    if today is None:
        return f"      - {{name: {name}}}   # no targets: the registry has not published its figures yet\n"
    return f"      - name: {name}\n        targets:\n{target_lines(today, 10)}"


def stars(known: Known) -> Entry:
    """Stars of all repositories, with milestones."""
    text = f"""\
  - id: github_stars
    title: GitHub stars
    definition: Accounts that have given the project a star.
    unit: count
    direction: up
    tier: {tier(known, "github_stars")}
    category: community
    audience: public
    value: {{metric: github_repository_stars}}
{growth(known.stars)}\
    alerts:
      - name: {alert_prefix(known.project)}StarsMilestone
        priority: P3
        when: {{crosses: {flow(list(milestones(known.stars)))}}}
        for: 0s
        action: Tell the community, and thank it.
"""
    return Entry("community", text)


def forks(known: Known) -> Entry:
    """Forks of all repositories."""
    text = f"""\
  - id: github_forks
    title: GitHub forks
    definition: Copies of the repositories that people have made on GitHub.
    unit: count
    direction: up
    tier: supporting
    category: community
    audience: public
    value: {{metric: github_repository_forks}}
{growth(known.forks)}\
"""
    return Entry("community", text)


def contributors(known: Known) -> Entry:
    """Everybody who ever wrote a commit."""
    text = f"""\
  - id: contributors
    title: Contributors
    definition: People who ever wrote a commit, bots left out.
    unit: count
    direction: up
    tier: kpi
    category: community
    audience: public
    value: {{metric: github_contributors}}
{growth(known.contributors)}\
"""
    return Entry("community", text)


def active_contributors(known: Known) -> Entry:
    """Who wrote a commit lately."""
    text = f"""\
  # Without a target until it is known how many there are; the first refresh tells.
  - id: active_contributors
    title: Active contributors
    definition: People who wrote a commit in the last 30 days, bots left out.
    unit: count
    direction: up
    tier: supporting
    category: community
    window: 30d
    value: {{metric: github_contributors_active, where: {{window: 30d}}}}
    alerts:
      - name: {alert_prefix(known.project)}ActiveContributorsDrop
        priority: P2
        when: {{drop: {{ratio: 0.5, over: 30d}}}}
        for: 1d
        action: Ask those who stopped what they lack, and look for work that newcomers could begin with.
"""
    return Entry("community", text)


def discord(known: Known) -> Entry | None:
    """Members of the Discord server, or who is online where it tells no more without a bot; None where there is none."""
    server = known.server
    if server is None:
        return None
    if server.failure is None and server.members is None:
        return _online()
    text = f"""\
  - id: discord_members
    title: Discord members
    definition: Members of the Discord server, bots among them.
    unit: count
    direction: up
    tier: {tier(known, "discord_members")}
    category: community
    audience: public
    value: {{metric: discord_members}}
{growth(server.members)}\
    alerts:
      - name: {alert_prefix(known.project)}DiscordMembersDrop
        priority: P2
        when: {{drop: {{ratio: 0.1, over: 7d}}}}
        for: 1h
        action: Read what was said on the server in these days, and whether members were removed.
"""
    return Entry("community", text, off=server.failure is not None)


def _online() -> Entry:
    text = """\
  # Who is online changes with the hour, so there is no target. With a bot there are members to count: metric discord_members.
  - id: discord_members_online
    title: Discord members online
    definition: Members of the Discord server who are not offline.
    unit: count
    direction: up
    tier: tracked
    category: community
    value: {metric: discord_members_online}
"""
    return Entry("community", text)


def satisfaction(known: Known) -> Entry:
    """What people say who are asked: a figure that is entered."""
    text = f"""\
  # No service counts it: ask people, and enter the figure in figures.csv (docs/sources/manual.md).
  - id: satisfaction
    title: Satisfaction
    definition: Of the people who were asked, the share who say that they are content.
    unit: ratio
    direction: up
    tier: supporting
    category: community
    cadence: quarterly
    targets: [{{at_least: 0.8}}]
    alerts:
      - name: {alert_prefix(known.project)}SatisfactionDrop
        priority: P2
        when: {{drop: {{points: 0.1, over: 90d}}}}
        for: 1d
        action: Read the answers, and pick the one complaint that most of them share.
"""
    return Entry("community", text)
