"""What runs where, in words."""

import shlex
from pathlib import Path

from exporter.demo.places import places, table
from exporter.demo.site import PARTS, Site

SITE = Site(Path("/tmp/my demo"), {part: 2000 + number for number, part in enumerate(PARTS)})
CONFIGURATION = SITE.folder / "kpi-exporter.yml"


def test_only_what_runs_is_named() -> None:
    assert [place.called for place in places(SITE, {"exporter"}, CONFIGURATION)] == ["exporter", "services", "files", "try"]
    everything = {"exporter", "prometheus", "alertmanager", "grafana"}
    assert [place.called for place in places(SITE, everything, CONFIGURATION)][:5] == [
        "Grafana", "exporter", "Prometheus", "messages", "Alertmanager",
    ]  # fmt: skip


def test_the_command_may_be_pasted_whatever_the_folder_is_called() -> None:
    (line,) = (place.where for place in places(SITE, (), CONFIGURATION) if place.called == "try")
    assert shlex.split(line) == ["kpi-exporter", "check", "--config.file", "/tmp/my demo/kpi-exporter.yml"]


def test_the_table_has_a_line_for_each() -> None:
    first, *_ = table(places(SITE, (), CONFIGURATION)).splitlines()
    assert first.split()[:2] == ["exporter", "http://127.0.0.1:2000/metrics"]
