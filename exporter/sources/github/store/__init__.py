"""What is kept between two refreshes, so that only what has changed is read."""

from exporter.sources.github.store.store import Store

__all__ = ["Store"]
