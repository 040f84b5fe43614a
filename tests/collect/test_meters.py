"""What the exporter counts about its upstreams."""

from exporter.collect.meters import Quota, SourceMeter


def test_the_quotas_of_several_credentials_are_told_as_one() -> None:
    meter = SourceMeter()
    meter.rate_limit("core", 5000, 10, 200.0, "token 1")
    meter.rate_limit("core", 5000, 4000, 100.0, "token 1")
    meter.rate_limit("core", 12_500, 600, 150.0, "token 2")
    meter.rate_limit("graphql", 5000, 5, None, "token 2")
    assert meter.totals() == {"core": Quota(17_500, 4600, 100.0), "graphql": Quota(5000, 5, None)}


def test_the_size_of_quotas_together_is_not_known_where_that_of_one_is_not() -> None:
    meter = SourceMeter()
    meter.rate_limit("", None, 10, None, "a")
    meter.rate_limit("", 60, 20, 150.0, "b")
    assert meter.totals() == {"": Quota(None, 30, 150.0)}


def test_costs_are_added_up_by_resource() -> None:
    meter = SourceMeter()
    for resource, points in (("graphql", 21), ("core", 1), ("graphql", 22)):
        meter.cost(resource, points)
    copied = meter.copy()
    meter.cost("core", 1)
    assert copied.costs == {"graphql": 43, "core": 1}
