"""How a KPI is had: terms, and the forms that put them together."""

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from exporter.catalog.section import Id, NotEmpty, Section, Word, require_one

__all__ = ["Aggregate", "Term", "Value", "Weighted"]

Aggregate = Literal["sum", "avg", "min", "max", "count"]


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


def _labels(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class Value(_Origin):
    """How a KPI is had: exactly one form, and the labels whose values are its segments.

    Forms: one term given in place (`metric: …` or `kpi: …`); `ratio` (first term ÷ second); `difference` (first − second);
    `sum` of terms; `weighted` (100 × the weighted mean of the terms that are known). A label of `by` splits every term whose
    metric has it, and leaves the others whole. `total: false` leaves out the figure over all segments.
    """

    ratio: tuple[Term, Term] | None = None
    difference: tuple[Term, Term] | None = None
    sum: Annotated[tuple[Term, ...], NotEmpty] | None = None
    weighted: Annotated[tuple[Weighted, ...], NotEmpty] | None = None
    by: Annotated[tuple[Word, ...], BeforeValidator(_labels)] = ()
    total: bool = True

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        require_one(self, "metric", "kpi", "ratio", "difference", "sum", "weighted")
        if not self.total and not self.by:
            raise ValueError("total: false goes with by")
        return self

    @property
    def terms(self) -> tuple[Term, ...]:
        """All terms, whatever the form."""
        if self.metric is not None or self.kpi is not None:
            return (Term(metric=self.metric, where=self.where, aggregate=self.aggregate, kpi=self.kpi, segment=self.segment),)
        return self.ratio or self.difference or self.sum or self.weighted or ()
