"""`kpi-exporter access`: Grafana grants what the file says, after one run as after many."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from exporter.cli import main
from support.grafana_api import LOGIN, TOKEN, FakeGrafana
from support.upstream import Answer, Upstream

ROOT = Path(__file__).parents[2]
LEADERS, CREW = "Release leadership", "Core contributors"


class Access:
    """The command, over a Grafana on loopback and the file that ships."""

    def __init__(self, upstream: Upstream, fake: FakeGrafana, folder: Path) -> None:
        self.upstream = upstream
        self.fake = fake
        self.file = folder / "access.yml"
        self.file.write_text((ROOT / "grafana" / "access.yml").read_text())
        self.token = folder / "token"
        self.token.write_text(f"{TOKEN}\n")

    def __call__(self, *more: str, **environ: str) -> Result:
        given = [] if environ else [f"--grafana.token-file={self.token}"]
        args = ["access", f"--grafana.url={self.upstream.url}", f"--access.file={self.file}", *given, *more]
        result = CliRunner().invoke(main, args, env=environ, catch_exceptions=False)
        assert TOKEN not in result.output
        assert LOGIN not in result.output
        return result

    def change(self, old: str, new: str) -> None:
        """Writes something else into the file."""
        text = self.file.read_text()
        assert old in text
        self.file.write_text(text.replace(old, new))


@pytest.fixture
def fake() -> FakeGrafana:
    return FakeGrafana()


@pytest.fixture
def access(fake: FakeGrafana, tmp_path: Path) -> Iterator[Access]:
    with Upstream(fake) as upstream:
        yield Access(upstream, fake, tmp_path)


def test_a_new_grafana_gets_teams_levels_and_home(access: Access) -> None:
    result = access()
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "made team Release leadership",
        "made team Core contributors",
        "folder Leadership: Release leadership may edit",
        "folder Leadership: Core contributors may read",
        "folder Leadership: role Editor has no permission any more",
        "folder Leadership: role Viewer has no permission any more",
        "folder Projects: Release leadership may edit",
        "folder Projects: Core contributors may read",
        "folder Projects: role Editor has no permission any more",
        "folder Projects: role Viewer has no permission any more",
        "folder Public: Release leadership may edit",
        "folder Public: role Editor may only read",
        "folder Operations: Release leadership may edit",
        "folder Operations: role Editor has no permission any more",
        "folder Operations: role Viewer has no permission any more",
        "home is kpi-leadership",
    ]
    assert access.fake.may("Leadership") == access.fake.may("Projects") == {LEADERS: 2, CREW: 1}
    assert access.fake.may("Public") == {LEADERS: 2, "Viewer": 1, "Editor": 1}
    assert access.fake.may("Operations") == {LEADERS: 2}
    assert access.fake.preferences == {"theme": "dark", "homeDashboardUID": "kpi-leadership"}


def test_the_second_run_finds_nothing_to_change(access: Access) -> None:
    access()
    access.fake.changes.clear()
    result = access()
    assert (result.exit_code, result.stdout, result.stderr) == (0, "nothing to change\n", "")
    assert access.fake.changes == []


def test_a_check_changes_nothing_and_says_what_differs(access: Access) -> None:
    result = access("--check")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == "not yet: made team Release leadership"
    assert result.stdout.splitlines()[-1] == "not yet: home is kpi-leadership"
    assert access.fake.changes == []
    done = access().stdout.splitlines()
    assert [f"not yet: {line}" for line in done] == result.stdout.splitlines()


def test_a_check_finds_nothing_where_nothing_differs(access: Access) -> None:
    access()
    result = access("--check")
    assert (result.exit_code, result.stdout) == (0, "nothing to change\n")


def test_only_the_folder_that_differs_is_written(access: Access) -> None:
    access()
    access.fake.changes.clear()
    access.change("Operations: {full: [Release leadership]}", "Operations: {full: [Core contributors]}")
    assert access().stdout.splitlines() == [
        "folder Operations: Core contributors may edit",
        "folder Operations: team Release leadership has no permission any more",
    ]
    assert access.fake.changes == ["POST /api/folders/uid-operations/permissions"]


def test_what_somebody_granted_by_hand_is_taken_back_without_a_name(access: Access) -> None:
    access()
    access.fake.permissions["uid-projects"] += [{"userId": 4, "permission": 4}, {"teamId": 8, "permission": 2}]
    assert access().stdout.splitlines() == [
        "folder Projects: team Interns has no permission any more",
        "folder Projects: 1 account has no permission here any more",
    ]
    assert access.fake.may("Projects") == {LEADERS: 2, CREW: 1}


def test_teams_that_the_file_does_not_name_are_left_alone(access: Access) -> None:
    access()
    access.change("  Core contributors: everybody who contributes to a project regularly\n", "")
    access.change(", read_only: [Core contributors]", "")
    access()
    assert set(access.fake.teams) == {"Chess club", "Interns", "Night shift", LEADERS, CREW}


def test_a_home_that_a_team_may_not_read_is_a_warning(access: Access) -> None:
    access.change("kpi-leadership", "kpi-watch")
    access.fake.dashboards["kpi-watch"] = "uid-operations"
    result = access()
    assert result.exit_code == 0
    assert result.stderr == "warning: Core contributors may not read the home page kpi-watch, which is in Operations\n"


def test_folders_that_the_file_does_not_name_are_left_alone_though_the_home_be_there(access: Access) -> None:
    access.fake.folders["uid-elsewhere"] = "Elsewhere"
    access.fake.dashboards["kpi-leadership"] = "uid-elsewhere"
    result = access()
    assert (result.exit_code, result.stderr) == (0, "")
    assert not any("uid-elsewhere" in request.path for request in access.upstream.requests)


def test_folders_that_are_missing_are_one_error_with_those_there_are(access: Access) -> None:
    access.change("  Projects:", "  Projcts:")
    access.change("  Public:", "  Web:")
    result = access()
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == (
        "kpi-exporter: Grafana has no folder Projcts and no folder Web; "
        "it has Leadership, Operations, Projects, Public: are its dashboards provisioned?\n"
    )
    assert access.fake.changes == []


def test_a_grafana_without_folders_is_told_so(access: Access) -> None:
    access.fake.folders.clear()
    assert "no folder Operations; it has none: are its dashboards provisioned?" in access().stderr


def test_two_folders_of_one_title_are_not_told_apart(access: Access) -> None:
    access.fake.folders["uid-twin"] = "Public"
    result = access()
    assert (result.exit_code, access.fake.changes) == (1, [])
    assert "several folders with the title Public: rename some" in result.stderr


def test_a_home_that_is_not_there_is_told_before_anything_is_changed(access: Access) -> None:
    access.change("kpi-leadership", "kpi-nowhere")
    result = access()
    assert (result.exit_code, access.fake.changes) == (1, [])
    assert "Grafana has no dashboard kpi-nowhere for its home: are its dashboards provisioned?" in result.stderr


@pytest.mark.parametrize("role", ["Viewer", "Editor"])
def test_a_token_of_a_lesser_role_is_told_what_it_needs(access: Access, role: str) -> None:
    """Such a token sees only some folders, and that is not what is told."""
    access.fake.role = role
    result = access()
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the token may not read teams: it must belong to a service account with the role Admin" in result.stderr


def test_what_was_done_before_a_failure_is_told_and_the_next_run_finishes(access: Access) -> None:
    access.fake.refusals["POST /api/folders/uid-projects/permissions"] = Answer.json({"message": LOGIN}, 400)
    failed = access()
    assert failed.exit_code == 1
    assert failed.stdout.splitlines()[-1] == "folder Leadership: role Viewer has no permission any more"
    assert failed.stderr.splitlines() == [
        "What is told above is done; run the command again for the rest.",
        f"kpi-exporter: POST {access.upstream.url}/api/folders/uid-projects/permissions answered 400",
    ]
    finished = access()
    assert finished.exit_code == 0
    assert finished.stdout.splitlines()[0] == "folder Projects: Release leadership may edit"
    assert access().stdout == "nothing to change\n"


def test_a_team_that_was_made_without_an_answer_is_found_by_the_next_run(access: Access) -> None:
    access.fake.teams[LEADERS] = 10
    access.fake.refusals["POST /api/teams"] = Answer(500)
    assert access().exit_code == 1
    assert access.fake.changes == []
    assert access().stdout.splitlines()[0] == "made team Core contributors"


def test_nothing_is_said_of_what_was_done_where_nothing_was(access: Access) -> None:
    access.fake.refusals["POST /api/teams"] = Answer.json({}, 403)
    result = access()
    assert (
        result.stderr == "kpi-exporter: the token may not make teams: it must belong to a service account with the role Admin\n"
    )


def test_a_file_that_is_wrong_is_told_before_grafana_is_asked(access: Access) -> None:
    access.change("full: [Release leadership]}\n", "full: [Release leaders]}\n")
    result = access()
    assert result.exit_code == 2
    assert 'found "Release leaders"; did you mean "Release leadership"?' in result.stderr
    assert access.upstream.requests == []


def test_the_token_may_stand_in_a_variable(access: Access) -> None:
    assert access(KPI_EXPORTER_GRAFANA_TOKEN=TOKEN).exit_code == 0
    assert access(KPI_EXPORTER_GRAFANA_TOKEN_FILE=str(access.token)).stdout == "nothing to change\n"


def test_the_token_is_given_once(access: Access) -> None:
    for environ in ({"HOME": "/"}, {"KPI_EXPORTER_GRAFANA_TOKEN": TOKEN, "KPI_EXPORTER_GRAFANA_TOKEN_FILE": str(access.token)}):
        result = access(**environ)
        assert result.exit_code == 2
        assert "Give the token by one of --grafana.token-file and the variable KPI_EXPORTER_GRAFANA_TOKEN." in result.stderr


@pytest.mark.parametrize("content", [b"", b" \n", f"{TOKEN}\n{TOKEN}".encode(), b"a b", "töken".encode(), b"\xff\xfe"])
def test_a_file_that_holds_no_token_is_refused(access: Access, content: bytes) -> None:
    access.token.write_bytes(content)
    result = access()
    assert (result.exit_code, access.upstream.requests) == (2, [])
    assert "must hold" in result.stderr


def test_a_file_of_the_token_that_is_not_there_is_named(access: Access) -> None:
    access.token.unlink()
    result = access()
    assert result.exit_code == 2
    assert f"{access.token} cannot be read: No such file or directory" in " ".join(result.stderr.split())


@pytest.mark.parametrize("url", ["grafana:3000", "ftp://grafana", "http://admin:planted@grafana", "http://grafana?x=1"])
def test_an_address_that_is_none_is_refused_without_its_password(access: Access, url: str) -> None:
    result = access(f"--grafana.url={url}")
    assert result.exit_code == 2
    assert "must be an http or https URL" in result.stderr
    assert "planted" not in result.stderr


def test_grafana_may_lie_under_a_path(access: Access) -> None:
    fake = access.fake
    access.upstream.handler = lambda request: (
        Answer(404)
        if not request.path.startswith("/grafana/")
        else fake(
            type(request)(request.method, request.path.removeprefix("/grafana"), request.query, request.headers, request.body)
        )
    )
    assert access(f"--grafana.url={access.upstream.url}/grafana/").exit_code == 0
    assert access().stderr.endswith("/api/teams/search answered 404\n")
