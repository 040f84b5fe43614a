"""The rate limit."""

from datetime import timedelta

from exporter.web.bucket import Bucket


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_a_burst_is_let_through_and_then_one_an_interval():
    clock = Clock()
    bucket = Bucket(timedelta(seconds=2), 3, clock)
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]
    clock.now += 1.9
    assert not bucket.take()
    clock.now += 0.2
    assert [bucket.take(), bucket.take()] == [True, False]


def test_waiting_long_saves_no_more_than_a_burst():
    clock = Clock()
    bucket = Bucket(timedelta(seconds=1), 2, clock)
    clock.now += 3600
    assert [bucket.take() for _ in range(3)] == [True, True, False]
