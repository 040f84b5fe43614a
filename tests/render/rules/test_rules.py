"""Catalogs as rules of Prometheus. What the rules do is shown by prometheus/tests; here stands how they are made."""

import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from exporter.catalog.model import Catalog
from exporter.cli import main
from exporter.promql import number, quoted
from exporter.render.projects import Project, shipped_projects
from exporter.render.rules import Links, rule_files
from exporter.render.rules.series import segments
from support.kpi import catalog_of, kpi

ROOT = Path(__file__).parents[3]
LINKS = Links()
WHEN: dict[str, dict[str, Any]] = {
    "above": {"above": 5},
    "below": {"below": 0.25},
    "below_target": {"below_target": 0.5},
    "above_target": {"above_target": 2},
    "drop by a share": {"drop": {"ratio": 0.2, "over": "1d"}},
    "drop by points": {"drop": {"points": 10, "over": "90d"}},
    "growth_below": {"growth_below": {"ratio": 0.1, "over": "30d"}},
    "crosses": {"crosses": [10, 20]},
}


def alert(when: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"name": "AcmeStars", "priority": "P1", "when": when, "action": "Look.", **fields}


def rules_of(catalog: Catalog, name: str = "acme", links: Links = LINKS) -> list[dict[str, Any]]:
    project = Project(name, catalog, {kpi.id: "github" for kpi in catalog.kpis})
    groups = yaml.safe_load(rule_files([project], links)[f"prometheus/rules/{name}.yml"])["groups"]
    return [rule for group in groups for rule in group["rules"]]


def only(rules: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = [rule for rule in rules if name in (rule.get("alert"), rule.get("record"))]
    assert len(found) == 1
    return found[0]


def test_the_rules_are_those_that_were_committed() -> None:
    result = CliRunner().invoke(main, ["render", "rules", "--check", f"--into={ROOT}"])
    assert (result.exit_code, result.output) == (0, ""), "run kpi-exporter render rules"


def test_every_alert_of_the_shipped_catalogs_has_its_rules_once() -> None:
    for project in shipped_projects():
        written = [rule["alert"] for rule in rules_of(project.catalog, project.name) if "alert" in rule]
        asked = [name for kpi in project.catalog.kpis for alert in project.catalog.rules(kpi) for name in alert.names]
        assert written == asked


def test_rendering_is_deterministic() -> None:
    assert rule_files(shipped_projects(), Links()) == rule_files(shipped_projects(), Links())


@pytest.mark.parametrize(
    ("form", "expr"),
    [
        ("above", "kpi:value:current{ROW}\n> 5"),
        ("below", "kpi:value:current{ROW}\n< 0.25"),
        ("below_target", "kpi:value:current{ROW}\n< 0.5 * kpi:target:current{ROW}"),
        ("above_target", "kpi:value:current{ROW}\n> 2 * kpi:target:current{ROW}"),
        (
            "drop by a share",
            "kpi:value:current{ROW}\nand\n(\n  (\n    kpi:value:past_1d{ROW}\n    - kpi:value:current{ROW}\n  )\n"
            "  / (kpi:value:past_1d{ROW} > 0)\n  > 0.2\n)",
        ),
        ("drop by points", "kpi:value:current{ROW}\nand\n(\n  kpi:value:past_90d{ROW}\n  - kpi:value:current{ROW}\n  > 10\n)"),
        (
            "growth_below",
            "kpi:value:current{ROW}\nand\n(\n  (\n    kpi:value:current{ROW}\n    - kpi:value:past_30d{ROW}\n  )\n"
            "  / (kpi:value:past_30d{ROW} > 0)\n  < 0.1\n)",
        ),
        (
            "crosses",
            "kpi:value:current{ROW}\nand on (project, kpi, segment)\n(\n  kpi:milestones:reached{LADDER}\n"
            "  > kpi:milestones:reached_before{LADDER}\n)",
        ),
    ],
)
def test_each_condition_in_promql(form: str, expr: str) -> None:
    rule = only(rules_of(catalog_of(kpi(alerts=[alert(WHEN[form])]))), "AcmeStars")
    row, ladder = '{project="acme",kpi="stars",segment=""}', '{project="acme",kpi="stars",ladder="AcmeStars"}'
    assert rule["expr"] == expr.replace("{ROW}", row).replace("{LADDER}", ladder)


def test_a_condition_records_the_past_that_is_not_recorded_for_every_kpi() -> None:
    records = [
        [rule["record"] for rule in rules_of(catalog_of(kpi(alerts=[alert(WHEN[form])]))) if "record" in rule] for form in WHEN
    ]
    ladder = ["kpi:milestones:reached", "kpi:milestones:reached_before"]
    assert records == [[], [], [], [], ["kpi:value:past_1d"], ["kpi:value:past_90d"], [], ladder]


def test_labels_and_annotations_of_an_alert() -> None:
    stars = kpi(
        title="Stars",
        definition="How many there are.",
        targets=[{"at_least": 10}],
        alerts=[alert({"below": 5}, priority="P0", **{"for": "10m"}, escalate={"after": "30m", "channels": ["email-team"]})],
    )
    first, second = rules_of(catalog_of(stars), "bright", Links("https://wiki.example.org/r/", "https://grafana.example.org/"))
    assert (first["alert"], first["for"]) == ("AcmeStars", "10m")
    assert (second["alert"], second["for"]) == ("AcmeStarsEscalated", "30m")
    labels = {"priority": "P0", "severity": "critical", "sources": "github"}
    assert first["labels"] == {**labels, "channels": ",pagerduty,slack-alerts,"}
    assert second["labels"] == {**labels, "channels": ",email-team,", "escalated": "true"}
    assert first["annotations"] == second["annotations"]
    number = '{{ if lt %s 1e4 }}{{ %s | printf "%%.4g" }}{{ else }}{{ %s | printf "%%.0f" }}{{ end }}'
    value, target = number.replace("%s", "$value"), number.replace("%s", "(. | first | value)")
    asked = 'printf "kpi:target:current{project=%q,kpi=%q,segment=%q}" $labels.project $labels.kpi $labels.segment | query'
    assert first["annotations"] == {
        "summary": "bright: Stars below 5",
        "description": f"Stars of bright is {value.replace('%%', '%')}, below 5. How many there are.",
        "value": value.replace("%%", "%"),
        "limit": "below 5",
        "target": f"{{{{ with {asked} }}}}at least {target.replace('%%', '%')}{{{{ else }}}}none{{{{ end }}}}",
        "action": "Look.",
        "respond_within": "30 min",
        "runbook_url": "https://wiki.example.org/r/AcmeStars.md",
        "dashboard_url": "https://grafana.example.org/d/kpi-detail?var-project=bright&var-kpi=stars",
    }


def test_what_looks_like_a_template_in_a_catalog_stays_text() -> None:
    rule = only(rules_of(catalog_of(kpi(title="{{ 1 }}", alerts=[alert({"above": 1}, action="Write {{ x }}.")]))), "AcmeStars")
    assert rule["annotations"]["summary"] == 'acme: {{ "{{" }} 1 }} above 1'
    assert rule["annotations"]["action"] == 'Write {{ "{{" }} x }}.'


def test_a_kpi_without_a_target_says_none() -> None:
    assert only(rules_of(catalog_of(kpi(alerts=[alert({"above": 1})]))), "AcmeStars")["annotations"]["target"] == "none"


def test_two_ladders_of_a_kpi_are_counted_apart() -> None:
    ladders = [alert({"crosses": [10]}), alert({"crosses": [20]}, name="AcmeMore")]
    recorded = [rule for rule in rules_of(catalog_of(kpi(alerts=ladders))) if rule.get("record") == "kpi:milestones:reached"]
    assert [rule["labels"]["ladder"] for rule in recorded] == ["AcmeStars", "AcmeMore"]


@pytest.mark.parametrize(
    ("names", "windows", "expected"),
    [
        ([""], [], 'segment=""'),
        (["P0"], [], 'segment="P0"'),
        (["P0", "P1"], [], 'segment=~"P0|P1"'),
        (["*"], [], 'segment!=""'),
        (["*"], [28], 'segment!~"|28d"'),
        (["*", "28d"], [28], 'segment!=""'),
        (["a.b", 'say "hi"'], [], 'segment=~"a\\\\.b|say \\"hi\\""'),
    ],
)
def test_segments_are_matched_and_no_others(names: list[str], windows: list[int], expected: str) -> None:
    found = segments("acme", "stars", names, [timedelta(days=days) for days in windows])
    assert found == f'{{project="acme",kpi="stars",{expected}}}'


def test_the_total_and_every_segment() -> None:
    assert segments("acme", "stars", ["", "*"], []) == '{project="acme",kpi="stars"}'


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_as_it_was(value: float) -> None:
    assert float(number(value)) == value


def test_promtool_accepts_rules_of_any_names(tmp_path: Path) -> None:
    """Names of segments are free text; what a catalog calls them must not break out of a matcher or a template."""
    segments_ = ['a"b', "a\\b", "{{ .x }}", "a|b", "ü.*", "$labels", "x}", "a\nb"]
    segmented = kpi(
        segments=[{"name": name} for name in segments_],
        alerts=[
            *(alert({"above": 1}, name=f"Acme{index}", segments=[name]) for index, name in enumerate(segments_)),
            alert({"above": 1}, name="AcmeAll", segments=segments_),
        ],
    )
    file = tmp_path / "acme.yml"
    project = Project("acme", catalog_of(segmented), {"stars": "manual"})
    file.write_text(rule_files([project], Links())["prometheus/rules/acme.yml"], encoding="utf-8")
    result = subprocess.run(["promtool", "check", "rules", str(file)], capture_output=True, text=True, check=False)
    assert (result.returncode, "SUCCESS: 9 rules found" in result.stdout) == (0, True), result.stderr


def test_projects_of_a_configuration_go_by_their_own_names(tmp_path: Path) -> None:
    (tmp_path / "kpi-exporter.yml").write_text(
        "projects:\n  - {name: bright, catalog: caro, sources: {manual: {file: figures.csv}}}\n", encoding="utf-8"
    )
    result = CliRunner().invoke(
        main,
        ["render", "rules", f"--config.file={tmp_path / 'kpi-exporter.yml'}", f"--into={tmp_path}", "--grafana.url=http://g"],
    )
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in (tmp_path / "prometheus" / "rules").iterdir()) == [
        "bright.yml",
        "exporter.yml",
        "kpi.yml",
    ]
    text = (tmp_path / "prometheus" / "rules" / "bright.yml").read_text(encoding="utf-8")
    assert 'project="bright"' in text
    assert 'project="caro"' not in text
    assert "http://g/d/kpi-detail?var-project=bright" in text


@pytest.mark.parametrize("name", ["kpi", "exporter"])
def test_a_project_never_takes_the_place_of_a_common_file(tmp_path: Path, name: str) -> None:
    text = f"projects:\n  - {{name: {name}, catalog: caro, sources: {{manual: {{file: figures.csv}}}}}}\n"
    (tmp_path / "kpi-exporter.yml").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(main, ["render", "rules", f"--config.file={tmp_path / 'kpi-exporter.yml'}", f"--into={tmp_path}"])
    assert result.exit_code == 1
    assert f"a project called {name} cannot have rules: {name}.yml is a file of all projects" in result.output
    assert not (tmp_path / "prometheus").exists()


@pytest.mark.parametrize(("over", "hours"), [("90d", 168), ("28d", 168), ("7d", 84), ("1d", 12)])
def test_a_forecast_wants_a_week_of_history_or_half_of_a_shorter_span(over: str, hours: int) -> None:
    forecast = {"forecast": {"kpi": "stars", "ahead": "180d", "over": over}}
    rules = rules_of(catalog_of(kpi(), kpi("soon", value=forecast)))
    assert only(rules, "kpi:value:derived")["expr"].endswith(f"[{over}]) >= {hours}, 0)")


def test_quotes_are_those_of_promql() -> None:
    assert quoted('a"b\\c\nd') == '"a\\"b\\\\c\\nd"'
