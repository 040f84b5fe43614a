"""What the flags that begin with --web. accept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.web.address import ListenAddress, parse_external_url, parse_listen_address, parse_route_prefix


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        (":9876", "", 9876),
        ("127.0.0.1:9876", "127.0.0.1", 9876),
        ("localhost:9876", "localhost", 9876),
        ("kpi-exporter.example.org:9876", "kpi-exporter.example.org", 9876),
        ("[::1]:9876", "::1", 9876),
        ("[::]:9876", "::", 9876),
        ("[2001:DB8::1]:9876", "2001:db8::1", 9876),
        ("127.0.0.1:0", "127.0.0.1", 0),
        (":65535", "", 65535),
    ],
)
def test_a_listen_address_is_a_host_or_none_and_a_port(text, host, port):
    assert parse_listen_address(text) == ListenAddress(host, port)


HOST_AND_PORT = "must be HOST:PORT such as 127.0.0.1:9876, or :PORT for every address"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("9876", f'{HOST_AND_PORT}, found "9876"'),
        ("", f'{HOST_AND_PORT}, found ""'),
        ("localhost:", f'{HOST_AND_PORT}, found "localhost:"'),
        (":http", f'{HOST_AND_PORT}, found ":http"'),
        (":-1", f'{HOST_AND_PORT}, found ":-1"'),
        (":٣", f'{HOST_AND_PORT}, found ":٣"'),
        (":65536", "must have a port from 0 to 65535, found 65536"),
        ("::1:9876", 'must have an IPv6 address in brackets, such as [::1]:9876, found "::1:9876"'),
        ("[localhost]:9876", 'must have an IPv6 address in the brackets, found "localhost"'),
        ("http://localhost:9876", 'must have an IPv6 address in brackets, such as [::1]:9876, found "http://localhost:9876"'),
        ("local host:9876", 'must begin with a host name or an IP address, found "local host:9876"'),
        ("-x:9876", 'must begin with a host name or an IP address, found "-x:9876"'),
    ],
)
def test_anything_else_is_refused_with_what_was_expected(text, message):
    with pytest.raises(ValueError) as raised:  # noqa: PT011  # the whole text is compared
        parse_listen_address(text)
    assert str(raised.value) == message


@given(st.from_regex(r"(\[::[0-9a-f]{1,4}\]|[a-z][a-z0-9]{0,9}|):[0-9]{1,4}", fullmatch=True))
def test_an_address_written_and_read_again_is_the_same(text):
    address = parse_listen_address(text)
    assert parse_listen_address(str(address)) == address


@pytest.mark.parametrize(
    ("prefix", "external_url", "expected"),
    [
        (None, None, ""),
        (None, "https://example.org/", ""),
        (None, "https://example.org/kpi/", "/kpi"),
        ("", "https://example.org/kpi/", ""),
        ("/", "https://example.org/kpi/", ""),
        ("kpi", None, "/kpi"),
        ("/kpi/", None, "/kpi"),
        ("/a/b", None, "/a/b"),
    ],
)
def test_the_route_prefix_defaults_to_the_path_of_the_external_url(prefix, external_url, expected):
    assert parse_route_prefix(prefix, external_url) == expected


@pytest.mark.parametrize("prefix", ["/a b", "/a//b", "/a?b", "/ä", "/a\nb"])
def test_a_route_prefix_is_a_plain_path(prefix):
    with pytest.raises(ValueError, match="must be a path such as /kpi"):
        parse_route_prefix(prefix)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("https://example.org", "https://example.org/"), ("http://example.org:8080/kpi/", "http://example.org:8080/kpi/")],
)
def test_an_external_url_ends_in_a_slash(text, expected):
    assert parse_external_url(text) == expected


@pytest.mark.parametrize(
    "text", ["example.org", "ftp://example.org", "https://", "https://example.org/?a=b", "https://u:p@example.org", "http://[::1"]
)
def test_an_external_url_is_a_plain_http_url(text):
    with pytest.raises(ValueError, match="must be an http or https URL such as "):
        parse_external_url(text)
