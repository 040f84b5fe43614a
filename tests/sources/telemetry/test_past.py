"""The past of telemetry: windows that end earlier, over a warehouse that knows what came after them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.telemetry import SOURCE
from exporter.sources.telemetry.metrics import FUTURE_EVENTS
from support.beta import LAUNCH, SMALL_BETA, small_beta
from support.tools import NOW, make_tools
from support.warehouses import Store

DAY = timedelta(days=1)
MOMENTS = [NOW - days * DAY for days in (9, 6, 2.5, 1)]


def fill(store: Store, until: datetime) -> None:
    """The events of the small beta by a moment."""
    for table, rows in small_beta(NOW).items():
        store.insert(table, [row for row in rows if row["timestamp"] < until])


def empty(store: Store) -> None:
    for table in small_beta(NOW):
        store.execute(f"DELETE FROM {store.called(table)}")


def told(store: Store, folder: Path, moments: Sequence[datetime], **more: Any) -> Mapping[datetime, Mapping[str, Part]]:
    source = SOURCE(store.config(**SMALL_BETA, **more))
    return {moment: by_topic(parts) for moment, parts in source.past(tools(folder), moments)}


def collected(store: Store, folder: Path, now: datetime) -> Mapping[str, Part]:
    return by_topic(SOURCE(store.config(**SMALL_BETA)).collect(tools(folder), now))


def tools(folder: Path) -> Any:
    return replace(make_tools(folder), launch=LAUNCH, keeps=True)


def by_topic(parts: Any) -> Mapping[str, Part]:
    return {part.topic.name: replace(part, samples=without_future(part)) for part in parts if part.topic is not None}


def without_future(part: Part) -> Any:
    return tuple(sample for sample in part.samples if sample.name != FUTURE_EVENTS.name)


def test_events_after_a_moment_change_nothing_of_it(store: Store, tmp_path: Path) -> None:
    expected = {}
    for number, moment in enumerate(MOMENTS):
        empty(store)
        fill(store, moment)
        expected[moment] = collected(store, tmp_path / str(number), moment)
    empty(store)
    fill(store, NOW + 400 * DAY)
    assert told(store, tmp_path / "past", MOMENTS) == expected
    assert sum(len(part.samples) for part in expected[MOMENTS[-1]].values()) > 50


def test_nothing_of_the_future_is_told_and_nothing_before_the_first_event(store: Store, tmp_path: Path) -> None:
    fill(store, NOW)
    source = SOURCE(store.config(**SMALL_BETA))
    found = dict(source.past(tools(tmp_path), [NOW - 4000 * DAY, NOW - DAY]))
    assert list(found) == [NOW - DAY]
    assert FUTURE_EVENTS.name not in {sample.name for part in found[NOW - DAY] for sample in part.samples}


def test_it_leaves_what_a_refresh_keeps_as_it_is(store: Store, tmp_path: Path) -> None:
    fill(store, NOW)
    before = collected(store, tmp_path, NOW)
    kept = (tmp_path / "days.sqlite").stat().st_mtime_ns
    (tmp_path / "past-of-a-process-that-was-killed").mkdir()
    told(store, tmp_path, [NOW - 5 * DAY])
    assert (tmp_path / "days.sqlite").stat().st_mtime_ns == kept
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("past-")] == []
    assert collected(store, tmp_path, NOW) == before


def test_a_table_that_is_missing_takes_away_its_own_figures_alone(store: Store, tmp_path: Path) -> None:
    fill(store, NOW)
    store.execute(f"DROP TABLE {store.called('satisfaction_survey')}")
    (parts,) = told(store, tmp_path, [NOW - DAY]).values()
    assert {name: part.failure for name, part in parts.items() if part.failure} == {"satisfaction": Reason.NOT_FOUND}


def test_a_warehouse_that_is_not_there_has_no_past(tmp_path: Path, store: Store) -> None:
    config = store.config()
    gone = SOURCE(config.model_copy(update={"url": type(config.url)(f"sqlite:///{tmp_path / 'gone.db'}")}))
    with pytest.raises(UpstreamError):
        list(gone.past(make_tools(tmp_path), [NOW - DAY]))
