"""A first configuration, catalog and file of figures for a project, out of what its services tell of it."""

from exporter.starter.configuration import TOKEN_FILE
from exporter.starter.files import there_already, write_together
from exporter.starter.github import ROOT, GitHub
from exporter.starter.known import REGISTRIES, Known, Package, Repository, Server, Suggestion
from exporter.starter.services import Services
from exporter.starter.steps import next_steps
from exporter.starter.texts import CONFIG_FILE, FILES, texts_of

__all__ = [
    "CONFIG_FILE",
    "FILES",
    "REGISTRIES",
    "ROOT",
    "TOKEN_FILE",
    "GitHub",
    "Known",
    "Package",
    "Repository",
    "Server",
    "Services",
    "Suggestion",
    "next_steps",
    "texts_of",
    "there_already",
    "write_together",
]
