"""What is to be changed so that Grafana grants what the file says. Pure."""

from collections.abc import Iterator, Mapping

from exporter.document import shown
from exporter.grafana.levels import Access, FolderAccess
from exporter.grafana.state import Grants, State
from exporter.grafana.steps import MakeTeam, SetFolder, SetHome, Step

__all__ = ["plan", "shut_out"]

_VIEW, _EDIT = 1, 2
"""Permissions of Grafana: what the levels read_only and full mean."""
_DO = {_VIEW: "read", _EDIT: "edit"}
_EVERYONE = ("Viewer", "Editor")
"""Each role needs a permission of its own: in a folder, editors do not have what viewers have."""
_ADMINISTRATORS = "Admin"


def plan(access: Access, state: State) -> tuple[Step, ...]:
    """The changes in the order in which they are made: teams first, since folders name them. None where nothing differs."""
    return tuple(_steps(access, state))


def shut_out(access: Access, state: State) -> tuple[str, ...]:
    """The teams of the file that may not read the home page: its folder is closed to them."""
    folder = None if state.home_folder is None else access.folders[state.home_folder]
    return () if folder is None else tuple(team for team in access.teams if not folder.welcomes(team))


def _steps(access: Access, state: State) -> Iterator[Step]:
    yield from (MakeTeam(name) for name in access.teams if name not in state.teams)
    for title, folder in access.folders.items():
        there = state.folders[title]
        wanted = _wanted(folder, there.grants)
        if lines := [f"folder {title}: {line}" for line in _differences(wanted, there.grants)]:
            yield SetFolder(there.uid, wanted, lines)
    if access.home is not None and access.home != state.home:
        yield SetHome(access.home)


def _wanted(folder: FolderAccess, there: Grants) -> Grants:
    """What the file says; what administrators have of their own stays, since they may everything anyway."""
    teams = {**dict.fromkeys(folder.full, _EDIT), **dict.fromkeys(folder.read_only, _VIEW)}
    roles = {role: may for role, may in there.roles.items() if role == _ADMINISTRATORS}
    return Grants(teams, {**roles, **dict.fromkeys(_EVERYONE if folder.everyone else (), _VIEW)})


def _differences(wanted: Grants, there: Grants) -> Iterator[str]:
    yield from _changes("", wanted.teams, there.teams)
    yield from (f"team {shown(name)} has no permission any more" for name in sorted(there.teams.keys() - wanted.teams.keys()))
    yield from _changes("role ", wanted.roles, there.roles)
    yield from (f"role {shown(role)} has no permission any more" for role in sorted(there.roles.keys() - wanted.roles.keys()))
    if there.accounts:
        have = "account has" if there.accounts == 1 else "accounts have"
        yield f"{there.accounts} {have} no permission here any more"


def _changes(kind: str, wanted: Mapping[str, int], there: Mapping[str, int]) -> Iterator[str]:
    for name, may in wanted.items():
        before = there.get(name, 0)
        if before != may:
            yield f"{kind}{name} may {'only ' if before > may else ''}{_DO[may]}"
