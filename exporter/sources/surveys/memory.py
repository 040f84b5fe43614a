"""The responses of one survey from one refresh to the next, in memory only."""

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from datetime import datetime, timedelta

from exporter.sources.surveys.answers import Response
from exporter.sources.surveys.samples import earliest

__all__ = ["ANEW", "Memory"]

ANEW = timedelta(days=1)
"""Time after which everything is read again, because a response may have been deleted."""


class Memory:
    """What is known of one survey. A refresh that fails leaves it as it was.

    `overlap` is for how long after it was sent a response may still be unknown to whoever asks for it.
    """

    def __init__(self, overlap: timedelta) -> None:
        self._overlap = overlap
        self._responses: Mapping[str, Response] = {}
        self._manner: Hashable = None
        self._read_anew: datetime | None = None

    def refresh(self, read: Callable[[datetime], Iterable[Response]], manner: Hashable, now: datetime) -> Collection[Response]:
        """The responses that figures are made of at `now`; raises whatever `read` raises.

        `read` gives the responses that were sent, or changed, at a moment (UTC) or after it; one that is known already replaces
        what is known. `manner` says how answers are read: where it is another one than before, and a day after the last time,
        all are asked for.
        """
        since = earliest(now)
        anew = self._manner != manner or self._read_anew is None or not self._read_anew <= now < self._read_anew + ANEW
        known = {} if anew else dict(self._responses)
        if known:
            newest = max(response.time for response in known.values())
            since = max(since, min(newest, now) - self._overlap)
        known |= {response.id: response for response in read(since)}
        # Only now that everything has come.
        self._responses = {key: response for key, response in known.items() if response.time >= earliest(now)}
        if anew:
            self._manner, self._read_anew = manner, now
        return self._responses.values()
