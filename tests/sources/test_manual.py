"""manual: the file on disk, from its first reading to its mistakes."""

import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from exporter.document import parse, validate
from exporter.errors import InvalidInput, Reason, UpstreamError
from exporter.sources.manual import SOURCE, ManualConfig, ManualSource
from support.contract import fixture
from support.tools import NOW, make_tools

HEADER = "date,kpi,segment,value,note\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A good file of figures."""
    path = tmp_path / "figures.csv"
    path.write_bytes(fixture("manual", "good.csv"))
    return path


def manual(file: Path) -> ManualSource:
    return SOURCE(ManualConfig(file=file))


def collected(source: ManualSource, now: datetime = NOW) -> dict[tuple[str, str], float]:
    """The values of the figures by KPI and segment."""
    (part,) = source.collect(make_tools(source.config.file.parent / "state"), now)
    assert (part.labels, part.time, part.failure) == ((), now, None)
    labels = [dict(sample.labels) for sample in part.samples if sample.name == "manual_figure"]
    found = [sample.value for sample in part.samples if sample.name == "manual_figure"]
    return {(label["kpi"], label["segment"]): value for label, value in zip(labels, found, strict=True)}


def failure(file: Path) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        collected(manual(file))
    return caught.value


def examined(file: Path) -> list[tuple[str, bool, str]]:
    source = manual(file)
    return [(found.subject, found.works, found.detail) for found in source.examine(make_tools(file.parent / "state"), NOW)]


# Figures


def test_the_latest_figure_of_each_kpi_and_segment_is_given(file: Path) -> None:
    assert collected(manual(file)) == {
        ("paying_share", ""): 0.031,
        ("satisfaction", "linux"): 4.6,
        ("satisfaction", "macos"): 4.4,
        ("survey_nps", ""): 42,
    }


def test_each_figure_says_of_which_day_it_is(file: Path) -> None:
    (part,) = manual(file).collect(make_tools(file.parent / "state"), NOW)
    days = {
        dict(sample.labels)["kpi"]: sample.value for sample in part.samples if sample.name == "manual_figure_timestamp_seconds"
    }
    assert datetime.fromtimestamp(days["survey_nps"], UTC) == datetime(2026, 1, 20, tzinfo=UTC)
    assert datetime.fromtimestamp(days["paying_share"], UTC) == datetime(2026, 1, 21, tzinfo=UTC)


def test_a_figure_of_a_day_to_come_appears_on_its_day_without_a_change_of_the_file(file: Path) -> None:
    source = manual(file)
    assert collected(source, datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC))["survey_nps", ""] == 42
    assert collected(source, datetime(2026, 2, 1, tzinfo=UTC))["survey_nps", ""] == 50


def test_a_change_of_the_file_is_seen_at_the_next_look(file: Path) -> None:
    source = manual(file)
    collected(source)
    file.write_text(f"{HEADER}2026-01-27,survey_nps,,44,\n")
    assert collected(source) == {("survey_nps", ""): 44}


def test_a_file_without_lines_has_no_figures(file: Path) -> None:
    file.write_bytes(fixture("manual", "empty.csv"))
    assert collected(manual(file)) == {}


def test_the_file_is_looked_at_every_minute() -> None:
    assert validate(parse("file: figures.csv", "caro.yml"), ManualConfig).interval == timedelta(minutes=1)


def test_a_configuration_without_a_file_is_refused() -> None:
    with pytest.raises(InvalidInput) as caught:
        validate(parse("interval: 5m", "caro.yml"), ManualConfig)
    assert str(caught.value) == "caro.yml:1: file: is missing"


# Failures: nothing is taken from a file that cannot be used


def test_a_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    error = failure(tmp_path / "figures.csv")
    assert (error.reason, str(error)) == (Reason.UNREADABLE, f"{tmp_path}/figures.csv does not exist")


def test_a_folder_or_a_pipe_is_not_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    for path in (tmp_path, tmp_path / "pipe.csv"):
        error = failure(path)
        assert (error.reason, str(error)) == (Reason.UNREADABLE, f"{path} is not a file")


def test_what_the_system_refuses_to_open_is_named_with_its_reason(tmp_path: Path) -> None:
    path = tmp_path / ("figures" * 40)
    error = failure(path)
    assert (error.reason, str(error)) == (Reason.UNREADABLE, f"{path} cannot be read: File name too long")


def test_a_file_in_another_encoding_is_refused(file: Path) -> None:
    file.write_bytes(f"{HEADER}2026-01-20,a,é,1,\n".encode("latin-1"))
    error = failure(file)
    assert (error.reason, str(error)) == (Reason.UNREADABLE, f"{file} must be text in UTF-8")


def test_a_file_without_a_usable_header_is_refused(file: Path) -> None:
    file.write_bytes(fixture("manual", "malformed.csv"))
    error = failure(file)
    assert (error.reason, str(error)) == (Reason.MALFORMED, f"{file}:1: columns must be separated by commas")


def test_a_file_that_is_too_large_is_refused(file: Path) -> None:
    file.write_bytes(b"#" * (10 * 2**20 + 1))
    error = failure(file)
    assert (error.reason, str(error)) == (Reason.TOO_LARGE, f"{file} is larger than 10 MiB")


def test_a_file_that_comes_back_is_read_again(file: Path) -> None:
    source, content = manual(file), file.read_bytes()
    collected(source)
    file.unlink()
    with pytest.raises(UpstreamError):
        collected(source)
    file.write_bytes(content)
    assert collected(source)["survey_nps", ""] == 42


# Bad lines


def test_bad_lines_are_logged_once_and_again_only_when_they_change(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    source = manual(file)
    bad = f"{file}:2: value: must be a number such as 0.75 or 1200"
    for content, logged in [
        ("2026-01-20,a,,75%,", [f'{bad}, found "75%"; write 0.75']),
        ("2026-01-20,a,,75%,", []),
        ("2026-01-20,a,,75%,\n2026-01-20,b,,1,", []),
        ("2026-01-20,a,,80%,\n2026-01-20,b,,1,", [f'{bad}, found "80%"; write 0.8']),
        ("2026-01-20,a,,0.8,", []),
    ]:
        caplog.clear()
        file.write_text(HEADER + content)
        collected(source)
        assert [record.getMessage() for record in caplog.records] == logged
        assert {(record.name, record.levelno) for record in caplog.records} <= {("exporter.sources.manual", logging.WARNING)}


def test_a_flood_of_bad_lines_is_counted(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    file.write_text(HEADER + "2026-01-20,a,,?,\n" * 1000)
    collected(manual(file))
    assert len(caplog.records) == 21
    assert caplog.records[-1].getMessage() == f"{file}: 980 problems more"


def test_no_note_and_no_address_ever_comes_out(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for name in ("good.csv", "bad.csv"):
        file.write_bytes(fixture("manual", name))
        source = manual(file)
        told = [*source.collect(make_tools(file.parent / "state"), NOW), *source.examine(make_tools(file.parent / "state"), NOW)]
        assert "planted" not in str(told)
        assert "jane" not in str(told)
    assert len(caplog.records) == 13
    assert "planted" not in caplog.text
    assert "jane" not in caplog.text


# Doctor


def test_doctor_counts_figures_and_those_to_come(file: Path) -> None:
    assert examined(file) == [(f"figures in {file}", True, "6 figures, 0 problems; 1 of them waits for a day to come")]


def test_doctor_names_each_bad_line(file: Path) -> None:
    file.write_text(f"{HEADER}2026-01-20,a,,75%,\n2026-01-20,b,,1,\n2026-01-20,c,,1,2,3\n")
    assert examined(file) == [
        (f"figures in {file}", False, "1 figure, 2 problems"),
        (f"line 2 of {file}", False, 'value: must be a number such as 0.75 or 1200, found "75%"; write 0.75'),
        (f"line 4 of {file}", False, "must have 5 fields; put a text that holds a comma in double quotes"),
    ]


def test_doctor_says_why_a_file_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    assert examined(path) == [(f"figures in {path}", False, f"{path} does not exist")]
