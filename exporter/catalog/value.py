"""How a KPI is had: terms, and the forms that put them together."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from exporter.catalog.section import Id, NotEmpty, Section, Span, Word, require_one
from exporter.document import format_duration

__all__ = [
    "ALL_CATEGORIES",
    "FORMS",
    "Aggregate",
    "Forecast",
    "Grown",
    "Other",
    "Reached",
    "Scenario",
    "Term",
    "Value",
    "Weighted",
]

Aggregate = Literal["sum", "avg", "min", "max", "count"]
Scenario = Literal["pessimistic", "realistic", "optimistic"]

ALL_CATEGORIES = "*"
"""In `on_target`: the KPIs of every category."""

FORMS = (
    "metric", "kpi", "ratio", "difference", "sum", "weighted", "growth", "forecast", "attainment", "on_target",
)  # fmt: skip
"""How a value may be had; exactly one of them is given."""

_WINDOW = "window"
"""The label whose value is the span of time that a figure is over."""


class _Origin(Section):
    """Where a number comes from: facts, or another KPI."""

    metric: Word | None = None
    where: dict[Word, str] = Field({})
    aggregate: Aggregate = "sum"
    kpi: Id | None = None
    segment: str = ""

    @model_validator(mode="after")
    def _companions(self) -> Self:
        if self.metric is None and (self.where or self.aggregate != "sum"):
            raise ValueError("where and aggregate go with metric")
        if self.kpi is None and self.segment:
            raise ValueError("segment goes with kpi")
        return self

    def _over(self, window: str) -> Self:
        """The same over another window: its matcher replaced, or that row of its KPI; itself where it knows no window."""
        if _WINDOW in self.where:
            return self.model_copy(update={"where": {**self.where, _WINDOW: window}})
        if self.kpi is not None and not self.segment:
            return self.model_copy(update={"segment": window})
        return self


class Term(_Origin):
    """A number out of facts or out of another KPI.

    Either `metric`, with equality matchers in `where` and an aggregation over the samples that match; or `kpi`, the value of
    another KPI of the catalog, of one `segment` where it has some; or a `constant`.
    """

    constant: float | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        require_one(self, "metric", "kpi", "constant")
        return self


class Weighted(Term):
    """A term of a weighted score: brought to 0..1 between `worst` and `best`, held there, and counted with `weight`.

    `best` is smaller than `worst` where less is better.
    """

    weight: Annotated[float, Field(gt=0)]
    worst: float
    best: float

    @model_validator(mode="after")
    def _a_span(self) -> Self:
        if self.worst == self.best:
            raise ValueError("worst and best must differ")
        return self


class Other(Section):
    """A figure of another KPI, or of one `segment` of it."""

    kpi: Id
    segment: str = ""


class Grown(Other):
    """The relative change of another figure against its value `over` ago, a ratio. Needs history."""

    over: Span


class Forecast(Other):
    """What another figure will be worth `ahead` from now, in its unit. Needs history.

    The trend is the line through the last `over`. The realistic scenario follows it; the pessimistic and the optimistic one
    differ from it by 30 % of the change, for worse and for better.
    """

    ahead: Span
    over: Span = timedelta(days=28)
    scenario: Scenario = "realistic"


class Reached(Other):
    """How far another figure reaches its target in force: its attainment, a ratio."""


def _labels(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Value(_Origin):
    """How a KPI is had: exactly one form, and the labels whose values are its segments.

    Forms: one term given in place (`metric: …` or `kpi: …`); `ratio` (first term ÷ second); `difference` (first − second);
    `sum` of terms; `weighted` (100 × the weighted mean of the terms that are known); `growth` and `forecast` of another KPI,
    which need history; `attainment` of another KPI; `on_target`, the share of the targets in force of the named categories that
    are met. A label of `by` splits every term whose metric has it, and leaves the others whole. `total: false` leaves out the
    figure over all segments.
    """

    ratio: tuple[Term, Term] | None = None
    difference: tuple[Term, Term] | None = None
    sum: Annotated[tuple[Term, ...], NotEmpty] | None = None
    weighted: Annotated[tuple[Weighted, ...], NotEmpty] | None = None
    growth: Grown | None = None
    forecast: Forecast | None = None
    attainment: Reached | None = None
    on_target: Annotated[tuple[str, ...], NotEmpty] | None = None
    by: Annotated[tuple[Word, ...], BeforeValidator(_labels)] = ()
    total: bool = True

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_one(self, *FORMS)
        if not self.total and not self.by:
            raise ValueError("total: false goes with by")
        if self.by and not self.terms:
            raise ValueError(f"by does not go with {self.form}, which has no facts to split")
        return self

    @property
    def form(self) -> str:
        """Which of FORMS is given."""
        return next(form for form in FORMS if getattr(self, form) is not None)

    @property
    def other(self) -> Other | None:
        """The figure that `growth`, `forecast` or `attainment` looks at; None for the other forms."""
        return self.growth or self.forecast or self.attainment

    @property
    def needs_history(self) -> bool:
        """Whether the form itself looks at the past, so that the facts of one moment never give it."""
        return self.growth is not None or self.forecast is not None

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, whatever the form."""
        if self.metric is not None or self.kpi is not None:
            return (Term(metric=self.metric, where=self.where, aggregate=self.aggregate, kpi=self.kpi, segment=self.segment),)
        return self.ratio or self.difference or self.sum or self.weighted or ()

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """The figures of other KPIs that the form names: KPI and segment, "" where it is the figure without."""
        named = [(term.kpi, term.segment) for term in self.terms if term.kpi is not None]
        return (*named, (self.other.kpi, self.other.segment)) if self.other is not None else tuple(named)

    def over(self, window: timedelta) -> "Value | None":
        """How the same is had over another window; None where nothing in it knows a window."""
        if self.growth is not None:
            return self.model_copy(update={"growth": self.growth.model_copy(update={"over": window})})
        name = format_duration(window)
        if self.metric is not None or self.kpi is not None:
            other = self._over(name)
            return None if other is self else other
        terms = tuple(term._over(name) for term in self.terms)
        if all(term is before for term, before in zip(terms, self.terms, strict=True)):
            return None
        return self.model_copy(update={self.form: terms})
