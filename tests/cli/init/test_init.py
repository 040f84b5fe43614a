"""`kpi-exporter init`: from a name to files that validate, render and check."""

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exporter.cli import main
from exporter.starter import FILES
from support.github import TOKEN
from support.starter import GUILD, INVITE, Listed, StarterServices, cargo, package_json, pyproject, written
from support.upstream import Answer, Upstream

ROOT = Path(__file__).parents[3]


def run(*args: str) -> Result:
    result = CliRunner().invoke(main, list(args), catch_exceptions=False)
    assert "planted" not in result.output.lower()
    return result


def init(upstream: Upstream, into: Path, *args: str) -> Result:
    return run("init", f"--into={into}", *StarterServices.flags(upstream.url), *args)


def test_one_flag_is_enough(upstream: Upstream, tmp_path: Path) -> None:
    result = init(upstream, tmp_path / "kpi", "--repository=https://github.com/acme/widget")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(
        "acme/widget: 1,234 stars, 56 forks, 40 open issues, 8 open pull requests and 12 contributors\n"
        "  MIT; branch main; topics cli, widgets; https://widget.example.org\n"
        "widget on npm, out of package.json: 4,500 downloads in 30 days\n"
        "widget-tool on PyPI, out of pyproject.toml: 1,200 downloads in 30 days\n"
        "\n"
        f"Wrote {tmp_path}/kpi/kpi-exporter.yml, {tmp_path}/kpi/catalog.yml, {tmp_path}/kpi/figures.csv.\n"
    )
    assert written(tmp_path / "kpi") == sorted(FILES)


def test_it_says_what_to_do_next(upstream: Upstream, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = init(upstream, Path("kpi"), "--repository=acme/widget").stdout.partition("Next:\n\n")[2]
    assert [line for line in told.splitlines() if line.startswith("     ")] == [
        "     mkdir -p kpi/secrets && (umask 077 && cat > kpi/secrets/github_token)",
        "     kpi-exporter validate --config.file kpi/kpi-exporter.yml",
        "     kpi-exporter doctor --config.file kpi/kpi-exporter.yml",
        "     kpi-exporter check --config.file kpi/kpi-exporter.yml",
    ]
    assert "read-only access to Metadata, Contents, Issues, Pull requests and Discussions of acme/widget" in told
    assert "docs/getting-started.md" in told
    assert (ROOT / "docs/getting-started.md").exists()


def test_the_steps_it_names_work(upstream: Upstream, tmp_path: Path) -> None:
    init(upstream, tmp_path, "--repository=acme/widget", f"--discord={INVITE}")
    secret = subprocess.run(
        ["sh", "-c", f"mkdir -p {tmp_path}/secrets && (umask 077 && cat > {tmp_path}/secrets/github_token)"],
        input=f"{TOKEN}\n".encode(), check=True,
    )  # fmt: skip
    assert secret.returncode == 0
    config = f"--config.file={tmp_path}/kpi-exporter.yml"
    assert run("validate", config).stdout == "widget: 4 sources, 12 KPIs, 10 alerts: valid\n"
    assert run("doctor", config).exit_code == 0
    verdict = run("check", config, "--output=json", "--all")
    assert verdict.exit_code == 0
    (project,) = json.loads(verdict.stdout)["projects"]
    rows = {(row["kpi"], row["segment"]): (row["value"], row["target"]) for row in project["kpis"]}
    assert rows["github_stars", ""] == (1234, 1400)
    assert rows["downloads", ""] == (5700, 6300)
    assert rows["downloads", "pypi"] == (1200, 1400)


SITUATIONS = range(12)


def situation(seed: int) -> tuple[StarterServices, list[str]]:
    """Services that are there, or not, by chance; and the flags that name them."""
    dice = random.Random(seed)
    labels = dice.sample(["bug", "kind/bug", "P0", "priority: high", "docs"], dice.randint(0, 5))
    repositories = [
        Listed(
            f"acme/{name}", stars=dice.choice([0, 7, 1234, 250_000]), forks=dice.randint(0, 99), issues=dice.randint(0, 400),
            pulls=dice.randint(0, 9), contributors=dice.choice([0, 1, 40]), labels=labels, has_issues=dice.random() < 0.8,
            files=dice.choice([{}, package_json("widget"), {**pyproject("widget"), **package_json("on")}]),
        )
        for name in dice.sample(["widget", "null", "3d.js"], dice.randint(1, 2))
    ]  # fmt: skip
    packages = {
        (registry, name): dice.randint(0, 500) for registry in ("npm", "pypi") for name in ("widget", "on") if dice.random() < 0.6
    }
    services = StarterServices(*repositories, packages=packages)
    services.members = dice.choice([None, 680])
    services.online = dice.choice([None, 9])
    flags = [f"--repository={repository.name}" for repository in repositories]
    flags += dice.choice([[], [f"--discord={INVITE}"], [f"--discord={GUILD}"], ["--npm=gadget"]])
    if dice.random() < 0.3:
        services.failing[f"/github/repos/{repositories[0].name}/labels"] = Answer(500)
    return services, [*flags, *dice.choice([[], ["--project=on"], ["--project=acme-widget_2"]])]


@pytest.mark.parametrize("seed", SITUATIONS)
def test_in_every_situation_the_files_validate_render_and_check(seed: int, tmp_path: Path) -> None:
    services, flags = situation(seed)
    (tmp_path / "token").write_text(TOKEN)
    with Upstream(services) as upstream:
        began = init(upstream, tmp_path / "kpi", f"--github.token-file={tmp_path}/token", *flags)
        assert began.exit_code == 0, began.output
        texts = [(tmp_path / "kpi" / name).read_text() for name in FILES]
        assert not any("planted" in text.lower() for text in texts)
        config = f"--config.file={tmp_path}/kpi/kpi-exporter.yml"
        assert run("validate", config).exit_code == 0
        checked = run("check", config, "--output=json")
    assert checked.exit_code == 0, checked.output
    (project,) = json.loads(checked.stdout)["projects"]
    assert any(row["value"] is not None for row in project["kpis"])
    shutil.copytree(ROOT / "alertmanager", tmp_path / "alertmanager")
    rendered = run("render", "all", config, f"--into={tmp_path}")
    assert (rendered.exit_code, rendered.stderr) == (0, "")
    rules = tmp_path / "prometheus" / "rules" / f"{project['project']}.yml"
    assert subprocess.run(["promtool", "check", "rules", rules], capture_output=True).returncode == 0


def test_the_token_that_was_given_is_the_one_that_is_read(upstream: Upstream, tmp_path: Path) -> None:
    (tmp_path / "kpi").mkdir()
    (tmp_path / "kpi" / "my_token").write_text(TOKEN)
    result = init(upstream, tmp_path / "kpi", "--repository=acme/widget", f"--github.token-file={tmp_path}/kpi/my_token")
    text = (tmp_path / "kpi" / "kpi-exporter.yml").read_text()
    assert "        token_file: my_token\n" in text
    assert "Make a token" not in result.stdout
    assert TOKEN not in text + result.output
    assert {request.headers.get("authorization") for request in upstream.requests if "/github/" in request.path} == {
        f"Bearer {TOKEN}"
    }


def test_a_token_that_is_gone_once_it_was_read_is_asked_for_again(upstream: Upstream, tmp_path: Path) -> None:
    """A pipe, which is what a shell makes of `<(…)`."""
    theirs, ours = os.pipe()
    os.write(ours, f"{TOKEN}\n".encode())
    os.close(ours)
    try:
        result = init(upstream, tmp_path, "--repository=acme/widget", f"--github.token-file=/dev/fd/{theirs}")
    finally:
        os.close(theirs)
    assert result.exit_code == 0
    assert "        token_file: secrets/github_token\n" in (tmp_path / "kpi-exporter.yml").read_text()
    assert "Make a token for GitHub" in result.stdout


def test_a_token_in_a_file_that_no_configuration_could_name_is_refused(upstream: Upstream, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff")
    folder.mkdir()
    (folder / "token").write_text(TOKEN)
    result = init(upstream, tmp_path / "kpi", "--repository=acme/widget", f"--github.token-file={folder}/token")
    assert (result.exit_code, upstream.requests, written(tmp_path / "kpi")) == (2, [], [])
    assert "must have a path in UTF-8, since the configuration names it" in result.stderr


def test_nobody_is_asked_where_there_is_no_standard_input(upstream: Upstream, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "exporter",
        "init",
        *StarterServices.flags(upstream.url),
        "--npm=widget",
        f"--into={tmp_path}",
    ]
    done = subprocess.run(["sh", "-c", 'exec "$@" <&-', "sh", *command], capture_output=True, text=True)
    assert (done.returncode, done.stderr, written(tmp_path)) == (0, "", sorted(FILES))


def test_flags_beat_what_the_repository_suggests(upstream: Upstream, services: StarterServices, tmp_path: Path) -> None:
    services.packages["npm", "@acme/widget"] = 10
    result = init(upstream, tmp_path, "--repository=acme/widget", "--npm=@acme/widget", "--project=gadget")
    assert "@acme/widget on npm: 300 downloads in 30 days\n" in result.stdout
    text = (tmp_path / "kpi-exporter.yml").read_text()
    assert "        packages: ['@acme/widget']\n" in text
    assert "  - name: gadget\n" in text


def test_what_is_not_confirmed_is_told_and_left_as_a_comment(upstream: Upstream, tmp_path: Path) -> None:
    result = init(upstream, tmp_path, "--repository=acme/widget", "--npm=gadget", f"--discord={GUILD}")
    assert result.exit_code == 0
    package, server = result.stderr.splitlines()
    assert package == "warning: gadget is left as a comment: npm knows no such package; check its name"
    assert server.startswith("warning: the Discord server is left as a comment: ")
    assert "      # npm:\n      #   packages: [gadget]\n" in (tmp_path / "kpi-exporter.yml").read_text()
    assert "Without a bot the Discord server tells nothing." in result.stdout


def test_a_package_of_a_manifest_that_no_registry_could_have_is_passed_over(tmp_path: Path) -> None:
    services = StarterServices(Listed(files={**package_json("Wid Get"), **cargo("9lives")}))
    with Upstream(services) as upstream:
        result = init(upstream, tmp_path, "--repository=acme/widget")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "npm" not in (tmp_path / "kpi-exporter.yml").read_text()


def test_one_repository_under_two_names_is_read_once(upstream: Upstream, services: StarterServices, tmp_path: Path) -> None:
    services.failing["/github/repos/acme/gadget"] = Answer(301, headers={"Location": "/github/repos/acme/widget"})
    init(upstream, tmp_path, "--repository=acme/gadget", "--repository=ACME/widget")
    assert "        repositories: [acme/widget]\n" in (tmp_path / "kpi-exporter.yml").read_text()


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_overwritten_unasked(upstream: Upstream, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine\n")
    result = init(upstream, tmp_path, "--repository=acme/widget")
    assert (result.exit_code, upstream.requests) == (2, [])
    assert result.stderr.endswith(f"Error: {tmp_path / name} is there already; --force overwrites it.\n")
    assert written(tmp_path) == [name]
    assert (tmp_path / name).read_text() == "mine\n"


def test_force_overwrites(upstream: Upstream, tmp_path: Path) -> None:
    (tmp_path / "catalog.yml").write_text("mine\n")
    assert init(upstream, tmp_path, "--repository=acme/widget", "--force").exit_code == 0
    assert (tmp_path / "catalog.yml").read_text().startswith("# The KPIs of widget")
    assert written(tmp_path) == sorted(FILES)


USAGE = {
    (): "Name something to read: --repository, --npm, --pypi, --crates or --discord; on a terminal, init asks.",
    ("--yes",): "Name something to read: --repository, --npm, --pypi, --crates or --discord; on a terminal, init asks.",
    ("--repository=widget",): "Invalid value for --repository: must be a repository written as owner/name, such as caro-cli/caro",
    ("--npm=wid get",): "Invalid value for --npm: must be the name of an npm package such as left-pad or @scope/name",
    ("--crates=a-b", "--crates=A_B"): 'Invalid value for --crates: must name each package once, "A_B" stands twice',
    ("--discord=my server",): (
        "Invalid value for --discord: must be the code of an invite only, such as hTKzmak for https://discord.gg/hTKzmak"
    ),
    ("--npm=widget", "--project=kpi"): (
        "Invalid value for --project: must not be exporter or kpi: rules that all projects share have these names"
    ),
    ("--npm=widget", "--github.token-file=nowhere"): (
        "Invalid value for --github.token-file: nowhere cannot be read: No such file or directory"
    ),
    ("--npm=widget", "--github.base-url=github.example.org"): (
        "Invalid value for --github.base-url: must be an http or https URL such as https://api.example.org"
    ),
}


@pytest.mark.parametrize("args", USAGE)
def test_wrong_usage(tmp_path: Path, args: tuple[str, ...]) -> None:
    result = run("init", f"--into={tmp_path}/kpi", *args)
    assert result.exit_code == 2
    assert result.stderr.endswith(f"Error: {USAGE[args]}\n")
    assert written(tmp_path) == []


def failed(upstream: Upstream, into: Path, *args: str) -> str:
    """What is said where nothing could be written."""
    result = init(upstream, into, *args)
    assert (result.exit_code, written(into)) == (1, [])
    lines = [line for line in result.stderr.splitlines() if not line.startswith("warning: ")]
    assert len(lines) == 1
    return lines[0].removeprefix("kpi-exporter: ")


def test_a_repository_that_does_not_exist_writes_nothing(upstream: Upstream, tmp_path: Path) -> None:
    said = failed(upstream, tmp_path / "kpi", "--repository=acme/widget", "--repository=acme/gadget")
    assert said.startswith("GitHub has no repository acme/gadget, or does not show it; ")


def test_a_spent_quota_writes_nothing(upstream: Upstream, services: StarterServices, tmp_path: Path) -> None:
    services.public_quota = 0
    assert "; give one by --github.token-file, or try again after " in failed(
        upstream, tmp_path / "kpi", "--repository=acme/widget"
    )


def test_no_network_writes_nothing(upstream: Upstream, tmp_path: Path) -> None:
    upstream.fault = "drop"
    assert failed(upstream, tmp_path / "kpi", "--repository=acme/widget").startswith(
        "GitHub cannot be reached: GET http://127.0.0.1:"
    )


def test_nothing_confirmed_writes_nothing(upstream: Upstream, tmp_path: Path) -> None:
    said = failed(upstream, tmp_path / "kpi", "--npm=gadget")
    assert said == "nothing of it could be looked up, so nothing was written"


def test_a_folder_that_cannot_be_made(upstream: Upstream, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = init(upstream, tmp_path / "file" / "kpi", "--npm=widget")
    assert result.exit_code == 1
    assert result.stderr.endswith("cannot be written to: Not a directory; nothing was written\n")
