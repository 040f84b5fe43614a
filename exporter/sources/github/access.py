"""From the configuration to the credentials: tokens as they are, or those of a GitHub App with what the topics need."""

from exporter.sources.github.api.app import App
from exporter.sources.github.api.credentials import Credential, Credentials, Token
from exporter.sources.github.api.planner import Planner
from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.grants import PERMISSIONS

__all__ = ["credentials_of", "permissions_of"]


def permissions_of(config: GitHubConfig) -> dict[str, str]:
    """The least that an App must be allowed to do so that everything can be read that is configured."""
    topics = ["repositories", *config.read]
    if "security" in topics:
        topics += config.security_tools
    return {name: "read" for topic in topics for name in PERMISSIONS[topic]}


def credentials_of(config: GitHubConfig, planner: Planner) -> Credentials:
    """The credentials that the configuration gives."""
    return Credentials(_members(config), planner)


def _members(config: GitHubConfig) -> list[Credential]:
    if config.app_id is not None and config.private_key is not None:
        return [
            App(
                config.base_url,
                config.app_id,
                config.private_key,
                installation=config.installation_id,
                found_at=_places(config),
                permissions=permissions_of(config),
            )
        ]
    if config.token is not None:
        return [Token("token", config.token)]
    return [Token(f"token {number}", entry.token) for number, entry in enumerate(config.tokens, 1)]


def _places(config: GitHubConfig) -> tuple[str, ...]:
    """Where the REST API tells of the installation, in the order to look in."""
    if config.organization is not None:
        # It may be the account of a person, which is no organisation.
        return tuple(f"/{kind}/{config.organization}/installation" for kind in ("orgs", "users"))
    return (f"/repos/{config.repositories[0]}/installation",)
