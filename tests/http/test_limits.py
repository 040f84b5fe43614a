"""How long an upstream asks to wait, in the many ways that upstreams say it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.http.limits import Quota, limited_until, quota
from support.tools import NOW

EPOCH = int(NOW.timestamp())
MINUTE = timedelta(seconds=60)
DAY = timedelta(hours=24)


def wait(status, headers=None, body=b""):
    until = limited_until(status, headers or {}, body, NOW)
    return None if until is None else until - NOW


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        pytest.param({"retry-after": "120"}, b"", 120, id="seconds"),
        pytest.param({"retry-after": "1.5"}, b"", 1.5, id="a fraction"),
        pytest.param({"retry-after": "Tue, 27 Jan 2026 12:00:30 GMT"}, b"", 30, id="an HTTP date"),
        pytest.param({"retry-after": str(EPOCH + 90)}, b"", 90, id="a unix timestamp"),
        pytest.param({"x-retry-after": str(EPOCH + 90)}, b"", 90, id="Docker Hub"),
        pytest.param({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 900)}, b"", 900, id="GitHub"),
        pytest.param({"x-ratelimit-reset-after": "64.57"}, b"", 64.57, id="Discord, header"),
        pytest.param({}, b'{"message": "slow down", "retry_after": 64.57, "global": false}', 64.57, id="Discord, body"),
        pytest.param({"x-ratelimit-reset": "2026-01-27T12:05:00.000Z"}, b"", 300, id="Mastodon"),
        pytest.param({"x-ratelimit-reset": "40"}, b"", 40, id="seconds until the reset"),
        pytest.param({"retry-after": "7", "x-ratelimit-reset": str(EPOCH + 900)}, b"", 7, id="the plainest word wins"),
    ],
)
def test_a_429_waits_as_long_as_it_says(headers, body, seconds):
    assert wait(429, headers, body) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"retry-after": "soon"}, id="no number"),
        pytest.param({"retry-after": "-5"}, id="a negative number"),
        pytest.param({"retry-after": "nan"}, id="not a number"),
        pytest.param({"retry-after": "Tue, 27 Jan 2026 11:00:00 GMT"}, id="the past"),
        pytest.param({"retry-after": str(EPOCH - 90)}, id="a timestamp of the past"),
        pytest.param({"x-ratelimit-remaining": "41", "x-ratelimit-reset": str(EPOCH + 900)}, id="the reset of another limit"),
    ],
)
def test_a_429_without_a_usable_time_waits_a_minute(headers):
    assert wait(429, headers) == MINUTE


def test_a_wait_is_never_longer_than_a_day():
    assert wait(429, {"retry-after": "999999999"}) == DAY
    assert wait(429, {"retry-after": "999999999999999"}) == DAY
    assert wait(429, {"retry-after": "Fri, 31 Dec 9999 23:59:59 -2359"}) in (DAY, MINUTE)
    assert wait(429, {}, b'{"retry_after": 1e308}') == DAY


def test_a_wait_is_never_shorter_than_a_second():
    assert wait(429, {"retry-after": "0"}) == timedelta(seconds=1)


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        pytest.param({"retry-after": "30"}, b"", 30, id="it names a time"),
        pytest.param({"retry-after": "soon"}, b"", 60, id="it tries to name a time"),
        pytest.param({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(EPOCH + 9)}, b"", 9, id="nothing is left"),
        pytest.param({}, b'{"message": "You have exceeded a Secondary Rate Limit."}', 60, id="it mentions the limit"),
        pytest.param({}, b"Bad credentials", None, id="no word of a limit"),
        pytest.param({"x-ratelimit-remaining": "12"}, b"", None, id="some are left"),
    ],
)
def test_a_403_asks_to_wait_only_if_a_limit_is_its_cause(headers, body, seconds):
    assert wait(403, headers, body) == (None if seconds is None else timedelta(seconds=seconds))


def test_a_503_asks_to_wait_only_if_it_names_a_time():
    assert wait(503, {"retry-after": "120"}) == timedelta(seconds=120)
    assert wait(503, {"retry-after": "soon"}) is None
    assert wait(503) is None


@pytest.mark.parametrize("status", [401, 404, 500, 502])
def test_no_other_status_asks_to_wait(status):
    assert wait(status, {"retry-after": "30", "x-ratelimit-remaining": "0"}) is None


def test_a_quota_is_read_from_the_headers():
    headers = {
        "x-ratelimit-limit": "5000",
        "x-ratelimit-remaining": "4987",
        "x-ratelimit-reset": str(EPOCH + 60),
        "x-ratelimit-resource": "graphql",
    }
    assert quota(headers, NOW) == Quota("graphql", 5000, 4987, EPOCH + 60)


def test_a_quota_without_name_size_or_reset_is_one_all_the_same():
    assert quota({"x-ratelimit-remaining": "3"}, NOW) == Quota("", None, 3, None)


def test_a_quota_without_remainder_is_none():
    assert quota({"x-ratelimit-limit": "5000"}, NOW) is None
    assert quota({"x-ratelimit-remaining": "many"}, NOW) is None


def test_a_name_that_is_no_name_is_left_out():
    assert quota({"x-ratelimit-remaining": "3", "x-ratelimit-resource": "a b@example.org"}, NOW) == Quota("", None, 3, None)


NAMES = [
    "retry-after",
    "x-retry-after",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-reset-after",
    "x-ratelimit-resource",
]
DATES = st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT"))
VALUES = st.one_of(
    st.text(),
    st.integers().map(str),
    st.floats().map(str),
    DATES,
    st.datetimes().map(datetime.isoformat),
    st.from_regex(r"[A-Z][a-z]{2}, [0-9]{1,9} [A-Z][a-z]{2} [0-9]{1,9} [0-9:]{1,9} [+-][0-9]{1,9}"),
)
BODIES = st.one_of(
    st.binary(),
    st.one_of(st.floats(), st.integers(), st.text(), st.none(), st.booleans(), st.lists(st.none())).map(
        lambda wait: json.dumps({"retry_after": wait}).encode()
    ),
    st.just(b"[" * 100_000),
)


@settings(deadline=None)
@given(st.sampled_from([403, 429, 503]), st.dictionaries(st.sampled_from(NAMES), VALUES), BODIES)
def test_whatever_an_upstream_writes_the_wait_is_between_a_second_and_a_day(status, headers, body):
    asked = wait(status, headers, body)
    assert asked is None or timedelta(seconds=1) <= asked <= DAY


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_whatever_an_upstream_writes_a_quota_is_made_of_numbers_that_exist(headers):
    said = quota(headers, NOW)
    assert said is None or all(number is None or 0 <= number < 1e16 for number in (said.limit, said.remaining, said.reset))
