"""Download counts as npm, pypistats.org and crates.io give them."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from exporter.demo.beta import SINCE_LAUNCH, chance, launch_of
from exporter.demo.graphql.answer import moment
from exporter.demo.upstreams.service import Answer, Request, Service

__all__ = ["PACKAGE", "Clock", "crates", "npm", "pypi"]

Clock = Callable[[], datetime]

PACKAGE = "caro"
_DAY = timedelta(days=1)
_KEPT = {"npm": 550, "pypi": 182, "crates": 90}
"""Days, today among them, that each knows of; pypistats.org tells of a day once it is over."""
_A_DAY = {"npm": 9, "pypi": 5, "crates": 24}
"""Downloads on a day in the middle of the beta."""
_BEFORE = 0.45
"""Share of these before the beta, which grew slowly to it."""
_WEEKEND = 0.6
_SATURDAY = 5
_VERSIONS = (1_100_002, 1_100_001)
"""The versions of the crate that are told apart, the newest first."""
_SINCE_FIRST = 4_200
"""Downloads of the crate before those that are given by day."""


def npm(clock: Clock) -> Service:
    """The download counts of npm."""
    launch = launch_of(clock())

    def answer(request: Request) -> Answer:
        match request.path:
            case ["downloads", "range", period, name] if name == PACKAGE:
                first, last = (date.fromisoformat(day) for day in period.split(":"))
                days = {day: count for day, count in _daily("npm", launch, clock()).items() if first <= day <= last}
                listed = [{"downloads": count, "day": day.isoformat()} for day, count in days.items()]
                return Answer({"start": first.isoformat(), "end": last.isoformat(), "package": name, "downloads": listed})
        return Answer({"error": "package not found"}, HTTPStatus.NOT_FOUND)

    return answer


def pypi(clock: Clock) -> Service:
    """The download counts of pypistats.org."""
    launch = launch_of(clock())

    def answer(request: Request) -> Answer:
        match request.path:
            case ["packages", name, "overall"] if name == PACKAGE:
                *over, _ = _daily("pypi", launch, clock()).items()
                category = "with_mirrors" if request.query.get("mirrors") == "true" else "without_mirrors"
                listed = [{"category": category, "date": day.isoformat(), "downloads": count} for day, count in over]
                return Answer({"data": listed, "package": name, "type": "overall_downloads"})
        return Answer({"message": "not found"}, HTTPStatus.NOT_FOUND)

    return answer


def crates(clock: Clock) -> Service:
    """The crate, and its downloads of 90 days, as crates.io tells them."""
    launch = launch_of(clock())

    def answer(request: Request) -> Answer:
        daily = _daily("crates", launch, clock())
        match request.path:
            case ["crates", name, "downloads"] if name == PACKAGE:
                newest, before = _VERSIONS
                listed = [
                    {"version": version, "downloads": part, "date": day.isoformat()}
                    for day, count in daily.items()
                    for version, part in ((newest, count - count // 4), (before, count // 4))
                ]
                return Answer({"version_downloads": listed, "meta": {"extra_downloads": []}})
            case ["crates", name] if name == PACKAGE:
                lists = {"versions": None, "keywords": None, "categories": None}
                return Answer({"crate": {**_crate(sum(daily.values()), clock()), **lists}, **lists})
        return Answer({"errors": [{"detail": "crate does not exist"}]}, HTTPStatus.NOT_FOUND)

    return answer


def _daily(registry: str, launch: date, now: datetime) -> Mapping[date, int]:
    """Downloads by day, the first day first; on the day that goes on, as many as there were by now.

    They depend on how long before or after the launch a day is: what has been told of one stays as it is.
    """
    today, most = now.date(), _A_DAY[registry]
    counts: dict[date, int] = {}
    for ago in range(_KEPT[registry] - 1, -1, -1):
        day = today - ago * _DAY
        since = (day - launch).days
        grown = 1.0 if since >= 0 else _BEFORE * (1 - (SINCE_LAUNCH - since) / 1000)
        weekend = _WEEKEND if day.weekday() >= _SATURDAY else 1.0
        luck = chance("downloads", registry, SINCE_LAUNCH - since).uniform(0.8, 1.2)
        counts[day] = max(1, round(most * grown * weekend * luck))
    passed = (now - datetime.combine(today, time(), now.tzinfo)) / _DAY
    counts[today] = round(counts[today] * passed)
    return counts


def _crate(recent: int, now: datetime) -> Mapping[str, Any]:
    root = f"/api/v1/crates/{PACKAGE}"
    newest = "1.1.0-beta.2"
    return {
        "id": PACKAGE,
        "name": PACKAGE,
        "created_at": moment(now - 280 * _DAY),
        "updated_at": moment(now - 5 * _DAY),
        "badges": [],
        "downloads": _SINCE_FIRST + recent,
        "recent_downloads": recent,
        "default_version": "1.0.0",
        "max_version": newest,
        "newest_version": newest,
        "max_stable_version": "1.0.0",
        "num_versions": 9,
        "yanked": False,
        "description": "Turns a wish in plain words into a command that is safe to run",
        "homepage": None,
        "documentation": None,
        "repository": None,
        "exact_match": False,
        "trustpub_only": False,
        "links": {
            name: f"{root}/{path}"
            for name, path in {
                "version_downloads": "downloads",
                "versions": "versions",
                "owners": "owners",
                "owner_team": "owner_team",
                "owner_user": "owner_user",
                "reverse_dependencies": "reverse_dependencies",
            }.items()
        },
    }
