"""survey_csv: the file on disk, from its first reading to its mistakes."""

import logging
import os
from datetime import UTC, datetime, timedelta

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.survey_csv import SOURCE
from exporter.sources.survey_csv.source import LARGEST_FILE, SurveyCsv
from support.survey_csv import SurveyFolder
from support.tools import NOW, make_tools

GOOD = b"time,recommend,wishes\n2026-01-20,9,good\n2026-01-21,8,\n"


def failure(folder: SurveyFolder, source: SurveyCsv) -> UpstreamError:
    with pytest.raises(UpstreamError) as caught:
        folder.figures(source)
    return caught.value


# Figures


def test_the_rows_are_the_responses(folder: SurveyFolder) -> None:
    found = folder.figures(folder.source(GOOD))
    assert (found["survey_responses",], found["survey_nps", "nps"], found["survey_answers", "wishes"]) == (2, 50, 1)


def test_a_file_without_rows_is_a_survey_without_responses(folder: SurveyFolder) -> None:
    found = folder.figures(folder.source("empty"))
    assert found == {("survey_responses",): 0, ("survey_answers", "nps"): 0, ("survey_answers", "wishes"): 0}


def test_of_two_rows_with_the_same_id_the_later_counts(folder: SurveyFolder) -> None:
    rows = b"2026-01-21,a,8\n2026-01-20,a,0\n2026-01-20,b,9\n2026-01-20,b,10\n2026-01-20,,7\n2026-01-20,,7\n"
    more = "time: time\nid: id\nmin_group: 1\nquestions: {recommend: {name: nps, kind: nps}}"
    found = folder.figures(folder.source(b"time,id,recommend\n" + rows, more))
    assert found["survey_responses",] == 4
    assert {step: found["survey_option_answers", "nps", step] for step in ("0", "7", "8", "9", "10")} == {
        "0": 0,
        "7": 2,
        "8": 1,
        "9": 0,
        "10": 1,
    }


def test_a_change_of_the_file_is_seen_at_the_next_look(folder: SurveyFolder) -> None:
    source = folder.source(GOOD)
    folder.figures(source)
    folder.file.write_bytes(GOOD + b"2026-01-22,10,\n")
    assert folder.figures(source)["survey_responses",] == 3


def test_as_time_goes_by_responses_leave_the_window_and_the_newest_stays_known(folder: SurveyFolder) -> None:
    source = folder.source(GOOD)
    assert folder.figures(source, NOW)["survey_responses",] == 2
    later = folder.figures(source, NOW + timedelta(days=200))
    assert later["survey_responses",] == 0
    newest = datetime(2026, 1, 21, tzinfo=UTC).timestamp()
    assert later["survey_last_response_timestamp_seconds",] == newest
    assert folder.figures(folder.source(GOOD), NOW + timedelta(days=200))["survey_last_response_timestamp_seconds",] == newest


def test_a_response_of_the_future_waits_for_its_time(folder: SurveyFolder) -> None:
    source = folder.source(GOOD.replace(b"2026-01-21", b"2026-01-28"))
    assert folder.figures(source)["survey_responses",] == 1
    assert folder.figures(source, NOW + timedelta(days=1))["survey_responses",] == 2


def test_files_are_looked_at_like_any_other_source(folder: SurveyFolder) -> None:
    assert folder.source(GOOD).config.interval == timedelta(minutes=15)
    assert SOURCE is SurveyCsv


# Failures


def test_what_is_no_file_is_named(folder: SurveyFolder) -> None:
    source = folder.source(GOOD)
    folder.file.unlink()
    error = failure(folder, source)
    assert (error.reason, str(error)) == (Reason.UNREADABLE, f"{folder.file} does not exist")
    os.mkfifo(folder.file)
    error = failure(folder, source)
    assert (error.reason, str(error)) == (Reason.UNREADABLE, f"{folder.file} is not a file")


def test_a_file_that_is_too_large_is_refused(folder: SurveyFolder) -> None:
    source = folder.source(GOOD)
    os.truncate(folder.file, LARGEST_FILE + 1)
    error = failure(folder, source)
    assert (error.reason, str(error)) == (Reason.TOO_LARGE, f"{folder.file} is larger than 50 MiB")


def test_a_file_in_another_encoding_is_refused(folder: SurveyFolder) -> None:
    error = failure(folder, folder.source("time,recommend,wishes\n2026-01-20,9,é\n".encode("utf-16")))
    assert (error.reason, str(error)) == (Reason.UNREADABLE, f"{folder.file} must be text in UTF-8")


def test_a_column_that_is_missing_is_told_with_the_nearest_one_there_is(folder: SurveyFolder) -> None:
    error = failure(folder, folder.source(b"time,recommends,planted note\n2026-01-20,9,\n"))
    told = f'{folder.file}: there is no column "recommend", did you mean "recommends"?; there is no column "wishes"'
    assert (error.reason, str(error)) == (Reason.MALFORMED, told)


def test_a_column_that_stands_twice_is_told(folder: SurveyFolder) -> None:
    error = failure(folder, folder.source(b"time,recommend,recommend,wishes\n2026-01-20,9,8,\n"))
    assert str(error) == f'{folder.file}: the column "recommend" stands 2 times, write "recommend #1" for the first'


@pytest.mark.parametrize("name", ["malformed_no_header", "malformed_times"])
def test_a_file_of_which_nothing_can_be_read_fails_and_counts_nothing(folder: SurveyFolder, name: str) -> None:
    error = failure(folder, folder.source(name))
    assert error.reason is Reason.MALFORMED
    assert "planted" not in str(error)


def test_a_file_without_anything_lacks_its_columns(folder: SurveyFolder) -> None:
    assert str(failure(folder, folder.source(b""))).startswith(f'{folder.file}: there is no column "time"')


def test_a_file_that_comes_back_is_read_again(folder: SurveyFolder) -> None:
    source = folder.source(GOOD)
    folder.figures(source)
    folder.file.unlink()
    failure(folder, source)
    folder.file.write_bytes(GOOD)
    assert folder.figures(source)["survey_responses",] == 2


# Bad rows


def test_a_row_that_cannot_be_read_is_told_once_without_its_content_and_the_others_count(
    folder: SurveyFolder, caplog: pytest.LogCaptureFixture
) -> None:
    source = folder.source("bad_rows")
    with caplog.at_level(logging.DEBUG):
        for _ in range(3):
            found = folder.figures(source)
            folder.file.touch()
    assert (found["survey_responses",], found["survey_theme_answers", "wishes", "docs"]) == (2, 2)
    assert [record.getMessage().removeprefix(f"{folder.file}:") for record in caplog.records] == [
        "3: time: must be a time such as 2026-01-20 10:30:00; if times are written otherwise, date_format says how",
        "4: has more than the 3 fields of the header",
        '5: a text in double quotes must end, and "" stands for a quote in it',
    ]


def test_a_quote_that_never_ends_takes_the_rows_below_with_it_and_is_told(
    folder: SurveyFolder, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        found = folder.figures(folder.source(GOOD + b'2026-01-22,9,"planted\n2026-01-23,9,planted\n'))
    assert found["survey_responses",] == 2
    (record,) = caplog.records
    assert record.getMessage() == f'{folder.file}:4: a text in double quotes must end, and "" stands for a quote in it'


def test_of_many_bad_rows_some_are_told_and_the_others_counted(folder: SurveyFolder, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        folder.figures(folder.source(GOOD + b"planted,9,\n" * 100))
    assert len(caplog.records) == 21
    assert caplog.records[-1].getMessage() == f"{folder.file}: 80 more rows cannot be read"


def test_a_row_with_fewer_fields_than_the_header_leaves_the_last_ones_empty(folder: SurveyFolder) -> None:
    assert folder.figures(folder.source(b"time,recommend,wishes\n2026-01-20,9\n"))["survey_nps", "nps"] == 100


# Doctor


def test_doctor_says_how_many_answers_fit(folder: SurveyFolder) -> None:
    wishes = "wishes: {name: wishes, options: {good: good}}"
    more = f"time: time\nquestions: {{recommend: {{name: nps, kind: nps}}, {wishes}, more: {{name: more, kind: text}}}}"
    rows = b"time,recommend,wishes,more\n2026-01-20,9,good,\n2026-01-21,planted,planted,\n2026-01-22,8,,\n"
    found = [(each.subject, each.works, each.detail) for each in folder.examined(folder.source(rows, more))]
    assert found == [
        (f"survey dx in {folder.file}", True, "3 responses in the last 90 days, 0 rows that cannot be read"),
        ("question nps", True, "2 of 3 answers fit the kind nps from 0 to 10"),
        ("question wishes", True, "2 of 2 answers fit the kind choice"),
        ("options of wishes", True, "1 of 2 answers hold an option that `options` does not name"),
        ("question more", None, "nobody has answered it"),
    ]


def test_doctor_says_where_no_answer_fits(folder: SurveyFolder) -> None:
    found = folder.examined(folder.source(b"time,recommend,wishes\n2026-01-20,likely,\n"))
    assert ("question nps", False, "0 of 1 answers fit the kind nps from 0 to 10") in [
        (each.subject, each.works, each.detail) for each in found
    ]


def test_doctor_names_rows_that_cannot_be_read(folder: SurveyFolder) -> None:
    found = [(each.subject, each.works, each.detail) for each in folder.examined(folder.source("bad_rows"))]
    assert found[0] == (f"survey dx in {folder.file}", False, "2 responses in the last 90 days, 3 rows that cannot be read")
    assert found[2] == (f"line 4 of {folder.file}", False, "has more than the 3 fields of the header")


def test_doctor_says_why_a_file_cannot_be_read(folder: SurveyFolder) -> None:
    source = folder.source(GOOD)
    folder.file.unlink()
    assert [(each.works, each.detail) for each in folder.examined(source)] == [(False, f"{folder.file} does not exist")]


def test_one_file_that_fails_leaves_the_others_alone(folder: SurveyFolder) -> None:
    one = folder.source(GOOD).config.surveys[0]
    gone = one.model_copy(update={"survey": "gone", "file": folder.file.with_name("gone.csv")})
    source = SurveyCsv(folder.source(GOOD).config.model_copy(update={"surveys": (gone, one)}))
    parts = list(source.collect(make_tools(folder.file.parent / "state"), NOW))
    assert [(part.labels[0][1], part.failure) for part in parts] == [("gone", Reason.UNREADABLE), ("dx", None)]
