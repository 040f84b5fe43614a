"""The exposition of one moment, prepared in both formats."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    InfoMetricFamily,
    StateSetMetricFamily,
    SummaryMetricFamily,
)
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from exporter.web.page import Format, Page

STARS = GaugeMetricFamily("stars", 'Stars, "likes" elsewhere.', labels=["repository"])
STARS.add_metric(["a/b"], 150)
REQUESTS = CounterMetricFamily("requests", "Requests sent.", labels=["code"])
REQUESTS.add_metric(["200"], 7)


class Given(Collector):
    def __init__(self, families):
        self.families = families

    def collect(self):
        yield from self.families


def test_text_is_written_as_prometheus_reads_it():
    assert Page.of([STARS, REQUESTS]).text == (
        b'# HELP stars Stars, "likes" elsewhere.\n'
        b"# TYPE stars gauge\n"
        b'stars{repository="a/b"} 150.0\n'
        b"# HELP requests_total Requests sent.\n"
        b"# TYPE requests_total counter\n"
        b'requests_total{code="200"} 7.0\n'
    )


def test_openmetrics_escapes_quotes_in_help_names_counters_without_total_and_ends_with_a_mark():
    assert Page.of([STARS, REQUESTS]).openmetrics == (
        b'# HELP stars Stars, \\"likes\\" elsewhere.\n'
        b"# TYPE stars gauge\n"
        b'stars{repository="a/b"} 150.0\n'
        b"# HELP requests Requests sent.\n"
        b"# TYPE requests counter\n"
        b'requests_total{code="200"} 7.0\n'
        b"# EOF\n"
    )


def test_the_compressed_bytes_hold_the_same_and_are_the_same_every_time():
    page, again = Page.of([STARS]), Page.of([STARS])
    assert gzip.decompress(page.text_gzip) == page.text
    assert gzip.decompress(page.openmetrics_gzip) == page.openmetrics
    assert page.text_gzip == again.text_gzip


def test_no_families_are_an_empty_page():
    page = Page.of([])
    assert page.text == b""
    assert page.openmetrics == b"# EOF\n"


def with_timestamp():
    family = GaugeMetricFamily("temperature", "A gauge with a time.", labels=["room"])
    family.add_metric(["hall"], 21.5, timestamp=1_700_000_000.5)
    return family


def with_unit():
    return GaugeMetricFamily("age_seconds", "A gauge with a unit.", value=3.0, unit="seconds")


def state_set():
    return StateSetMetricFamily("state", "A set of states.", {"on": True, "off": False})


@pytest.mark.parametrize(
    "family",
    [
        STARS,
        REQUESTS,
        with_timestamp(),
        with_unit(),
        state_set(),
        InfoMetricFamily("build", "Version.", {"version": "1.0"}),
        CounterMetricFamily("jobs", "With its creation.", value=1.0, created=1_700_000_000.0),
        SummaryMetricFamily("latency_seconds", "Two sample names.", count_value=2, sum_value=0.5),
        GaugeMetricFamily("nothing", "A gauge without samples.", labels=["x"]),
    ],
    ids=lambda family: family.name,
)
def test_every_kind_of_family_is_rendered_as_the_client_library_does(family):
    page = Page.of([family])
    assert page.text == generate_latest(Given([family]))
    assert page.openmetrics == generate_openmetrics(Given([family]))


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    label=st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    value=st.floats(),
)
def test_any_help_label_and_value_is_rendered_as_the_client_library_does(text, label, value):
    family = GaugeMetricFamily("metric", text, labels=["label"])
    family.add_metric([label], value)
    page = Page.of([family])
    assert page.text == generate_latest(Given([family]))
    assert page.openmetrics == generate_openmetrics(Given([family]))


def test_a_selection_holds_the_named_families_in_the_order_of_the_page():
    page = Page.of([STARS, REQUESTS, state_set()])
    selected = page.body(Format.OPENMETRICS, compressed=False, names=["state", "stars"])
    assert [family.name for family in text_string_to_metric_families(selected.decode())] == ["stars", "state"]


def test_a_family_is_selected_by_the_name_of_its_samples_too():
    page = Page.of([STARS, REQUESTS])
    assert page.body(Format.TEXT, compressed=False, names=["requests_total"]) == Page.of([REQUESTS]).text
    assert page.body(Format.TEXT, compressed=False, names=["requests"]) == Page.of([REQUESTS]).text


def test_a_family_that_is_named_twice_is_selected_once():
    page = Page.of([STARS, REQUESTS])
    assert page.body(Format.TEXT, compressed=False, names=["stars", "stars"]) == Page.of([STARS]).text


def test_a_selection_of_what_does_not_exist_is_an_empty_page():
    page = Page.of([STARS])
    assert page.body(Format.TEXT, compressed=False, names=["moons"]) == b""
    assert page.body(Format.OPENMETRICS, compressed=False, names=["moons"]) == b"# EOF\n"


def test_a_selection_can_be_compressed():
    page = Page.of([STARS, REQUESTS])
    assert gzip.decompress(page.body(Format.TEXT, compressed=True, names=["stars"])) == Page.of([STARS]).text


def test_without_names_the_prepared_bytes_are_handed_over_uncopied():
    page = Page.of([STARS])
    assert page.body(Format.TEXT, compressed=False) is page.text
    assert page.body(Format.TEXT, compressed=True) is page.text_gzip
    assert page.body(Format.OPENMETRICS, compressed=False) is page.openmetrics
    assert page.body(Format.OPENMETRICS, compressed=True) is page.openmetrics_gzip
