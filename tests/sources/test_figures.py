"""Reading figures that people entered: what is taken, what is refused and in which words."""

import contextlib
import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.errors import InvalidInput
from exporter.sources.figures import MOST_PAIRS, Figure, latest, read_figures
from support.contract import fixture

HEADER = "date,kpi,segment,value,note\n"
DAY = date(2026, 1, 20)


def figures(text: str) -> list[Figure]:
    """The figures of a text in which nothing is wrong."""
    read, problems = read_figures(text, "f.csv")
    assert problems == ()
    return [figure for _, figure in read]


def newest(text: str, today: date) -> list[Figure]:
    return latest(read_figures(text, "f.csv")[0], today)


def problems(text: str) -> list[str]:
    return [str(problem) for problem in read_figures(text, "f.csv")[1]]


def test_a_line_is_a_figure() -> None:
    assert figures(f"{HEADER}2026-01-20,satisfaction,macos,4.4,\n") == [Figure(DAY, "satisfaction", "macos", 4.4)]


def test_columns_may_stand_in_any_order_and_the_optional_ones_may_be_missing() -> None:
    assert figures("value,date,kpi\n42,2026-01-20,survey_nps\n") == [Figure(DAY, "survey_nps", "", 42)]


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "2026-01-20,survey_nps,,42,",
        "\ufeff" + HEADER + "2026-01-20,survey_nps,,42,\n",
        HEADER.replace("\n", "\r\n") + "2026-01-20,survey_nps,,42,\r\n",
        HEADER.replace("\n", "\r") + "2026-01-20,survey_nps,,42,\r",
        HEADER + '"2026-01-20","survey_nps","","42","a note, with ""quotes"""\n',
        HEADER + "2026-01-20 , survey_nps , , 42 ,\n",
        "# by hand\n\n" + HEADER + ' # "unfinished\n\n,,,,\n2026-01-20,survey_nps,,42\n',
        HEADER + "2026-01-20,survey_nps,,42,,,\n",
        "Date,KPI,Segment,Value,Note,\n2026-01-20,survey_nps,,42,,\n",
    ],
    ids=["no end of line", "BOM", "CRLF", "CR", "quotes", "blanks", "comments", "empty fields more", "header of a spreadsheet"],
)
def test_however_it_was_saved_it_is_read(text: str) -> None:
    assert figures(text) == [Figure(DAY, "survey_nps", "", 42)]


@pytest.mark.parametrize(
    ("text", "value"),
    [("1000", 1000), ("0.75", 0.75), ("1e3", 1000), ("-12.5", -12.5), ("+3", 3), (".5", 0.5), ("3.", 3), ("0", 0)],
)
def test_numbers_are_written_with_a_point(text: str, value: float) -> None:
    assert [figure.value for figure in figures(f"{HEADER}2026-01-20,a,,{text},\n")] == [value]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("75 %", ', found "75 %"; write 0.75'),
        ("3.1%", ', found "3.1%"; write 0.031'),
        ('"3,1%"', ', found "3,1%"; write 0.031'),
        ('"1,200"', ', found "1,200"; write it without separators between the digits'),
        ("1_200", ', found "1_200"; write it without separators between the digits'),
        ("1 200 000", ', found "1 200 000"; write it without separators between the digits'),
        ('"4,5"', ', found "4,5"; write 4.5'),
        ("$5", ', found "$5"'),
        ("nan", ', found "nan"'),
        ("inf", ', found "inf"'),
        ("1e999", ', found "1e999"'),
        ("0x10", ""),
        ("٤٢", ""),
        ("", ", found nothing"),
    ],
)
def test_what_is_no_number_is_refused_with_a_way_to_write_it(text: str, told: str) -> None:
    assert problems(f"{HEADER}2026-01-20,a,,{text},\n") == [f"f.csv:2: value: must be a number such as 0.75 or 1200{told}"]


def test_a_decimal_comma_is_not_taken_for_a_whole_number_with_a_note() -> None:
    assert problems(f"{HEADER}2026-01-20,a,,0,75\n") == [
        "f.csv:2: value: must have a decimal point, no comma; where the note is meant, add a word to it"
    ]
    assert figures(f"{HEADER}2026-01-20,a,,12,75 answers\n2026-01-21,a,,12.5,75\n2026-01-22,a,,12,2026\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("2026-02-30", ', found "2026-02-30"'),
        ("20.01.2026", ', found "20.01.2026"'),
        ("20260120", ', found "20260120"'),
        ("1969-12-31", ', found "1969-12-31"'),
        ("yesterday", ""),
        ("", ", found nothing"),
    ],
)
def test_a_date_is_a_real_day_from_1970_on(text: str, told: str) -> None:
    assert problems(f"{HEADER}{text},a,,1,\n") == [f"f.csv:2: date: must be a date such as 2026-01-15, from 1970 on{told}"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Survey-NPS", ', found "Survey-NPS"'),
        ("9lives", ', found "9lives"'),
        ("a b", ""),
        ("", ", found nothing"),
        ("k" * 65, ""),
    ],
)
def test_a_kpi_is_named_by_its_id(text: str, told: str) -> None:
    assert problems(f"{HEADER}2026-01-20,{text},,1,\n") == [f"f.csv:2: kpi: must be the id of a KPI such as survey_nps{told}"]


def test_a_segment_is_short_and_plain() -> None:
    assert problems(f"{HEADER}2026-01-20,a,{'s' * 65},1,\n2026-01-20,a,jane@example.org,1,\n2026-01-20,a,\x07,1,\n") == [
        "f.csv:2: segment: must not be longer than 64 characters",
        "f.csv:3: segment: must be the name of a segment such as P0, in plain characters and no e-mail address",
        "f.csv:4: segment: must be the name of a segment such as P0, in plain characters and no e-mail address",
    ]


def test_everything_that_is_wrong_with_a_line_is_said_at_once() -> None:
    assert [line.split(": ")[1] for line in problems(f"{HEADER}now,A,jane@example.org,many,\n")] == [
        "date",
        "kpi",
        "segment",
        "value",
    ]


def test_a_bad_line_leaves_the_others_alone() -> None:
    text = fixture("manual", "bad.csv").decode()
    read, told = read_figures(text, "bad.csv")
    assert read == ((15, Figure(DAY, "survey_nps", "", 43)), (16, Figure(date(2026, 1, 21), "rating", "", 4.5)))
    assert [problem.line for problem in told] == list(range(2, 15))


def test_a_quote_that_does_not_end_spoils_its_own_line_only() -> None:
    read, told = read_figures(f'{HEADER}2026-01-20,a,,1,"to be\n2026-01-20,b,,2,\n', "f.csv")
    assert [(line, figure.kpi) for line, figure in read] == [(3, "b")]
    assert [str(problem) for problem in told] == [
        'f.csv:2: a text in double quotes must end on its line, and "" stands for a quote in it'
    ]


def test_a_comma_too_many_is_pointed_out() -> None:
    assert problems(f"{HEADER}2026-01-20,a,,1,one, two\n") == [
        "f.csv:2: must have 5 fields; put a text that holds a comma in double quotes"
    ]


def test_of_two_lines_for_the_same_day_the_later_counts_and_the_earlier_is_named() -> None:
    read, told = read_figures(f"{HEADER}2026-01-20,a,,1,\n2026-01-20,a,,2,\n2026-01-20,a,x,9,\n2026-01-20,a,,3,\n", "f.csv")
    assert [(line, figure.segment, figure.value) for line, figure in read] == [(4, "x", 9), (5, "", 3)]
    assert [str(problem) for problem in told] == [
        "f.csv:2: is given again on line 3, which counts",
        "f.csv:3: is given again on line 5, which counts",
    ]


def test_an_unknown_column_is_named_and_reading_goes_on() -> None:
    read, told = read_figures("date,kpi,segmnt,value\n2026-01-20,a,x,1\n", "f.csv")
    assert read == ((2, Figure(DAY, "a", "", 1)),)
    assert [str(problem) for problem in told] == ['f.csv:1: unknown column, found "segmnt", did you mean "segment"?']


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "f.csv:1: must begin with the line date,kpi,segment,value,note"),
        ("# only words\n\n", "f.csv:1: must begin with the line date,kpi,segment,value,note"),
        ("\nkpi,value\na,1\n", "f.csv:2: the column date is missing"),
        ("date;kpi;value\n", "f.csv:1: columns must be separated by commas"),
        ("date\tkpi\tvalue\n", "f.csv:1: columns must be separated by commas"),
        ("date,kpi,value,kpi\n", "f.csv:1: the column kpi stands twice"),
        (
            "2026-01-20,a,1\n",
            "f.csv:1: the column date is missing\nf.csv:1: the column kpi is missing\nf.csv:1: the column value is missing",
        ),
    ],
)
def test_without_a_usable_header_nothing_is_read(text: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_figures(text, "f.csv")
    assert [line for line in str(caught.value).splitlines() if "unknown column" not in line] == expected.splitlines()


def test_too_many_pairs_of_kpi_and_segment_are_refused() -> None:
    lines = "".join(f"2026-01-20,a,s{number},1,\n" for number in range(MOST_PAIRS + 2)) + "2026-01-21,a,s0,2,\n"
    read, told = read_figures(HEADER + lines, "f.csv")
    assert len({figure.segment for _, figure in read}) == MOST_PAIRS
    assert [problem.line for problem in told] == [MOST_PAIRS + 2, MOST_PAIRS + 3]
    assert read[-1][1] == Figure(date(2026, 1, 21), "a", "s0", 2)


# The latest figure


def test_the_figure_with_the_latest_date_counts_wherever_it_stands() -> None:
    assert [figure.value for figure in newest(f"{HEADER}2026-01-20,a,,2,\n2026-01-10,a,,1,\n", DAY)] == [2]


def test_a_figure_of_a_day_to_come_waits_for_it() -> None:
    text = f"{HEADER}2026-01-20,a,,1,\n2026-02-01,a,,2,\n2026-02-01,b,,3,\n"
    assert [figure.value for figure in newest(text, date(2026, 1, 31))] == [1]
    assert [figure.value for figure in newest(text, date(2026, 2, 1))] == [2, 3]


def test_segments_have_latest_figures_of_their_own() -> None:
    read = newest(f"{HEADER}2026-01-20,a,x,1,\n2026-01-10,a,y,2,\n2026-01-05,a,,3,\n", DAY)
    assert [(figure.segment, figure.value) for figure in read] == [("", 3), ("x", 1), ("y", 2)]


# Whatever people type


@given(st.text(max_size=200) | st.text(st.sampled_from('date,kpi,segment,value,note\n\r",;#2026-01-20 .%@\x00'), max_size=200))
def test_any_text_after_the_header_is_read_without_a_crash(text: str) -> None:
    read, told = read_figures(HEADER + text, "f.csv")
    assert all(math.isfinite(figure.value) for _, figure in read)
    assert all(problem.line >= 2 for problem in told)


@given(
    st.lists(
        st.tuples(
            st.dates(date(1970, 1, 1)),
            st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True),
            st.from_regex(r"[A-Za-z0-9 ]{0,9}", fullmatch=True).map(str.strip),
            st.floats(allow_nan=False, allow_infinity=False),
        ),
        unique_by=lambda row: row[:3],
    )
)
def test_what_was_written_is_what_is_read(rows: list[tuple[date, str, str, float]]) -> None:
    text = HEADER + "".join(f"{when.isoformat()},{kpi},{segment},{value!r},\n" for when, kpi, segment, value in rows)
    assert figures(text) == [Figure(*row) for row in rows]
    expected = {(kpi, segment): max(row[0] for row in rows if row[1:3] == (kpi, segment)) for _, kpi, segment, _ in rows}
    assert {(figure.kpi, figure.segment): figure.date for figure in newest(text, date.max)} == expected


@pytest.mark.parametrize("days", [0, 1, 30])
def test_a_figure_stays_until_a_later_one_comes(days: int) -> None:
    assert [figure.value for figure in newest(f"{HEADER}2026-01-20,a,,1,\n", DAY + timedelta(days=days))] == [1]


@given(st.text(max_size=100) | st.text(st.sampled_from('date,kpi,value\n",;'), max_size=30))
def test_any_text_is_read_or_refused_as_input(text: str) -> None:
    with contextlib.suppress(InvalidInput):
        assert read_figures(text, "f.csv")
