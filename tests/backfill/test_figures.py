"""All series of a project over a span, against figures made by hand."""

import math
from collections.abc import Iterable, Mapping, Sequence

from exporter.backfill.figures import Figures
from exporter.backfill.span import DAY, Span, moment
from exporter.backfill.table import Table
from exporter.catalog.model import Catalog
from exporter.config import Project as Configured
from exporter.config.types import SourceConfig
from exporter.errors import Reason
from exporter.facts import Metric, Snapshot
from exporter.render.projects import Project
from support.kpi import catalog_of, kpi, part, sample, snapshot

STARS = Metric("stars", "Stars.", "count", ("repository",))
SCRAPE = {"job": "kpi-exporter", "instance": "exporter:8730"}


def filled(catalog: Catalog, each: Sequence[Sequence[Snapshot]]) -> Mapping[tuple[str, str], list[float | None]]:
    """The values of all knots by name and labels in order, those of the project and of the scrape left out."""
    span = Span(20_480 * DAY, (20_480 + len(each) - 1) * DAY)
    table = Table(len(each))
    project = Project("acme", catalog, {one.id: "github" for one in catalog.kpis})
    configured = Configured(name="acme", sources={"x": SourceConfig()})
    assert list(Figures(project, configured, span, SCRAPE).fill(table, each, {"stars": STARS})) == list(range(len(each)))
    found = {}
    for name, labels, values in table:
        scraped = {label: labels[label] for label in SCRAPE if label in labels}
        assert labels["project"] == "acme"
        assert scraped == ({} if ":" in name else SCRAPE), name
        rest = ",".join(text for label, text in labels.items() if label not in ("project", *SCRAPE))
        found[name, rest] = [None if math.isnan(value) else value for value in values]
    return found


def stars(*counts: float | None) -> list[list[Snapshot]]:
    """Each day's snapshot: the stars of one repository; None where it could not be read."""
    return [[snapshot(*_parts(count), declared=["stars"])] for count in counts]


def _parts(count: float | None) -> Iterable[object]:
    if count is None:
        return [part(failure=Reason.NOT_FOUND, repository="one")]
    return [part(sample("stars", count), repository="one")]


TOTAL = kpi("stars", value={"metric": "stars"}, targets=[{"at_least": 10}], audience="public")
GROWTH = kpi("growth", unit="ratio", value={"growth": {"kpi": "stars", "over": "1d"}}, targets=[{"at_least": 0.5}])
TWICE = kpi("twice", unit="ratio", value={"growth": {"kpi": "growth", "over": "1d"}})


def test_a_scraped_figure_and_what_is_recorded_of_it() -> None:
    found = filled(catalog_of(TOTAL), stars(5, 10, None, 20))
    told = [5, 10, None, 20]
    assert found["stars", "one"] == told
    for name in ("kpi_value", "kpi:value:current", "kpi:value:hourly", "kpi:value:max_1h", "kpi:public:value"):
        assert found[name, "stars,count"] == told, name
    assert found["kpi_target", "stars,count"] == found["kpi:goal:current", "stars,count"] == [10] * 4
    assert found["kpi:attainment:ratio", "stars"] == [0.5, 1, None, 2]
    assert found["kpi:status:current", "stars,behind"] == [1, None, None, None]
    assert found["kpi:status:current", "stars,no_data"] == [None, None, 1, None]
    assert found["kpi_status", "stars,on_target"] == [0, 1, 0, 1]
    assert found["project:kpi_on_target:ratio", ""] == [0, 1, None, 1]
    assert found["project:kpi_status:count", "on_target"] == [None, 1, None, 1]


def test_what_rests_on_the_past_is_recorded_and_not_scraped() -> None:
    found = filled(catalog_of(TOTAL, GROWTH), stars(5, 10, 10, None))
    assert ("kpi_value", "growth,ratio") not in found
    for name in ("kpi:value:derived", "kpi:value:current"):
        assert found[name, "growth,ratio"] == [None, 1, 0, None]
    assert found["kpi:attainment:derived", "growth"] == found["kpi:attainment:ratio", "growth"] == [None, 2, 0, None]
    assert found["kpi:status:derived", "growth,on_target"] == [None, 1, None, None]
    assert found["kpi:status:current", "growth,behind"] == [None, None, 1, None]
    assert ("kpi:status:current", "growth,no_data") not in found
    assert found["project:kpi_on_target:ratio", ""] == [0, 1, 0.5, None]


def test_growth_of_growth_is_known_a_day_later() -> None:
    found = filled(catalog_of(TOTAL, GROWTH, TWICE), stars(4, 6, 12, 18))
    assert found["kpi:value:derived", "growth,ratio"] == [None, 0.5, 1, 0.5]
    assert found["kpi:value:derived", "twice,ratio"] == [None, None, 1, -0.5]


def test_the_growth_within_a_week_is_told_of_public_figures_to_all() -> None:
    found = filled(catalog_of(TOTAL), stars(*range(10, 20)))
    ratios = [None] * 7 + [0.7, 7 / 11, 7 / 12]
    assert found["kpi:value:growth_7d", "stars,count"] == found["kpi:public:growth_7d", "stars,count"] == ratios
    assert ("kpi:value:growth_30d", "stars,count") not in found


def test_a_forecast_goes_to_the_day_of_the_goal() -> None:
    goal = (moment((20_480 + 29) * DAY)).date().isoformat()
    dated = kpi("stars", value={"metric": "stars"}, targets=[{"by": goal, "at_least": 10}])
    found = filled(catalog_of(dated), stars(*([7.0] * 9)))
    assert found["kpi:forecast:realistic", "stars,count"] == [None] * 7 + [7, 7]
    assert found["kpi:forecast:pessimistic", "stars,count"][-1] == found["kpi:forecast:optimistic", "stars,count"][-1] == 7


def test_what_a_kpi_is_is_told_at_every_knot() -> None:
    found = filled(catalog_of(TOTAL), stars(1, None))
    (scraped,) = [values for (name, _), values in found.items() if name == "kpi_info"]
    (recorded,) = [values for (name, _), values in found.items() if name == "kpi:catalog:info"]
    assert scraped == recorded == [1, 1]
