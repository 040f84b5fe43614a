"""What is a word, and what looks like something that must not leave."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.sources.telemetry.words import CHARACTERS, LONGEST, may_leave


@pytest.mark.parametrize(
    "word",
    [
        "macos",
        "Linux",
        "file_management",
        "x",
        "1.2.0-rc.1",
        "1.2.0+build.7",
        "linux-x86_64",
        "crates.io",
        "2026-01-27",
        "w" * 64,
    ],
)
def test_short_slugs_are_words(word: str) -> None:
    assert may_leave("platform", word)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "ann@example.org",
        "/home/ann",
        "C:\\Users\\ann",
        "~",
        "~ann",
        "https://example.org/a",
        "www.example.org",
        "10.0.0.1",
        "host-10.0.0.1",
        "ip-10-0-0-1",
        "::1",
        "rm -rf",
        "ls|wc",
        "-rf",
        "--force",
        "a;b",
        "$HOME",
        "Ann Example",
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "6fa459ea-ee8a-3ca4-894e-db77e160355e",
        "id_6fa459ea-ee8a-3ca4-894e-db77e160355e",
        "macos\n",
        "ma\0cos",
        "größe",
        ".bashrc",
        "w" * 65,
    ],
)
def test_what_may_tell_more_is_no_word(text: str) -> None:
    assert not may_leave("platform", text)


def test_a_version_may_look_like_an_ip_address() -> None:
    assert may_leave("version", "1.2.3.4")
    assert not may_leave("channel", "1.2.3.4")


@given(st.text())
def test_a_word_has_a_few_plain_characters_only(text: str) -> None:
    assert not may_leave("category", text) or (set(text) <= set(CHARACTERS) and 0 < len(text) <= LONGEST)


@given(st.from_regex(r"[A-Za-z0-9._-]{1,20}@[a-z]{1,10}\.[a-z]{2,3}", fullmatch=True))
def test_no_e_mail_address_is_a_word(text: str) -> None:
    assert not may_leave("category", text)


@given(st.uuids(), st.sampled_from(["{}", "user-{}", "{}.log"]))
def test_no_uuid_is_a_word_however_it_is_written(uuid: object, form: str) -> None:
    assert not may_leave("category", form.format(uuid))
    assert not may_leave("category", form.format(uuid).replace("-", "").upper())
