"""The source as a whole: topics that fail alone, what a product lacks, what is logged, and what doctor finds."""

import logging
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.facts import Part
from exporter.sources.telemetry import SOURCE
from exporter.sources.telemetry.metrics import TOPICS
from support.beta import LAUNCH, small_beta
from support.tools import NOW, make_tools
from support.warehouses import Store

ALL = [topic.name for topic in TOPICS]


@pytest.fixture
def beta(store: Store) -> Store:
    for table, rows in small_beta(NOW).items():
        store.insert(table, rows)
    return store


def collected(source: SOURCE, folder: Path) -> Mapping[str, Part]:
    """The parts of one refresh by topic."""
    parts = source.collect(replace(make_tools(folder), launch=LAUNCH, keeps=True), NOW)
    return {part.topic.name: part for part in parts if part.topic is not None}


def source_of(store: Store, **config: Any) -> SOURCE:
    return SOURCE(store.config(min_group=2, **config))


def test_there_is_a_part_for_each_topic(beta: Store, tmp_path: Path) -> None:
    parts = collected(source_of(beta), tmp_path / "state")
    assert sorted(parts) == sorted(ALL)
    assert all(part.samples and part.failure is None and part.labels == () for part in parts.values())


def test_a_topic_gives_its_own_metrics_and_no_others(beta: Store, tmp_path: Path) -> None:
    for name, part in collected(source_of(beta), tmp_path / "state").items():
        own = next({metric.name for metric in topic.metrics} for topic in TOPICS if topic.name == name)
        assert {sample.name for sample in part.samples} <= own


def test_a_table_that_is_missing_takes_away_its_own_figures(beta: Store, tmp_path: Path) -> None:
    whole = collected(source_of(beta), tmp_path / "whole")
    beta.execute(f"DROP TABLE {beta.called('satisfaction_survey')}")
    parts = collected(source_of(beta), tmp_path / "state")
    assert {name: part.failure for name, part in parts.items() if part.failure} == {"satisfaction": Reason.NOT_FOUND}
    untouched = set(ALL) - {"satisfaction", "warehouse"}
    assert {name: parts[name].samples for name in untouched} == {name: whole[name].samples for name in untouched}


def test_what_a_product_lacks_on_purpose_is_no_failure(beta: Store, tmp_path: Path) -> None:
    for table in ("sessions", "memory_usage"):
        beta.execute(f"DROP TABLE {beta.called(table)}")
    parts = collected(source_of(beta, tables={"memory_usage": {"missing": True}}), tmp_path / "state")
    assert set(ALL) - set(parts) == {"sessions", "memory"}
    assert not any(part.failure for part in parts.values())


def test_without_any_table_every_topic_fails_and_so_does_the_source_as_a_whole(beta: Store, tmp_path: Path) -> None:
    for table in small_beta(NOW):
        beta.execute(f"DROP TABLE {beta.called(table)}")
    failures = {part.failure for name, part in collected(source_of(beta), tmp_path / "state").items() if name != "warehouse"}
    assert failures == {Reason.NOT_FOUND}


def test_a_warehouse_that_is_away_is_an_error_of_the_whole_source(store: Store, tmp_path: Path) -> None:
    away = {"sqlite": f"sqlite:///{tmp_path}/away.db", "postgresql": "postgresql://reader@127.0.0.1:1/analytics"}[store.engine]
    with pytest.raises(UpstreamError) as caught:
        collected(SOURCE(store.config().model_copy(update={"url": type(store.config().url)(away)})), tmp_path / "state")
    assert caught.value.reason in (Reason.CONNECTION, Reason.NOT_FOUND, Reason.UNREADABLE)


def hanging(beta: Store) -> Any:
    """A source whose commands never come to their end."""
    endless = {
        "sqlite": "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
        "SELECT i AS timestamp, 'a' AS user_id, 'a' AS platform, 'a' AS category FROM n",
        "postgresql": f"CREATE VIEW {beta.called('endless')} AS SELECT commands.* "
        f"FROM {beta.called('command_generated')} commands, pg_sleep(60)",
    }
    beta.execute(endless[beta.engine])
    return source_of(beta, timeout=timedelta(seconds=1), tables={"command_generated": {"name": "endless"}})


def test_a_warehouse_that_hangs_is_not_asked_for_everything(beta: Store, tmp_path: Path) -> None:
    """Each topic would hold the refresh for the whole timeout."""
    source = hanging(beta)
    started = time.monotonic()
    parts = collected(source, tmp_path / "state")
    assert time.monotonic() - started < 15
    assert {part.failure for part in parts.values()} <= {None, Reason.TIMEOUT}
    assert sum(part.failure is Reason.TIMEOUT for part in parts.values()) > 3


def test_a_warehouse_that_hangs_has_no_past_rather_than_one_of_gaps(beta: Store, tmp_path: Path) -> None:
    """What is told is not asked for again, so a gap would stay."""
    with pytest.raises(UpstreamError) as caught:
        next(hanging(beta).past(make_tools(tmp_path), [NOW - timedelta(days=1)]))
    assert caught.value.reason is Reason.TIMEOUT


def test_why_a_topic_fails_is_logged_once_in_a_sentence(beta: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    beta.execute(f"DROP TABLE {beta.called('downloads')}")
    source = source_of(beta)
    with caplog.at_level(logging.WARNING):
        collected(source, tmp_path / "state")
        collected(source, tmp_path / "state")
    (told,) = [record for record in caplog.records if record.getMessage() == "telemetry cannot be read"]
    assert told.fields == {  # type: ignore[attr-defined]
        "topics": "downloads, activation, first_success",
        "why": f"the table {beta.called('downloads')} is missing",
    }


def test_one_refresh_more_gives_the_same_figures(beta: Store, tmp_path: Path) -> None:
    source = source_of(beta)
    first, second = collected(source, tmp_path / "state"), collected(source, tmp_path / "state")
    assert first == second


def test_nobody_is_in_samples_or_state(beta: Store, tmp_path: Path) -> None:
    parts = collected(source_of(beta), tmp_path / "state")
    assert "planted" not in repr([part.samples for part in parts.values()])
    kept = [file.read_bytes() for file in (tmp_path / "state").rglob("*") if file.is_file()]
    assert kept
    assert not any(b"planted" in content for content in kept)


def test_doctor_tells_of_each_table_what_it_lacks(beta: Store, tmp_path: Path) -> None:
    beta.execute(f"DROP TABLE {beta.called('crashes')}")
    beta.execute(f"DROP TABLE {beta.called('sessions')}")
    source = source_of(beta, tables={"downloads": {"columns": {"channel": None}}})
    findings = {finding.subject: finding for finding in source.examine(make_tools(tmp_path / "state"), NOW)}
    assert (findings["telemetry warehouse"].works, findings["telemetry warehouse"].detail) == (True, "can be read")
    works = {subject.rpartition(" ")[2]: finding.works for subject, finding in findings.items()}
    assert {name: works[name] for name in ("command_generated", "downloads", "crashes", "sessions")} == {
        "command_generated": True,
        "downloads": False,
        "crashes": False,
        "sessions": None,
    }
    assert findings["telemetry table downloads"].detail == "lacks channel; figures that need it are left out"


def test_doctor_tells_of_a_warehouse_that_is_away(tmp_path: Path) -> None:
    source = SOURCE(SOURCE.config_type.model_validate({"url": f"sqlite:///{tmp_path}/away.db"}))
    (finding,) = source.examine(make_tools(tmp_path), NOW + timedelta(days=1))
    assert (finding.subject, finding.works) == ("telemetry warehouse", False)


def test_starting_the_command_line_imports_nothing_of_sql() -> None:
    """Neither does finding all sources, which every command does."""
    code = "import sys, exporter.sources.registry as r; r.sources(); print('sqlalchemy' in sys.modules, 'psycopg' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"
