"""How `check` tells which parts of a source failed."""

from exporter.cli.verdict import failed_parts
from exporter.errors import Reason
from exporter.facts import Part, Topic
from support.tools import NOW

ISSUES, TRAFFIC = Topic("issues", ()), Topic("traffic", ())


def part(repository: str | None, topic: Topic | None, failure: Reason | None = None) -> Part:
    labels = () if repository is None else (("repository", repository),)
    return Part(labels, NOW, (), failure, topic)


def told(*parts: Part) -> list[tuple[str, Reason, list[str]]]:
    return list(failed_parts(parts))


def test_parts_that_failed_alike_are_told_together() -> None:
    parts = [part(name, None, Reason.AUTH if name != "b" else None) for name in ("a", "b", "c")]
    assert told(*parts) == [("", Reason.AUTH, ["a", "c"])]


def test_a_topic_is_told_where_others_of_the_same_repository_did_not_fail() -> None:
    assert told(part("a", ISSUES), part("a", TRAFFIC, Reason.AUTH)) == [(" (traffic)", Reason.AUTH, ["a"])]


def test_a_repository_of_which_every_topic_failed_is_told_once() -> None:
    failed = [part("a", ISSUES, Reason.NOT_FOUND), part("a", TRAFFIC, Reason.NOT_FOUND)]
    assert told(*failed, part("b", ISSUES), part("b", TRAFFIC)) == [("", Reason.NOT_FOUND, ["a"])]


def test_different_reasons_are_told_apart() -> None:
    failed = [part("a", ISSUES, Reason.TIMEOUT), part("a", TRAFFIC, Reason.AUTH)]
    assert told(*failed) == [(" (issues)", Reason.TIMEOUT, ["a"]), (" (traffic)", Reason.AUTH, ["a"])]


def test_what_is_pooled_is_not_told_beside_the_repository_that_made_it_fail() -> None:
    failed = [part("a", ISSUES, Reason.TIMEOUT), part(None, ISSUES, Reason.TIMEOUT)]
    assert told(*failed, part("a", TRAFFIC), part(None, TRAFFIC)) == [(" (issues)", Reason.TIMEOUT, ["a"])]


def test_what_failed_for_all_together_alone_has_no_name() -> None:
    assert told(part("a", None), part(None, None, Reason.UNREADABLE)) == [("", Reason.UNREADABLE, [])]


def test_where_nothing_failed_nothing_is_told() -> None:
    assert told(part("a", ISSUES), part(None, ISSUES)) == []
