"""Configuration of the source `git`."""

import re
from collections import Counter
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from exporter.config.types import Duration, LocalPath, SourceConfig
from exporter.sources.git.address import Address, holds_credentials, is_path, parse_address

__all__ = ["GitConfig"]

_NOT_IN_A_BRANCH = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|^[-/.]|/\.|[/.]$|\.lock(/|$)")


def _address(text: str) -> str:
    parse_address(text)
    return text


def _branch(name: str) -> str:
    if not name or _NOT_IN_A_BRANCH.search(name):
        raise ValueError("must be the name of a branch, such as main")
    return name


class GitConfig(SourceConfig):
    """Which histories are read, and with what credentials."""

    interval: Duration = Field(timedelta(hours=1), description="Time between two refreshes.")
    timeout: Duration = Field(timedelta(minutes=10), description="Longest time that one git command may take.")
    repositories: Annotated[tuple[Annotated[str, LocalPath(is_path), AfterValidator(_address)], ...], Field(min_length=1)] = (
        Field(description="Git URLs (https, http, ssh, git, file), git@host:path, or paths of folders.")
    )
    branch: Annotated[str, AfterValidator(_branch)] | None = Field(
        None, description="Branch whose history is read, in every repository. Default: the default branch of each."
    )
    token: SecretStr | None = Field(None, description="Token or password for the repositories reached by http or https.")
    token_user: str = Field("x-access-token", pattern=r"^[^:\s]+$", description="User name that is sent with the token.")

    @field_validator("repositories", mode="before")
    @classmethod
    def _without_credentials(cls, repositories: Any) -> Any:
        # Refused here, where the found value is the whole list, and not entry by entry: an error message shows the found value.
        for number, entry in enumerate(repositories if isinstance(repositories, list | tuple) else ()):
            if isinstance(entry, str) and holds_credentials(entry):
                raise ValueError(f"must not hold a user name or password (entry {number + 1} does); use token_file or token_env")
        return repositories

    @field_validator("repositories")
    @classmethod
    def _distinct(cls, repositories: tuple[str, ...]) -> tuple[str, ...]:
        names = Counter(parse_address(text).name for text in repositories)
        twice = sorted(name for name, number in names.items() if number > 1)
        if twice:
            raise ValueError(f"must be repositories of different names; {twice[0]} stands more than once")
        return repositories

    @model_validator(mode="after")
    def _one_host_for_the_token(self) -> "GitConfig":
        hosts = sorted({address.host for address in self.addresses() if address.host})
        if self.token is not None and len(hosts) > 1:
            raise ValueError(f"the token must go to one host only, but the repositories are on {' and '.join(hosts)}")
        return self

    def addresses(self) -> tuple[Address, ...]:
        """The repositories, in the order of the configuration."""
        return tuple(parse_address(text) for text in self.repositories)
