"""What becomes of facts on their way to the page."""

from dataclasses import replace
from pathlib import Path

from exporter.collect.families import facts_families, kpi_families, self_families
from exporter.facts import Snapshot
from exporter.kpi import Row, Status
from support.facts import STARS, job_of, part


def test_a_series_that_two_sources_give_is_exposed_once_from_the_first() -> None:
    snapshots = [
        Snapshot("acme", source, frozenset({STARS.name}), (part("a/a", stars),)) for source, stars in (("b", 5), ("a", 7))
    ]
    (family,) = facts_families(snapshots, {STARS.name: STARS})
    assert [(sample.labels, sample.value) for sample in family.samples] == [({"project": "acme", "repository": "a/a"}, 5)]


ROW = Row("acme", "score", "P0", "Score", "index", value=62.5, status=Status.TRACKED, known=0.75)


def kpi_samples(row: Row) -> dict[str, float]:
    """The samples of one row by name, of the status the one that holds."""
    samples = (sample for family in kpi_families([row]) for sample in family.samples)
    return {sample.name: sample.value for sample in samples if sample.value or sample.name != "kpi_status"}


def test_what_is_known_of_a_score_is_exposed_beside_it() -> None:
    assert kpi_samples(ROW) == {"kpi_value": 62.5, "kpi_known_ratio": 0.75, "kpi_status": 1}
    assert kpi_samples(replace(ROW, known=0.0, value=None)) == {"kpi_known_ratio": 0, "kpi_status": 1}
    assert kpi_samples(replace(ROW, known=None)) == {"kpi_value": 62.5, "kpi_status": 1}


def test_a_row_that_needs_history_has_no_status() -> None:
    """Prometheus, which has the past, records one; two would contradict each other."""
    waiting = replace(ROW, value=None, known=None, status=Status.NO_DATA, target=70)
    assert kpi_samples(replace(waiting, needs_history=True)) == {"kpi_target": 70}
    assert kpi_samples(waiting) == {"kpi_target": 70, "kpi_status": 1}


def test_the_quotas_of_an_upstream_are_exposed_without_saying_whose_they_are(tmp_path: Path) -> None:
    job = job_of(tmp_path, lambda now: [])
    job.meter.rate_limit("graphql", 5000, 4000, 200.0, "token 1")
    job.meter.rate_limit("graphql", 5000, 300, 100.0, "token 2")
    job.meter.cost("graphql", 21)
    told = {
        sample.name.removeprefix("kpi_exporter_upstream_"): (sample.labels, sample.value)
        for family in self_families([job], "0", "3")
        for sample in family.samples
        if sample.name.startswith("kpi_exporter_upstream_")
    }
    labels = {"project": "acme", "source": "forge", "resource": "graphql"}
    assert told == {
        "cost_total": (labels, 21),
        "rate_limit_limit": (labels, 10_000),
        "rate_limit_remaining": (labels, 4300),
        "rate_limit_reset_timestamp_seconds": (labels, 100),
    }
