"""Which format and encoding a client gets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.web.negotiation import accepts_gzip, wanted_format
from exporter.web.page import Format

PROMETHEUS_2 = (
    "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
    "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
)
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,text/plain;version=0.0.4;q=0.2,*/*;q=0.1"
)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", Format.TEXT),
        ("*/*", Format.TEXT),
        ("text/html,application/xhtml+xml,*/*;q=0.8", Format.TEXT),
        ("text/plain", Format.TEXT),
        ("text/plain;version=0.0.4", Format.TEXT),
        (PROMETHEUS_2, Format.OPENMETRICS),
        (PROMETHEUS_3, Format.OPENMETRICS),
        ("application/openmetrics-text", Format.OPENMETRICS),
        ("Application/OpenMetrics-Text; Version=1.0.0", Format.OPENMETRICS),
        ('application/openmetrics-text; version="1.0.0"', Format.OPENMETRICS),
        ("application/openmetrics-text;version=0.0.1", Format.TEXT),
        ("application/openmetrics-text;version=2.0.0, text/plain;q=0.1", Format.TEXT),
        ("application/openmetrics-text, text/plain", Format.OPENMETRICS),
        ("application/openmetrics-text;q=0.5, text/plain", Format.TEXT),
        ("application/openmetrics-text;q=0.5, text/plain;q=0.4", Format.OPENMETRICS),
        ("application/openmetrics-text;q=0.5, */*", Format.TEXT),
        ("application/openmetrics-text;q=0.5, text/*;q=0.4, */*", Format.OPENMETRICS),
        ("application/openmetrics-text;q=0, */*;q=0.1", Format.TEXT),
        ("application/openmetrics-text;q=0", Format.TEXT),
        ("application/openmetrics-text;q=high", Format.TEXT),
        ("application/openmetrics-text;q=7", Format.TEXT),
        ("application/json", Format.TEXT),
        (",;,q=", Format.TEXT),
    ],
)
def test_format(accept, expected):
    assert wanted_format(accept) is expected


@pytest.mark.parametrize(
    ("accept_encoding", "expected"),
    [
        ("", False),
        ("gzip", True),
        ("GZIP", True),
        ("x-gzip", True),
        ("gzip, deflate, br", True),
        ("deflate, br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.0, *", False),
        ("gzip; q=0.5", True),
        ("*", True),
        ("*;q=0", False),
        ("identity", False),
        ("identity, gzip;q=0.5", False),
        ("identity;q=0.5, gzip", True),
        ("gzip;q=none", False),
    ],
)
def test_encoding(accept_encoding, expected):
    assert accepts_gzip(accept_encoding) is expected


@given(st.text(max_size=60))
def test_no_header_is_too_strange_to_get_an_answer(header):
    assert wanted_format(header) in Format
    assert accepts_gzip(header) in (True, False)
