"""The public Prometheus, over a real one of the team."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from support.programs import Prometheus, eventually
from support.upstream import Answer, Upstream

ROOT = Path(__file__).parents[2]
PUBLIC = (ROOT / "prometheus" / "public.yml").read_text(encoding="utf-8")
TEAM = """\
global:
  scrape_interval: 1s
  evaluation_interval: 1s
  external_labels: {cluster: secret-cluster}
rule_files: [rules/*.yml]
scrape_configs:
  - job_name: kpi-exporter
    static_configs: [{targets: ['EXPORTER']}]
"""
ABOUT = 'title="T",tier="kpi",category="c",direction="up",owner="o",source="s"'
FIGURES = f"""\
kpi_info{{project="caro",kpi="github_stars",audience="public",{ABOUT}}} 1
kpi_info{{project="caro",kpi="nps",audience="team",{ABOUT}}} 1
kpi_value{{project="caro",kpi="github_stars",segment="",unit="count"}} 1200
kpi_value{{project="caro",kpi="github_stars",segment="secret-segment",unit="count"}} 7
kpi_value{{project="caro",kpi="nps",segment="",unit="score_-100_100"}} 42
telemetry_active_users{{project="caro",window="7d"}} 250
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """What ships, with a shorter interval, over a Prometheus that knows public and other figures."""
    folders = [tmp_path_factory.mktemp(name) for name in ("team", "public")]
    (folders[0] / "rules").mkdir()
    (folders[0] / "rules" / "kpi.yml").write_text((ROOT / "prometheus" / "rules" / "kpi.yml").read_text(encoding="utf-8"))
    page = Answer(body=FIGURES.encode(), headers={"content-type": "text/plain; version=0.0.4"})
    with Upstream(lambda _: page) as exporter:
        config = TEAM.replace("EXPORTER", exporter.url.removeprefix("http://"))
        with Prometheus(folders[0], 0, config=config) as team:
            eventually(lambda: team.value('kpi:public:value{kpi="github_stars"}'), lambda value: value == 1200)
            assert team.value('kpi:value:current{kpi="nps"}') == 42
            quick = PUBLIC.replace("scrape_interval: 1m", "scrape_interval: 1s").replace(
                "scrape_timeout: 10s", "scrape_timeout: 1s"
            )
            quick = quick.replace("prometheus:9090", team.url.removeprefix("http://"))
            with Prometheus(folders[1], 0, config=quick) as prometheus:
                eventually(lambda: prometheus.query("kpi:public:value"))
                yield prometheus


def test_it_knows_what_is_public(public: Prometheus) -> None:
    expected = {"__name__": "kpi:public:value", "project": "caro", "kpi": "github_stars", "unit": "count"}
    assert public.query("kpi:public:value") == [(expected, 1200.0)]


def test_it_knows_nothing_else_but_how_its_own_scrape_went(public: Prometheus) -> None:
    names = {labels["__name__"] for labels, _ in public.query('{__name__=~".+"}')}
    assert "up" in names
    assert {name for name in names if not name.startswith(("kpi:public:", "scrape_"))} == {"up"}


def test_no_label_names_a_machine_a_segment_or_a_cluster(public: Prometheus) -> None:
    labels = {(name, value) for series, _ in public.query('{__name__=~".+"}') for name, value in series.items()}
    told = {name for name, _ in labels}
    assert told == {"__name__", "instance", "job", "kpi", "project", "unit"}
    assert {value for name, value in labels if name == "instance"} == {"team"}
    assert not re.search(r"secret|127\.0\.0\.1", str(labels))


def test_a_team_that_sends_more_is_not_believed() -> None:
    """The name is looked at on this side too, and only labels of KPIs come through."""
    (scrape,) = yaml.safe_load(PUBLIC)["scrape_configs"]
    keep, labels = scrape["metric_relabel_configs"]
    recorded = re.findall(r"record: (kpi:public:\S+)", (ROOT / "prometheus" / "rules" / "kpi.yml").read_text(encoding="utf-8"))
    assert recorded
    assert all(re.fullmatch(keep["regex"], name) for name in recorded)
    assert not re.fullmatch(keep["regex"], "kpi:value:current")
    assert (keep["action"], labels["action"]) == ("keep", "labelkeep")


def test_it_has_no_rules_and_sends_no_alerts() -> None:
    assert set(yaml.safe_load(PUBLIC)) == {"global", "scrape_configs"}
