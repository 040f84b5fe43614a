"""What stays of a snapshot when a refresh fails, and when it grows too old."""

from datetime import timedelta

from exporter.collect.freshness import fresh, merged, unanswered
from exporter.errors import Reason
from exporter.facts import Part, Snapshot
from support.facts import part
from support.tools import NOW

LATER = NOW + timedelta(minutes=15)


def snapshot(*parts: Part) -> Snapshot:
    return Snapshot("acme", "forge", frozenset({"forge_stars"}), parts)


def test_a_part_that_failed_keeps_its_last_good_samples_and_their_time() -> None:
    before = snapshot(part("a/a", 5), part("a/b", 7))
    after = merged(before, [part("a/a", 6, time=LATER), part("a/b", time=LATER, failure=Reason.TIMEOUT)])
    assert after == (part("a/a", 6, time=LATER), part("a/b", 7, failure=Reason.TIMEOUT))


def test_a_part_that_never_answered_has_no_samples() -> None:
    failed = part("a/b", failure=Reason.NOT_FOUND)
    assert merged(None, [failed]) == (failed,)


def test_a_part_that_is_no_longer_configured_goes_away() -> None:
    assert merged(snapshot(part("a/a", 5), part("a/b", 7)), [part("a/a", 6)]) == (part("a/a", 6),)


def test_the_order_of_parts_does_not_depend_on_the_order_of_answers() -> None:
    assert merged(None, [part("b", 1), part("a", 2)]) == merged(None, [part("a", 2), part("b", 1)])


def test_a_source_that_gives_nothing_marks_every_part_and_keeps_it() -> None:
    assert unanswered(snapshot(part("a/a", 5)), Reason.SERVER_ERROR, LATER) == (part("a/a", 5, failure=Reason.SERVER_ERROR),)


def test_a_source_that_never_gave_anything_is_one_empty_failed_part() -> None:
    assert unanswered(None, Reason.AUTH, NOW) == (Part((), NOW, (), Reason.AUTH),)


def test_samples_vanish_once_they_are_older_than_the_limit() -> None:
    old = snapshot(part("a/a", 5, failure=Reason.TIMEOUT), part("a/b", 7, time=LATER))
    limit = timedelta(hours=1)
    assert fresh(old, limit, NOW + limit) is old
    late = fresh(old, limit, NOW + limit + timedelta(seconds=1))
    assert late.parts == (part("a/a", failure=Reason.TIMEOUT), part("a/b", 7, time=LATER))


def test_samples_that_aged_without_any_failure_count_as_not_answered() -> None:
    late = fresh(snapshot(part("a/a", 5)), timedelta(hours=1), NOW + timedelta(hours=2))
    assert [each.failure for each in late.parts] == [Reason.TIMEOUT]
