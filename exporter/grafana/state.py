"""What is in Grafana before anything is changed."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from exporter.document import shown
from exporter.errors import Reason, UpstreamError
from exporter.grafana.api import Folder, Grafana, Permission
from exporter.grafana.levels import Access

__all__ = ["FolderState", "Grants", "State", "read"]

_MOST_NAMED = 20
"""Most folders that a message names; more help nobody."""


@dataclass(frozen=True, slots=True)
class Grants:
    """Permissions in one folder, 1 to view, 2 to edit, 4 to administer: of teams by name, of roles, and of how many accounts."""

    teams: Mapping[str, int]
    roles: Mapping[str, int]
    accounts: int = 0


@dataclass(frozen=True, slots=True)
class FolderState:
    """One folder: how Grafana calls it, and who may do what in it."""

    uid: str
    grants: Grants


@dataclass(frozen=True, slots=True)
class State:
    """The teams by name with their numbers, the folders of the file by title, the home page and the title of its folder.

    `home` is None where the organisation has none of its own; `home_folder` is the folder of the home page that the file wants,
    None where it is none of the file's.
    """

    teams: Mapping[str, int]
    folders: Mapping[str, FolderState]
    home: str | None
    home_folder: str | None


def read(grafana: Grafana, access: Access) -> State:
    """Reads all that the file speaks of; raises UpstreamError, also where Grafana has no such folder or dashboard."""
    # First what a token that lacks something is refused: of folders it would be shown only some.
    teams, home = grafana.teams(), grafana.home()
    uids = _uids(grafana.folders(), access.folders)
    folders = {title: FolderState(uid, _grants(grafana.permissions(uid), teams)) for title, uid in uids.items()}
    return State(teams, folders, home, _home_folder(grafana, access.home, uids))


def _uids(folders: Sequence[Folder], wanted: Collection[str]) -> dict[str, str]:
    counts = Counter(folder.title for folder in folders)
    missing = [title for title in wanted if not counts[title]]
    if missing:
        there = ", ".join(shown(title) for title in sorted(counts)[:_MOST_NAMED]) or "none"
        said = f"Grafana has no folder {' and no folder '.join(missing)}; it has {there}: are its dashboards provisioned?"
        raise UpstreamError(Reason.NOT_FOUND, said)
    if twice := [title for title in wanted if counts[title] > 1]:
        raise UpstreamError(Reason.CLIENT_ERROR, f"Grafana has several folders with the title {' and '.join(twice)}: rename some")
    return {folder.title: folder.uid for folder in folders if folder.title in wanted}


def _grants(permissions: Sequence[Permission], numbers: Mapping[str, int]) -> Grants:
    names = {number: name for name, number in numbers.items()}
    teams = {names.get(one.team_id, one.team): one.permission for one in permissions if one.team_id}
    roles = {one.role: one.permission for one in permissions if one.role}
    return Grants(teams, roles, len(permissions) - len(teams) - len(roles))


def _home_folder(grafana: Grafana, home: str | None, uids: Mapping[str, str]) -> str | None:
    if home is None:
        return None
    folder = grafana.folder_of(home)
    if folder is None:
        raise UpstreamError(Reason.NOT_FOUND, f"Grafana has no dashboard {home} for its home: are its dashboards provisioned?")
    return next((title for title, uid in uids.items() if uid == folder), None)
