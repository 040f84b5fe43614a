"""What is changed: what differs from the file, and nothing else."""

from collections.abc import Mapping

import pytest

from exporter.document import parse
from exporter.grafana.levels import Access, build
from exporter.grafana.plan import plan, shut_out
from exporter.grafana.state import FolderState, Grants, State
from exporter.grafana.steps import SetFolder

FILE = """\
home: board
teams: {Leaders: who decides, Crew: who works}
folders:
  Projects: {full: [Leaders], read_only: [Crew]}
"""
DONE = {"Leaders": 2, "Crew": 1}


def access(text: str = FILE) -> Access:
    return build(parse(text, "access.yml"))


def state(
    teams: Mapping[str, int] = DONE,
    roles: Mapping[str, int] | None = None,
    accounts: int = 0,
    home: str | None = "board",
    home_folder: str | None = None,
) -> State:
    """A Grafana that has both teams and the folder Projects with these permissions."""
    grants = Grants(teams, roles or {}, accounts)
    return State({"Leaders": 1, "Crew": 2, "Interns": 3}, {"Projects": FolderState("uid", grants)}, home, home_folder)


def lines(wanted: Access, there: State) -> list[str]:
    return [line for step in plan(wanted, there) for line in step.lines]


def test_nothing_is_changed_where_all_is_as_it_should_be() -> None:
    assert plan(access(), state()) == ()


@pytest.mark.parametrize(
    ("there", "line"),
    [
        (state(teams={"Leaders": 2}), "folder Projects: Crew may read"),
        (state(teams={"Crew": 1}), "folder Projects: Leaders may edit"),
        (state(teams={"Leaders": 1, "Crew": 1}), "folder Projects: Leaders may edit"),
        (state(teams={"Leaders": 4, "Crew": 1}), "folder Projects: Leaders may only edit"),
        (state(teams={"Leaders": 2, "Crew": 2}), "folder Projects: Crew may only read"),
        (state(teams={**DONE, "Interns": 1}), "folder Projects: team Interns has no permission any more"),
        (state(roles={"Viewer": 1}), "folder Projects: role Viewer has no permission any more"),
        (state(roles={"Editor": 2}), "folder Projects: role Editor has no permission any more"),
        (state(accounts=1), "folder Projects: 1 account has no permission here any more"),
        (state(accounts=2), "folder Projects: 2 accounts have no permission here any more"),
        (state(home=None), "home is board"),
        (state(home="other"), "home is board"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_difference_is_one_line(there: State, line: str) -> None:
    assert lines(access(), there) == [line]


def test_a_folder_is_set_whole_even_if_one_team_differs() -> None:
    (step,) = plan(access(), state(teams={"Leaders": 2}))
    assert isinstance(step, SetFolder)
    assert step.grants == Grants(DONE, {})


def test_what_administrators_have_of_their_own_is_kept() -> None:
    assert plan(access(), state(roles={"Admin": 4})) == ()
    (step,) = plan(access(), state(teams={}, roles={"Admin": 4, "Viewer": 1}))
    assert isinstance(step, SetFolder)
    assert step.grants == Grants(DONE, {"Admin": 4})


def test_everyone_is_viewers_and_editors_and_neither_may_do_more_than_read() -> None:
    """A folder as it is provisioned, where editors may edit."""
    wanted = access(FILE.replace("[Crew]}", "[Crew], everyone: read_only}"))
    assert lines(wanted, state(roles={"Viewer": 1, "Editor": 2})) == ["folder Projects: role Editor may only read"]
    assert lines(wanted, state()) == ["folder Projects: role Viewer may read", "folder Projects: role Editor may read"]
    assert plan(wanted, state(roles={"Viewer": 1, "Editor": 1})) == ()


def test_teams_are_made_before_folders_name_them() -> None:
    bare = State({"Crew": 2}, {"Projects": FolderState("uid", Grants({}, {}))}, None, None)
    assert lines(access(), bare) == [
        "made team Leaders",
        "folder Projects: Leaders may edit",
        "folder Projects: Crew may read",
        "home is board",
    ]


def test_without_a_home_in_the_file_the_one_there_stays() -> None:
    assert plan(access(FILE.replace("home: board\n", "")), state(home="other")) == ()


def test_who_may_not_read_the_home_page_is_known() -> None:
    closed = access(FILE.replace(", read_only: [Crew]", ""))
    opened = access(FILE.replace("read_only: [Crew]", "everyone: read_only"))
    assert shut_out(closed, state(home_folder="Projects")) == ("Crew",)
    assert shut_out(closed, state(home_folder=None)) == ()
    assert shut_out(access(), state(home_folder="Projects")) == shut_out(opened, state(home_folder="Projects")) == ()
