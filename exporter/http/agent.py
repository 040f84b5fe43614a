"""How the exporter introduces itself to upstreams."""

from exporter import URL, __version__

__all__ = ["user_agent"]


def user_agent(contact: str | None = None) -> str:
    """The User-Agent: name, version, where the project lives and, where the operator gives one, whom to ask about it."""
    return f"kpi-exporter/{__version__} (+{URL}{f'; {contact}' if contact else ''})"
