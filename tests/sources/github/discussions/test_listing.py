import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.discussions.listing import Listing


def test_a_listing_of_one_page_has_counted_it() -> None:
    ended = Listing(100).advance({1: 10, 2: 20}, None, 2)
    assert (ended.count, ended.total, ended.cursor) == (2, 2, None)
    assert ended.mark.complete


def test_a_listing_remembers_what_was_created_in_the_last_second_of_the_pages_before() -> None:
    first = Listing(100).advance({1: 10, 2: 20, 3: 20}, "c1", 9)
    assert (first.upto, first.tied) == (20, {2, 3})
    second = first.advance({4: 20}, "c2", 9)
    assert (second.upto, second.tied, second.count) == (20, {2, 3, 4}, 4)
    assert second.advance({5: 30}, "c3", 9).tied == {5}


def test_a_mark_tells_the_whole_listing() -> None:
    begun = Listing(100)
    way = begun.advance({1: 10, 2: 20}, "c1", 3)
    for listing in (begun, way, way.advance({3: 30}, None, 3)):
        told = Listing.of(listing.mark)
        assert told == listing
        assert told.mark == listing.mark


def test_a_page_that_repeats_the_last_ones_of_the_page_before_counts_them_once() -> None:
    assert Listing(100).advance({1: 10, 2: 20}, "c1", 3).advance({2: 20, 3: 30}, None, 3).count == 3


@pytest.mark.parametrize(
    ("listed", "cursor"),
    [({1: 10}, "c2"), ({}, "c2"), ({2: 20}, "c2"), ({3: 30}, "c1"), ({3: 30, 1: 10}, None)],
    ids=["back", "empty", "the same entries", "the same cursor", "back on the last page"],
)
def test_a_page_that_leads_back_or_nowhere_is_malformed(listed: dict[int, int], cursor: str | None) -> None:
    way = Listing(100).advance({1: 10, 2: 20}, "c1", 3)
    with pytest.raises(UpstreamError) as raised:
        way.advance(listed, cursor, 3)
    assert raised.value.reason is Reason.MALFORMED
