"""What the client reports about the requests it makes."""

from typing import Protocol

__all__ = ["Meter", "NullMeter"]


class Meter(Protocol):
    """Counts what a client does; one meter a source and project."""

    def request(self, code: str) -> None:
        """One request went out; `code` is the HTTP status of its answer, or a Reason where there was none."""

    def rate_limit(self, resource: str, limit: float | None, remaining: float, reset: float | None, holder: str) -> None:
        """What the upstream says of a quota: its size, what is left, and when it renews (seconds since the epoch).

        `holder` tells the credentials apart that have a quota each; it is for telling apart only, not to be shown.
        """

    def cost(self, resource: str, points: float) -> None:
        """What a request took of a quota, by whoever can tell: points, or 1 where requests are counted."""


class NullMeter:
    """Counts nothing."""

    def request(self, code: str) -> None:
        pass

    def rate_limit(self, resource: str, limit: float | None, remaining: float, reset: float | None, holder: str) -> None:
        pass

    def cost(self, resource: str, points: float) -> None:
        pass
