"""What Alertmanager sends to a webhook, version 4 of it, read with care.

Source: prometheus.io, "Alerting: Configuration", section `webhook_config`.
"""

import json
from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

__all__ = ["Alert", "Message", "Unreadable", "read_message"]

_Texts = Mapping[str, str]
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class Unreadable(Exception):
    """What was sent is no message of Alertmanager; the text says why in one sentence and quotes nothing of it."""


class _Part(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(frozen=True, alias_generator=to_camel)


class Alert(_Part):
    """One alert: which one, whether it fires, and since when; `ends_at` (UTC) means something only where it is resolved."""

    status: Literal["firing", "resolved"]
    labels: _Texts
    annotations: _Texts
    starts_at: Moment
    ends_at: Moment
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]

    @property
    def project(self) -> str:
        """The project that the alert is about, "" where it says none."""
        return self.labels.get("project", "")


class Message(_Part):
    """One notification about a group of alerts; `truncated_alerts` are those that were left out of it."""

    version: Literal["4"]
    truncated_alerts: Annotated[int, Field(ge=0)] = 0
    alerts: tuple[Alert, ...]


def read_message(body: bytes) -> Message:
    """The message in a body; raises Unreadable."""
    try:
        data: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("the body must be JSON") from None
    try:
        return Message.model_validate(data)
    except ValidationError as error:
        place = ".".join(str(step) for step in error.errors(include_url=False, include_input=False)[0]["loc"])
    except (OverflowError, RecursionError):
        place = ""
    raise Unreadable(f"the body must be a message of Alertmanager, version 4{place and f': {place} is not as it should be'}")
