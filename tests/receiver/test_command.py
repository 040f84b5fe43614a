"""The command: what it is told, and what it says when that cannot be."""

import json
import socket
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exporter.cli.telemetry.receive import command
from support.receiver import SALT
from support.warehouses import new_store


def ran(config: Path, *flags: str) -> Result:
    return CliRunner().invoke(command, [f"--config.file={config}", "--web.listen-address=127.0.0.1:0", *flags])


def configured(folder: Path, **projects: Any) -> Path:
    """A configuration of projects by name, each with its source telemetry."""
    (folder / "salt").write_text(SALT)
    (folder / "url").write_text(f"sqlite:///{folder}/none.db")
    path = folder / "receiver.yml"
    sections = [{"name": name, "catalog": "caro", "sources": sources} for name, sources in projects.items()]
    path.write_text(json.dumps({"projects": sections}))
    return path


READ_ONLY = {"telemetry": {"url_file": "url"}}
RECEIVING = {"telemetry": {"url_file": "url", "receiver": {"salt_file": "salt"}}}


@pytest.mark.parametrize(
    ("projects", "flags", "said"),
    [
        ({"caro": READ_ONLY}, [], "No project has a receiver in its source telemetry."),
        (
            {"caro": RECEIVING},
            ["--project=cairo"],
            "No project 'cairo' has a receiver in its source telemetry, did you mean \"caro\"?",
        ),
        ({"one": READ_ONLY, "two": RECEIVING}, ["--project=one"], "No project 'one' has a receiver in its source telemetry"),
        ({"one": RECEIVING, "two": RECEIVING}, [], "Several projects have a receiver: choose with --project one of one, two"),
        ({"caro": RECEIVING}, ["--web.listen-address=nowhere"], "--web.listen-address: must be HOST:PORT"),
        ({"caro": RECEIVING}, ["--web.telemetry-address=9798"], "--web.telemetry-address: must be HOST:PORT"),
    ],
)
def test_wrong_usage_is_one_sentence(tmp_path: Path, projects: dict[str, Any], flags: list[str], said: str) -> None:
    done = ran(configured(tmp_path, **projects), *flags)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_a_warehouse_that_is_not_made_yet_is_one_sentence(tmp_path: Path) -> None:
    done = ran(configured(tmp_path, one=READ_ONLY, two=RECEIVING))
    assert (done.exit_code, done.output) == (
        1,
        f"kpi-exporter: the database {tmp_path}/none.db cannot be opened: where it is not made yet, "
        "run `kpi-exporter telemetry init` with a role that may make tables\n",
    )


def test_a_token_and_basic_authentication_exclude_each_other(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("planted-token")
    (tmp_path / "web.yml").write_text(f"basic_auth_users: {{reader: $2b$04${'a' * 53}}}\n")
    receiving = {"telemetry": {"url_file": "url", "receiver": {"salt_file": "salt", "token_file": "token"}}}
    done = ran(configured(tmp_path, caro=receiving), f"--web.config.file={tmp_path / 'web.yml'}")
    assert (done.exit_code, done.output) == (
        1,
        "kpi-exporter: a token in the receiver and basic_auth_users exclude each other: a request names one login\n",
    )


def test_a_port_in_use_is_one_sentence(tmp_path: Path) -> None:
    with new_store("sqlite", tmp_path, None) as store, socket.create_server(("127.0.0.1", 0)) as taken:
        path = configured(tmp_path, caro=RECEIVING)
        (tmp_path / "url").write_text(store.writer_url)
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = ran(path, f"--web.listen-address={address}")
    assert (done.exit_code, done.output) == (1, f"kpi-exporter: cannot listen on {address}: Address already in use\n")
