"""What the receiver counts."""

import subprocess
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from exporter.receiver.meters import Metered, Meters
from exporter.web.page import Page
from support.receiver import post

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def page(meters: Meters) -> list[str]:
    return Page.of(meters.families()).text.decode().splitlines()


def series(meters: Meters) -> list[str]:
    return [line for line in page(meters) if not line.startswith("#")]


def test_the_outcomes_there_are_stand_at_zero_from_the_start() -> None:
    assert series(Meters())[:3] == [
        'kpi_exporter_receiver_events_total{outcome="accepted"} 0.0',
        'kpi_exporter_receiver_events_total{outcome="duplicate"} 0.0',
        'kpi_exporter_receiver_events_total{outcome="refused"} 0.0',
    ]


def test_requests_are_counted_by_code_and_by_how_long_they_took() -> None:
    meters = Meters()
    for code, seconds in (("200", 0.004), ("200", 0.005), ("503", 5.5), ("200", 30.0)):
        meters.request(code, seconds)
    lines = series(meters)
    assert 'kpi_exporter_receiver_requests_total{code="200"} 3.0' in lines
    assert 'kpi_exporter_receiver_requests_total{code="503"} 1.0' in lines
    buckets = [line.partition("_bucket")[2] for line in lines if "_bucket" in line]
    assert [buckets[0], *buckets[-3:]] == ['{le="0.005"} 2.0', '{le="5.0"} 2.0', '{le="10.0"} 3.0', '{le="+Inf"} 4.0']
    assert lines[-2:] == [
        "kpi_exporter_receiver_request_duration_seconds_count 4.0",
        "kpi_exporter_receiver_request_duration_seconds_sum 35.509",
    ]


def test_promtool_finds_nothing_wrong_with_it() -> None:
    meters = Meters()
    meters.request("200", 0.01)
    text = Page.of(meters.families()).text
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, b"", b"")


def test_an_application_that_fails_is_counted_as_500() -> None:
    def app(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        raise ZeroDivisionError

    meters = Meters()
    with pytest.raises(ZeroDivisionError):
        post(Metered(app, meters))
    assert 'kpi_exporter_receiver_requests_total{code="500"} 1.0' in series(meters)


def test_an_answer_goes_through_as_it_is() -> None:
    def app(environ: "WSGIEnvironment", start: Any) -> Iterable[bytes]:
        start("204 No Content", [("X-Word", "kept")])
        return [b"body"]

    meters = Meters()
    answer = post(Metered(app, meters))
    assert (answer.status, answer.headers, answer.body) == (204, {"X-Word": "kept"}, b"body")
    assert 'kpi_exporter_receiver_requests_total{code="204"} 1.0' in series(meters)
