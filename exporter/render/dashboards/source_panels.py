"""Panels on the sources of the exporter: whether each is fresh and within its quota, and what fails."""

from collections.abc import Sequence

from exporter.errors import Reason
from exporter.render.dashboards.fields import ALARM, BAD, GOOD, QUIET, column, fixed, words
from exporter.render.dashboards.model import Json, Panel, Query
from exporter.render.dashboards.plain import EMPTY_CELLS, bars, lines, numbers, steps, told_apart
from exporter.render.dashboards.rows import KEY, joined
from exporter.render.dashboards.tables import LOOKS, TEXT
from exporter.render.rules import Links

__all__ = ["LATE", "LOW", "failing", "late", "partial", "quota_panels", "read", "source_states", "source_table", "traffic_panels"]

LATE = 3
"""Intervals without a whole reading after which the exporter's alert calls a source stale."""
LOW = 0.1
"""The share of a quota below which the exporter's alert calls it nearly used up."""
_CHOSEN = '{project=~"$project",source=~"$source"}'
_STEP = "5m"
_SOURCE = "project, source"
_QUOTA = "project, source, resource"
_STATES = words(
    {"0": ("cannot be read", ALARM), "1": ("read in part", BAD), "2": ("late", BAD), "3": ("fresh", GOOD)},
)
_STATES_MEAN = (
    "fresh: every part was read within three intervals. late: not for three intervals. read in part: some repositories, "
    "packages or servers failed. cannot be read: nothing came at the last attempt. Where several exporters run, the worst counts."
)


def _worst(metric: str, by: str = _SOURCE, *, least: bool = True, over: str = "5m") -> str:
    """The last figure of a metric of the exporter, the least or the most of all exporters."""
    word = "min" if least else "max"
    inner = "last_over_time" if over == "5m" else f"{word}_over_time"
    return f"{word} by ({by}) ({inner}(kpi_exporter_{metric}{_CHOSEN}[{over}]))"


_INTERVAL = _worst("source_interval_seconds", least=False)
_LAST = _worst("source_last_success_timestamp_seconds")
_TOOK = _worst("source_duration_seconds", least=False)
_BEHIND = f"(time() - {_LAST})\n/ {_INTERVAL}"


def _state(over: str = "5m") -> str:
    """The state of each source as a number that has a word."""
    up, failed = _worst("source_up", over=over), _worst("source_parts_failed", least=False, over=over)
    return "\nor\n".join((f"({up}) == 0", f"({failed} > bool 0) == 1", f"({_BEHIND} > bool {LATE}) * 2 == 2", f"0 * {up} + 3"))


def read() -> Panel:
    """How many sources were read at their last attempt, of how many."""
    queries = [Query(f"sum({_worst('source_up')})", "read"), Query(f"count({_INTERVAL})", "of")]
    return numbers("Sources", "Sources that brought figures at their last attempt, of all that are configured.", queries,
                   no_value="No source tells of itself")  # fmt: skip


def failing() -> Panel:
    """How many sources brought nothing."""
    return numbers(
        "Sources down",
        "Sources that brought nothing at their last attempt. Their KPIs stand still and vanish after max_age.",
        [Query(f"count({_worst('source_up')} == 0) or 0 * count({_INTERVAL})")],
        no_value="No source tells of itself",
        **_alarming("none", ALARM),
    )


def late() -> Panel:
    """How many sources have not been read whole for three intervals."""
    return numbers(
        "Sources late",
        f"Sources that have not been read whole for {LATE} of their intervals.",
        [Query(f"count({_BEHIND} > {LATE}) or 0 * count({_INTERVAL})")],
        no_value="No source tells of itself",
        **_alarming("none", BAD),
    )


def partial() -> Panel:
    """How many parts of sources could not be read."""
    return numbers(
        "Parts failed",
        "Repositories, packages, servers and topics of them that could not be read at the last attempt.",
        [Query(f"sum({_worst('source_parts_failed', least=False)})")],
        no_value="No source tells of itself",
        **_alarming("none", BAD),
    )


def _alarming(word: str, colour: str) -> Json:
    """Nothing is good news, and said in a word; anything else is coloured."""
    nothing = [{"options": {"0": {"color": GOOD, "index": 0, "text": word}}, "type": "value"}]
    return {"defaults": {"color": {"mode": "thresholds"}, "mappings": nothing, "thresholds": steps((1, colour))}}


def source_table(links: Links) -> Panel:
    """One row a source: how it stands, how old its figures are, what it took and what failed."""
    columns = [
        ("project", "Project"),
        ("source", "Source"),
        ("Value #A", "State"),
        ("Value #B", "Last read whole"),
        ("Value #C", "Every"),
        ("Value #D", "Intervals ago"),
        ("Value #E", "Took"),
        ("Value #F", "Parts failed"),
        ("Value #G", "Parts"),
        ("Value #H", "Failures in 24 h"),
    ]
    failures = f"sum by ({_SOURCE}) (increase(kpi_exporter_upstream_failures_total{_CHOSEN}[1d]))"
    asked = [f"{_LAST} * 1000", _INTERVAL, _BEHIND, _TOOK,
             _worst("source_parts_failed", least=False), _worst("source_parts", least=False), failures]  # fmt: skip
    return Panel(
        kind="table",
        title="Every source",
        description=f"{_STATES_MEAN}\n\nThe state leads to what to do about it.",
        queries=[Query(_keyed(_state(), _SOURCE), table=True), *(Query(_keyed(expr), table=True) for expr in asked)],
        unit="locale",
        no_value="No source tells of itself",
        width=24,
        height=11,
        options={**LOOKS, "sortBy": []},
        custom={"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False, "minWidth": 70},
        overrides=[
            EMPTY_CELLS,
            column(
                "State",
                custom__minWidth=110,
                mappings=_STATES,
                custom__align="left",
                custom__cellOptions=TEXT,
                links=_runbooks(links),
            ),
            column("Last read whole", unit="dateTimeFromNow", custom__minWidth=125),
            column("Every", unit="s"),
            column("Intervals ago", decimals=1, thresholds=steps((LATE, BAD)), custom__cellOptions=TEXT),
            column("Took", unit="s", decimals=1),
            column("Parts failed", thresholds=steps((1, BAD)), custom__cellOptions=TEXT),
            column("Failures in 24 h", decimals=0),
        ],
        transformations=joined(columns, sort="State"),
    )


def _keyed(expr: str, labels: str = "", key: str = _SOURCE) -> str:
    """The figures of an expression by the key of their row, with these labels beside it."""
    kept = f"{KEY}, {labels}" if labels else KEY
    parts = ", ".join(f'"{name}"' for name in key.split(", "))
    return f'max by ({kept}) (label_join({expr}, "{KEY}", "/", {parts}))'


def _runbooks(links: Links) -> Sequence[Json]:
    named = {
        "What to do when a source is down": "KpiExporterSourceDown",
        "What to do when a source is late": "KpiExporterSourceStale",
        "What to do when parts fail": "KpiExporterPartsFailing",
    }
    return [{"targetBlank": True, "title": title, "url": links.runbook(alert)} for title, alert in named.items()]


def source_states() -> Panel:
    """How each source stood over time."""
    return Panel(
        kind="state-timeline",
        title="Sources over time",
        description=_STATES_MEAN,
        queries=[Query(_state("$__rate_interval"), "{{project}} · {{source}}", over_time=True, every=_STEP)],
        unit="locale",
        no_value="No source tells of itself",
        width=24,
        height=11,
        options={
            "alignValue": "left",
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "mergeValues": True,
            "rowHeight": 0.8,
            "showValue": "never",
            "tooltip": {"mode": "single", "sort": "none"},
        },
        custom={"fillOpacity": 70, "lineWidth": 0},
        defaults={"color": fixed(QUIET), "mappings": _STATES},
    )


def traffic_panels() -> Sequence[Panel]:
    """What sources ask of their upstreams, how long it takes and what fails."""
    return (
        bars(
            "Failures by reason",
            "Refreshes of a source, or of one of its parts, that failed within each step.",
            [Query(_increase("failures", "reason"), "{{reason}}", over_time=True, every="1h")],
            no_value="Nothing failed in this time",
            overrides=told_apart(list(Reason)),
        ),
        bars(
            "Requests by answer",
            "Requests to upstreams within each step, by status code, or by the reason for which there was no answer.",
            [Query(_increase("requests", "code"), "{{code}}", over_time=True, every="1h")],
            no_value="No request in this time",
            overrides=[
                _answers("2..", GOOD),
                _answers("3..", "light-blue"),
                _answers("4..", BAD),
                _answers("5..|[a-z_]+", ALARM),
            ],
        ),
        lines(
            "Age of the figures",
            f"Time since a source was last read whole, in its own intervals, the worst of each kind. From {LATE} on it is late.",
            [Query(f"max by (source) ({_BEHIND})", "{{source}}", over_time=True, every=_STEP)],
            unit="suffix: intervals",
            no_value="No source tells of itself",
            limit=LATE,
        ),
        lines(
            "Duration of refreshes",
            "How long the last refresh took, the longest of each kind of source.",
            [
                Query(
                    f"max by (source) ({_worst('source_duration_seconds', least=False)})",
                    "{{source}}",
                    over_time=True,
                    every=_STEP,
                )
            ],
            unit="s",
            no_value="No refresh yet",
        ),
    )


def _answers(codes: str, colour: str) -> Json:
    return {"matcher": {"id": "byRegexp", "options": f"/^({codes})$/"}, "properties": [{"id": "color", "value": fixed(colour)}]}


def _increase(what: str, label: str) -> str:
    counted = f"increase(kpi_exporter_upstream_{what}_total{_CHOSEN}[$__rate_interval])"
    return f"round(sum by ({label}) ({counted})) > 0"


def quota_panels(links: Links) -> Sequence[Panel]:
    """What is left of the quotas of upstreams, now with the time of renewal, and over time."""
    left, size = _worst("upstream_rate_limit_remaining", _QUOTA), _worst("upstream_rate_limit_limit", _QUOTA, least=False)
    share = f"{left}\n/ ({size} > 0)"
    columns = [
        ("project", "Project"),
        ("source", "Source"),
        ("resource", "Quota"),
        ("Value #A", "Left"),
        ("Value #B", "In number"),
        ("Value #C", "Renews"),
    ]
    renews = f"{_worst('upstream_rate_limit_reset_timestamp_seconds', _QUOTA)} * 1000"
    looks: Json = {"mode": "absolute", "steps": [{"color": BAD, "value": None}, {"color": GOOD, "value": LOW}]}
    table = Panel(
        kind="table",
        title="Quotas now",
        description=f"What is left of each quota of an upstream, of all credentials together. "
        f"Blue from {LOW:.0%} on; orange below, where an alert fires.",
        queries=[
            Query(_keyed(share, _QUOTA, _QUOTA), table=True),
            *(Query(_keyed(expr, key=_QUOTA), table=True) for expr in (left, renews)),
        ],
        unit="locale",
        no_value="No upstream has told of a quota",
        width=12,
        height=9,
        options={**LOOKS, "sortBy": []},
        custom={"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False, "minWidth": 70},
        overrides=[
            EMPTY_CELLS,
            *(column(name, custom__width=75) for name in ("Project", "Source", "Quota")),
            column(
                "Left",
                unit="percentunit",
                decimals=0,
                min=0,
                max=1,
                thresholds=looks,
                color={"mode": "thresholds"},
                custom__cellOptions={"mode": "basic", "type": "gauge", "valueDisplayMode": "text"},
            ),
            column("Renews", unit="dateTimeFromNow", custom__minWidth=125),
        ],
        transformations=joined(columns, sort="Left"),
        links=[{"targetBlank": True, "title": "What to do when a quota is low", "url": links.runbook("KpiExporterQuotaLow")}],
    )
    over_time = lines(
        "Quotas over time",
        f"The share of each quota that is left. The dashed line at {LOW:.0%} is where an alert fires.",
        [Query(share, "{{project}} · {{source}} · {{resource}}", over_time=True, every=_STEP)],
        unit="percentunit",
        no_value="No upstream has told of a quota",
        limit=LOW,
        height=9,
        defaults={
            "color": {"mode": "palette-classic"},
            "max": 1,
            "min": 0,
            "thresholds": {"mode": "absolute", "steps": [{"color": BAD, "value": None}, {"color": "transparent", "value": LOW}]},
        },
    )
    return table, over_time
