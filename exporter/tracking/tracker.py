"""Brings the alerts of one project to their tracking issues."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from exporter.config.github_issues import GitHubIssues
from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.http import Client
from exporter.logs import fields
from exporter.tracking import wording
from exporter.tracking.decision import Step, step_for
from exporter.tracking.issues import Issue, Issues
from exporter.tracking.ledger import Ledger
from exporter.tracking.marker import Mark, Marker, with_marker
from exporter.tracking.message import Alert
from exporter.tracking.meters import Meters

__all__ = ["Setback", "Tracker"]

log = logging.getLogger(__name__)

SETTLING = timedelta(seconds=10)
"""How long GitHub may still be at work on a request whose answer did not come: after this time it gives up itself."""
SOON = 5.0
"""Seconds after which to come again where nobody knows better."""

_NOT_DONE = frozenset((Reason.AUTH, Reason.NOT_FOUND, Reason.RATE_LIMITED, Reason.CLIENT_ERROR, Reason.REDIRECT, Reason.TLS))
"""Failures with which it is certain that GitHub did nothing."""
_CONFIGURED = frozenset((Reason.AUTH, Reason.NOT_FOUND, Reason.CLIENT_ERROR, Reason.REDIRECT))
"""Failures that last until somebody changes something, here or at GitHub."""
_OF_ONE_ISSUE = frozenset((403, 422))
"""Statuses that may be about one issue alone, one whose conversation is locked for example; with any other all alerts fail."""


@dataclass(frozen=True, slots=True)
class Setback:
    """Not all alerts are where they belong; another try makes sense after `seconds`, with None it needs a person first."""

    seconds: float | None


class _NotNowError(Exception):
    """It cannot be done at this moment, and nothing is wrong."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__()


class Tracker:
    """Opens, reopens, comments on and closes the tracking issues of a project; thread-safe.

    One delivery works at a time, because GitHub wants the changes of one account one after another, and so that two senders of
    the same alert do not open two issues. What GitHub says is the truth; the ledger saves asking, and remembers what may still
    be under way. `clock` gives the time (UTC), `monotonic` seconds that never go back.
    """

    def __init__(
        self,
        project: str,
        config: GitHubIssues,
        *,
        ledger: Ledger,
        client: Client,
        meters: Meters,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self.config = config
        self._project = project
        self._ledger = ledger
        self._client = client
        self._meters = meters
        self._clock = clock
        self._monotonic = monotonic
        self._place = Issues(client, config).place
        self._failing: UpstreamError | None = None

    def take(self, alerts: Sequence[Alert], deadline: float) -> Setback | None:
        """Does what the alerts ask for; no request is sent after `deadline` (of the monotonic clock)."""
        # What is known already needs nobody's turn, so a GitHub that hangs does not hold up repeats.
        unknown = [alert for alert in alerts if not self._nothing_new(alert)]
        if not unknown:
            return None
        with self._ledger.turn(deadline - self._monotonic()) as taken:
            return self._bring_all(unknown, deadline) if taken else Setback(SOON)

    def _nothing_new(self, alert: Alert) -> bool:
        known = self._ledger.find(self._place, alert.fingerprint)
        # An issue cannot have been closed before its episode began; whether it was since then must be asked.
        return known is not None and step_for(alert, known[1], known[1].since, self._clock()) is Step.NOTHING

    def _bring_all(self, alerts: Sequence[Alert], deadline: float) -> Setback | None:
        def in_time() -> None:
            if self._monotonic() > deadline:
                raise _NotNowError(SOON)

        issues = Issues(self._client, self.config, in_time)
        setback = None
        for alert in alerts:
            try:
                self._bring(alert, issues)
            except _NotNowError as not_now:
                return setback or Setback(not_now.seconds)
            except UpstreamError as error:
                self._failed(error)
                setback = self._setback(error)
                if error.status not in _OF_ONE_ISSUE:
                    return setback
            else:
                self._succeeded()
        return setback

    def _bring(self, alert: Alert, issues: Issues) -> None:
        self._let_settle(alert)
        issue, marker = self._found(alert, issues)
        if issue is None or marker is None:
            if step_for(alert, None, None, self._clock()) is Step.OPEN:
                self._open(alert, issues)
            return
        closed_at = issue.closed_at if issue.state == "closed" else None
        match step_for(alert, marker, closed_at, self._clock()):
            case Step.AGAIN:
                new = Marker(alert.fingerprint, marker.episode + 1, alert.starts_at)
                mark = Mark(alert.fingerprint, new.episode, "again")
                self._tell(issue, mark, wording.again(alert, mark), marker, issues)
                self._change(issue, "open", new, issues)
            case Step.BACK:
                self._change(issue, "open", replace(marker, until=None), issues)
            case Step.CLOSE:
                mark = Mark(alert.fingerprint, marker.episode, "resolved")
                self._tell(issue, mark, wording.resolved(alert, marker.since, mark), marker, issues)
                self._change(issue, "closed", replace(marker, until=alert.ends_at), issues)
            case _:
                self._ledger.keep(self._place, issue.number, marker)

    def _let_settle(self, alert: Alert) -> None:
        """Raises where something about the alert may still be under way: what GitHub lists need not hold it yet."""
        sent = self._ledger.sent_at(self._place, alert.fingerprint)
        passed = None if sent is None else self._clock() - sent
        if passed is not None and timedelta(0) <= passed < SETTLING:
            raise _NotNowError((SETTLING - passed).total_seconds())

    def _found(self, alert: Alert, issues: Issues) -> tuple[Issue | None, Marker | None]:
        """The issue of an alert and what it remembers."""
        known = self._ledger.find(self._place, alert.fingerprint)
        if known is not None:
            number, last = known
            issue = issues.issue(number)
            if issue is not None and self._belongs(issue, alert):
                return issue, issue.marker or last
            self._ledger.forget(self._place, alert.fingerprint)
        oldest: dict[str, tuple[Issue, Marker]] = {}
        for issue in issues.tracking():
            if issue.marker is not None:
                oldest.setdefault(issue.marker.fingerprint, (issue, issue.marker))
        for found, marker in oldest.values():
            if self._ledger.find(self._place, marker.fingerprint) is None:
                self._ledger.keep(self._place, found.number, marker)
        return oldest.get(alert.fingerprint, (None, None))

    def _belongs(self, issue: Issue, alert: Alert) -> bool:
        """Whether an issue is that of the alert: in a repository that was made anew, its number may be that of any other."""
        if issue.marker is None:
            # A person may have taken the marker out of the text.
            return issue.has_label(self.config.labels[0])
        return issue.marker.fingerprint == alert.fingerprint

    def _open(self, alert: Alert, issues: Issues) -> None:
        marker = Marker(alert.fingerprint, 1, alert.starts_at)
        with self._sending(alert.fingerprint):
            issue = issues.open(wording.title(alert), wording.body(alert, marker), self.config.labels)
            self._ledger.keep(self._place, issue.number, marker)
        self._meters.done(self._project, "opened")
        if not issue.has_label(self.config.labels[0]):
            text = (
                "a tracking issue got no label: the token may not set any, so the issue cannot be found again without the state"
            )
            log.warning(text, extra=fields(project=self._project))

    def _tell(self, issue: Issue, mark: Mark, text: str, marker: Marker, issues: Issues) -> None:
        """Comments on an issue, unless that was done before; `marker` is what the issue remembers until now."""
        # Clocks differ a little.
        since = (marker.until or marker.since) - timedelta(hours=1)
        if any(str(mark) in comment for comment in issues.comments(issue.number, since)):
            return
        with self._sending(mark.fingerprint):
            issues.comment(issue.number, text)
        self._meters.done(self._project, "commented")

    def _change(self, issue: Issue, state: str, marker: Marker, issues: Issues) -> None:
        body = with_marker(issue.body or "", marker)
        with self._sending(marker.fingerprint):
            issues.change(issue.number, "open" if state == "open" else "closed", body)
            self._ledger.keep(self._place, issue.number, marker)
        if issue.state != state:
            self._meters.done(self._project, "reopened" if state == "open" else "closed")

    @contextmanager
    def _sending(self, fingerprint: str) -> Iterator[None]:
        """Remembers that something is sent, until it is known what became of it."""
        self._ledger.sending(self._place, fingerprint, self._clock())
        try:
            yield
        except UpstreamError as error:
            if error.reason in _NOT_DONE:
                self._ledger.answered(self._place, fingerprint)
            raise
        self._ledger.answered(self._place, fingerprint)

    def _setback(self, error: UpstreamError) -> Setback:
        if isinstance(error, RateLimited) and error.until is not None:
            return Setback(max(SOON, (error.until - self._clock()).total_seconds()))
        return Setback(None if error.reason in _CONFIGURED else SOON)

    def _failed(self, error: UpstreamError) -> None:
        self._meters.failed(self._project, error.reason)
        if self._failing is None or self._failing.reason is not error.reason:
            log.warning("tracking issues fail", extra=fields(project=self._project, reason=error.reason.value, error=str(error)))
        self._failing = error

    def _succeeded(self) -> None:
        if self._failing is not None:
            self._failing = None
            log.info("tracking issues work again", extra=fields(project=self._project))
