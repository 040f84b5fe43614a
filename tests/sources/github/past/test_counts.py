"""How many there were, from how many there are and what was updated since."""

from exporter.facts import Sample
from exporter.sources.github.metrics.repositories import PULL_REQUESTS
from exporter.sources.github.past.counts import counts_then, pull_counts


def pulls(**states: int) -> list[Sample]:
    return [PULL_REQUESTS.sample(number, repository="acme/tool", state=state) for state, number in states.items()]


def test_what_was_updated_since_is_taken_away_as_it_is_and_added_as_it_was() -> None:
    are, were = pull_counts("acme/tool", {"open": 2, "merged": 3}), pull_counts("acme/tool", {"open": 4})
    assert counts_then(pulls(open=7, closed=5, merged=3), are, were) == pulls(open=9, closed=5, merged=0)


def test_where_more_is_listed_than_is_counted_nothing_is_told() -> None:
    are, were = pull_counts("acme/tool", {"merged": 4}), pull_counts("acme/tool", {"open": 4})
    assert counts_then(pulls(open=7, closed=5, merged=3), are, were) is None
