"""The configuration of Alertmanager under test: whom it tells, and what it says, as Alertmanager's own programs show it."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from exporter.document import parse
from exporter.render.alertmanager import render
from exporter.render.alertmanager.channels import Channels
from exporter.render.alertmanager.loader import build
from support.upstream import Request

__all__ = ["ROOT", "alert", "channels_of", "config_of", "notified", "overheard", "receivers"]

ROOT = Path(__file__).parents[2]
SOURCES = ("git", "github", "manual")


def channels_of(text: str) -> Channels:
    """The channels that a text sets; raises InvalidInput."""
    return build(parse(text, "channels.yml"))


def config_of(text: str) -> str:
    """The configuration made of the text of a file of channels, with three sources."""
    return render(channels_of(text), SOURCES)


def receivers(config: Path, labels: Mapping[str, str]) -> list[str]:
    """Who hears of an alert with these labels, in the order of the routes; fails where the configuration is not accepted."""
    command = ["amtool", "config", "routes", "test", f"--config.file={config}"]
    command += [f"{name}={json.dumps(value)}" for name, value in labels.items()]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.strip().split(",")


def alert(name: str, *channels: str, **labels: str) -> dict[str, Any]:
    """An alert that fires now, for these channels."""
    told = {"channels": f",{','.join(channels)},"} if channels else {}
    return {"labels": {"alertname": name, **told, **labels}}


def overheard(config: str, url: str, *, interval: str = "1s") -> str:
    """The configuration with every receiver replaced by a webhook at URL/NAME and waits of a second; the routes are the same."""
    whole = yaml.safe_load(config)
    whole["templates"] = []
    whole["global"] = {}
    for receiver in whole["receivers"]:
        kinds = [kind for kind in receiver if kind.endswith("_configs")]
        said = [one for kind in kinds for one in receiver.pop(kind)]
        receiver["webhook_configs"] = [
            {"url": f"{url}/{receiver['name']}", "send_resolved": one["send_resolved"]} for one in said
        ]
    _hurry(whole["route"], {"group_wait": "1s", "group_interval": interval})
    text: str = yaml.safe_dump(whole, sort_keys=False)
    return text


def notified(requests: list[Request]) -> list[tuple[str, str, list[str]]]:
    """What webhooks of `overheard` were told: the receiver, firing or resolved, and the names of the alerts in order."""
    told = []
    for request in requests:
        data = json.loads(request.body)
        told.append(
            (request.path.removeprefix("/"), data["status"], sorted(one["labels"]["alertname"] for one in data["alerts"]))
        )
    return told


def _hurry(route: dict[str, Any], waits: Mapping[str, str]) -> None:
    route.update(waits)
    for inner in route.get("routes", ()):
        _hurry(inner, waits)
