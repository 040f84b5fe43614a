"""Configuration of the source `google_forms`."""

import re
from collections import Counter
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, field_validator

from exporter.config.types import UNREAD, BaseUrl, HttpSourceConfig, MultiLineSecret
from exporter.sources.google_forms.account import read_key
from exporter.sources.surveys.config import SurveyConfig

__all__ = ["FormConfig", "GoogleFormsConfig"]

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_PUBLIC = "1FAIpQL"
"""With this begin the ids in the addresses that respondents get; Google's API knows only those of the editor."""


def _form_id(text: str) -> str:
    if not _ID.fullmatch(text) or text.startswith(_PUBLIC):
        raise ValueError("must be the id in the address of the form's editor, https://docs.google.com/forms/d/ID/edit")
    return text


def _credentials(content: SecretStr) -> SecretStr:
    if content != UNREAD:
        read_key(content)
    return content


class FormConfig(SurveyConfig):
    """One form; its questions are found by their ids, which `kpi-exporter doctor` lists."""

    id: Annotated[str, AfterValidator(_form_id)] = Field(description="Id of the form, as the address of its editor has it.")


class GoogleFormsConfig(HttpSourceConfig):
    """Which forms are read, and as which service account."""

    base_url: BaseUrl = Field("https://forms.googleapis.com", description="Where the Google Forms API is served.")
    credentials: Annotated[MultiLineSecret, AfterValidator(_credentials)] = Field(
        description="Key of a service account that may read the forms, in JSON as Google gives it; needs the extra `google`."
    )
    forms: Annotated[tuple[FormConfig, ...], Field(min_length=1)] = Field(description="Forms, one a survey.")

    @field_validator("forms")
    @classmethod
    def _distinct(cls, forms: tuple[FormConfig, ...]) -> tuple[FormConfig, ...]:
        for what in ("survey", "id"):
            twice = sorted(name for name, number in Counter(getattr(form, what) for form in forms).items() if number > 1)
            if twice:
                raise ValueError(f"must differ in {what}; {twice[0]} stands more than once")
        return forms
