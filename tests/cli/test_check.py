"""`kpi-exporter check`: what it prints, and above all what it exits with."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exporter.cli import main
from support.github import Issue
from support.upstream import Answer, Request, Upstream
from support.world import World

Run = Callable[..., Result]


def kpi(result: Result, name: str, segment: str = "") -> dict[str, Any]:
    """One row of the JSON verdict."""
    document = json.loads(result.stdout)
    found = [row for row in document["projects"][0]["kpis"] if (row["kpi"], row["segment"]) == (name, segment)]
    assert len(found) == 1
    return found[0]


def states(row: dict[str, Any]) -> dict[str, str]:
    return {alert["name"]: alert["state"] for alert in row["alerts"]}


def open_a_p0_bug(world: World) -> None:
    world.github.repositories[0].issues.append(Issue(("bug", "P0")))


def test_a_release_goes_out_while_nothing_is_wrong(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert "No alert holds." in result.stdout


def test_an_open_p0_bug_stops_a_release(run: Run, world: World) -> None:
    open_a_p0_bug(world)
    result = run("check")
    assert result.exit_code == 1
    assert "Alerts that hold: P0 CaroP0BugOpen." in result.stdout


def test_the_gate_may_be_opened(run: Run, world: World) -> None:
    open_a_p0_bug(world)
    assert run("check", "--fail-on=never").exit_code == 0


def test_the_gate_takes_notice_of_that_priority_and_higher_ones(run: Run, tmp_path: Path) -> None:
    figures = tmp_path / "figures.csv"
    figures.write_text(figures.read_text().replace("activation_rate,,0.78", "activation_rate,,0.59"))
    assert [run("check", f"--fail-on={priority}").exit_code for priority in ("P0", "P1", "P2", "P3")] == [0, 1, 1, 1]


def test_the_json_says_all_there_is_to_say_of_a_row(run: Run) -> None:
    row = kpi(run("check", "--output=json"), "open_bugs", "P1")
    age = row.pop("age_seconds")
    assert 0 <= age < 60
    alerts = row.pop("alerts")
    assert row == {
        "kpi": "open_bugs",
        "segment": "P1",
        "title": "Open bugs",
        "unit": "count",
        "value": 2,
        "target": 2,
        "goal": 2,
        "attainment": 1,
        "status": "on_target",
        "source": "github",
    }
    assert {"name": "CaroP1BugsOverLimit", "priority": "P1", "state": "ok"} in alerts


def test_what_is_not_known_is_null_and_no_alert_is_decided_on_it(run: Run) -> None:
    row = kpi(run("check", "--output=json"), "csat")
    assert (row["value"], row["attainment"], row["source"], row["age_seconds"]) == (None, None, None, None)
    assert (row["status"], set(states(row).values())) == ("no_data", {"no_data"})


def test_a_figure_entered_by_hand_is_marked_as_such(run: Run) -> None:
    row = kpi(run("check", "--output=json"), "active_weekly_users")
    assert (row["value"], row["source"]) == (250, "manual")


def test_a_condition_on_the_past_asks_for_history(run: Run) -> None:
    row = kpi(run("check", "--output=json"), "github_stars")
    assert "needs_history" in states(row).values()


def test_what_rests_on_the_past_needs_history(run: Run) -> None:
    row = kpi(run("check", "--output=json"), "week_over_week_growth", "github_stars")
    assert (row["value"], row["status"], row["source"]) == (None, "needs_history", None)


def test_the_table_says_what_needs_history(run: Run) -> None:
    told = run("check").stdout
    (line,) = [line.split() for line in told.splitlines() if line.startswith("Week-over-week growth")]
    assert "needs history" in " ".join(line)
    (summary,) = [line for line in told.splitlines() if line.startswith("caro: ")]
    assert re.search(r"\d+ tracked, 12 need history\. ", summary)


def test_prometheus_supplies_what_rests_on_the_past(run: Run) -> None:
    recorded = 'kpi:value:derived{project="caro",kpi="week_over_week_growth",segment="github_stars"}'

    def prometheus(request: Request) -> Answer:
        result = [{"metric": {}, "value": [0, "0.25"]}] if request.query["query"] == [f"max({recorded})"] else []
        return Answer.json({"status": "success", "data": {"resultType": "vector", "result": result}})

    with Upstream(prometheus) as server:
        result = run("check", "--output=json", f"--prometheus.url={server.url}")
    row = kpi(result, "week_over_week_growth", "github_stars")
    assert (row["value"], row["status"], row["source"]) == (0.25, "tracked", "github+prometheus")
    assert kpi(result, "week_over_week_growth", "downloads")["status"] == "no_data"


def test_prometheus_supplies_the_past(run: Run) -> None:
    def prometheus(request: Request) -> Answer:
        result = [{"metric": {}, "value": [0, "1150"]}] if 'kpi="github_stars"' in request.query["query"][0] else []
        return Answer.json({"status": "success", "data": {"resultType": "vector", "result": result}})

    with Upstream(prometheus) as server:
        result = run("check", "--output=json", f"--prometheus.url={server.url}")
    assert states(kpi(result, "github_stars")) == {"CaroGithubStarsMilestone": "firing"}
    assert states(kpi(result, "active_weekly_users"))["CaroActiveWeeklyUsersMilestone"] == "no_data"


def test_a_prometheus_that_does_not_answer_is_one_clear_error(run: Run, upstream: Upstream) -> None:
    result = run("check", f"--prometheus.url={upstream.url}/nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("kpi-exporter: GET http://127.0.0.1")
    assert "Traceback" not in result.output


@pytest.mark.parametrize("url", ["", "prometheus:9090", "ftp://prometheus"])
def test_a_prometheus_that_is_no_web_address_is_wrong_usage(run: Run, url: str) -> None:
    result = run("check", f"--prometheus.url={url}")
    assert result.exit_code == 2
    assert "--prometheus.url: must start with http:// or https://" in result.stderr


def test_it_says_so_when_no_source_answers(run: Run, upstream: Upstream, tmp_path: Path) -> None:
    upstream.fault = Answer(500)
    (tmp_path / "figures.csv").unlink()
    (tmp_path / "history").rename(tmp_path / "gone")
    result = run("check")
    assert result.exit_code == 3
    assert "github: gave nothing (server_error)" in result.stdout


def test_a_source_that_fails_leaves_the_others_to_be_judged(run: Run, world: World, upstream: Upstream) -> None:
    world.github.remaining = 0
    result = run("check", "--output=json")
    assert result.exit_code == 0
    assert kpi(result, "discord_members")["value"] == 680
    assert kpi(result, "open_bugs")["value"] is None


def test_half_of_the_repositories_are_no_verdict_on_all_of_them(run: Run, world: World) -> None:
    world.github.repositories.pop()
    result = run("check", "--output=json")
    assert kpi(result, "github_stars")["value"] is None
    assert "github: caro-cli/docs: not_found" in run("check").stdout


def test_an_alert_that_could_stop_the_release_and_could_not_be_judged_is_named(run: Run, world: World) -> None:
    assert "a figure is missing" not in run("check").stdout
    world.github.remaining = 0
    result = run("check")
    assert result.exit_code == 0
    (line,) = [line.strip() for line in result.stdout.splitlines() if "a figure is missing" in line]
    assert line == "not judged, a figure is missing: P0 CaroP0BugOpen"


def test_a_project_that_is_not_configured_is_wrong_usage(run: Run) -> None:
    result = run("check", "--project=car0")
    assert result.exit_code == 2
    assert "Unknown project 'car0', did you mean \"caro\"?" in result.stderr


def test_a_configuration_with_problems_is_wrong_usage(run: Run, config: Path) -> None:
    config.write_text(config.read_text().replace("interval:", "intervall:", 1))
    result = run("check")
    assert result.exit_code == 2
    assert 'projects[0].sources.github.intervall: unknown key, did you mean "interval"?' in result.stderr


@pytest.mark.parametrize("columns", ["40", "80", "300"])
def test_no_number_is_cut_however_narrow_the_terminal(config: Path, columns: str) -> None:
    environ = {"FORCE_COLOR": "1", "NO_COLOR": "1", "TERM": "xterm", "COLUMNS": columns}
    told = CliRunner().invoke(main, ["check", f"--config.file={config}"], env=environ).stdout
    assert "…" not in told
    assert max(map(len, told.splitlines())) <= max(80, int(columns)) + len("\x1b[1m\x1b[0m") * 20


def test_the_json_is_all_there_is_on_the_output_whatever_is_logged(run: Run, upstream: Upstream) -> None:
    upstream.fault = Answer(500)
    result = run("check", "--output=json", "--log.level=debug")
    assert json.loads(result.stdout)["projects"][0]["project"] == "caro"
    assert "level=warn" in result.stderr
    assert "planted" not in result.stderr.lower()


def test_every_row_is_shown_on_request(run: Run) -> None:
    short, whole = run("check").stdout, run("check", "--all").stdout
    assert ("process_monitoring" in short, "process_monitoring" in whole) == (False, True)


@pytest.mark.parametrize("output", ["table", "json"])
def test_nobody_and_no_secret_is_in_the_verdict(run: Run, output: str) -> None:
    result = run("check", f"--output={output}")
    assert "planted" not in result.output.lower()
