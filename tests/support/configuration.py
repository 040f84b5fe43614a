"""Sources that exist only in tests of the configuration: together they have every kind of key."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from exporter.config import Config, load
from exporter.config.types import BaseUrl, HttpSourceConfig, MultiLineSecret, SecretStr, Section, SourceConfig

__all__ = ["ENVIRON", "SOURCE_TYPES", "FiguresConfig", "ForgeConfig", "SurveyConfig", "configured"]


class App(Section):
    """A mapping inside of a source."""

    id: int = Field(ge=1, description="Number of the app.")
    private_key: MultiLineSecret = Field(description="Key of the app.")


class ForgeConfig(HttpSourceConfig):
    """A forge, with a secret that it cannot do without."""

    base_url: BaseUrl = Field("https://forge.example.org/api", description="Where the forge is.")
    token: SecretStr = Field(description="Token of an account.")
    repositories: tuple[str, ...] = Field(min_length=1, description="Repositories to read.")
    depth: int = Field(10, ge=0, le=1000, description="How many to read.")
    share: float = Field(0.5, gt=0, description="Which share to read.")
    drafts: bool = Field(False, description="Whether drafts count.")
    state: Literal["open", "closed"] = Field("open", description="Which to read.")
    app: App | None = Field(None, description="An app instead of an account.")


class FiguresConfig(SourceConfig):
    """A file."""

    file: Path = Field(description="File to read.")


class Form(Section):
    """One of several mappings inside of a source."""

    id: str = Field(description="Name of the form.")
    token: SecretStr | None = Field(None, description="Token of the form.")
    questions: dict[str, str] = Field({}, description="What its questions ask.")


class SurveyConfig(SourceConfig):
    """A list of mappings, each with a secret that it may have."""

    forms: tuple[Form, ...] = Field(min_length=1, description="Forms to read.")


SOURCE_TYPES = {"forge": ForgeConfig, "figures": FiguresConfig, "survey": SurveyConfig}
ENVIRON = {"FORGE_TOKEN": "word-from-the-environment", "EMPTY": "", "TWO_LINES": "one\ntwo"}


def configured(folder: Path, text: str, *, allow_inline_secrets: bool = False, read_secrets: bool = True) -> Config:
    """The configuration that a text says, written to a file of the folder."""
    path = folder / "config.yml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return load(path, SOURCE_TYPES, environ=ENVIRON, allow_inline_secrets=allow_inline_secrets, read_secrets=read_secrets)
