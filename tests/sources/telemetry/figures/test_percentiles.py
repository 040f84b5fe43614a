"""Percentiles, held against those of PostgreSQL and of Python."""

import statistics
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import literal, select, union_all

from exporter.sources.telemetry.figures.percentiles import distributions
from exporter.sources.telemetry.warehouse import Warehouse, open_warehouse
from support.postgres import Postgres
from support.warehouses import ENGINES, new_store

PERCENTS = {"least": 0, "median": 50, "p95": 95, "p99": 99, "most": 100}

numbers = st.lists(st.one_of(st.integers(0, 9).map(float), st.floats(0, 1e9)), min_size=1, max_size=40)


def shape(warehouse: Warehouse, values: Sequence[float]) -> tuple[int, float, dict[str, float]]:
    rows = union_all(*(select(literal("x").label("word"), literal(value).label("value")) for value in values)).subquery()
    told = distributions(warehouse, select(rows), PERCENTS)["x"]
    return told.size, told.mean, dict(told.percentiles)


@pytest.fixture(scope="module", params=ENGINES)
def warehouse(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> object:
    server: Postgres | None = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    folder: Path = tmp_path_factory.mktemp("percentiles")
    with new_store(request.param, folder, server) as store, open_warehouse(store.config()) as warehouse:
        yield warehouse


@given(values=numbers)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_percentiles_are_the_continuous_ones(warehouse: Warehouse, values: list[float]) -> None:
    size, mean, told = shape(warehouse, values)
    assert size == len(values)
    assert mean == pytest.approx(statistics.fmean(values))
    assert (told["least"], told["most"]) == (min(values), max(values))
    assert told["median"] == pytest.approx(statistics.median(values))
    if len(values) > 1:
        inclusive = statistics.quantiles(values, n=100, method="inclusive")
        assert (told["p95"], told["p99"]) == (pytest.approx(inclusive[94]), pytest.approx(inclusive[98]))


def test_between_two_values_a_percentile_is_interpolated(warehouse: Warehouse) -> None:
    assert shape(warehouse, [10, 20, 30, 40, 50])[2] == pytest.approx(
        {"least": 10, "median": 30, "p95": 48, "p99": 49.6, "most": 50}
    )


def test_of_one_value_everything_is_that_value(warehouse: Warehouse) -> None:
    assert shape(warehouse, [7.5]) == (1, 7.5, dict.fromkeys(PERCENTS, 7.5))


def test_equal_values_keep_their_weight(warehouse: Warehouse) -> None:
    assert shape(warehouse, [1] * 99 + [100])[2] == pytest.approx({"least": 1, "median": 1, "p95": 1, "p99": 1.99, "most": 100})


def test_of_nothing_there_is_no_distribution(warehouse: Warehouse) -> None:
    none = select(literal("x").label("word"), literal(1.0).label("value")).where(literal(1) == literal(2))
    assert distributions(warehouse, none, PERCENTS) == {}


def test_postgresql_agrees(postgres: Postgres, tmp_path: Path) -> None:
    values = [0.5, 3, 3, 8, 13.25, 40, 41]
    with new_store("postgresql", tmp_path, postgres) as store:
        listed = ", ".join(f"({value}::float8)" for value in values)
        shares = ", ".join(f"percentile_cont({one / 100}) WITHIN GROUP (ORDER BY v)" for one in PERCENTS.values())
        (expected,) = store.execute(f"SELECT {shares} FROM (VALUES {listed}) AS t(v)")
        with open_warehouse(store.config()) as warehouse:
            told = shape(warehouse, values)[2]
    assert list(told.values()) == pytest.approx(list(expected))
