"""What a catalog must mean beside having the right types: each module looks at one side of it and gives all it finds.

A problem is found as a path into the document and a message; here it gets its line.
"""

from collections.abc import Mapping
from itertools import chain

from exporter.catalog.checks.alerts import alert_problems
from exporter.catalog.checks.circles import circle_problems
from exporter.catalog.checks.dashboards import dashboard_problems
from exporter.catalog.checks.names import name_problems
from exporter.catalog.checks.targets import target_problems
from exporter.catalog.checks.terms import term_problems
from exporter.catalog.checks.units import unit_problems
from exporter.catalog.checks.windows import window_problems
from exporter.catalog.model import Catalog
from exporter.document import Document, Problem
from exporter.facts import Metric

__all__ = ["check"]


def check(document: Document, catalog: Catalog, declared: Mapping[str, Metric]) -> list[Problem]:
    """Every problem of a catalog, in no order; `document` is what it was read from."""
    found = chain(
        name_problems(catalog),
        term_problems(catalog, declared),
        circle_problems(catalog),
        unit_problems(catalog, declared),
        target_problems(catalog),
        window_problems(catalog, declared),
        alert_problems(catalog),
        dashboard_problems(catalog),
    )
    return [document.problem(path, message) for path, message in found]
