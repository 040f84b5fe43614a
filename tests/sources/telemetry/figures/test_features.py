"""Features: distinct users of each in the last 7 days."""

import pytest

from exporter.sources.telemetry.figures import features
from exporter.sources.telemetry.warehouse import LackingError
from support.telemetry import ago, figures
from support.tools import NOW
from support.warehouses import Store


def use(store: Store, feature: str, *users: str | None) -> None:
    store.insert("feature_used", [{"timestamp": ago(days=1), "user_id": user, "feature": feature} for user in users])


def test_a_user_counts_once_for_each_feature(store: Store) -> None:
    use(store, "config_profiles", "ann", "ann", "bob")
    use(store, "shell_integration", "ann", None)
    assert figures(store, features.samples) == {
        "feature_users{config_profiles,7d}": 2,
        "feature_users{shell_integration,7d}": 1,
    }


def test_only_uses_of_the_last_seven_days_count(store: Store) -> None:
    moments = {"early": ago(days=7, milliseconds=1), "edge": ago(days=7), "late": NOW}
    store.insert("feature_used", [{"timestamp": at, "user_id": "ann", "feature": name} for name, at in moments.items()])
    assert figures(store, features.samples) == {"feature_users{edge,7d}": 1}


def test_known_features_that_nobody_uses_have_no_users(store: Store) -> None:
    use(store, "config_profiles", "ann")
    known = {"feature": ["config_profiles", "shell_integration"]}
    assert figures(store, features.samples, known=known, min_group=5) == {"feature_users{shell_integration,7d}": 0}


def test_without_users_nothing_can_be_told(store: Store) -> None:
    with pytest.raises(LackingError, match="no column user_id"):
        figures(store, features.samples, tables={"feature_used": {"columns": {"user_id": None}}})
