"""`kpi-exporter backfill`: what it takes, what it says, and how it ends."""

import fcntl
import os
import re
import resource
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from exporter.backfill import FILE, DataDirectory, promtool
from exporter.cli import main
from exporter.cli.backfill import DEFAULT_INSTANCE
from support.acme import Acme
from support.contract import recorded
from support.typeform import TOKEN, FakeTypeform, answers_of, response
from support.upstream import Answer, Upstream

ROOT = Path(__file__).parents[2]
DAY = timedelta(days=1)
FORM = recorded("typeform", "form_good")
Run = Callable[..., Result]


@pytest.fixture
def acme(tmp_path: Path) -> Acme:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    return Acme(tmp_path, now - 12 * DAY, now)


@pytest.fixture
def run(acme: Acme) -> Run:
    def run(*flags: str, **environ: str) -> Result:
        return CliRunner().invoke(main, ["backfill", f"--config.file={acme.config}", *flags], env=environ)

    return run


@pytest.fixture
def typeform(acme: Acme) -> Iterator[FakeTypeform]:
    """The project with a survey, too."""
    today = acme.now.replace(hour=0)
    sent = [response(age, today - age * DAY, answers_of(FORM, {"recommend": 9})) for age in (9, 5, 1)]
    fake = FakeTypeform(FORM, list(sent))
    (acme.folder / "token").write_text(TOKEN)
    with Upstream(fake) as upstream:
        survey = "{id: u6nXL7, survey: users, questions: {recommend: nps}, min_group: 1}"
        source = f"      typeform: {{base_url: '{upstream.url}', token_file: token, forms: [{survey}]}}\n"
        acme.config.write_text(acme.config.read_text() + source)
        yield fake


def out(acme: Acme) -> str:
    return f"--output={acme.folder / 'past.txt'}"


def test_it_says_what_was_had_from_whom_and_what_comes_next(run: Run, acme: Acme, typeform: FakeTypeform) -> None:
    source = "      discord: {guild_id: '1', bot_token_file: token}\n"
    acme.config.write_text(acme.config.read_text() + source)
    result = run(out(acme), "--since=10d", f"--until={acme.now.date()}")
    assert (result.exit_code, result.stderr.count("acme git: 11 to do")) == (0, 1)
    first, last = acme.now.date() - 10 * DAY, acme.now.date()
    lines = result.stdout.splitlines()
    assert lines[:3] == [
        f"acme git: 11 moments from {first} to {last}",
        f"acme manual: 11 moments from {first} to {last}",
        f"acme typeform: 10 moments from {acme.now.date() - 9 * DAY} to {last}",
    ]
    assert lines[3] == "acme discord: keeps no past, so its figures begin with the first scrape"
    assert re.fullmatch(rf"From {first} 00:00 to {last} 00:00: \d+ series, \d+ samples\.", lines[4])
    assert lines[5].startswith("Next: promtool tsdb create-blocks-from ")


def test_the_text_is_openmetrics_with_the_labels_of_a_scrape(run: Run, acme: Acme) -> None:
    assert run(out(acme), "--since=3d", "--instance=exporter:1").exit_code == 0
    text = (acme.folder / "past.txt").read_text()
    assert text.endswith("\n# EOF\n")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert {"kpi_value", "kpi_status", "git_commits", "kpi:value:current", "project:kpi_on_target:ratio"} <= set(families)
    assert {
        tuple(sample.labels[name] for name in ("job", "instance", "project")) for sample in families["kpi_value"].samples
    } == {("kpi-exporter", "exporter:1", "acme")}
    assert [line for line in text.splitlines() if '=""' in line] == []


def test_the_default_instance_is_what_prometheus_scrapes() -> None:
    config = yaml.safe_load((ROOT / "prometheus" / "prometheus.yml").read_text())
    (job,) = [job for job in config["scrape_configs"] if job["job_name"] == "kpi-exporter"]
    assert job["static_configs"] == [{"targets": [DEFAULT_INSTANCE]}]


def test_a_limit_ends_the_run_with_the_time_to_come_back(run: Run, acme: Acme, typeform: FakeTypeform) -> None:
    typeform.limited = 100
    result = run(out(acme), "--since=10d")
    assert result.exit_code == 1
    assert "acme git: 11 moments" in result.stdout
    (when,) = re.findall(r"Give the same command again after (\S+ \S+) UTC: it goes on where it stopped\.", result.stderr)
    assert datetime.fromisoformat(f"{when}+00:00") > datetime.now(UTC)
    assert not (acme.folder / "past.txt").exists()
    typeform.limited = 0
    result = run(out(acme), "--since=10d")
    assert result.exit_code == 0
    assert result.stdout.startswith("Went on with the run that was interrupted.\n")
    assert "survey_nps{" in (acme.folder / "past.txt").read_text()


def test_a_run_that_was_begun_without_asking_prometheus_is_not_gone_on_with_once_it_is_to_be_asked(
    run: Run, acme: Acme, typeform: FakeTypeform
) -> None:
    typeform.limited = 100
    assert run(out(acme), "--since=10d").exit_code == 1
    typeform.limited = 0
    with Upstream(lambda request: Answer(500)) as prometheus:
        result = run(out(acme), "--since=10d", f"--prometheus.url={prometheus.url}")
    assert (result.exit_code, result.stdout, len(prometheus.requests) > 0) == (1, "", True)
    assert not (acme.folder / "past.txt").exists()


def test_a_source_that_fails_leaves_its_figures_out_and_is_told(run: Run, acme: Acme, typeform: FakeTypeform) -> None:
    typeform.scopes.clear()
    result = run(out(acme), "--since=10d")
    assert result.exit_code == 0
    assert "acme typeform: knows nothing of then; Typeform refuses the token" in result.stdout
    text = (acme.folder / "past.txt").read_text()
    assert ("survey_" in text, "git_commits{" in text) == (False, True)


def test_where_no_source_answers_nothing_is_written(run: Run, acme: Acme) -> None:
    shutil.rmtree(acme.folder / "srv")
    (acme.folder / "figures.csv").unlink()
    result = run(out(acme))
    assert result.exit_code == 3
    assert "No source answered, so nothing is written." in result.stderr
    assert not (acme.folder / "past.txt").exists()


def test_no_secret_and_nothing_that_people_wrote_is_kept_or_said(run: Run, acme: Acme, typeform: FakeTypeform) -> None:
    typeform.limited = 0
    result = run(out(acme), "--since=10d", "--log.level=debug")
    kept = b"".join(
        file.read_bytes() for file in (acme.folder / "state").rglob("*") if file.is_file() and "acme/git" not in str(file)
    )
    said = (result.output + (acme.folder / "past.txt").read_text()).encode()
    assert (TOKEN.encode() in kept + said, b"planted" in kept + said, b"ada@example.org" in kept + said) == (False, False, False)


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        ((), "Give one of --output and --into."),
        (("--output=a", "--into=b"), "Give one of --output and --into."),
        (("--output=a", "--again"), "--again goes with --into."),
        (("--output=a", "--since=yesterday"), "must be a day such as 2026-01-15 or a duration such as 90d"),
        (("--output=a", "--since=1d", "--until=2d"), "must be before the end"),
        (("--output=a", "--since=0206-01-15"), "must be a day from 1970 on"),
        (("--output=a", "--step=7m"), "must be from 1m to 1h, and divide an hour"),
        (("--output=a", "--step=2h"), "must be from 1m to 1h, and divide an hour"),
        (("--output=a", "--resolution=5h"), "must be whole hours that divide a day"),
        (("--output=a", "--prometheus.url=prometheus"), "must start with http:// or https://"),
        (("--output=a", "--project=amce"), "Unknown project 'amce', did you mean"),
    ],
)
def test_wrong_usage_is_one_sentence(run: Run, flags: tuple[str, ...], sentence: str) -> None:
    result = run(*flags)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_a_configuration_without_state_needs_a_folder_for_the_run(run: Run, acme: Acme) -> None:
    lines = acme.config.read_text().splitlines(keepends=True)
    acme.config.write_text("".join(line for line in lines if not line.startswith("state_dir")))
    result = run(out(acme), "--since=3d")
    assert (result.exit_code, "set state_dir or give --work" in result.stderr) == (1, True)
    assert run(out(acme), "--since=3d", f"--work={acme.folder / 'work'}").exit_code == 0
    assert (acme.folder / "work" / FILE).exists()


def test_beside_a_running_exporter_it_asks_for_a_folder_of_its_own(run: Run, acme: Acme) -> None:
    (acme.folder / "state").mkdir()
    lock = os.open(acme.folder / "state" / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    result = run(out(acme), "--since=3d")
    os.close(lock)
    assert result.exit_code == 1
    assert result.stderr.endswith("is in use by another kpi-exporter: give another folder by --work\n")


def test_an_output_that_cannot_be_written_is_one_sentence(run: Run, acme: Acme) -> None:
    result = run(f"--output={acme.folder / 'nowhere' / 'past.txt'}", "--since=3d")
    assert (result.exit_code, "past.txt cannot be written: No such file or directory" in result.stderr) == (1, True)


def test_a_disk_that_is_full_is_not_left_so(run: Run, acme: Acme) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**19, before[1]))
    try:
        result = run(out(acme), "--since=10d")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (result.exit_code, "past.txt cannot be written: File too large" in result.stderr) == (1, True)
    assert [found.name for found in acme.folder.iterdir() if "past.txt" in found.name] == []


def test_two_runs_never_fill_one_data_directory_at_once(run: Run, acme: Acme) -> None:
    data = acme.folder / "data"
    with DataDirectory(data, promtool()).alone():
        result = run(f"--into={data}")
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"another backfill is at work in {data}" in result.stderr
    assert list(data.iterdir()) == []


def test_a_missing_promtool_is_one_sentence(run: Run, acme: Acme) -> None:
    result = run(f"--into={acme.folder / 'data'}", PATH="/nowhere")
    assert (result.exit_code, "promtool is not on the PATH" in result.stderr) == (1, True)
    assert not (acme.folder / "data").exists()
