"""Which figures of a catalog rest on the past."""

from exporter.catalog.past import resting_on_past
from support.kpi import catalog_of, kpi

GROWTH = {"growth": {"kpi": "stars", "over": "7d"}}
STARS = kpi("stars", value={"metric": "repo_stars"})


def test_growth_and_forecasts_rest_on_it_wherever_they_stand() -> None:
    """In the total, over another window, and in a segment with an origin of its own; the other rows do not."""
    made = [
        kpi("pace", window="7d", value=GROWTH, targets=[{"at_least": 1, "window": "365d"}], segments=[{"name": "entered"}]),
        kpi("parts", segments=[{"name": "a", "value": {"forecast": {"kpi": "stars", "ahead": "90d"}}}, {"name": "b"}]),
    ]
    assert resting_on_past(catalog_of(STARS, *made)) == {("pace", ""), ("pace", "365d"), ("parts", "a")}


def test_what_names_such_a_row_rests_on_it_too_however_long_the_way() -> None:
    made = [
        kpi("last", value={"sum": [{"kpi": "score"}, {"kpi": "stars"}]}),
        kpi("score", value={"weighted": [{"kpi": "parts", "segment": "a", "weight": 1, "worst": 0, "best": 1}]}),
        kpi(
            "parts", segments=[{"name": "a", "value": {"attainment": {"kpi": "pace"}}}, {"name": "b", "value": {"kpi": "stars"}}]
        ),
        kpi("pace", value=GROWTH),
    ]
    assert resting_on_past(catalog_of(STARS, *made)) == {("last", ""), ("score", ""), ("parts", "a"), ("pace", "")}


def test_a_long_chain_and_a_circle_come_to_an_end() -> None:
    chain = [kpi(f"k{number}", value={"kpi": f"k{number + 1}"}) for number in range(3000)]
    circle = [kpi("k3000", value={"sum": [{"kpi": "pace"}, {"kpi": "k0"}]}), kpi("pace", value=GROWTH)]
    assert len(resting_on_past(catalog_of(STARS, *chain, *circle))) == 3002
