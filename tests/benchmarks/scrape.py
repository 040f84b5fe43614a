"""How long a scrape of 60,000 samples takes, and how long the page behind it takes to prepare.

Run it: python tests/benchmarks/scrape.py
"""

# ruff: noqa: T201  # a benchmark prints its figures

import http.client
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from prometheus_client.core import GaugeMetricFamily

from exporter.web.address import ListenAddress
from exporter.web.app import App
from exporter.web.page import Page
from exporter.web.server import Server

BUDGET_SECONDS = 0.015
HEADERS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "Accept-Encoding": "gzip"}


@dataclass(frozen=True)
class Figures:
    """Seconds of each scrape, and bytes of one answer."""

    seconds: list[float]
    size: int

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p99(self) -> float:
        return statistics.quantiles(self.seconds, n=100)[98]


class PageBackend:
    """A backend that has a page and nothing else."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def page(self) -> Page:
        return self._page

    def config_text(self) -> str:
        return ""

    def healthy(self) -> bool:
        return True

    def ready(self) -> bool:
        return True

    def reload(self) -> None:
        pass


def families(repositories: int = 1000, metrics: int = 60) -> Iterator[GaugeMetricFamily]:
    """One family a metric and one sample a repository, with values from 0 to a million."""
    chance = random.Random(1)
    for metric in range(metrics):
        family = GaugeMetricFamily(
            f"github_repository_fact_{metric:02d}",
            f"Fact {metric} of a repository, up to 15 minutes old.",
            labels=["project", "repository"],
        )
        for repository in range(repositories):
            value = chance.randrange(10 ** chance.randrange(1, 7)) if metric % 3 else 100 * chance.random()
            family.add_metric(["caro", f"organization/repository-{repository:04d}"], value)
        yield family


def scrape(page: Page, times: int = 200, headers: dict[str, str] = HEADERS) -> Figures:
    """Scrapes a server on this machine, each time over a new connection, as the server offers it."""
    seconds, size = [], 0
    with Server(ListenAddress("127.0.0.1", 0), App(PageBackend(page))) as server:
        for _ in range(times):
            start = time.perf_counter()
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
            connection.request("GET", "/metrics", headers=headers)
            size = len(connection.getresponse().read())
            connection.close()
            seconds.append(time.perf_counter() - start)
    return Figures(seconds, size)


def preparing(given: list[GaugeMetricFamily], times: int = 5) -> float:
    """Median of the seconds that it takes to prepare a page."""

    def once() -> float:
        start = time.perf_counter()
        Page.of(given)
        return time.perf_counter() - start

    return statistics.median(once() for _ in range(times))


def while_preparing(given: list[GaugeMetricFamily], measure: Callable[[], Figures]) -> Figures:
    """What `measure` gives while another thread prepares one page after the other."""
    stopped = threading.Event()

    def prepare() -> None:
        while not stopped.is_set():
            Page.of(given)

    thread = threading.Thread(target=prepare)
    thread.start()
    try:
        return measure()
    finally:
        stopped.set()
        thread.join()


def main() -> None:
    given = list(families())
    page = Page.of(given)
    rows = {
        "OpenMetrics, gzip": scrape(page),
        "OpenMetrics, gzip, while a page is prepared": while_preparing(given, lambda: scrape(page)),
        "text, not compressed": scrape(page, headers={}),
    }
    print(f"preparing the page: {preparing(given) * 1000:.0f} ms")
    for name, figures in rows.items():
        print(f"{name}: median {figures.median * 1000:.1f} ms, p99 {figures.p99 * 1000:.1f} ms, {figures.size:,} bytes")
    kept = rows["OpenMetrics, gzip"].median <= BUDGET_SECONDS
    print(f"budget of {BUDGET_SECONDS * 1000:.0f} ms: {'kept' if kept else 'exceeded'}")
    raise SystemExit(0 if kept else 1)


if __name__ == "__main__":
    main()
