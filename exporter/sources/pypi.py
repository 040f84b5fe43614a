"""PyPI: downloads of packages, from pypistats.org, which counts them once a day and leaves mirrors out."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from exporter.config.types import BaseUrl
from exporter.errors import Reason, UpstreamError
from exporter.sources.downloads import (
    DAY,
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

__all__ = ["SOURCE", "PypiConfig", "PypiSource", "series"]

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")
_KEPT = 181
"""Days that the service keeps: the last one it counted and the 180 before it."""


def _name(name: str) -> str:
    """The normalised name (PEP 503), which is the only one that the service finds."""
    if not _NAME.fullmatch(name) or len(name) > 128:
        raise ValueError("must be the name of a PyPI package such as requests")
    return re.sub(r"[-_.]+", "-", name).lower()


class PypiConfig(PackagesConfig):
    """Which packages of PyPI are counted."""

    base_url: BaseUrl = Field("https://pypistats.org/api", description="Where the download counts are served.")
    packages: Annotated[tuple[Annotated[str, AfterValidator(_name)], ...], Field(min_length=1), AfterValidator(unique(str))] = (
        Field(description="Packages to count; names are normalised as PyPI does.")
    )


class PypiSource(PackageSource[PypiConfig]):
    """Downloads of PyPI packages without those by mirrors."""

    name = "pypi"
    summary = "Downloads of PyPI packages without those by mirrors, from pypistats.org."
    config_type = PypiConfig
    windows = (1, 7, 30, 90, 180)
    reach = _KEPT
    gap = 2.0  # the service takes 30 requests a minute from one address

    def ask(self, service: PacedClient, packages: tuple[str, ...], first: date, today: date) -> Mapping[str, Found]:
        (package,) = packages
        try:
            answer = service.get(f"/packages/{package}/overall", {"mirrors": "false"})
        except UpstreamError as error:
            raise _unknown() if error.reason is Reason.NOT_FOUND else error from None
        return {package: History(series(answer, today))}


def series(answer: Any, today: date) -> Daily:
    """The days of one package out of an answer to `overall`.

    The service lists no day on which nobody downloaded, and none at all for a package that it does not know.
    """
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise malformed("something else where the days of the package should be")
    listed: dict[date, int] = {}
    for row in answer["data"]:
        if not isinstance(row, dict) or not isinstance(row.get("category"), str):
            raise malformed("something else where the count of a day should be")
        if row["category"] != "without_mirrors":
            continue
        when = day(row.get("date"))
        if when in listed:
            raise malformed("a day twice")
        listed[when] = count(row.get("downloads"))
    past = [when for when in listed if when < today]
    if not past:
        raise _unknown()
    return filled(listed, min(max(min(past), today - 2 * DAY * _KEPT), today - DAY * _KEPT), today)


def _unknown() -> UpstreamError:
    return UpstreamError(Reason.NOT_FOUND, "pypistats.org has no downloads of such a package in 180 days; check its name")


SOURCE = PypiSource
