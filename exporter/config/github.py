"""Field types for whatever has to do with GitHub."""

import re
from collections import Counter
from typing import Annotated

from pydantic import AfterValidator, SecretStr

from exporter.document import found

__all__ = ["RepositoryName", "TokenValue", "each_once"]

_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}/(?!\.\.?$)[A-Za-z0-9._-]{1,100}")
_TOKEN = re.compile(r"[!-~]+")


def _repository(name: str) -> str:
    if not _REPOSITORY.fullmatch(name):
        raise ValueError("must be a repository written as owner/name, such as caro-cli/caro")
    return name


def _token(token: SecretStr) -> SecretStr:
    if not _TOKEN.fullmatch(token.get_secret_value()):
        raise ValueError("must be a token: printable ASCII characters, no spaces")
    return token


def each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    """GitHub knows repositories and labels without regard to case; raises ValueError where a name stands twice."""
    twice = [name for name, times in Counter(name.casefold() for name in names).items() if times > 1]
    if twice:
        raise ValueError(f"must name {found(twice[0])} only once")
    return names


RepositoryName = Annotated[str, AfterValidator(_repository)]
TokenValue = Annotated[SecretStr, AfterValidator(_token)]
