"""What tracking issues say, and what never gets into them."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.tracking import wording
from exporter.tracking.marker import Mark, Marker, marker_in
from exporter.tracking.message import Alert
from exporter.tracking.plain import inline, one_line, web_address
from support.notifications import ANNOTATIONS, FINGERPRINT, LABELS, alerts_in, notification
from support.tools import NOW

MARKER = Marker(FINGERPRINT, 1, NOW)
MARK = Mark(FINGERPRINT, 1, "resolved")
INVISIBLE = "\u200b"
BODY = r"""**BoltBenchmarkLatencyRegression** (P1) fires for project bolt, KPI benchmark\_regression, segment latency.

The latency is 12\.3 \% worse than before\.

| | |
|---|---|
| Value | 12\.3 \% |
| Limit | at most 10 \% |
| Since | 2026-01-27 12:00 UTC |
| Respond within | 24 h |

**What to do:** Find the change that slowed it down\.

[Runbook](<https://example.org/runbooks/BoltBenchmarkLatencyRegression.md>) · [Dashboard](<https://grafana.example.org/d/kpi-detail?var-project=bolt&var-kpi=benchmark_regression>)

This issue is closed when the alert resolves, and opened again when it fires again. Closed by a person, it stays closed until the alert has resolved and fires again.

<!-- kpi-exporter fingerprint=3fa2b1c09d8e7f60 episode=1 since=2026-01-27T12:00:00+00:00 -->"""  # noqa: E501  # as it is


def an_alert(labels: dict[str, str] | None = None, **annotations: str) -> Alert:
    [one] = alerts_in(notification("firing", NOW, labels=labels, annotations=annotations))
    return one


def test_an_issue_says_what_happened_and_what_to_do():
    assert wording.body(an_alert(), MARKER) == BODY


def test_an_issue_whose_alert_says_nothing_says_since_when():
    nothing = {**dict.fromkeys(LABELS, "")}
    body = wording.body(an_alert(nothing, **dict.fromkeys(ANNOTATIONS, "")), MARKER)
    assert body.startswith("**An alert** fires.\n\n| | |\n|---|---|\n| Since | 2026-01-27 12:00 UTC |\n\nThis issue")


@pytest.mark.parametrize(
    ("labels", "annotations", "title"),
    [
        ({}, {}, "A benchmark became slower (latency)"),
        ({"segment": ""}, {}, "A benchmark became slower"),
        ({"segment": ""}, {"summary": ""}, "BoltBenchmarkLatencyRegression"),
        ({"segment": "", "alertname": ""}, {"summary": ""}, "Alert"),
        ({"segment": ""}, {"summary": " two\nlines\t"}, "two lines"),
        ({"segment": ""}, {"summary": "ask @anna"}, f"ask @{INVISIBLE}anna"),
    ],
)
def test_the_title_is_the_summary_as_plain_text(labels, annotations, title):
    assert wording.title(an_alert(labels, **annotations)) == title


@given(st.text(), st.text())
def test_no_title_is_longer_than_github_takes(summary, segment):
    assert 1 <= len(wording.title(an_alert({"segment": segment}, summary=summary))) <= 256


def test_labels_and_annotations_that_are_not_known_stay_out():
    body = wording.body(an_alert({"instance": "planted-host", "channels": ",planted,"}, internal="planted"), MARKER)
    assert "planted" not in body


def test_the_address_of_prometheus_stays_out():
    assert "planted-host" not in wording.body(an_alert(), MARKER)


def test_a_credential_or_an_address_in_a_text_is_not_published():
    said = wording.body(an_alert(description="of ghp_plantedTokenPlantedTokenPlanted0001 by anna@example.org"), MARKER)
    assert "ghp_" not in said
    assert "example.org by" not in said
    assert "anna" not in said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("@anna and @acme/team", rf"\@{INVISIBLE}anna and \@{INVISIBLE}acme\/team"),
        ("acme/widget#12", rf"acme\/widget\#{INVISIBLE}12"),
        ("GH-12", rf"GH\-{INVISIBLE}12"),
        ("see https://github.com/a/b/issues/1", rf"see https\:\/\/{INVISIBLE}github\.com\/a\/b\/issues\/1"),
        ("<script>", r"\<script\>"),
        ("&#64;anna", rf"\&\#{INVISIBLE}64\;anna"),
        ("a|b", r"a\|b"),
        ("**bold** _x_ `code` [a](b)", r"\*\*bold\*\* \_x\_ \`code\` \[a\]\(b\)"),
        ("# no heading", rf"\#{INVISIBLE} no heading"),
        ("one\r\n\r\ntwo", "one two"),
    ],
)
def test_a_text_formats_nothing_and_names_nobody(text, shown):
    assert inline(text, 100) == shown


@given(st.text())
def test_every_mark_of_markdown_has_a_backslash_before_it(text):
    unescaped = re.sub(r"\\[!-/:-@\[-`{-~]", "", inline(text, 1000))
    assert not re.search(r"[!-/:-@\[-`{-~\n\r]", unescaped)


def test_a_marker_in_a_text_is_none():
    body = wording.body(an_alert(description=str(Marker("f" * 16, 9, NOW))), MARKER)
    assert marker_in(body) == MARKER


@given(st.text(min_size=1), st.integers(1, 20))
def test_a_text_is_cut_to_the_most_it_may_have(text, most):
    assert len(one_line(text, most)) <= most


def test_a_cut_is_seen():
    assert one_line("abcdef", 4) == "abc…"


@pytest.mark.parametrize("address", ["https://example.org/a?b=c&d=e#f", "http://grafana:3000/d/kpi-detail?x=%2A"])
def test_an_address_of_a_page_is_linked(address):
    assert web_address(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "javascript:alert(1)",
        "https://anna:secret@example.org/",
        "https://",
        "https://[::1",
        "https://example.org/<b>",
        "https://example.org/a b",
        "https://example.org/\\>",
        "https://example.org/" + "a" * 2000,
    ],
)
def test_anything_else_is_not_linked(address):
    assert web_address(address) is None


@pytest.mark.parametrize(
    ("lasted", "said"),
    [
        (timedelta(minutes=90), "The alert is resolved since 2026-01-27 13:30 UTC, after 1h30m."),
        (timedelta(seconds=90, milliseconds=7), "The alert is resolved since 2026-01-27 12:01 UTC, after 1m30s."),
        (timedelta(0), "The alert is resolved since 2026-01-27 12:00 UTC."),
        (timedelta(hours=-1), "The alert is resolved since 2026-01-27 11:00 UTC."),
    ],
)
def test_the_comment_on_the_end_says_how_long_it_lasted(lasted, said):
    [ended] = alerts_in(notification("resolved", NOW, NOW + lasted))
    assert wording.resolved(ended, NOW, MARK) == f"{said}\n\n{MARK}"
