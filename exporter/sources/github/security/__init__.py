"""The topic `security`: alerts about vulnerable dependencies, mistakes in the code and secrets in it."""

from exporter.sources.github.security.reader import SecurityReader

__all__ = ["SecurityReader"]
