"""crates.io: downloads of crates, a day and since the first version."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from exporter.config.types import BaseUrl
from exporter.errors import Reason, UpstreamError
from exporter.sources.downloads import (
    CUMULATIVE,
    DAY,
    DOWNLOADS,
    LAST_DAY,
    Daily,
    Found,
    History,
    PacedClient,
    PackagesConfig,
    PackageSource,
    count,
    day,
    filled,
    malformed,
    unique,
)

__all__ = ["SOURCE", "CratesConfig", "CratesSource", "cumulative", "series"]

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_KEPT = 89
"""Whole days that the service gives: it gives 90, and the last of them is today."""


def _name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError("must be the name of a crate such as serde")
    return name


def _canonical(name: str) -> str:
    return name.lower().replace("-", "_")


class CratesConfig(PackagesConfig):
    """Which crates are counted."""

    base_url: BaseUrl = Field("https://crates.io/api/v1", description="Where the API of crates.io is served.")
    packages: Annotated[
        tuple[Annotated[str, AfterValidator(_name)], ...], Field(min_length=1), AfterValidator(unique(_canonical))
    ] = Field(description="Crates to count.")


class CratesSource(PackageSource[CratesConfig]):
    """Downloads of crates."""

    name = "crates"
    summary = "Downloads of crates, a day and since the first version, from crates.io."
    config_type = CratesConfig
    metrics = (DOWNLOADS, LAST_DAY, CUMULATIVE)
    windows = (1, 7, 30)
    reach = _KEPT
    gap = 1.0  # the crawler policy of crates.io: at most one request a second

    def ask(self, service: PacedClient, packages: tuple[str, ...], first: date, today: date) -> Mapping[str, Found]:
        (package,) = packages
        try:
            listed = _listed(service.get(f"/crates/{package}/downloads"))
            # Without `include` the answer would hold every version of the crate.
            ever = cumulative(service.get(f"/crates/{package}", {"include": "downloads"}))
        except UpstreamError as error:
            raise _unknown() if error.reason is Reason.NOT_FOUND else error from None
        return {package: History(_past(listed, today), ever, listed.get(today, 0))}


def series(answer: Any, today: date) -> Daily:
    """The past days of one crate out of an answer to `downloads`; it lists five versions one by one and the rest in sum.

    The service lists no day on which nobody downloaded a version, and counts the day that is going on.
    """
    return _past(_listed(answer), today)


def _past(listed: Daily, today: date) -> Daily:
    return filled(listed, today - DAY * _KEPT, today)


def _listed(answer: Any) -> Daily:
    meta = answer.get("meta") if isinstance(answer, dict) else None
    versions = answer.get("version_downloads") if isinstance(answer, dict) else None
    rest = meta.get("extra_downloads") if isinstance(meta, dict) else None
    if not isinstance(versions, list) or not isinstance(rest, list):
        raise malformed("something else where the days of the crate should be")
    listed: dict[date, int] = {}
    told: set[tuple[date, int | None]] = set()
    for row, version in [(row, _version(row)) for row in versions] + [(row, None) for row in rest]:
        if not isinstance(row, dict):
            raise malformed("something else where the count of a day should be")
        when = day(row.get("date"))
        if (when, version) in told:
            raise malformed("a day of one version twice")
        told.add((when, version))
        listed[when] = listed.get(when, 0) + count(row.get("downloads"))
    return listed


def cumulative(answer: Any) -> int:
    """The downloads of a crate since its first version, out of an answer to the crate itself."""
    crate = answer.get("crate") if isinstance(answer, dict) else None
    if not isinstance(crate, dict):
        raise malformed("something else where the crate should be")
    return count(crate.get("downloads"))


def _version(row: Any) -> int:
    version = row.get("version") if isinstance(row, dict) else None
    if type(version) is not int:
        raise malformed("a count without the version it belongs to")
    return version


def _unknown() -> UpstreamError:
    return UpstreamError(Reason.NOT_FOUND, "crates.io knows no such crate; check its name")


SOURCE = CratesSource
