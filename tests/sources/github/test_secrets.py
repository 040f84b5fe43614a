import logging
import traceback
from typing import Any

import pytest

from exporter.errors import KpiExporterError
from support.github import PLANTED, TOKEN, Asset, FakeGitHub, Release, Repository, issues, pull_requests
from support.upstream import Answer


def world() -> FakeGitHub:
    github = FakeGitHub(
        Repository(
            "acme/r0",
            issues=issues(60, "bug", PLANTED),
            pull_requests=pull_requests(opened=1),
            releases=[Release([Asset(f"{PLANTED}-linux", 1, 1)])],
        ),
        Repository("acme/r1"),
    )
    github.errors["acme/r1", "issues"] = "FORBIDDEN"
    return github


def assert_clean(text: str) -> None:
    assert TOKEN not in text
    assert PLANTED not in text


def test_nothing_that_a_person_wrote_is_in_a_part(watch: Any) -> None:
    with watch(world()) as seen:
        assert_clean(repr(seen.parts()))


def test_neither_token_nor_texts_are_in_what_doctor_finds(watch: Any) -> None:
    github = world()
    with watch(github) as seen:
        assert_clean(repr(seen.findings()))
        github.remaining = 0
        assert_clean(repr(seen.findings()))


def test_neither_token_nor_texts_are_logged(watch: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), watch(world()) as seen:
        seen.parts()
    assert any(record.getMessage() == "github answered" for record in caplog.records)
    for record in caplog.records:
        assert_clean(repr(record.__dict__))


@pytest.mark.parametrize(
    "fault",
    [
        Answer(401, f'{{"message": "Bad credentials {TOKEN} {PLANTED}"}}'.encode()),
        Answer(500, PLANTED.encode()),
        Answer(200, PLANTED.encode()),
        Answer.json({"data": None, "errors": [{"message": f"{PLANTED} {TOKEN}", "type": PLANTED, "path": [PLANTED]}]}),
        Answer.json({"data": None, "errors": [{"message": f"rate limit of {PLANTED}"}]}),
        Answer.json({"data": {"r0": PLANTED}, "errors": PLANTED}),
        "drop",
    ],
)
def test_neither_token_nor_texts_are_in_an_error_or_its_trace(watch: Any, fault: Any) -> None:
    with watch(world()) as seen:
        seen.upstream.fault = fault
        with pytest.raises(KpiExporterError) as raised:
            seen.parts()
    assert_clean(str(raised.value))
    assert_clean("".join(traceback.format_exception(raised.value)))


def test_the_token_is_not_shown_by_source_or_configuration(watch: Any) -> None:
    with watch(world()) as seen:
        assert_clean(repr(seen.source) + repr(vars(seen.source)) + seen.source.config.model_dump_json())
