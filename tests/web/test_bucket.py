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


def test_several_are_taken_at_once_or_none():
    clock = Clock()
    bucket = Bucket(timedelta(seconds=1), 10, clock)
    assert [bucket.take(8), bucket.take(3), bucket.take(2), bucket.take()] == [True, False, True, False]


def test_it_tells_how_long_to_wait():
    clock = Clock()
    bucket = Bucket(timedelta(seconds=2), 10, clock)
    assert bucket.wait(10) == 0
    bucket.take(9)
    assert [bucket.wait(1), bucket.wait(4)] == [0, 6]
    clock.now += 5
    assert bucket.wait(4) == 1
    assert bucket.take(3)


def test_for_more_than_a_burst_it_tells_when_it_is_full():
    bucket = Bucket(timedelta(seconds=1), 5, Clock())
    bucket.take(5)
    assert bucket.wait(100) == 5
