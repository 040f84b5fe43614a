"""The commands of docs/backup.md, as far as they are those of the programs themselves, between servers on loopback."""

import json
import re
import shlex
import subprocess
import urllib.parse
import urllib.request
from pathlib import Path

from support.compose import ROOT, running, unpack
from support.postgres import Postgres
from support.programs import Program, eventually, free_port

PAGE = (ROOT / "docs" / "backup.md").read_text(encoding="utf-8")
SELF = "up{job='prometheus'}[1h]"


def command(program: str, word: str) -> list[str]:
    """What the page lets a program do in its container: the words of the line that holds a certain one."""
    (line,) = [line for line in PAGE.splitlines() if line.startswith("docker ") and f" {program} " in line and f" {word}" in line]
    return shlex.split(re.split(r" [<>] ", line[line.index(f" {program} ") + 1 :])[0])


def samples(server: Program) -> list[tuple[float, str]]:
    answer = json.loads(server.get(f"/api/v1/query?{urllib.parse.urlencode({'query': SELF})}"))
    return [(moment, value) for one in answer["data"]["result"] for moment, value in one["values"]]


def test_the_history_of_a_prometheus_comes_back(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        port = free_port()
        names = {"localhost:9090": f"127.0.0.1:{port}", "scrape_interval: 1m": "scrape_interval: 1s", "scrape_timeout: 10s": ""}
        names |= {"[kpi-exporter:8730]": "[]", "[alertmanager:9093]": "[]"}
        unpack("prometheus", folder, names)
        places = {"/data": str(folder / "prometheus"), "/backup": str(tmp_path)}
        if folder == second:
            other = folder / "prometheus" / "wal" / "00000007"
            other.parent.mkdir()
            other.write_text("of a server that was here before")
            in_volume("find", "-delete", places)
            assert not other.parent.exists()
            in_volume("tar", "-xzf", places)
        with running("prometheus", folder, port, names) as server:
            eventually(lambda asked=server: samples(asked), lambda found: len(found) >= 3)
            if folder == second:
                after = samples(server)
            else:
                before = samples(server)
        if folder == first:
            in_volume("tar", "-czf", places)
    assert len(before) >= 3
    assert after[: len(before)] == before


def in_volume(program: str, word: str, places: dict[str, str]) -> None:
    """What the page lets a program do to a volume, in the folders that stand for `places`."""
    words = command(program, word)
    for place, instead in places.items():
        words = [re.sub(rf"^{place}\b", instead, word) for word in words]
    subprocess.run(words, check=True)


def test_silences_come_back(tmp_path: Path) -> None:
    kept = ""
    for name in ("first", "second"):
        port = free_port()
        names = {"localhost:9093": f"127.0.0.1:{port}", "0.0.0.0:9094": f"127.0.0.1:{free_port()}"}
        unpack("alertmanager", tmp_path / name, names)
        with running("alertmanager", tmp_path / name, port, names) as server:
            eventually(lambda asked=server: asked.status("/-/ready"), lambda status: status == 200)
            if name == "first":
                silenced(server)
                kept = amtool(server, "query")
            else:
                amtool(server, "import", kept)
                back = json.loads(server.get("/api/v2/silences"))
    assert [(one["comment"], one["matchers"][0]["value"], one["status"]["state"]) for one in back] == [("why", "bolt", "active")]


def silenced(server: Program) -> None:
    matchers = [{"name": "project", "value": "bolt", "isRegex": False, "isEqual": True}]
    moments = {"startsAt": "2020-01-01T00:00:00Z", "endsAt": "2199-01-01T00:00:00Z"}
    body = json.dumps({"matchers": matchers, "createdBy": "test", "comment": "why", **moments}).encode()
    request = urllib.request.Request(f"{server.url}/api/v2/silences", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        assert answer.status == 200


def amtool(server: Program, word: str, given: str = "") -> str:
    words = [part.replace("http://localhost:9093", server.url) for part in command("amtool", f"silence {word}")]
    return subprocess.run(words, input=given, check=True, capture_output=True, text=True).stdout


def test_a_database_comes_back(postgres: Postgres) -> None:
    name = postgres.create()
    where = ["--host", str(postgres.folder), "--port", str(postgres.port)]

    def run(program: str, given: bytes = b"") -> bytes:
        words = [word.replace("=postgres", "=administrator").replace("product", name) for word in command(program, "--username")]
        return subprocess.run([*words, *where], input=given, check=True, capture_output=True).stdout

    postgres.execute(name, "INSERT INTO analytics.crashes (timestamp, platform) VALUES (now(), 'linux')")
    kept = run("pg_dump")
    postgres.execute(name, "DELETE FROM analytics.crashes")
    run("pg_restore", kept)
    with postgres.connect(name) as connection:
        assert connection.execute("SELECT platform FROM analytics.crashes").fetchall() == [("linux",)]
    postgres.drop(name)
