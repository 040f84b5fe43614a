"""docker-compose.yml as data, and its services as programs on loopback, over the files and flags that stand there."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from support.programs import Program

__all__ = ["COMPOSE", "FILE", "ROOT", "SERVICES", "arguments", "healthcheck", "mounted", "on_disk", "plain", "running", "unpack"]

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
SERVICES: Mapping[str, Mapping[str, Any]] = COMPOSE["services"]
PROGRAMS = {"prom/prometheus": "prometheus", "prom/alertmanager": "prometheus-alertmanager"}
"""What an image runs, as Debian calls it."""
_DEFAULT = re.compile(r"\$\{\w+:-([^}]*)\}")


def plain(text: str) -> str:
    """With the defaults of its variables."""
    return _DEFAULT.sub(r"\1", text)


def mounted(service: str) -> Iterator[tuple[str, str]]:
    """What a service sees of this folder: source and target of each mount that is not a named volume."""
    return ((source, target) for source, target in _mounts(service) if source.startswith("."))


def on_disk(service: str, path: str) -> Path:
    """The file that a service finds under a path."""
    source, target = max((one for one in mounted(service) if path.startswith(one[1])), key=lambda one: len(one[1]))
    return ROOT / source / path.removeprefix(target).strip("/")


def unpack(service: str, folder: Path, names: Mapping[str, str], **instead: str) -> None:
    """Puts the files of a service where it finds them, below a folder; its volumes are empty there.

    `names` says what to write for each address. `instead` has the texts of files that are to be others, by name without ending.
    """
    for source, target in _mounts(service):
        place = folder / target.strip("/")
        if not source.startswith(".") or source.startswith("./secrets/"):
            place.mkdir(parents=True, exist_ok=True)
            continue
        for file in [ROOT / source] if (ROOT / source).is_file() else (ROOT / source).rglob("*"):
            if file.is_file():
                copy = place / file.relative_to(ROOT / source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_text(_renamed(instead.get(file.stem, file.read_text(encoding="utf-8")), names), encoding="utf-8")


def arguments(service: str, folder: Path, names: Mapping[str, str]) -> list[str]:
    """The flags of a service, with paths below a folder and addresses by `names`."""
    targets = sorted((target for _, target in _mounts(service)), key=len, reverse=True)
    return [_moved(_renamed(plain(flag), names), targets, folder) for flag in SERVICES[service]["command"]]


def healthcheck(service: str, names: Mapping[str, str]) -> list[str]:
    """What asks whether a service is healthy."""
    return [_renamed(word, names) for word in SERVICES[service]["healthcheck"]["test"][1:]]


@contextmanager
def running(service: str, folder: Path, port: int, names: Mapping[str, str], *more: str) -> Iterator[Program]:
    """The real program of a service over what `unpack` has put into a folder, with the flags of the service and `more`."""
    image = SERVICES[service]["image"].partition(":")[0]
    listen = f"--web.listen-address=127.0.0.1:{port}" if image in PROGRAMS else f"-httpListenAddr=127.0.0.1:{port}"
    command = [PROGRAMS.get(image, "victoria-metrics"), *arguments(service, folder, names), listen, *more]
    environ = {name: str(value) for name, value in SERVICES[service].get("environment", {}).items()}
    with Program(command, folder / "log", port, environ) as program:
        yield program


def _mounts(service: str) -> Iterator[tuple[str, str]]:
    for mount in SERVICES[service].get("volumes", ()):
        source, target, *_ = plain(mount).split(":")
        yield source, target


def _moved(flag: str, targets: list[str], folder: Path) -> str:
    name, equals, value = flag.partition("=")
    target = next((one for one in targets if value == one or value.startswith(f"{one}/")), None)
    return flag if target is None else f"{name}{equals}{folder / value.strip('/')}"


def _renamed(text: str, names: Mapping[str, str]) -> str:
    for name, address in names.items():
        text = text.replace(name, address)
    return text
