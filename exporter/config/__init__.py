"""What the operator writes: typed models, the loader, secrets; every error with file, line and path."""

from exporter.config.loader import load
from exporter.config.masking import masked
from exporter.config.model import Config, Project
from exporter.config.secrets import secret_values

__all__ = ["Config", "Project", "load", "masked", "secret_values"]
