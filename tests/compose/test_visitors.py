"""The public Prometheus under visitors who ask for too much, with the flags of docker-compose.yml."""

import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.compose import SERVICES, running, unpack
from support.programs import Program, eventually, free_port

SERVICE = "prometheus-public"
LIMIT = int(re.findall(r"--query\.max-samples=(\d+)", " ".join(SERVICES[SERVICE]["command"]))[0])
MEGABYTES = int(SERVICES[SERVICE]["mem_limit"].removesuffix("m"))
VISITORS = 16
MOST_POINTS = 11_000
"""Of one series, what Prometheus gives anybody in one answer."""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder, port = tmp_path_factory.mktemp("public"), free_port()
    names = {"localhost:9090": f"127.0.0.1:{port}", "prometheus:9090": "127.0.0.1:1"}
    unpack(SERVICE, folder, names)
    with running(SERVICE, folder, port, names) as program:
        eventually(lambda: program.status("/-/ready"), lambda found: found == 200)
        yield program


def asked(program: Program, samples: int) -> tuple[int, str]:
    """Status and first words of an answer that takes so many samples, or a few more."""
    query = urllib.parse.urlencode({"query": f"vector(1)[{samples}s:1s]"})
    try:
        with urllib.request.urlopen(f"{program.url}/api/v1/query?{query}", timeout=60) as answer:
            return int(answer.status), answer.read()[:200].decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()[:200].decode()


def peak(program: Program) -> int:
    """The most memory that it has had, in megabytes."""
    status = Path(f"/proc/{program.process.pid}/status").read_text(encoding="ascii")
    return int(re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)[0]) // 1024


def test_who_asks_for_too_much_is_told_so(public: Program) -> None:
    status, text = asked(public, LIMIT + 1)
    assert status == 422
    assert "too many samples" in text


def test_what_a_page_asks_for_is_answered(public: Program) -> None:
    """The longest line of a page looks two hours back at each of its points."""
    assert asked(public, MOST_POINTS + 120)[0] == 200


def test_visitors_who_all_ask_for_the_most_do_not_fill_its_memory(public: Program) -> None:
    with ThreadPoolExecutor(VISITORS) as crowd:
        answers = [status for status, _ in crowd.map(lambda _: asked(public, LIMIT - 1000), range(VISITORS))]
    assert set(answers) == {200}
    assert peak(public) < MEGABYTES
