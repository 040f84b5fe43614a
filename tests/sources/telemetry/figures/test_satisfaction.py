"""Satisfaction: ratings from 1 to 5."""

import pytest

from exporter.sources.telemetry.figures import satisfaction
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def rate(store: Store, *ratings: float | None, days: float = 1) -> None:
    store.insert("satisfaction_survey", [{"timestamp": ago(days=days), "rating": rating} for rating in ratings])


def test_ratings_satisfied_ones_and_their_mean(store: Store) -> None:
    rate(store, 1, 2, 3, 4, 5, 5)
    rate(store, 4, days=29)
    store.insert("satisfaction_survey", [{"timestamp": NOW, "rating": 1}])
    assert figures(store, satisfaction.samples) == {
        **{f"ratings{{{window}}}": 6 for window in ("24h", "7d", "28d")},
        **{f"satisfied_ratings{{{window}}}": 3 for window in ("24h", "7d", "28d")},
        **{f"rating_mean{{{window}}}": pytest.approx(20 / 6) for window in ("24h", "7d", "28d")},
        "ratings{30d}": 7,
        "satisfied_ratings{30d}": 4,
        "rating_mean{30d}": pytest.approx(24 / 7),
    }


@pytest.mark.parametrize("number", [None, 0, 6, -1, 4.5, 1e300, float("inf"), float("nan")])
def test_what_is_no_whole_number_from_1_to_5_is_no_rating(store: Store, number: float | None) -> None:
    rate(store, 3, number)
    told = figures(store, satisfaction.samples)
    assert (told["ratings{7d}"], told["satisfied_ratings{7d}"], told["rating_mean{7d}"]) == (1, 0, 3)


def test_without_ratings_their_mean_is_unknown(store: Store) -> None:
    told = figures(store, satisfaction.samples)
    assert set(told.values()) == {0}
    assert not any(name.startswith("rating_mean") for name in told)


@pytest.mark.parametrize("kind", ["integer", "numeric"])
def test_ratings_may_be_stored_as_any_kind_of_number(store: Store, kind: str) -> None:
    if store.engine == "postgresql":
        store.execute(f"ALTER TABLE analytics.satisfaction_survey ALTER rating TYPE {kind}")
    rate(store, 4, 5, 9)
    told = figures(store, satisfaction.samples)
    assert (told["ratings{7d}"], told["rating_mean{7d}"]) == (2, 4.5)
