"""With which credentials GitHub is asked: a token, several that take turns, or those of a GitHub App."""

import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta

from pydantic import SecretStr

from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Auth, Client, Response
from exporter.http.limits import quota
from exporter.logs import fields
from exporter.sources.github.api.planner import Planner

__all__ = ["Clock", "Credential", "Credentials", "Token"]

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]

_UNAUTHORISED = frozenset({401})
_REFUSED = timedelta(hours=1)
"""Time for which a token that GitHub refused is left alone while others work."""
_UNTOLD = timedelta(seconds=60)
_NOT_ASKED = "GitHub was not asked: it asked to wait, or no more than the reserve of the quota is left"
_EVERYTHING = ""
"""Stands for the resource of a limit that holds for all requests."""


class Credential(ABC):
    """One way to authorise requests. `name` tells it from the others of its source; it is no secret, and is shown."""

    name: str

    @abstractmethod
    def authorization(self, client: Client, now: datetime) -> str:
        """The value of the header Authorization; raises UpstreamError where it has to be asked for and is not given."""

    def renew(self) -> bool:
        """Told that GitHub refused the last value: whether there may be another."""
        return False


class Token(Credential):
    """A token as an account has it, classic or fine-grained."""

    def __init__(self, name: str, token: SecretStr) -> None:
        self.name = name
        self._token = token

    def authorization(self, client: Client, now: datetime) -> str:
        return f"Bearer {self._token.get_secret_value()}"


class Credentials:
    """All the credentials of a source; lives as long as the source.

    The one with most left above the reserve is used next. One that GitHub asks to wait, whose quota is down to the reserve, or
    that GitHub refuses, is left alone, and the others take over.
    """

    def __init__(self, members: Sequence[Credential], planner: Planner) -> None:
        self._members = tuple(members)
        self._planner = planner
        self._limits: dict[tuple[str, str], datetime] = {}
        self._refusals: dict[str, datetime] = {}
        self._told: set[str] = set()

    def apart(self) -> Iterator[tuple[str, "Credentials"]]:
        """Each credential by its name, as the only one: for whoever examines them."""
        for member in self._members:
            yield member.name, Credentials([member], self._planner)

    def ask(
        self,
        resource: str,
        client: Client,
        now: Clock,
        send: Callable[[Auth], Response],
        *,
        expected: float = 1.0,
        cost: Callable[[Response], float] = lambda response: 0.0 if response.unchanged else 1.0,
        refusals: Collection[int] = _UNAUTHORISED,
    ) -> Response:
        """What `send` brings with the first credentials with which GitHub answers.

        `resource` names the quota that the request uses, `expected` what it will take of it at most, `cost` tells from the answer
        what it did take. `refusals` are the statuses that mean that the credentials are no good, whatever they are for.

        Raises RateLimited where all credentials must wait, with the first moment at which one need not, and UpstreamError: AUTH
        where GitHub refuses all of them, and whatever else `send` raises.
        """
        tried: set[str] = set()
        last: UpstreamError | None = None
        while True:
            member = self._next(resource, expected, now(), tried, last)
            tried.add(member.name)
            try:
                response = self._sent(member, client, now, send, refusals)
            except RateLimited as limit:
                self._limits[member.name, limit.quota or _EVERYTHING] = limit.until or now() + _UNTOLD
                last = limit
            except UpstreamError as error:
                if error.status not in refusals:
                    if error.status is not None:
                        self._spend(member, resource, client, 1.0)
                    raise
                self._refuse(member, now())
                last = error
            else:
                self._accept(member)
                self._spend(member, resource, client, cost(response))
                self._hear(member, resource, response, now())
                return response

    def _next(
        self, resource: str, expected: float, now: datetime, tried: Collection[str], last: UpstreamError | None
    ) -> Credential:
        """The credential to try next. Where there is none, raises what there is to tell; the last try ended with `last`."""
        accepted = [member for member in self._members if self._refusals.get(member.name, now) <= now]
        free = {member.name: self._free_at(member, resource, expected, now) for member in accepted}
        ready = [member for member in accepted or self._members if free.get(member.name, now) <= now and member.name not in tried]
        if ready:
            return max(ready, key=lambda member: self._planner.room(member.name, resource, now))
        if accepted:
            raise RateLimited(str(last) if isinstance(last, RateLimited) else _NOT_ASKED, min(free.values()))
        raise last or UpstreamError(Reason.AUTH, "GitHub refused the credentials")

    def _free_at(self, member: Credential, resource: str, expected: float, now: datetime) -> datetime:
        limits = (self._limits.get((member.name, limited), now) for limited in (resource, _EVERYTHING))
        return max(*limits, self._planner.free_at(member.name, resource, expected, now))

    def _sent(
        self, member: Credential, client: Client, now: Clock, send: Callable[[Auth], Response], refusals: Collection[int]
    ) -> Response:
        try:
            return send(Auth(member.authorization(client, now()), member.name))
        except UpstreamError as error:
            if error.status not in refusals or not member.renew():
                raise
        return send(Auth(member.authorization(client, now()), member.name))

    def _refuse(self, member: Credential, now: datetime) -> None:
        self._refusals[member.name] = now + _REFUSED
        if len(self._members) > 1 and member.name not in self._told:
            self._told.add(member.name)
            log.warning("credentials refused, others take over", extra=fields(credentials=member.name))

    def _accept(self, member: Credential) -> None:
        self._refusals.pop(member.name, None)
        if member.name in self._told:
            self._told.remove(member.name)
            log.info("credentials accepted again", extra=fields(credentials=member.name))

    def _spend(self, member: Credential, resource: str, client: Client, points: float) -> None:
        if points:
            self._planner.spent(member.name, resource, points)
            client.meter.cost(resource, points)

    def _hear(self, member: Credential, resource: str, response: Response, now: datetime) -> None:
        said = quota(response.headers, now)
        if said is not None:
            reset = None if said.reset is None else datetime.fromtimestamp(said.reset, now.tzinfo)
            self._planner.heard(member.name, said.resource or resource, said.limit, said.remaining, reset, now)
