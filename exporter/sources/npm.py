"""npm: downloads of packages, from the download counts service of the npm registry."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from exporter.config.types import BaseUrl
from exporter.errors import Reason, UpstreamError
from exporter.sources.downloads import (
    DAY,
    OUTAGE,
    Daily,
    Found,
    History,
    PacedClient,
    PackagesConfig,
    PackageSource,
    count,
    day,
    malformed,
    unique,
)

__all__ = ["SOURCE", "NpmConfig", "NpmSource", "series"]

_WORD = "[A-Za-z0-9~-][A-Za-z0-9._~-]*"
_NAME = re.compile(rf"(@{_WORD}/)?{_WORD}")
_BULK = 128
"""Packages that one request may name; the service takes no scoped ones among them."""
_LONGEST = 365
"""Days that one request may ask for, where it names several packages."""
_EARLIEST = date(2015, 1, 10)
"""The first day that the service knows."""


def _name(name: str) -> str:
    if not _NAME.fullmatch(name) or len(name) > 214:
        raise ValueError("must be the name of an npm package such as left-pad or @scope/name")
    return name


class NpmConfig(PackagesConfig):
    """Which packages of npm are counted."""

    base_url: BaseUrl = Field("https://api.npmjs.org", description="Where the download counts are served.")
    packages: Annotated[tuple[Annotated[str, AfterValidator(_name)], ...], Field(min_length=1), AfterValidator(unique(str))] = (
        Field(description="Packages to count, scoped or not: left-pad, @scope/name.")
    )


class NpmSource(PackageSource[NpmConfig]):
    """Downloads of npm packages."""

    name = "npm"
    summary = "Downloads of npm packages, from the download counts of the npm registry."
    config_type = NpmConfig
    windows = (1, 7, 30, 90, 180)
    reach = 180 + OUTAGE
    gap = 1.0

    def batches(self) -> Iterable[tuple[str, ...]]:
        scoped = [name for name in self.config.packages if name.startswith("@")]
        plain = [name for name in self.config.packages if not name.startswith("@")]
        return [*((name,) for name in scoped), *(tuple(plain[at : at + _BULK]) for at in range(0, len(plain), _BULK))]

    def ask(self, service: PacedClient, packages: tuple[str, ...], first: date, today: date) -> Mapping[str, Found]:
        daily: dict[str, dict[date, int]] = {name: {} for name in packages}
        failed: dict[str, UpstreamError] = {}
        for begin, end in _spans(max(first, _EARLIEST), today - DAY):
            for name, days in self._span(service, packages, begin, end).items():
                if isinstance(days, UpstreamError):
                    failed.setdefault(name, days)
                else:
                    daily[name] |= days
        return {name: failed.get(name) or History(daily[name]) for name in packages}

    def _span(
        self, service: PacedClient, packages: tuple[str, ...], begin: date, end: date
    ) -> Mapping[str, Daily | UpstreamError]:
        """The days of one request, both ends among them."""
        try:
            answer = service.get(f"/downloads/range/{begin}:{end}/{','.join(packages)}")
        except UpstreamError as error:
            raise _unknown() if error.reason is Reason.NOT_FOUND else error from None
        if len(packages) == 1:
            return {packages[0]: _days(packages[0], answer)}
        if not isinstance(answer, dict):
            raise malformed("something else where a mapping of packages should be")
        return {name: _days(name, answer.get(name)) for name in packages}


def _spans(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days from `first` to `last` in parts that one request may ask for, the last part first."""
    while last >= first:
        begin = max(first, last - DAY * (_LONGEST - 1))
        yield begin, last
        last = begin - DAY


def _days(name: str, answer: Any) -> Daily | UpstreamError:
    try:
        return series(answer, name)
    except UpstreamError as error:
        return error


def series(answer: Any, name: str) -> Daily:
    """The days of one package out of an answer; null is how the service says that it does not know a package."""
    if answer is None:
        raise _unknown()
    # Without a package the service counts the whole registry, so the name is made sure of.
    if not isinstance(answer, dict) or answer.get("package") != name or not isinstance(answer.get("downloads"), list):
        raise malformed("something else where the days of the package should be")
    daily: dict[date, int] = {}
    for row in answer["downloads"]:
        if not isinstance(row, dict):
            raise malformed("something else where the count of a day should be")
        when = day(row.get("day"))
        if when in daily:
            raise malformed("a day twice")
        daily[when] = count(row.get("downloads"))
    return daily


def _unknown() -> UpstreamError:
    return UpstreamError(Reason.NOT_FOUND, "npm knows no such package; check its name")


SOURCE = NpmSource
