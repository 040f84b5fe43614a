"""A file of responses and the source that reads it, for tests."""

from datetime import datetime
from pathlib import Path

from exporter.document import parse, validate
from exporter.sources.base import Finding
from exporter.sources.survey_csv.config import SurveyCsvConfig
from exporter.sources.survey_csv.source import SurveyCsv
from support.contract import fixture
from support.tools import NOW, make_tools

__all__ = ["SMALL", "Figures", "SurveyFolder"]

Figures = dict[tuple[str, ...], float]

SMALL = """
time: time
min_group: 1
questions: {recommend: {name: nps, kind: nps}, wishes: {name: wishes, kind: text, themes: {docs: [good]}}}
"""
"""What is read of small files: the columns time, recommend and wishes."""


class SurveyFolder:
    """A folder with the file of one survey, `dx`."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "survey.csv"
        self._state = folder / "state"

    def source(self, content: str | bytes, more: str = SMALL) -> SurveyCsv:
        """A source that reads a fixture, or these bytes, with `more` of its configuration as YAML."""
        self.file.write_bytes(fixture("survey_csv", f"{content}.csv") if isinstance(content, str) else content)
        written = "".join(f"      {line}\n" for line in f"survey: dx\nfile: {self.file}\n{more}".splitlines() if line.strip())
        return SurveyCsv(validate(parse(f"surveys:\n  -\n{written}", "bolt.yml"), SurveyCsvConfig))

    def figures(self, source: SurveyCsv, now: datetime = NOW) -> Figures:
        """The figures of the last 90 days, by metric and labels without `survey` and `window`."""
        (part,) = source.collect(make_tools(self._state), now)
        assert (part.labels, part.time, part.failure) == ((("survey", "dx"),), now, None)
        return {
            (sample.name, *(value for name, value in sample.labels if name not in ("survey", "window"))): sample.value
            for sample in part.samples
            if dict(sample.labels).get("window", "90d") == "90d"
        }

    def examined(self, source: SurveyCsv, now: datetime = NOW) -> list[Finding]:
        """What `doctor` finds."""
        return list(source.examine(make_tools(self._state), now))
