"""The file of channels as the configuration of Alertmanager."""

from exporter.render.alertmanager.file import PATH, render
from exporter.render.alertmanager.gaps import gaps
from exporter.render.alertmanager.loader import load

__all__ = ["PATH", "gaps", "load", "render"]
