"""Series as a text in the format OpenMetrics."""

import math

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from exporter.backfill.span import DAY, HOUR, Span
from exporter.backfill.table import Table, Told, stamps_of

SPAN = Span(0, 2 * DAY + HOUR)


def text(table: Table, span: Span = SPAN, **projects: range) -> tuple[str, Told]:
    told = Told()
    stamps = {name: stamps_of(span, points) for name, points in projects.items()}
    return "".join(table.text(stamps, told)), told


def test_a_value_holds_from_one_knot_to_the_next() -> None:
    table = Table(3)
    table.put("stars", {"project": "acme"}, 0, 5.0)
    table.put("stars", {"project": "acme"}, 2, 7.5)
    written, told = text(table, acme=range(0, 2 * DAY + 1, 12 * HOUR))
    assert written == ('stars{project="acme"} 5 0\nstars{project="acme"} 5 43200\nstars{project="acme"} 7.5 172800\n')
    assert (told.samples, len(told.series)) == (3, 1)


def test_families_and_labels_are_in_order_and_empty_labels_are_left_out() -> None:
    table = Table(3)
    for name, labels in (("b", {"segment": "x"}), ("a", {"segment": ""}), ("b", {"kpi": "k"})):
        table.put(name, {"project": "acme", **labels}, 0, 1.0)
    assert text(table, acme=range(1))[0].splitlines() == [
        'a{project="acme"} 1 0',
        'b{kpi="k",project="acme"} 1 0',
        'b{project="acme",segment="x"} 1 0',
    ]


def test_only_the_points_of_the_projects_that_are_asked_for_are_written() -> None:
    table = Table(3)
    for project in ("acme", "other"):
        table.put("stars", {"project": project}, 1, 1.0)
    assert text(table, other=range(DAY, DAY + 1))[0] == f'stars{{project="other"}} 1 {DAY}\n'
    assert text(table, other=range(HOUR))[0] == ""


def test_what_the_rules_record_each_hour_has_no_point_between_hours() -> None:
    span = Span(0, HOUR, step=HOUR // 4)
    table = Table(1)
    for name in ("kpi:value:hourly", "kpi:value:current"):
        table.put(name, {"project": "acme"}, 0, 1.0)
    stamps = [
        (line.partition("{")[0], int(line.rpartition(" ")[2])) for line in text(table, span, acme=span.points)[0].splitlines()
    ]
    assert stamps == [("kpi:value:current", at) for at in (0, 900, 1800, 2700, 3600)] + [
        ("kpi:value:hourly", at) for at in (0, 3600)
    ]


def test_every_digit_is_kept_and_any_label_is_quoted() -> None:
    table, values = Table(3), (0.1 + 0.2, 1e-9, 123456789012345680.0)
    odd = 'a "b"\\c\nd'
    for number, value in enumerate(values):
        table.put("x", {"project": "acme", "title": odd}, number, value)
    written, _ = text(table, acme=range(0, 2 * DAY + 1, DAY))
    (family,) = text_string_to_metric_families(written + "# EOF\n")
    assert [sample.value for sample in family.samples] == list(values)
    assert {sample.labels["title"] for sample in family.samples} == {odd}
    assert not any(math.isnan(sample.value) for sample in family.samples)
