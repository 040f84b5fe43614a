"""surveys: from what a tool says to answers, and nothing that a respondent wrote gets past it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.surveys.answers import Answer, Chosen, Number, Written
from exporter.sources.surveys.config import QuestionConfig
from exporter.sources.surveys.reading import Question, Said, read_answer, read_segment, read_words

FRAMEWORKS = {"Gin": "gin", "Chi": "chi", "net/http, the standard library": "stdlib", "c-17": "echo"}
THEMES = {"docs": ("docs", "documentation", "how-to"), "speed": ("too slow", "latency"), "errors": ("c++", "doesn't work")}


def nps(said: Said) -> Answer | None:
    return read_answer(Question(QuestionConfig(name="recommend"), "nps"), said)


def rating(said: Said, low: int = 1, high: int = 10) -> Answer | None:
    return read_answer(Question(QuestionConfig(name="speed", scale=(low, high)), "rating"), said)


def number(said: Said, factor: float = 1) -> Answer | None:
    return read_answer(Question(QuestionConfig(name="time", factor=factor), "number"), said)


def choice(said: Said, separator: str | None = None) -> Answer | None:
    return read_answer(Question(QuestionConfig(name="frameworks", options=FRAMEWORKS, separator=separator), "choice"), said)


def text(said: Said) -> Answer | None:
    return read_answer(Question(QuestionConfig(name="wishes", themes=THEMES), "text"), said)


# Numbers


@pytest.mark.parametrize("said", [9, 9.0, "9", " 9 ", "9.0", ["9"], "9 - very likely", "9: likely", "9 (likely)", "9 – likely"])
def test_a_step_of_a_scale_may_be_a_number_or_a_text_that_begins_with_one(said: Said) -> None:
    assert nps(said) == Number(9)


@pytest.mark.parametrize(
    "said", [None, "", "nine", "9.5", 9.5, 11, -1, "7-8", "7 - 8", "9th", ["9", "10"], [], math.nan, math.inf, "nan"]
)
def test_what_is_no_step_of_the_scale_is_no_answer(said: Said) -> None:
    assert nps(said) is None


def test_a_scale_is_that_of_the_configuration_else_that_of_the_form_else_from_1_to_5() -> None:
    assert Question(QuestionConfig(name="a", scale=(0, 3)), "rating", (1, 7)).scale == (0, 3)
    assert Question(QuestionConfig(name="a"), "rating", (1, 7)).scale == (1, 7)
    assert Question(QuestionConfig(name="a"), "rating").scale == (1, 5)
    assert Question(QuestionConfig(name="a"), "nps", (1, 7)).scale == (0, 10)
    assert Question(QuestionConfig(name="a"), "number").scale is None
    assert (rating(0, -2, 2), rating(3, -2, 2)) == (Number(0), None)


@pytest.mark.parametrize(
    ("said", "value"),
    [("1.5", 1.5), ("1,5", 1.5), ("-2", -2), ("1e3", 1000), ("1,000", None), ("1.000,5", None), ("3 days", None)],
)
def test_a_number_has_a_point_or_a_comma_that_cannot_mean_thousands(said: str, value: float | None) -> None:
    assert number(said) == (None if value is None else Number(value))


def test_a_factor_brings_numbers_to_their_unit() -> None:
    assert number("2", factor=86_400) == Number(172_800)


def test_a_number_that_nobody_meant_is_no_answer() -> None:
    assert (number(1e16), number("1e300"), number(math.nan), number(-math.inf)) == (None, None, None, None)


# Choices


def test_an_option_is_found_by_its_text_its_reference_or_its_word() -> None:
    assert choice(["Gin", "c-17", "chi"]) == Chosen(frozenset({"gin", "echo", "chi"}))


def test_upper_case_and_spaces_do_not_matter() -> None:
    assert choice("  NET/HTTP,  the standard\nlibrary ") == Chosen(frozenset({"stdlib"}))


def test_what_has_no_name_is_other_once_and_its_text_is_gone() -> None:
    answer = choice(["Gin", "ask planted@example.org", "planted words"])
    assert answer == Chosen(frozenset({"gin", "other"}))
    assert "planted" not in repr(answer)


def test_several_options_in_one_text_are_told_apart_by_the_separator_even_where_an_option_holds_it() -> None:
    several = "Gin, net/http, the standard library, something, else"
    assert choice(several, ", ") == Chosen(frozenset({"gin", "stdlib", "other"}))
    assert choice("Gin;Chi;", ";") == Chosen(frozenset({"gin", "chi"}))


def test_without_a_separator_a_text_is_one_option() -> None:
    assert choice("Gin, Chi") == Chosen(frozenset({"other"}))


@pytest.mark.parametrize("said", [None, "", "  ", [], ["", " "]])
def test_no_option_is_no_answer(said: Said) -> None:
    assert choice(said) is None
    assert choice(said, ",") is None


def test_an_option_may_be_a_number() -> None:
    question = Question(QuestionConfig(name="version", options={"2": "second"}), "choice")
    assert read_answer(question, 2) == Chosen(frozenset({"second"}))


# Texts


def test_a_text_becomes_its_themes_each_once() -> None:
    assert text("The DOCS are fine, the documentation is fine, but it is too  slow") == Written(frozenset({"docs", "speed"}))


def test_a_theme_needs_whole_words() -> None:
    assert text("docstring, paradocs, latency_ms") == Written(frozenset())
    assert text("docs!") == Written(frozenset({"docs"}))


def test_signs_and_apostrophes_in_keywords_count() -> None:
    assert text("Our C++ part") == Written(frozenset({"errors"}))
    assert text("it doesn’t work") == Written(frozenset({"errors"}))


@pytest.mark.parametrize("said", [None, "", " \n ", []])
def test_an_empty_text_is_no_answer(said: Said) -> None:
    assert text(said) is None


@given(
    st.text() | st.lists(st.text()) | st.floats() | st.integers() | st.none(),
    st.sampled_from(["nps", "rating", "number", "choice", "text"]),
)
def test_whatever_is_said_only_words_of_the_configuration_come_out(said: Said, kind: str) -> None:
    config = QuestionConfig(name="q", options=FRAMEWORKS, themes=THEMES, separator=",")
    answer = read_answer(Question(config, kind), said)
    match answer:
        case Chosen(options):
            assert options <= {*FRAMEWORKS.values(), "other"}
        case Written(themes):
            assert themes <= THEMES.keys()
        case Number(value):
            assert math.isfinite(value)
        case _:
            assert answer is None


# Segments


@pytest.mark.parametrize(
    ("said", "word"), [("EMEA", "emea"), ("open-source", "open_source"), (" 10-50 ", "10_50"), ("eu_west", "eu_west")]
)
def test_a_short_word_is_a_segment(said: str, word: str) -> None:
    assert read_segment(said) == {word}


@pytest.mark.parametrize(
    "said",
    [
        "a@example.org",
        "Ada Lovelace",
        "/home/ada",
        "C:\\Users",
        "https://example.org",
        "203.0.113.7",
        "0049301234567",
        "user12345",
        "x" * 41,
        "",
        "-",
        "naïve",
        None,
        [],
    ],
)
def test_what_looks_like_an_address_a_name_a_path_a_number_or_a_text_is_no_segment(said: Said) -> None:
    assert read_segment(said) == frozenset()


def test_with_options_only_those_are_segments() -> None:
    assert read_segment(["Europe", "ada"], {"Europe": "emea"}) == {"emea"}


def test_a_place_is_the_question_of_that_name_or_else_what_the_tool_says_there() -> None:
    answers: dict[str, Answer] = {"use_case": Chosen(frozenset({"cli", "web_api"})), "recommend": Number(9)}
    assert read_words("use_case", answers, None) == {"cli", "web_api"}
    assert read_words("region", answers, "apac") == {"apac"}
    assert read_words("recommend", answers, None) == frozenset()
