"""Field types and base classes that every part of the configuration shares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from exporter.document import format_duration, parse_duration

__all__ = [
    "UNREAD",
    "BaseUrl",
    "Called",
    "Duration",
    "HttpSourceConfig",
    "LocalPath",
    "MultiLine",
    "MultiLineSecret",
    "SecretStr",
    "Section",
    "SourceConfig",
]


@dataclass(frozen=True, slots=True)
class Called:
    """Marks a field's type with the name that the reference gives it."""

    name: str


@dataclass(frozen=True, slots=True)
class LocalPath:
    """Marks a text as the path of a file where `holds` says so of it; it is then relative to the configuration file.

    A field of type `pathlib.Path` needs no mark.
    """

    holds: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class MultiLine:
    """Marks a secret that has several lines, such as a key in PEM form; any other has one."""


def _positive(duration: timedelta) -> timedelta:
    if duration < timedelta(seconds=1):
        raise ValueError("must be at least 1s")
    return duration


def _http_url(url: str) -> str:
    """An absolute http or https URL without credentials, query or a slash at its end."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if usable and parts.netloc.rpartition("@")[1]:
        raise ValueError("must not hold a user name or password")
    if not usable or not url.isprintable() or any(character in url for character in " ?#"):
        raise ValueError("must be an http or https URL such as https://api.example.org")
    return url.rstrip("/")


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    AfterValidator(_positive),
    PlainSerializer(format_duration, return_type=str),
    Called("duration"),
]
"""A duration of at least one second, written as in Prometheus."""

BaseUrl = Annotated[str, AfterValidator(_http_url), Called("URL")]

MultiLineSecret = Annotated[SecretStr, MultiLine()]

UNREAD = SecretStr("not-read")
"""Stands for a secret that was not asked for, or whose problem is told already."""


class Section(BaseModel):
    """A mapping of the configuration: typed, immutable, closed to unknown keys.

    A field of type `SecretStr` called X may be given as `X_file` or `X_env` instead; see `exporter.config.secrets`. A check of
    a secret's content lets UNREAD pass: a configuration is also checked without its secrets.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class SourceConfig(Section):
    """What every source takes."""

    interval: Duration = Field(timedelta(minutes=15), description="Time between two refreshes.")
    timeout: Duration = Field(timedelta(seconds=30), description="Longest time that one request, query or command may take.")
    max_age: Duration | None = Field(
        None,
        description="Age after which figures that could not be refreshed are dropped. Default: four intervals, at least 2h.",
    )

    @field_validator("max_age")
    @classmethod
    def _outlives_a_refresh(cls, max_age: timedelta | None, info: ValidationInfo) -> timedelta | None:
        interval = info.data.get("interval")
        if max_age is not None and interval is not None and max_age < interval:
            raise ValueError(f"must not be shorter than the interval, which is {format_duration(interval)}")
        return max_age

    def age_limit(self) -> timedelta:
        """`max_age`, or its default."""
        return self.max_age or max(4 * self.interval, timedelta(hours=2))


class HttpSourceConfig(SourceConfig):
    """What every source takes that speaks HTTP; a subclass gives `base_url` its default."""

    base_url: BaseUrl = Field(description="Where the API of the upstream is.")
