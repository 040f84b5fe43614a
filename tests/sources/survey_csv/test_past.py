"""The past of a file of responses, against a refresh over the file as it was."""

from datetime import datetime, timedelta
from pathlib import Path

from support.survey_csv import SurveyFolder
from support.tools import NOW, make_tools

DAY = timedelta(days=1)
HEADER = b"time,recommend,wishes\n"
SENT = [(NOW - age * DAY, age % 11) for age in range(1, 300, 11)]


def rows(until: datetime) -> bytes:
    return b"".join(f"{at:%Y-%m-%dT%H:%M:%SZ},{score},good\n".encode() for at, score in SENT if at <= until)


def test_it_is_what_a_refresh_at_that_moment_would_have_said(folder: SurveyFolder, tmp_path: Path) -> None:
    moments = [NOW - age * DAY for age in (200, 100, 30, 1)]
    tools = make_tools(tmp_path / "tools")
    told = {moment: list(parts) for moment, parts in folder.source(HEADER + rows(NOW)).past(tools, moments)}
    assert list(told) == moments
    for moment, parts in told.items():
        assert parts == list(folder.source(HEADER + rows(moment)).collect(tools, moment))


def test_an_answer_that_is_older_than_the_windows_is_still_the_newest(folder: SurveyFolder, tmp_path: Path) -> None:
    source = folder.source(HEADER + b"2025-01-01,9,good\n")
    ((_, (part,)),) = source.past(make_tools(tmp_path / "tools"), [NOW])
    newest = [sample.value for sample in part.samples if sample.name == "survey_last_response_timestamp_seconds"]
    assert newest == [datetime.fromisoformat("2025-01-01T00:00:00+00:00").timestamp()]
