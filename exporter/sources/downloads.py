"""What the package registries share: the metrics, the arithmetic of days and windows, and the round over the packages.

A registry publishes one count a package and UTC day. The figures here are sums over whole days that are past, and end at the last
day that the registry has published; that day is exported beside them.
"""

import re
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar, TypeVar

from pydantic import Field

from exporter.config.types import Duration, HttpSourceConfig
from exporter.document import found
from exporter.errors import RateLimited, Reason, UpstreamError
from exporter.facts import Metric, Part, Sample
from exporter.http import Client
from exporter.sources.base import Finding, Source, Tools

__all__ = [
    "CUMULATIVE",
    "DAY",
    "DOWNLOADS",
    "LAST_DAY",
    "OUTAGE",
    "Daily",
    "Found",
    "History",
    "Outcome",
    "PacedClient",
    "PackageSource",
    "PackagesConfig",
    "count",
    "day",
    "days_then",
    "filled",
    "last_day",
    "malformed",
    "samples_of",
    "unique",
]

DOWNLOADS = Metric(
    "package_downloads",
    "Downloads of the package over the window, which ends with the last whole UTC day that the registry has published.",
    "count",
    ("registry", "package", "window"),
)
LAST_DAY = Metric(
    "package_downloads_day_timestamp_seconds",
    "Begin of the last UTC day that package_downloads counts.",
    "timestamp",
    ("registry", "package"),
)
CUMULATIVE = Metric(
    "package_downloads_cumulative",
    "Downloads of the package since its first version, as the registry counts them; the current day is in it.",
    "count",
    ("registry", "package"),
)

DAY = timedelta(days=1)
LATE = 2
"""Days without downloads at the end that are always taken as not published yet."""
OUTAGE = 14
"""Age in days of the last published day from which nothing is said; registries have been out for a week and more."""
BUSY = 28
"""Days in a row with downloads after which a day without any is taken for an outage of the registry."""
LARGEST = 2**53
"""Largest count that a float holds exactly; more is no count of downloads."""

Daily = Mapping[date, int]
"""Downloads by UTC day; a day that is not in it is unknown."""
Outcome = tuple[Sample, ...] | UpstreamError
"""What became of one package: its samples, or why there are none."""
Config = TypeVar("Config", bound="PackagesConfig")


@dataclass(frozen=True, slots=True)
class History:
    """What a registry says of a package: its past days and, where it counts them, the downloads since the first version (`ever`),
    of which `going_on` are of the day that is going on.
    """

    daily: Daily
    ever: int | None = None
    going_on: int = 0

    def ever_then(self, day: date) -> int | None:
        """The downloads since the first version when a past day began, None where they cannot be told: before the first."""
        if self.ever is None or day < min(self.daily, default=date.max):
            return None
        since = sum(downloads for when, downloads in self.daily.items() if when >= day)
        then = self.ever - self.going_on - since
        return then if then > 0 else None


Found = History | UpstreamError
"""What a registry says of one package, or why it says nothing."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OUT_OF_REACH = frozenset({Reason.RATE_LIMITED, Reason.TIMEOUT, Reason.CONNECTION, Reason.TLS})


def malformed(what: str) -> UpstreamError:
    """The error for an answer that is not what the service promises; `what` says which part, in our own words."""
    return UpstreamError(Reason.MALFORMED, f"the answer holds {what}")


def count(value: Any) -> int:
    """A count of downloads out of an answer; raises UpstreamError(MALFORMED) when it is none."""
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise malformed("a count of downloads that is no whole number from 0 on")
    return value


def day(value: Any) -> date:
    """A day out of an answer, YYYY-MM-DD; raises UpstreamError(MALFORMED) when it is none."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise malformed("something else where a day should be")


def filled(listed: Daily, first: date, today: date) -> Daily:
    """The days from `first` to yesterday, for a registry that lists no day without downloads: what is not listed is 0."""
    days = range((today - first).days)
    return {first + DAY * offset: listed.get(first + DAY * offset, 0) for offset in days}


def last_day(daily: Daily, today: date) -> date | None:
    """The last past day whose count has been published, None where that cannot be told or is too long ago.

    Registries show days that they have not computed yet as days without downloads. So the last two are never believed, and
    more are only where the package has such days anyway: one in the four weeks before.
    """
    past = [past_day for past_day in daily if past_day < today]
    if not past:
        return None
    end = max(past)
    latest = max((past_day for past_day in past if daily[past_day]), default=end)
    if (end - latest).days <= LATE or all(daily.get(latest - DAY * back) for back in range(BUSY)):
        end = latest
    return end if today - end <= DAY * OUTAGE else None


def days_then(daily: Daily, today: date, reach: int) -> Daily | None:
    """The days that a refresh on a day that is past would have had: `reach` of them, as far as they are known.

    None where nobody can say what it made of them: before the first download, when there may have been no package yet, and where
    days that are not known any more decide whether a quiet end was an outage.
    """
    first = today - DAY * reach
    had = {when: downloads for when, downloads in daily.items() if first <= when < today}
    if not had or not any(downloads for when, downloads in daily.items() if when < today):
        return None
    begin, end = min(daily), max(had)
    latest = max((when for when in had if had[when]), default=None)
    if begin <= first or (latest is not None and (end - latest).days <= LATE):
        return had
    if latest is None:
        return None
    before = [latest - DAY * back for back in range(BUSY)]
    return had if before[-1] >= begin or not all(had.get(when) for when in before if when >= begin) else None


def samples_of(registry: str, package: str, daily: Daily, windows: Sequence[int], today: date) -> tuple[Sample, ...]:
    """The samples of one package; `windows` are lengths in days. A window of which a day is unknown is left out."""
    end = last_day(daily, today)
    if end is None:
        return ()
    known = {"registry": registry, "package": package}
    begin = datetime(end.year, end.month, end.day, tzinfo=UTC)
    samples = [LAST_DAY.sample(begin.timestamp(), **known)]
    for window in windows:
        days = [daily.get(end - DAY * back) for back in range(window)]
        counts = [downloads for downloads in days if downloads is not None]
        if len(counts) == window:
            samples.append(DOWNLOADS.sample(sum(counts), window=f"{window}d", **known))
    return tuple(samples)


class PackagesConfig(HttpSourceConfig):
    """What every registry takes; a subclass says what a name of a package looks like there."""

    packages: tuple[str, ...] = Field(description="Packages to count, by name.")
    interval: Duration = Field(
        timedelta(hours=12), description="Time between two refreshes; the registry's figures change once a day."
    )


def unique(canonical: Callable[[str], str]) -> Callable[[tuple[str, ...]], tuple[str, ...]]:
    """A check that no package stands twice, names being compared in their canonical form."""

    def check(packages: tuple[str, ...]) -> tuple[str, ...]:
        seen: set[str] = set()
        for package in packages:
            if canonical(package) in seen:
                raise ValueError(f"must name each package once, {found(package)} stands twice")
            seen.add(canonical(package))
        return packages

    return check


class PacedClient:
    """Asks one service, `gap` seconds apart, which is what its operators ask of programs."""

    def __init__(self, client: Client, base_url: str, gap: float, pause: Callable[[float], None]) -> None:
        self._client = client
        self._base_url = base_url
        self._gap = gap
        self._pause = pause
        self._asked = False

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Any:
        """The JSON that the service answers with; raises what `Client.get` raises."""
        if self._asked:
            self._pause(self._gap)
        self._asked = True
        return self._client.get(self._base_url + path, params=params).json()


class PackageSource(Source[Config]):
    """A registry: one part a package."""

    gap: ClassVar[float]
    """Least seconds between two requests."""
    windows: ClassVar[tuple[int, ...]]
    """Lengths in days, all within what the registry keeps."""
    reach: ClassVar[int]
    """Days before the current one of which a refresh makes its figures."""
    metrics: ClassVar[tuple[Metric, ...]] = (DOWNLOADS, LAST_DAY)

    @abstractmethod
    def ask(self, service: PacedClient, packages: tuple[str, ...], first: date, today: date) -> Mapping[str, Found]:
        """What is known of each of the packages, which are one batch: the past days from `first` on, as far as they are kept.

        Raises UpstreamError when it is the same for all.
        """

    def batches(self) -> Iterable[tuple[str, ...]]:
        """The packages in groups of those that one request can ask for."""
        return [(package,) for package in self.config.packages]

    def collect(self, tools: Tools, now: datetime) -> Iterable[Part]:
        outcomes = dict(self._outcomes(tools, now))
        _raise_if_all_failed(outcomes)
        return [_part(package, now, outcome) for package, outcome in outcomes.items()]

    def past(self, tools: Tools, moments: Sequence[datetime]) -> Iterator[tuple[datetime, Sequence[Part]]]:
        if not moments:
            return
        answered = dict(self._round(tools, moments[0].date() - DAY * self.reach, tools.clock().date()))
        for refused in answered.values():
            if isinstance(refused, RateLimited):
                raise refused
        _raise_if_all_failed(answered)
        for moment in moments:
            parts = [
                _part(package, moment, self.samples_then(package, found, moment) if isinstance(found, History) else found)
                for package, found in answered.items()
            ]
            if any(part.samples for part in parts):
                yield moment, [part for part in parts if part.samples or part.failure]

    def examine(self, tools: Tools, now: datetime) -> Iterable[Finding]:
        for package, outcome in self._outcomes(tools, now):
            works = not isinstance(outcome, UpstreamError)
            yield Finding(f"{self.name} package {package}", works, _told(outcome))

    def samples(self, package: str, history: History, today: date) -> tuple[Sample, ...]:
        """The samples of one package of this registry."""
        return (*samples_of(self.name, package, history.daily, self.windows, today), *self._ever(package, history.ever))

    def samples_then(self, package: str, history: History, moment: datetime) -> tuple[Sample, ...]:
        """The samples that a refresh at a moment that is past would have given, as far as that can be told.

        The downloads since the first version are told of the beginning of a day, since days are what registries count.
        """
        today = moment.date()
        ever = history.ever_then(today) if moment.time() == time.min else None
        had = days_then(history.daily, today, self.reach)
        return self.samples(package, History(had or {}, ever), today)

    def _ever(self, package: str, ever: int | None) -> Iterator[Sample]:
        if ever is not None:
            yield CUMULATIVE.sample(ever, registry=self.name, package=package)

    def _outcomes(self, tools: Tools, now: datetime) -> Iterator[tuple[str, Outcome]]:
        today = now.date()
        for package, answered in self._round(tools, today - DAY * self.reach, today):
            yield package, self.samples(package, answered, today) if isinstance(answered, History) else answered

    def _round(self, tools: Tools, first: date, today: date) -> Iterator[tuple[str, Found]]:
        """Asks for all packages, and stops asking once the service is out of reach: the rest fails for the same reason."""
        service = PacedClient(tools.client, self.config.base_url, self.gap, tools.pause)
        stopped: UpstreamError | None = None
        for batch in self.batches():
            answered: Mapping[str, Found]
            try:
                answered = dict.fromkeys(batch, stopped) if stopped else self.ask(service, batch, first, today)
            except UpstreamError as error:
                stopped = error if error.reason in _OUT_OF_REACH else None
                answered = dict.fromkeys(batch, error)
            yield from answered.items()


def _raise_if_all_failed(outcomes: Mapping[str, object]) -> None:
    errors = [outcome for outcome in outcomes.values() if isinstance(outcome, UpstreamError)]
    if len(errors) == len(outcomes):
        raise errors[0]


def _part(package: str, now: datetime, outcome: Outcome) -> Part:
    labels = (("package", package),)
    if isinstance(outcome, UpstreamError):
        return Part(labels, now, failure=outcome.reason)
    return Part(labels, now, outcome)


def _told(outcome: Outcome) -> str:
    if isinstance(outcome, UpstreamError):
        return str(outcome)
    days = [sample.value for sample in outcome if sample.name == LAST_DAY.name]
    if not days:
        return f"is known, but has no published day within the last {OUTAGE} days"
    return f"has figures up to {datetime.fromtimestamp(days[0], UTC).date().isoformat()}"
