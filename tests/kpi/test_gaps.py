"""Parts that have a topic: what is missing with one of them, and what is not."""

from dataclasses import replace

from exporter.errors import Reason
from exporter.facts import Metric, Part, Topic
from support.kpi import kpi, part, row_of, rows_of, sample, snapshot

FACTS = Topic("facts", (Metric("stars", "Stars.", "count", ("repository",)),))
TRAFFIC = Topic("traffic", (Metric("views", "Views.", "count", ("repository", "window")),))
ISSUES = Topic(
    "issues",
    (
        Metric("opened", "Opened.", "count", ("repository",)),
        Metric("response", "Response.", "seconds", ("statistic",)),
        Metric("resolution", "Resolution.", "seconds", ("statistic",)),
    ),
)
EVERY = ("stars", "views", "opened", "response", "resolution")
KPIS = [kpi(metric, value={"metric": metric}) for metric in EVERY]


def about(topic: Topic, made: Part) -> Part:
    return replace(made, topic=topic)


def facts(repository: str) -> Part:
    return about(FACTS, part(sample("stars", 5), repository=repository))


def traffic(repository: str, failure: Reason | None = None) -> Part:
    views = () if failure else (sample("views", 7, window="14d"),)
    return about(TRAFFIC, part(*views, repository=repository, failure=failure))


def issues(repository: str, failure: Reason | None = None) -> Part:
    opened = () if failure else (sample("opened", 3),)
    return about(ISSUES, part(*opened, repository=repository, failure=failure))


def pooled(failure: Reason | None = None) -> Part:
    figures = () if failure else (sample("response", 60, statistic="mean"), sample("resolution", 90, statistic="mean"))
    return about(ISSUES, part(*figures, failure=failure))


def test_stars_stay_while_traffic_fails() -> None:
    rows = rows_of(KPIS, snapshot(facts("acme/a"), traffic("acme/a", Reason.AUTH), issues("acme/a"), pooled(), declared=EVERY))
    assert {id_: row.value for (id_, _), row in rows.items()} == {
        "stars": 5,
        "views": None,
        "opened": 3,
        "response": 60,
        "resolution": 90,
    }
    assert rows["views", ""].why == "github: acme/a (traffic) could not be read (auth)"


def test_a_topic_of_one_repository_takes_away_what_is_summed_over_all() -> None:
    snap = snapshot(traffic("acme/a"), traffic("acme/b", Reason.AUTH), traffic("acme/c", Reason.TIMEOUT))
    of_a = kpi(value={"metric": "views", "where": {"repository": "acme/a"}})
    assert row_of(kpi(value={"metric": "views"}), snap).why == (
        "github: acme/b (traffic) and 1 more could not be read (auth, timeout)"
    )
    assert row_of(of_a, snap).value == 7


def test_what_is_pooled_over_all_repositories_is_missing_alone() -> None:
    """Issues by repository are known, and so is every other topic; only medians over all of them are not."""
    rows = rows_of(KPIS, snapshot(facts("acme/a"), issues("acme/a"), pooled(Reason.TIMEOUT), traffic("acme/a"), declared=EVERY))
    assert {id_ for (id_, _), row in rows.items() if row.value is None} == {"response", "resolution"}
    assert rows["response", ""].why == "github: issues could not be read (timeout)"


def test_a_repository_that_failed_takes_nothing_from_what_is_pooled_while_that_is_known() -> None:
    """The pooled part then holds its last good samples."""
    rows = rows_of(KPIS, snapshot(issues("acme/a", Reason.TIMEOUT), pooled(), declared=EVERY))
    assert (rows["opened", ""].value, rows["response", ""].value) == (None, 60)


def test_a_topic_that_is_all_pooled_is_missing_though_no_sample_shows_its_labels() -> None:
    people = Topic("contributors", (Metric("people", "People.", "count"),))
    snap = snapshot(
        facts("acme/a"),
        about(people, part(repository="acme/a", failure=Reason.AUTH)),
        about(people, part(failure=Reason.AUTH)),
        declared=["people"],
    )
    assert row_of(kpi(value={"metric": "people"}), snap).why == "github: contributors could not be read (auth)"
    assert row_of(kpi(value={"metric": "stars"}), snap).value == 5


def test_parts_of_one_repository_are_missing_by_topic() -> None:
    snap = snapshot(facts("acme/a"), traffic("acme/a", Reason.AUTH), issues("acme/a", Reason.TIMEOUT), declared=EVERY)
    assert row_of(kpi(value={"metric": "views"}), snap).why == "github: acme/a (traffic) could not be read (auth)"
    assert row_of(kpi(value={"metric": "opened"}), snap).why == "github: acme/a (issues) could not be read (timeout)"


def test_a_source_that_gave_nothing_at_all_lacks_the_metrics_of_every_topic() -> None:
    rows = rows_of(KPIS, snapshot(part(failure=Reason.AUTH), declared=EVERY))
    assert {row.why for row in rows.values()} == {"github could not be read (auth)"}
