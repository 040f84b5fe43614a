"""What becomes of facts on their way to the page."""

from exporter.collect.families import facts_families
from exporter.facts import Snapshot
from support.facts import STARS, part


def test_a_series_that_two_sources_give_is_exposed_once_from_the_first() -> None:
    snapshots = [
        Snapshot("acme", source, frozenset({STARS.name}), (part("a/a", stars),)) for source, stars in (("b", 5), ("a", 7))
    ]
    (family,) = facts_families(snapshots, {STARS.name: STARS})
    assert [(sample.labels, sample.value) for sample in family.samples] == [({"project": "acme", "repository": "a/a"}, 5)]
