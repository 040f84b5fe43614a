"""What the exporter is given: its configuration, tokens, figures that people entered, and the events of the product."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from exporter.demo.beta import launch_of
from exporter.demo.project import REPOSITORY, Project
from exporter.demo.repository import write_repository
from exporter.demo.upstreams.discord import GUILD
from exporter.demo.upstreams.packages import PACKAGE
from exporter.demo.upstreams.typeform import FORM
from exporter.demo.warehouse import fill, url_of
from exporter.render.yaml_text import yaml_text

__all__ = ["CONFIGURATION", "NAME", "QUESTIONS", "SECRETS", "Tokens", "write_configuration", "write_facts"]

NAME = "caro"
"""Of the project, and of its catalog."""
CONFIGURATION = "kpi-exporter.yml"
SECRETS = "secrets"
"""The folder with the tokens."""
_OFTEN, _SELDOM = "5s", "30s"
_MAX_AGE = "5m"
"""How long figures are told that could not be read again: long enough to see them stay, and short enough to see them go."""

_COVERAGE: Mapping[str, tuple[float, ...]] = {
    "": (0.81, 0.82, 0.83, 0.84),
    "overall": (0.81, 0.82, 0.83, 0.84),
    "safety": (0.98, 1, 1, 1),
    "privacy": (1, 1, 1, 1),
    "core": (0.88, 0.9, 0.91, 0.92),
    "utils": (0.72, 0.74, 0.75, 0.76),
}
"""Test coverage as it was entered once a week, by segment."""
QUESTIONS = {
    "recommend": "nps",
    "satisfaction": "overall_satisfaction",
    "found_by": "found_by",
    "wish": {
        "name": "wishes",
        "themes": {"documentation": ["docs", "examples", "explain"], "speed": ["faster"], "shells": ["shell", "completion"]},
    },
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the exporter identifies itself with; made anew each time, and good for nothing else."""

    github: str
    discord: str
    typeform: str

    @classmethod
    def new(cls) -> "Tokens":
        """Tokens by chance."""
        return cls(*(f"demo-{name}-{secrets.token_hex(16)}" for name in cls.__slots__))


def write_facts(folder: Path, project: Project, git: str | None, now: datetime) -> None:
    """Writes the warehouse, the figures, and the git repository where there is a `git`; raises KpiExporterError."""
    fill(folder / "warehouse.db", now)
    (folder / "figures.csv").write_text("".join(_figures(now)), encoding="utf-8")
    if git is not None:
        write_repository(git, folder / "caro.git", project.commits)


def write_configuration(
    folder: Path, upstreams: str, tokens: Tokens, now: datetime, *, git: bool, state: str | None = "state"
) -> Path:
    """Writes the configuration and the files with tokens; gives its path. `upstreams` is the URL of the services.

    The exporter keeps its state in the folder `state`, or in memory where that is None.
    """
    held = {**asdict(tokens), "warehouse": url_of(folder / "warehouse.db")}
    (folder / SECRETS).mkdir(exist_ok=True)
    for name, secret in held.items():
        path = folder / SECRETS / name
        # One that stands there may be read just now.
        if not path.exists() or path.read_bytes() != secret.encode():
            path.write_text(secret, encoding="utf-8")
    project = {
        "name": NAME,
        "catalog": NAME,
        "launch": launch_of(now),
        "sources": {name: source for name, source in _sources(upstreams).items() if git or name != "git"},
    }
    kept = {} if state is None else {"state_dir": state}
    whole = {**kept, "contact": "https://caro.example.org", "projects": [project]}
    path = folder / CONFIGURATION
    path.write_text(yaml_text(whole), encoding="utf-8")
    return path


def _sources(upstreams: str) -> Mapping[str, Any]:
    often, seldom = {"interval": _OFTEN, "max_age": _MAX_AGE}, {"interval": _SELDOM, "max_age": _MAX_AGE}
    forms = [{"id": FORM, "survey": "beta", "questions": QUESTIONS}]
    packages = {name: {"packages": [PACKAGE], "base_url": f"{upstreams}/{name}", **seldom} for name in ("npm", "pypi", "crates")}
    return {
        "github": {
            "repositories": [REPOSITORY],
            "token_file": f"{SECRETS}/github",
            "base_url": f"{upstreams}/github",
            **often,
        },
        "git": {"repositories": ["./caro.git"], **seldom},
        "discord": {"guild_id": GUILD, "bot_token_file": f"{SECRETS}/discord", "base_url": f"{upstreams}/discord", **often},
        **packages,
        "typeform": {"token_file": f"{SECRETS}/typeform", "base_url": f"{upstreams}/typeform", "forms": forms, **seldom},
        "telemetry": {"url_file": f"{SECRETS}/warehouse", **often},
        "manual": {"file": "figures.csv", **often},
    }


def _figures(now: datetime) -> Iterator[str]:
    yield "date,kpi,segment,value,note\n"
    for segment, values in _COVERAGE.items():
        for weeks, value in enumerate(reversed(values)):
            day = (now - timedelta(weeks=weeks)).date()
            yield f"{day},test_coverage,{segment},{value},entered by the pipeline\n"
