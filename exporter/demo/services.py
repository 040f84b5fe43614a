"""The services of the demo, all together."""

from exporter.demo.files import Tokens
from exporter.demo.project import Project
from exporter.demo.upstreams.discord import discord
from exporter.demo.upstreams.github import github
from exporter.demo.upstreams.packages import Clock, crates, npm, pypi
from exporter.demo.upstreams.service import Services
from exporter.demo.upstreams.typeform import typeform

__all__ = ["services_of"]


def services_of(project: Project, tokens: Tokens, clock: Clock) -> Services:
    """What tells of a project; `clock` gives the time (UTC)."""
    return Services(
        {
            "github": github(project, tokens.github, clock),
            "discord": discord(tokens.discord),
            "npm": npm(clock),
            "pypi": pypi(clock),
            "crates": crates(clock),
            "typeform": typeform(tokens.typeform, clock),
        }
    )
