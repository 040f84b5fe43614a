"""The errors of this project, all in one tree.

KpiExporterError
├── InvalidInput     what a person wrote (configuration, catalog, figures) is wrong; carries every problem found
└── UpstreamError    an upstream did not give a usable answer; carries a reason from a closed set
    └── RateLimited  the upstream asks to wait; carries the moment from which asking again makes sense

Texts of these errors reach logs and terminals, so whoever raises one builds it from constants, status codes and names
out of the configuration, never from what an upstream or a library said.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exporter.document import Problem

__all__ = ["InvalidInput", "KpiExporterError", "RateLimited", "Reason", "UpstreamError"]


class KpiExporterError(Exception):
    """Base of every error that this project raises on purpose."""


class InvalidInput(KpiExporterError):
    """What a person wrote is wrong; `problems` lists everything found, in the order of the file."""

    def __init__(self, problems: Sequence["Problem"]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Reason(StrEnum):
    """Why an upstream failed: the closed set of values of the label `reason`."""

    TIMEOUT = "timeout"
    CONNECTION = "connection"
    TLS = "tls"
    AUTH = "auth"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    CLIENT_ERROR = "client_error"
    REDIRECT = "redirect"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"
    UNREADABLE = "unreadable"
    INTERNAL = "internal"


class UpstreamError(KpiExporterError):
    """An upstream did not give a usable answer; the text holds nothing that the upstream said.

    `status` is that of its answer over HTTP, None where there was none or it is not what is wrong.
    """

    def __init__(self, reason: Reason, text: str, status: int | None = None) -> None:
        self.reason = reason
        self.status = status
        super().__init__(text)


class RateLimited(UpstreamError):
    """The upstream asks to wait; `until` is when its limit ends (UTC), None when it did not say.

    `quota` names the one quota that is spent, where the upstream has several; None where all requests must wait.
    """

    def __init__(self, text: str, until: datetime | None = None, quota: str | None = None) -> None:
        self.until = until
        self.quota = quota
        super().__init__(Reason.RATE_LIMITED, text)
