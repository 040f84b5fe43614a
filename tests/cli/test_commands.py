"""The other commands, and what all of them share."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exporter.cli import COMMANDS, main
from support.upstream import Answer, Upstream

Run = Callable[..., Result]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage: " in result.output
    assert "  --help" in result.output or "-h, --help" in result.output


def test_the_help_names_each_command_with_what_it_does() -> None:
    lines = CliRunner().invoke(main, ["--help"]).output.splitlines()
    named = {line.split()[0]: line for line in lines if line.startswith("  ") and line.split()[0] in COMMANDS}
    assert set(named) == set(COMMANDS)
    assert all(len(line.split()) > 3 for line in named.values())


@pytest.mark.parametrize("command", [name for name in COMMANDS if name != "render"])
def test_every_flag_may_be_given_by_an_environment_variable_that_its_help_names(command: str) -> None:
    told = " ".join(CliRunner().invoke(main, [command, "--help"]).output.split())
    flags = set(re.findall(r" (--[a-z.-]+)", told.partition("Options:")[2])) - {"--help"}
    assert {f"KPI_EXPORTER_{re.sub('[.-]', '_', flag[2:]).upper()}" for flag in flags} == {
        variable.replace("HEALTHCHECK_", "") for variable in re.findall(r"KPI_EXPORTER_[A-Z_]+", told)
    } - {"KPI_EXPORTER_GRAFANA_TOKEN"}  # a secret: flags can be read by others


def test_a_flag_beats_its_variable(config: Path) -> None:
    environ = {"KPI_EXPORTER_CONFIG_FILE": "nowhere.yml"}
    assert CliRunner().invoke(main, ["validate"], env=environ).exit_code == 2
    assert CliRunner().invoke(main, ["validate", f"--config.file={config}"], env=environ).exit_code == 0


def test_a_variable_that_is_wrong_is_named(config: Path) -> None:
    result = CliRunner().invoke(main, ["collect", f"--config.file={config}"], env={"KPI_EXPORTER_LOG_LEVEL": "loud"})
    assert result.exit_code == 2
    assert "'--log.level' (env var: 'KPI_EXPORTER_LOG_LEVEL'): 'loud' is not one of" in result.stderr


def test_colours_are_left_out_where_they_are_not_wanted(config: Path) -> None:
    def doctor(**environ: str) -> str:
        return CliRunner().invoke(main, ["doctor", f"--config.file={config}"], env=environ, color=True).stdout

    assert "\x1b[" in doctor(NO_COLOR="", TERM="xterm")
    assert "\x1b[" not in doctor(NO_COLOR="1", TERM="xterm")
    assert "\x1b[" not in doctor(NO_COLOR="", TERM="dumb")


def test_the_help_imports_nothing_heavy() -> None:
    heavy = {"pydantic", "requests", "prometheus_client", "rich", "yaml", "exporter.collect", "exporter.sources"}
    code = "import sys, contextlib\nfrom exporter.cli import main\n"
    code += "with contextlib.suppress(SystemExit):\n main(['--help'])\nprint(','.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert heavy & set(done.stderr.strip().split(",")) == set()


def test_a_misspelt_command_gets_a_suggestion() -> None:
    result = CliRunner().invoke(main, ["chekc"])
    assert result.exit_code == 2
    assert 'did you mean "check"?' in result.output


def test_validate_says_what_it_found(run: Run, upstream: Upstream) -> None:
    result = run("validate")
    assert (result.exit_code, upstream.requests) == (0, [])
    assert result.stdout.startswith("caro: 6 sources, 37 KPIs, 22 alerts: valid")


def test_validate_needs_no_secret(run: Run, tmp_path: Path) -> None:
    (tmp_path / "github_token").unlink()
    assert run("validate").exit_code == 0
    result = run("validate", "--secrets")
    assert result.exit_code == 2
    assert "projects[0].sources.github.token_file: the file" in result.stderr


def test_validate_names_the_lines_of_figures_that_nothing_takes(run: Run, tmp_path: Path) -> None:
    figures = tmp_path / "figures.csv"
    figures.write_text(
        "date,kpi,segment,value\n2026-01-20,csta,,0.8\n2026-01-20,open_bugs,P9,1\n2026-01-20,csat,,80 %\n2026-01-20,csat,,0.8\n"
    )
    result = run("validate")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f'{figures}:2: kpi: no KPI of this catalog is called "csta", did you mean "csat"?',
        f"{figures}:3: segment: no segment of open_bugs, known are P0, P1, P2, P3",
        f'{figures}:4: value: must be a number such as 0.75 or 1200, found "80 %"; write 0.8',
        "3 problems found",
    ]


def test_validate_tells_the_problems_of_configuration_and_catalog_by_line(run: Run, config: Path, tmp_path: Path) -> None:
    catalog = tmp_path / "own.yml"
    catalog.write_text(
        "project: caro\nlaunch: 2026-01-15\nkpis:\n"
        "  - {id: stars, title: Stars, definition: Stars., unit: count, direction: up, tier: kpi, category: community,\n"
        "     value: {metric: github_repository_star}}\n"
    )
    config.write_text(config.read_text().replace("catalog: caro", "catalog: own.yml"))
    result = run("validate")
    assert result.exit_code == 2
    problem = 'kpis[0].value.metric: unknown metric "github_repository_star", did you mean "github_repository_stars"?'
    assert result.stderr.splitlines()[0].endswith(problem)


def test_collect_prints_what_a_scrape_would_get(run: Run) -> None:
    result = run("collect")
    assert result.exit_code == 0
    assert 'github_repository_stars{project="caro",repository="caro-cli/caro"} 1100.0\n' in result.stdout
    assert 'kpi_value{kpi="community_size",project="caro",segment="",unit="count"} 1884.0\n' in result.stdout


def test_collect_asks_only_the_sources_that_are_named(run: Run, upstream: Upstream) -> None:
    result = run("collect", "discord")
    assert "discord_members{" in result.stdout
    assert "github_repository_stars" not in result.stdout
    assert {request.path.split("/")[1] for request in upstream.requests} == {"discord"}


def test_collect_of_an_unknown_source_is_wrong_usage(run: Run) -> None:
    result = run("collect", "dicsord")
    assert result.exit_code == 2
    assert 'did you mean "discord"?' in result.stderr


def test_collect_of_a_source_that_no_project_has_is_wrong_usage(run: Run) -> None:
    result = run("collect", "crates")
    assert result.exit_code == 2
    assert "No project has the source 'crates', known are discord, git, github, manual, npm, pypi" in result.stderr


def test_collect_says_so_when_no_source_answers(run: Run, upstream: Upstream) -> None:
    upstream.fault = Answer(500)
    assert run("collect", "npm").exit_code == 3


def test_doctor_finds_nothing_to_mend(run: Run) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert "FAIL" not in result.stdout
    assert {line.split(": ")[1] for line in result.stdout.splitlines() if line.startswith("caro: ")} == {
        "discord", "git", "github", "manual", "npm", "pypi",
    }  # fmt: skip


def test_doctor_says_what_does_not_work_and_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "github_token").write_text("ghp_wrong")
    result = run("doctor")
    assert result.exit_code == 1
    failed = [line for line in result.stdout.splitlines() if "FAIL" in line]
    assert failed
    assert all("ghp_wrong" not in line for line in failed)


def test_a_first_collection_keeps_its_progress_off_the_output(run: Run) -> None:
    result = run("collect", "discord")
    assert all(line.startswith(("#", "discord_", "kpi_")) for line in result.stdout.splitlines())


def test_healthcheck_of_nobody_fails_clearly() -> None:
    result = CliRunner().invoke(main, ["healthcheck", "--url=http://127.0.0.1:9/-/healthy"])
    assert (result.exit_code, result.stderr) == (1, "not healthy: no usable answer (Connection refused)\n")


@pytest.mark.parametrize("url", ["http://[::1", "http://127.0.0.1:9/ x", "http://127.0.0.1:99999"])
def test_healthcheck_of_a_url_that_is_none_fails_clearly(url: str) -> None:
    result = CliRunner().invoke(main, ["healthcheck", f"--url={url}"], catch_exceptions=False)
    assert result.exit_code == 1
    assert result.stderr.startswith("not healthy: no usable answer (")


def test_healthcheck_asks_no_proxy() -> None:
    with Upstream(lambda _: Answer(200, b"healthy\n")) as exporter:
        environ = {"http_proxy": "http://127.0.0.1:9", "no_proxy": ""}
        result = CliRunner().invoke(main, ["healthcheck", f"--url={exporter.url}/-/healthy"], env=environ)
    assert (result.exit_code, result.stdout) == (0, "healthy\n")


@pytest.mark.parametrize(("status", "code"), [(200, 0), (401, 0), (503, 1)])
def test_healthcheck_passes_on_what_the_exporter_says(status: int, code: int) -> None:
    with Upstream(lambda _: Answer(status, b"healthy\n")) as exporter:
        result = CliRunner().invoke(main, ["healthcheck", f"--url={exporter.url}/-/healthy"])
    assert result.exit_code == code
