"""How the dashboard of a project is laid out: rows of panels, each of which shows KPIs in one of a few ways."""

from datetime import timedelta
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from exporter.catalog.section import Id, NotEmpty, Section, Span, require_one

__all__ = ["FORMS", "MOST_WEEKS", "Layout", "LayoutRow", "PanelLayout", "RowName"]

FORMS = (
    "north_star",
    "weeks",
    "tile",
    "list",
    "growth",
    "trend",
    "forecast",
    "segments",
    "score",
    "scorecard",
    "targets_met",
    "alerts",
)
"""The ways in which a panel shows KPIs; each panel has one."""
MOST_WEEKS = 12
"""How many weeks a panel of weeks has room for."""
_COLUMNS = 24
"""Columns of the grid of a dashboard."""


class RowName(Section):
    """One figure: a KPI, and its segment where it is not the total."""

    kpi: Id
    segment: str = ""


def _named(value: Any) -> Any:
    return {"kpi": value} if isinstance(value, str) else value


def _yes(value: bool) -> bool:
    if not value:
        raise ValueError("must be true")
    return value


RowReference = Annotated[RowName, BeforeValidator(_named)]
"""A figure, written as the id of its KPI alone where the total is meant."""
_Rows = Annotated[tuple[RowReference, ...], NotEmpty]
_Lines = Annotated[_Rows, Field(max_length=7)]
"""More lines than that nobody tells apart, and there are no more colours for."""
_Categories = Annotated[tuple[Id, ...], NotEmpty]


class PanelLayout(Section):
    """One panel.

    `north_star` is a figure large, with its change, its way to the goal and its line; `weeks` its worth at the end of each week
    since launch; `tile` its value, change, bar, target and verdict; `list` several figures with target and verdict; `growth`
    several with their gain in a week; `trend` lines over time with targets, and the limits of alerts; `forecast` one of them with
    what it will be; `segments` the parts of a KPI; `score` a score and what it rests on; `scorecard` a table of the KPIs of
    categories; `targets_met` the share of targets met in each of the categories; `alerts` those that fire.

    `width` is out of 24 columns; by default the panels of a row share them.
    """

    title: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    width: Annotated[int, Field(ge=3, le=_COLUMNS)] | None = None
    north_star: RowReference | None = None
    weeks: RowReference | None = None
    tile: RowReference | None = None
    list: _Rows | None = None
    growth: _Rows | None = None
    trend: _Lines | None = None
    forecast: RowReference | None = None
    segments: Id | None = None
    score: Id | None = None
    scorecard: _Categories | None = None
    targets_met: _Categories | None = None
    alerts: Annotated[bool, Field(strict=True), AfterValidator(_yes)] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_one(self, *FORMS)
        return self

    @property
    def form(self) -> str:
        """The way in which it shows KPIs."""
        return next(form for form in FORMS if getattr(self, form) is not None)


class LayoutRow(Section):
    """Panels side by side; with `title` under a heading that folds them, `note` says how often they are updated."""

    title: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    note: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    collapsed: bool = False
    panels: Annotated[tuple[PanelLayout, ...], NotEmpty]

    @model_validator(mode="after")
    def _foldable(self) -> Self:
        if self.collapsed and self.title is None:
            raise ValueError("must have a title where collapsed is true")
        return self


class Layout(Section):
    """The dashboard of a project: the one `question` that it answers, and its rows.

    `refresh` is how often it looks anew, `span` how much of the past it shows.
    """

    title: Annotated[str, Field(min_length=1, max_length=100)]
    question: Annotated[str, Field(min_length=1, max_length=200)]
    refresh: Span = timedelta(minutes=5)
    span: Span = timedelta(days=90)
    rows: Annotated[tuple[LayoutRow, ...], NotEmpty]
