"""The way back through a list, newest first: what it reads, where it ends, and how it goes on after an interruption."""

from dataclasses import replace

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.descent import MOST_PAGES, Descent, smaller_page
from exporter.sources.github.store.marks import SETTLED, Mark

SINCE = 1_000
NOW = 100_000
READ = Mark(read_at=50_000, upto=40_000, complete=True)


def test_the_first_way_back_leads_down_to_what_is_needed() -> None:
    descent = Descent.begin(None, SINCE, NOW)
    assert (descent.cursor, descent.floor, descent.whole) == (None, SINCE, True)
    descent = descent.advance([90_000, 80_000], "a")
    assert (descent.cursor, descent.ended, descent.mark.complete) == ("a", False, False)
    descent = descent.advance([2_000, 999], "b")
    assert descent.ended
    assert descent.mark == Mark(read_at=NOW, upto=90_000, complete=True)


def test_an_entry_of_the_oldest_second_that_is_needed_does_not_end_the_way() -> None:
    assert not Descent.begin(None, SINCE, NOW).advance([SINCE], "a").ended


def test_the_end_of_the_list_is_the_end_of_the_way() -> None:
    assert Descent.begin(None, SINCE, NOW).advance([90_000], None).mark == Mark(NOW, 90_000, complete=True)


def test_an_empty_list_is_read_with_its_first_page() -> None:
    arrived = Descent.begin(None, SINCE, NOW).advance([], None)
    assert arrived.mark == Mark(NOW, None, complete=True)
    assert arrived.following() is None


def test_the_next_way_back_ends_where_the_last_one_began() -> None:
    descent = Descent.begin(READ, SINCE, NOW)
    assert (descent.cursor, descent.floor, descent.whole) == (None, 40_000, False)
    assert not descent.advance([90_000, 40_000], "a").ended
    assert descent.advance([90_000, 39_999], "a").ended


def test_what_changed_shortly_before_the_last_reading_is_read_again() -> None:
    last = replace(READ, upto=READ.read_at - 5)
    assert Descent.begin(last, SINCE, NOW).floor == READ.read_at - SETTLED


def test_nothing_older_than_needed_is_read_after_a_long_absence() -> None:
    assert Descent.begin(READ, 60_000, NOW).floor == 60_000


def test_everything_is_read_again_when_that_is_asked_for() -> None:
    descent = Descent.begin(READ, SINCE, NOW, whole=True)
    assert (descent.floor, descent.whole) == (SINCE, True)
    assert descent.advance([90_000], "a").mark.complete, "what is kept stays good meanwhile"


def test_an_interrupted_way_goes_on_at_its_cursor_to_where_it_led() -> None:
    mark = Descent.begin(READ, SINCE, NOW).advance([90_000, 80_000], "a").mark
    later = Descent.begin(mark, SINCE, NOW + 900)
    assert (later.cursor, later.floor) == ("a", 40_000)
    assert later.advance([70_000, 30_000], "b").mark == Mark(NOW, 90_000, complete=True)


def test_the_top_is_read_once_more_after_an_interrupted_way() -> None:
    mark = Descent.begin(READ, SINCE, NOW).advance([90_000, 80_000], "a").mark
    again = Descent.begin(mark, SINCE, NOW + 900).advance([70_000, 30_000], "b").following()
    assert again is not None
    assert (again.cursor, again.floor, again.mark.read_at) == (None, 90_000, NOW + 900)
    assert again.from_top() is None
    assert again.advance([95_000, 85_000], "c").following() is None


def test_an_interrupted_way_over_everything_stays_one() -> None:
    mark = Descent.begin(READ, SINCE, NOW, whole=True).advance([90_000, 80_000], "a").mark
    assert Descent.begin(mark, SINCE, NOW + 900).whole


def test_the_top_is_read_once_more_after_a_way_of_several_pages_over_everything() -> None:
    descent = Descent.begin(None, SINCE, NOW)
    assert descent.advance([90_000], None).following() is None
    again = descent.advance([90_000], "a").advance([70_000], None).following()
    assert again is not None
    assert (again.cursor, again.floor, again.whole) == (None, 90_000, False)


def test_a_way_that_has_arrived_can_be_followed_by_one_over_everything() -> None:
    again = Descent.begin(READ, SINCE, NOW).advance([90_000, 30_000], "a").following(whole=True)
    assert again is not None
    assert (again.cursor, again.floor) == (None, SINCE)


def test_a_cursor_of_an_earlier_refresh_can_be_given_up() -> None:
    mark = Descent.begin(READ, SINCE, NOW).advance([90_000, 80_000], "a").mark
    top = Descent.begin(mark, SINCE, NOW + 900).from_top()
    assert top is not None
    assert (top.cursor, top.floor, top.mark.read_at) == (None, 40_000, NOW + 900)
    assert top.advance([95_000], "b").from_top() is None, "once: a cursor of this refresh is not out of date"
    assert top.advance([95_000, 30_000], "b").following() is None, "the top has just been read"


def test_a_cursor_of_this_refresh_is_not_given_up() -> None:
    mark = Descent.begin(READ, SINCE, NOW).advance([90_000, 80_000], "a").mark
    assert Descent.begin(mark, SINCE, NOW + 900).advance([70_000], "b").from_top() is None


def test_a_way_at_its_top_has_no_cursor_to_give_up() -> None:
    assert Descent.begin(READ, SINCE, NOW).from_top() is None


@pytest.mark.parametrize(
    ("moments", "cursor"), [([], "b"), ([80_000], "a"), ([80_000], "first")], ids=["an empty page", "itself", "a page before it"]
)
def test_a_page_that_leads_nowhere_is_malformed(moments: list[int], cursor: str) -> None:
    descent = Descent.begin(None, SINCE, NOW).advance([90_000], "first").advance([85_000], "a")
    with pytest.raises(UpstreamError) as caught:
        descent.advance(moments, cursor)
    assert caught.value.reason is Reason.MALFORMED


def test_a_list_without_end_is_left_to_the_next_refresh() -> None:
    descent = Descent.begin(None, SINCE, NOW)
    for page in range(MOST_PAGES):
        descent = descent.advance([90_000], f"page {page}")
    with pytest.raises(UpstreamError) as caught:
        descent.advance([90_000], "one more")
    assert caught.value.reason is Reason.TOO_LARGE
    assert Descent.begin(descent.mark, SINCE, NOW + 900).advance([90_000], "one more").cursor == "one more"


def test_pages_become_smaller_step_by_step() -> None:
    sizes = [100]
    while smaller := smaller_page(sizes[-1]):
        sizes.append(smaller)
    assert sizes == [100, 50, 25, 10, 5]
