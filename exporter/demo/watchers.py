"""Starts the programs of others, each over what is rendered for it."""

from dataclasses import dataclass
from pathlib import Path

from exporter.demo.crew import HISTORY, Crew
from exporter.demo.programs import find, ours
from exporter.demo.site import Site
from exporter.demo.watching import Watching, shipped

__all__ = ["Grafana", "find_grafana", "start_alertmanager", "start_grafana", "start_history", "start_prometheus"]

_HISTORY = "28d"
_RETENTION = "90d"


def start_alertmanager(site: Site, crew: Crew, watching: Watching) -> None:
    """Alertmanager, whose channels lead to the page of messages."""
    program, templates = find("alertmanager"), shipped("alertmanager/templates")
    if program is None or templates is None:
        crew.lacks("alertmanager")
        return
    flags = [
        f"--config.file={watching.alertmanager(templates)}",
        f"--storage.path={site.folder / 'alertmanager' / 'data'}",
        f"--web.listen-address={site.address('alertmanager')}",
        f"--web.external-url={site.url('alertmanager')}",
        "--cluster.listen-address=",
    ]
    crew.start("alertmanager", [program, *flags])


def start_prometheus(site: Site, crew: Crew, watching: Watching) -> None:
    """Prometheus, which tells Alertmanager where that runs."""
    program = find("prometheus")
    if program is None:
        crew.lacks("prometheus")
        return
    flags = [
        f"--config.file={watching.prometheus(alertmanager='alertmanager' in crew.running)}",
        f"--storage.tsdb.path={site.data}",
        f"--storage.tsdb.retention.time={_RETENTION}",
        f"--web.listen-address={site.address('prometheus')}",
        f"--web.external-url={site.url('prometheus')}",
        # Alerts that hold for seconds shall live through a restart.
        "--rules.alert.for-grace-period=1s",
    ]
    crew.start("prometheus", [program, *flags])


def start_history(site: Site, crew: Crew, configuration: Path) -> None:
    """Has four weeks of history written beside what Prometheus scrapes, which must answer; it finds them within a minute."""
    flags = [
        f"--config.file={configuration}",
        f"--since={_HISTORY}",
        f"--into={site.data}",
        f"--prometheus.url={site.url('prometheus')}",
        # What Prometheus scrapes, so that the series go on.
        f"--instance={site.address('exporter')}",
        f"--work={site.folder / 'backfill'}",
    ]
    crew.start(HISTORY, ours("backfill", *flags))


@dataclass(frozen=True, slots=True)
class Grafana:
    """A Grafana that can run here: its program, the folder that it is installed in, and the provisioning that it gets."""

    program: Path
    home: Path
    provisioning: Path


def find_grafana() -> Grafana | None:
    """Grafana where all of it is found."""
    program, provisioning = find("grafana"), shipped("grafana/provisioning")
    if program is None or provisioning is None:
        return None
    homes = (Path("/usr/share/grafana"), Path(program).resolve().parent.parent)
    home = next((home for home in homes if (home / "conf" / "defaults.ini").is_file()), None)
    return None if home is None else Grafana(Path(program), home, provisioning)


def start_grafana(grafana: Grafana | None, crew: Crew, watching: Watching) -> None:
    """Grafana, with the dashboards; nobody has to log in."""
    if grafana is None:
        crew.lacks("grafana")
        return
    server = ["server"] if grafana.program.name == "grafana" else []
    command = [str(grafana.program), *server, f"--homepath={grafana.home}"]
    crew.start("grafana", command, watching.grafana(grafana.provisioning))
