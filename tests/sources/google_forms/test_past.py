"""The past of Google Forms, against a refresh over a Google that knew no more."""

from datetime import timedelta
from typing import Any

from support.google_forms import response
from support.tools import NOW

DAY = timedelta(days=1)
SENT = [(age, response(age, NOW - age * DAY, {"a1": str(age % 11), "a2": str(1 + age % 5)})) for age in range(1, 200, 9)]


def test_it_is_what_a_refresh_at_that_moment_would_have_said(reading: Any) -> None:
    moments = [NOW - age * DAY for age in (60, 10, 2)]
    with reading(*(sent for _, sent in SENT)) as reader:
        told = {moment: list(parts) for moment, parts in reader.source.past(reader.tools, moments)}
    assert list(told) == moments
    for moment, parts in told.items():
        with reading(*(sent for age, sent in SENT if NOW - age * DAY <= moment)) as reader:
            assert parts == list(reader.source.collect(reader.tools, moment))


def test_the_responses_are_read_once_for_all_moments(reading: Any) -> None:
    with reading(*(sent for _, sent in SENT)) as reader:
        assert len(list(reader.source.past(reader.tools, [NOW - age * DAY for age in range(90, 0, -1)]))) == 90
        assert sum(request.path.endswith("/responses") for request in reader.asked()) == 1
