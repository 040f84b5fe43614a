"""Which forms are read, and how the questions of each are called."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, Field, model_validator

from exporter.config.types import BaseUrl, HttpSourceConfig, SecretStr
from exporter.document import found
from exporter.sources.surveys.config import SurveyConfig, Word

__all__ = ["FormConfig", "TypeformConfig"]

_ID = re.compile(r"[A-Za-z0-9_-]{1,32}")


def _form_id(form_id: str) -> str:
    if not _ID.fullmatch(form_id):
        raise ValueError("must be the id of a form only, such as u6nXL7 for https://example.typeform.com/to/u6nXL7")
    return form_id


def _word(form_id: object) -> str:
    """A form's id, made a word: in lower case, whatever is no letter or digit an underscore, and with a letter at its begin."""
    word = re.sub(r"[^a-z0-9]+", "_", str(form_id).lower()).strip("_")
    return word if word[:1].isalpha() else f"form_{word}"


class FormConfig(SurveyConfig):
    """One form, whose responses are one survey."""

    id: Annotated[str, AfterValidator(_form_id)] = Field(
        description="Id of the form: what stands behind /to/ in its address, such as u6nXL7."
    )
    survey: Word = Field(
        "", description="Value of the label `survey`; unique among the sources of a project. Default: the id, made a word."
    )

    @model_validator(mode="before")
    @classmethod
    def _named_after_its_id(cls, written: Any) -> Any:
        if isinstance(written, dict) and written.get("survey") is None:
            return {**written, "survey": _word(written.get("id", ""))}
        return written


def _differ(forms: tuple[FormConfig, ...]) -> tuple[FormConfig, ...]:
    for key in ("id", "survey"):
        values = [getattr(form, key) for form in forms]
        twice = next((value for value in values if values.count(value) > 1), None)
        if twice is not None:
            raise ValueError(f"must differ in {key}, {found(twice)} stands twice")
    return forms


class TypeformConfig(HttpSourceConfig):
    """Which forms of an account are read."""

    base_url: BaseUrl = Field(
        "https://api.typeform.com",
        description="Where Typeform's API is served; for accounts in its European data centre https://api.eu.typeform.com or "
        "https://api.typeform.eu.",
    )
    token: SecretStr = Field(description="Personal access token with the scopes responses:read and forms:read.")
    forms: Annotated[tuple[FormConfig, ...], Field(min_length=1), AfterValidator(_differ)] = Field(
        description="Forms to read, each a survey."
    )
