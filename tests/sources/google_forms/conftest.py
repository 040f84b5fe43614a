"""A form on a Google of loopback, and the source that reads it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.facts import Part
from exporter.sources.base import Finding, Tools
from exporter.sources.google_forms import GoogleForms, GoogleFormsConfig
from support.google_forms import FakeForm, FakeGoogle, choice, item, scale
from support.tools import NOW, make_tools
from support.upstream import Request, Upstream

FORM = "1exampleForm"
SURVEY = {"id": FORM, "survey": "users", "questions": {"a1": {"name": "nps", "kind": "nps"}, "a2": "comfort"}, "min_group": 1}


class Reader:
    """The source, by a clock that a test moves and that Google shares."""

    def __init__(self, google: FakeGoogle, upstream: Upstream, folder: Path, config: dict[str, Any]) -> None:
        self.google = google
        self.upstream = upstream
        self.folder = folder
        self.now = NOW
        chosen = {"base_url": upstream.url, "credentials": google.credentials(upstream.url), "forms": [SURVEY], **config}
        self.source = GoogleForms(GoogleFormsConfig.model_validate(chosen))
        self.tools: Tools = make_tools(folder, clock=self._clock)

    def _clock(self) -> datetime:
        return self.now

    @property
    def form(self) -> FakeForm:
        return self.google.forms[FORM]

    def parts(self, later: timedelta = timedelta(0)) -> dict[str, Part]:
        """What a refresh brings, so much later, by survey."""
        self.now += later
        self.google.now = self.now
        return {dict(part.labels)["survey"]: part for part in self.source.collect(self.tools, self.now)}

    def figures(self, later: timedelta = timedelta(0), survey: str = "users") -> dict[tuple[str, str], float]:
        """The figures of the last 90 days, by metric and question."""
        samples = [(sample.name, dict(sample.labels), sample.value) for sample in self.parts(later)[survey].samples]
        plain = {"survey", "question", "window"}
        return {
            (name, labels.get("question", "")): value
            for name, labels, value in samples
            if labels.get("window", "90d") == "90d" and labels.keys() <= plain
        }

    def findings(self) -> list[Finding]:
        return list(self.source.examine(self.tools, self.now))

    def asked(self) -> list[Request]:
        """What Google was asked for since this was last called."""
        asked, self.upstream.requests[:] = list(self.upstream.requests), []
        return asked


Open = Callable[..., Any]


@pytest.fixture
def reading(tmp_path: Path) -> Open:
    """Opens a Google and a source: `with reading(responses, forms=[...]) as reader`."""

    @contextmanager
    def opened(*responses: dict[str, Any], others: tuple[FakeForm, ...] = (), **config: Any) -> Iterator[Reader]:
        items = [scale("a1", 0, 10), scale("a2", 1, 5), choice("a3", "Gin", "Echo", several=True), item("a4", "textQuestion")]
        google = FakeGoogle(FakeForm(FORM, items, list(responses)), *others)
        with Upstream(google) as upstream:
            yield Reader(google, upstream, tmp_path, config)

    return opened
