"""What is asked of Grafana over its HTTP API.

Source: grafana.com, "HTTP API": teams, folders, folder permissions, organisation preferences, dashboards.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, ClassVar, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from exporter.errors import Reason, UpstreamError
from exporter.http import Auth, Client, Params, Response

__all__ = ["Folder", "Grafana", "Permission"]

T = TypeVar("T")

_PAGE = 500
"""Entries of a page; Grafana gives up to 1000."""
_MOST_PAGES = 200
_CONFLICT = 409


class _Answer(BaseModel):
    """A part of an answer, of which only the fields that matter here are read; types are never converted."""

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True, frozen=True)


class Folder(_Answer):
    """A folder that lies in no other."""

    uid: str
    title: str


class Permission(_Answer):
    """What one team, one role or one account may do in a folder: 1 is to view, 2 to edit, 4 to administer."""

    team_id: int = Field(0, alias="teamId")
    team: str = ""
    role: str | None = None
    permission: int
    inherited: bool = False


class _Team(_Answer):
    id: int
    name: str


class _Teams(_Answer):
    teams: list[_Team]


class _Made(_Answer):
    team_id: int = Field(alias="teamId")


class _Preferences(_Answer):
    home: str | None = Field(None, alias="homeDashboardUID")


class _Meta(_Answer):
    folder_uid: str = Field("", alias="folderUid")


class _Dashboard(_Answer):
    meta: _Meta


class Grafana:
    """One organisation of a Grafana: the one that the token belongs to.

    Raises UpstreamError, RateLimited among them; its text says what a token lacks that may not do something.
    """

    def __init__(self, client: Client, url: str, token: str) -> None:
        self._client = client
        self._api = f"{url}/api"
        self._auth = Auth(f"Bearer {token}", "grafana")

    def teams(self) -> dict[str, int]:
        """The number of every team by its name."""
        pages = self._pages("teams/search", "perpage", "read teams", lambda answer: _read(_Teams, answer).teams)
        return {team.name: team.id for team in pages}

    def folders(self) -> list[Folder]:
        """Every folder that lies in no other."""
        return [*self._pages("folders", "limit", "read folders", lambda answer: _read(list[Folder], answer))]

    def permissions(self, uid: str) -> list[Permission]:
        """What is granted in a folder itself, not what administrators may do everywhere."""
        granted = _read(list[Permission], self._get(_permissions(uid), "read the permissions of a folder"))
        return [permission for permission in granted if not permission.inherited]

    def home(self) -> str | None:
        """The uid of the home page of the organisation, None where it has none of its own."""
        return _read(_Preferences, self._get("org/preferences", "read the preferences of the organisation")).home or None

    def folder_of(self, dashboard: str) -> str | None:
        """The uid of the folder that holds a dashboard, "" for none; None where there is no such dashboard."""
        try:
            answer = self._get(f"dashboards/uid/{quote(dashboard, safe='')}", "read dashboards")
        except UpstreamError as error:
            if error.reason is Reason.NOT_FOUND:
                return None
            raise
        return _read(_Dashboard, answer).meta.folder_uid

    def make_team(self, name: str) -> int:
        """Makes a team without members; gives its number. It is asked for once: a second request would find the name taken."""
        try:
            answer = self._ask("make teams", lambda url: self._post(url, {"name": name}, 0), "teams")
        except UpstreamError as error:
            if error.status != _CONFLICT:
                raise
            said = f"Grafana has a team already that it takes for {name}: see whether upper and lower case differ"
            raise UpstreamError(error.reason, said, error.status) from None
        return _read(_Made, answer).team_id

    def set_permissions(self, uid: str, items: Sequence[Mapping[str, int | str]]) -> None:
        """Replaces everything that is granted in a folder."""
        doing = "set the permissions of a folder"
        self._ask(doing, lambda url: self._post(url, {"items": items}), _permissions(uid))

    def set_home(self, dashboard: str) -> None:
        """Makes a dashboard the home page of the organisation and leaves its other preferences alone."""
        change = {"homeDashboardUID": dashboard}
        doing = "set the preferences of the organisation"
        self._ask(doing, lambda url: self._client.patch(url, json=change, auth=self._auth), "org/preferences")

    def _pages(self, path: str, size: str, doing: str, entries: Callable[[Any], list[T]]) -> Iterator[T]:
        """The entries of all pages. How full a page is says nothing: what the token may not see is taken out of it."""
        seen: list[T] = []
        for page in range(1, _MOST_PAGES + 1):
            new = [entry for entry in entries(self._get(path, doing, {size: str(_PAGE), "page": str(page)})) if entry not in seen]
            if not new:
                return
            seen += new
            yield from new

    def _get(self, path: str, doing: str, params: Params | None = None) -> Any:
        # Not conditional, so that no answer is kept: those on permissions hold logins and e-mail addresses.
        return self._ask(doing, lambda url: self._client.get(url, params=params, auth=self._auth, conditional=False), path)

    def _post(self, url: str, json: Any, retries: int | None = None) -> Response:
        return self._client.post(url, json=json, auth=self._auth, retries=retries)

    def _ask(self, doing: str, send: Callable[[str], Response], path: str) -> Any:
        try:
            return send(f"{self._api}/{path}").json()
        except UpstreamError as error:
            if error.status not in _LACKING:
                raise
            raise UpstreamError(error.reason, _LACKING[error.status].format(doing=doing), error.status) from None


_LACKING: Mapping[int | None, str] = {
    401: "Grafana does not take the token: it is wrong, has expired, or belongs to another Grafana",
    403: "the token may not {doing}: it must belong to a service account with the role Admin",
}


def _permissions(uid: str) -> str:
    return f"folders/{quote(uid, safe='')}/permissions"


def _read(kind: type[T], answer: Any) -> T:
    """What an answer says; raises UpstreamError(MALFORMED) where it is not what the API promises."""
    with suppress(ValidationError):
        return TypeAdapter(kind).validate_python(answer)
    raise UpstreamError(Reason.MALFORMED, "Grafana answered what does not fit its API")
