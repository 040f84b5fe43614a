"""Figures on their way into the store of the profile storage: a real Prometheus, and the VictoriaMetrics that Debian packages."""

import json
import re
import shlex
import signal
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from support.compose import ROOT, running, unpack
from support.programs import Program, eventually, free_port
from support.upstream import Answer, Request, Upstream

PAGE = (ROOT / "docs" / "long-term-storage.md").read_text(encoding="utf-8")
FRAGMENT = (ROOT / "prometheus" / "remote-write.yml").read_text(encoding="utf-8")
FILL_UP = shlex.split(next(line for line in PAGE.splitlines() if line.strip().startswith("| sed ")).strip(" |\\"))[1:]
LABELS = 'project="caro",kpi="commands_generated",segment="",unit="count"'
RAW = f"kpi_value{{{LABELS}}}"
ASKED = (
    "kpi:value:current",
    "kpi:attainment:ratio",
    "sum by (project) (kpi:value:current)",
    'max by (project) (max_over_time(kpi:value:current{kpi="commands_generated"}[5s]))',
    "kpi:value:current > bool 3",
    "project:kpi_on_target:ratio",
)


class Exporter:
    """A page whose KPI counts how often it was read."""

    def __init__(self) -> None:
        self.reads = 0

    def __call__(self, request: Request) -> Answer:
        self.reads += 1
        kpi = 'project="caro",kpi="commands_generated"'
        about = 'title="T",tier="kpi",category="c",direction="up",audience="public",owner="o",source="s"'
        lines = [
            f"kpi_info{{{kpi},{about}}} 1",
            f"{RAW} {self.reads}",
            f"kpi_target{{{LABELS}}} 2000",
            f'kpi_attainment_ratio{{{kpi},segment=""}} {self.reads / 2000}',
            f'kpi_status{{{kpi},segment="",status="behind"}} 1',
            f'kpi_status{{{kpi},segment="",status="on_target"}} 0',
        ]
        return Answer(body="\n".join([*lines, ""]).encode(), headers={"content-type": "text/plain; version=0.0.4"})


class Storing:
    """An exporter, Prometheus and the store, each over what docker-compose.yml gives it, but scraping every second."""

    def __init__(self, folder: Path, opened: ExitStack) -> None:
        self.data = folder / "prometheus" / "prometheus"
        self.page = Exporter()
        exporter = opened.enter_context(Upstream(self.page))
        ports = [free_port() for _ in range(2)]
        names = {
            "kpi-exporter:8730": exporter.url.removeprefix("http://"),
            "localhost:9090": f"127.0.0.1:{ports[0]}",
            "victoria-metrics:8428": f"127.0.0.1:{ports[1]}",
            "[alertmanager:9093]": "[]",
            # Of a second, too, one sample is kept.
            "-dedup.minScrapeInterval=1m": "-dedup.minScrapeInterval=1ms",
        }
        config = (ROOT / "prometheus" / "prometheus.yml").read_text(encoding="utf-8") + FRAGMENT
        config = re.sub(r"(_interval|_timeout): \w+", r"\1: 1s", config)
        rules = (ROOT / "prometheus" / "rules" / "kpi.yml").read_text(encoding="utf-8")
        quick = re.sub(r"\n +interval: \w+", "", rules)
        unpack("prometheus", folder / "prometheus", names, prometheus=config, kpi=quick)
        unpack("victoria-metrics", folder / "store", names)
        # A store holds back what came within the last half a minute, for some of it may be on its way.
        store = running("victoria-metrics", folder / "store", ports[1], names, "-search.latencyOffset=0s")
        prometheus = running("prometheus", folder / "prometheus", ports[0], names)
        self.store, self.prometheus = opened.enter_context(store), opened.enter_context(prometheus)

    def scraped(self) -> list[int]:
        """What Prometheus has of the figure, oldest first: the numbers of the reads."""
        return samples(self.prometheus)

    def stored(self) -> list[int]:
        """The same from the store."""
        return samples(self.store)

    def reads(self, more: int) -> None:
        """Waits until Prometheus has read so many times more."""
        wanted = self.page.reads + more
        eventually(self.scraped, lambda found: bool(found) and found[-1] >= wanted)

    def both(self) -> tuple[list[int], list[int]]:
        """What each has of the same stretch of time, as soon as the store has the newest that Prometheus had when asked."""
        scraped = self.scraped()
        stored = eventually(self.stored, lambda found: bool(found) and found[-1] >= scraped[-1])
        return scraped, [read for read in stored if read <= scraped[-1]]

    def fill_up(self) -> None:
        """Sends the store all that Prometheus has, by the command of docs/long-term-storage.md."""
        dump = subprocess.run(["promtool", "tsdb", "dump", self.data], check=True, capture_output=True)
        named = subprocess.run(["sed", *FILL_UP], input=dump.stdout, check=True, capture_output=True)
        request = urllib.request.Request(f"{self.store.url}/api/v1/import/prometheus", named.stdout, method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 204


def ask(server: Program, expression: str, time: float | None = None) -> list[tuple[dict[str, str], list[object]]]:
    """The series that a server answers with, in the order of their labels, with a value each or several."""
    wanted = {"query": expression} | ({} if time is None else {"time": f"{time:.3f}"})
    answer = json.loads(server.get(f"/api/v1/query?{urllib.parse.urlencode(wanted)}"))
    found = [(one["metric"], one.get("values") or [one["value"]]) for one in answer["data"]["result"]]
    return sorted(found, key=lambda one: sorted(one[0].items()))


def samples(server: Program) -> list[int]:
    found = ask(server, f"{RAW}[1h]")
    return [int(float(value)) for _, values in found for _, value in values] if found else []


@pytest.fixture(scope="module")
def storing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storing]:
    with ExitStack() as opened:
        made = Storing(tmp_path_factory.mktemp("storing"), opened)
        # That there are no figures is an answer that the store remembers for ten seconds: it is asked when there are some.
        eventually(made.scraped)
        first = made.scraped()[-1]
        eventually(lambda: made.page.reads > first + 2)
        made.store.get("/internal/force_flush")
        assert made.stored()
        yield made


def test_what_is_appended_is_one_more_key_of_a_configuration() -> None:
    """So that the two files may be put together with cat."""
    assert set(yaml.safe_load(FRAGMENT)) == {"remote_write"}
    for name in ("prometheus.yml", "high-availability.yml"):
        assert "remote_write" not in yaml.safe_load((ROOT / "prometheus" / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["prometheus.yml", "high-availability.yml"])
def test_both_configurations_may_be_appended_to(name: str, tmp_path: Path) -> None:
    (tmp_path / "rules").symlink_to(ROOT / "prometheus" / "rules")
    whole = tmp_path / "own.yml"
    whole.write_text((ROOT / "prometheus" / name).read_text(encoding="utf-8") + FRAGMENT, encoding="utf-8")
    result = subprocess.run(["promtool", "check", "config", whole], capture_output=True, text=True)
    assert result.returncode == 0, result.stderr


def test_the_same_query_has_the_same_answer_on_both_sides(storing: Storing) -> None:
    eventually(lambda: ask(storing.prometheus, "project:kpi_on_target:ratio"))
    storing.reads(4)
    ((_, [(moment, _)]),) = ask(storing.prometheus, f"timestamp({RAW})")
    # A full second ago: what was scraped and recorded by then has been sent.
    moment = float(str(moment)) - 1
    eventually(lambda: samples(storing.store), lambda found: found[-1] >= storing.page.reads - 1)
    for expression in ASKED:
        expected = ask(storing.prometheus, expression, moment)
        assert expected, expression
        assert eventually(lambda asked=expression: ask(storing.store, asked, moment), bool) == expected, expression


def test_nothing_is_lost_while_the_store_is_away(storing: Storing) -> None:
    storing.reads(1)
    storing.store.stop()
    storing.reads(4)
    storing.store.__enter__()
    scraped, stored = storing.both()
    assert len(scraped) > 5
    assert stored == scraped


def test_a_prometheus_that_is_killed_forgets_nothing_and_what_it_never_sent_can_be_filled_up(storing: Storing) -> None:
    """Killed while the store is away, the hardest case: it sends on from its start, and the store lacks what came before."""
    storing.reads(1)
    storing.store.stop()
    storing.reads(2)
    before = storing.scraped()
    storing.prometheus.restart(signal.SIGKILL)
    storing.store.__enter__()
    storing.reads(1)
    scraped, stored = storing.both()
    assert scraped[: len(before)] == before
    assert before[-1] not in stored
    storing.fill_up()
    assert eventually(storing.stored, lambda found: set(found) >= set(scraped))[: len(scraped)] == scraped
