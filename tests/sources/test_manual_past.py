"""The past of figures that people entered: each holds from its day on."""

from datetime import datetime
from pathlib import Path

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.manual import ManualConfig, ManualSource
from support.tools import make_tools

FIGURES = """\
date,kpi,segment,value,note
2026-01-10,stars,,10,
2026-01-12,stars,,12,
2026-01-12,bugs,P0,1,
2026-01-20,stars,,20,
"""


def told(folder: Path, text: str, *days: str) -> dict[str, dict[tuple[str, str], float]]:
    """The values by day, KPI and segment."""
    (folder / "figures.csv").write_text(text)
    source = ManualSource(ManualConfig(file=folder / "figures.csv"))
    moments = [datetime.fromisoformat(f"{day}T00:00:00+00:00") for day in days]
    return {
        moment.date().isoformat(): {
            (dict(sample.labels)["kpi"], dict(sample.labels)["segment"]): sample.value
            for part in parts
            for sample in part.samples
            if sample.name == "manual_figure"
        }
        for moment, parts in source.past(make_tools(folder / "state"), moments)
    }


def test_a_figure_holds_from_its_day_until_the_next_one(tmp_path: Path) -> None:
    assert told(tmp_path, FIGURES, "2026-01-09", "2026-01-10", "2026-01-11", "2026-01-12", "2026-01-19", "2026-01-20") == {
        "2026-01-10": {("stars", ""): 10},
        "2026-01-11": {("stars", ""): 10},
        "2026-01-12": {("stars", ""): 12, ("bugs", "P0"): 1},
        "2026-01-19": {("stars", ""): 12, ("bugs", "P0"): 1},
        "2026-01-20": {("stars", ""): 20, ("bugs", "P0"): 1},
    }


def test_it_is_what_a_refresh_would_have_said(tmp_path: Path) -> None:
    (tmp_path / "figures.csv").write_text(FIGURES)
    source, moment = (
        ManualSource(ManualConfig(file=tmp_path / "figures.csv")),
        datetime.fromisoformat("2026-01-15T00:00:00+00:00"),
    )
    tools = make_tools(tmp_path / "state")
    ((_, parts),) = source.past(tools, [moment])
    assert list(parts) == list(source.collect(tools, moment))


def test_a_file_that_cannot_be_used_has_no_past(tmp_path: Path) -> None:
    with pytest.raises(UpstreamError) as caught:
        told(tmp_path, "day;kpi\n", "2026-01-10")
    assert caught.value.reason is Reason.MALFORMED
