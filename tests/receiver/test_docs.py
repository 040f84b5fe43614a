"""The page on the receiver says what the receiver does."""

import json
import os
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import yaml

from exporter.receiver.event import Event, Judge
from exporter.receiver.meters import Meters
from exporter.receiver.service import Receiver
from exporter.sources.telemetry.config import ReceiverConfig
from exporter.sources.telemetry.tables import TABLES
from support.receiver import post

PAGE = (Path(__file__).parents[2] / "docs" / "sources" / "telemetry-receiver.md").read_text()


def block(language: str) -> str:
    """The first block of code in that language."""
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_body_it_shows_is_taken(receiver: Receiver) -> None:
    assert post(receiver.events, block("json").encode()).said == {
        "accepted": 2,
        "duplicates": 0,
        "refused": [],
        "refused_count": 0,
    }


def test_it_tells_every_kind_of_event_with_its_fields() -> None:
    rows = {row.split("`")[1]: row.split("|")[2] for row in PAGE.splitlines() if row.startswith("| `")}
    for table in TABLES.values():
        required, _, optional = rows[table.event].partition("optional")
        fields = [column for column in table.columns if column.name != "timestamp"]
        assert re.findall("`([a-z_]+)`", required) == [column.name for column in fields if column.required]
        assert re.findall("`([a-z_]+)`", optional) == [column.name for column in fields if not column.required]


def test_it_tells_every_key_and_its_own_metrics() -> None:
    metrics = [f"{family.name}_total" if family.type == "counter" else family.name for family in Meters().families()]
    assert [name for name in (*ReceiverConfig.model_fields, *metrics) if f"| `{name}`" not in PAGE] == []
    receiver = yaml.safe_load(block("yaml"))["projects"][0]["sources"]["telemetry"]["receiver"]
    assert {key.removesuffix("_file") for key in receiver} <= set(ReceiverConfig.model_fields)


def test_it_tells_every_status_there_is() -> None:
    answers = PAGE.partition("| status |")[2].partition("\n\n")[0]
    told = {int(code) for row in answers.splitlines()[2:] for code in re.findall(r"\d+", row.split("|")[1])}
    assert told == {200, 400, 401, 404, 405, 411, 413, 415, 429, 503}


def installed(folder: Path, consent: str) -> list[str]:
    """What the script for a shell gives curl."""
    sent = folder / "sent"
    programs = folder / "programs"
    programs.mkdir()
    for name, line in {"curl": f'printf "%s\\0" "$@" > {sent}', "uuidgen": "cat /proc/sys/kernel/random/uuid"}.items():
        (programs / name).write_text(f"#!/bin/sh\n{line}\n")
        (programs / name).chmod(0o755)
    environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder), "CARO_TELEMETRY_TOKEN": "token"}
    environ.pop("XDG_CONFIG_HOME", None)
    done = subprocess.run(["/bin/sh", "-eu", "-c", block("sh"), "sh", consent], env=environ, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    return sent.read_text().split("\0") if sent.exists() else []


def test_the_script_for_a_shell_sends_an_installation(tmp_path: Path) -> None:
    arguments = installed(tmp_path, "yes")
    [event] = json.loads(arguments[arguments.index("--data") + 1])["events"]
    found = Judge(timedelta(minutes=5), pseudonym=str).judge(event, datetime.now(UTC))
    assert isinstance(found, Event)
    assert (found.table, found.row["user_id"]) == ("downloads", (tmp_path / ".config/caro/telemetry-id").read_text())
    assert "Authorization: Bearer token" in arguments


def test_the_script_for_a_shell_does_nothing_without_a_yes(tmp_path: Path) -> None:
    assert installed(tmp_path, "no") == []
    assert not (tmp_path / ".config").exists()
