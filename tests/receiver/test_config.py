"""The section `receiver` of the source."""

import json
from pathlib import Path
from typing import Any

import pytest

from exporter.config import load
from exporter.errors import InvalidInput
from exporter.sources.telemetry.config import ReceiverConfig, TelemetryConfig


def section(folder: Path, *, read_secrets: bool = True, **receiver: Any) -> ReceiverConfig:
    telemetry = {"url_env": "URL", "receiver": {"salt_env": "SALT", **receiver}}
    path = folder / "receiver.yml"
    path.write_text(json.dumps({"projects": [{"name": "caro", "sources": {"telemetry": telemetry}}]}))
    environ = {
        "URL": "sqlite:////data/analytics.db",
        "SALT": "0123456789abcdef",
        "SHORT": "0123456789abcde",
        "SPACED": "two words",
    }
    config = load(path, {"telemetry": TelemetryConfig}, environ=environ, read_secrets=read_secrets)
    source = config.projects[0].sources["telemetry"]
    assert isinstance(source, TelemetryConfig)
    assert source.receiver is not None
    return source.receiver


def problem(folder: Path, **receiver: Any) -> str:
    with pytest.raises(InvalidInput) as raised:
        section(folder, **receiver)
    [one] = raised.value.problems
    return f"{one.path}: {one.message}"


def test_a_salt_is_all_it_needs(tmp_path: Path) -> None:
    found = section(tmp_path)
    assert (found.salt.get_secret_value(), found.url, found.token, found.events_per_second) == (
        "0123456789abcdef",
        None,
        None,
        5_000,
    )


def test_a_salt_of_less_than_sixteen_bytes_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, salt_env="SHORT") == (
        "projects[0].sources.telemetry.receiver.salt: "
        "must have at least 16 bytes, such as `openssl rand -hex 32` gives, found <secret>"
    )


def test_a_token_that_no_header_can_carry_is_refused(tmp_path: Path) -> None:
    assert problem(tmp_path, token_env="SPACED") == (
        "projects[0].sources.telemetry.receiver.token: "
        "must be made of letters, digits and - . _ ~ + / alone, so that a header can carry it, found <secret>"
    )


def test_it_is_checked_without_its_secrets(tmp_path: Path) -> None:
    assert section(tmp_path, read_secrets=False, token_env="UNSET", salt_env="UNSET").events_per_second == 5_000
