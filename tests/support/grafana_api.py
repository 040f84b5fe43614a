"""A Grafana of which only the API of access is there; it answers as the real one does, and remembers."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from support.upstream import Answer, Request

__all__ = ["FOLDERS", "LOGIN", "TOKEN", "FakeGrafana"]

TOKEN = "glsa_planted0admin0token_0a1b2c3d"
LOGIN = "planted-login"
FOLDERS = ("Leadership", "Projects", "Public", "Operations")
_PROVISIONED = ({"role": "Editor", "permission": 2}, {"role": "Viewer", "permission": 1})


def _granted(item: dict[str, Any], teams: dict[str, int]) -> dict[str, Any]:
    """An entry of a permission list, with what nobody should read of it."""
    number, account = item.get("teamId", 0), item.get("userId", 0)
    who = {"userLogin": LOGIN, "userEmail": f"{LOGIN}@example.org"} if account else {"userLogin": "", "userEmail": ""}
    named = {"team": next((name for name, its in teams.items() if its == number), ""), "teamId": number}
    role = {"role": item["role"]} if item.get("role") else {}
    return {"userId": account, **who, **named, **role, "permission": item["permission"], "inherited": False}


@dataclass
class FakeGrafana:
    """One organisation, its folders as files have provisioned them.

    `role` is that of the token's account. A page holds no more than `largest_page` entries. `refusals` are answers given instead,
    once each, to the first requests whose method and path match; `changes` lists what was changed, as method and path.
    """

    role: str = "Admin"
    largest_page: int = 2
    teams: dict[str, int] = field(default_factory=lambda: {"Chess club": 7, "Interns": 8, "Night shift": 9})
    folders: dict[str, str] = field(default_factory=lambda: {f"uid-{title.lower()}": title for title in FOLDERS})
    dashboards: dict[str, str] = field(default_factory=lambda: {"kpi-leadership": "uid-leadership", "kpi-lonely": ""})
    preferences: dict[str, str] = field(default_factory=lambda: {"theme": "dark"})
    permissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refusals: dict[str, Answer] = field(default_factory=dict)
    changes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.permissions = {**{uid: [*map(dict, _PROVISIONED)] for uid in self.folders}, **self.permissions}

    def __call__(self, request: Request) -> Answer:
        asked = f"{request.method} {request.path}"
        for pattern in self.refusals:
            if re.fullmatch(pattern, asked):
                return self.refusals.pop(pattern)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer.json({"message": "Invalid API key"}, 401)
        if self.role != "Admin" and asked != "GET /api/folders":
            return Answer.json({"message": "Permissions needed"}, 403)
        if request.method != "GET":
            self.changes.append(asked)
        for route, handler in self._routes().items():
            if found := re.fullmatch(route, asked):
                return handler(request, *found.groups())
        return Answer.json({"message": "Not found"}, 404)

    def may(self, title: str) -> dict[str, int]:
        """What is granted in a folder: the permission by team, by role, or by number of account."""
        names = {number: name for name, number in self.teams.items()}
        uid = next(uid for uid, its in self.folders.items() if its == title)
        return {
            names.get(item.get("teamId", 0)) or item.get("role") or f"account {item['userId']}": item["permission"]
            for item in self.permissions[uid]
        }

    def _routes(self) -> dict[str, Callable[..., Answer]]:
        return {
            "GET /api/teams/search": self._search_teams,
            "POST /api/teams": self._make_team,
            "GET /api/folders": self._list_folders,
            "GET /api/folders/([^/]+)/permissions": self._list_permissions,
            "POST /api/folders/([^/]+)/permissions": self._set_permissions,
            "GET /api/dashboards/uid/([^/]+)": self._dashboard,
            "GET /api/org/preferences": lambda _: Answer.json(self.preferences),
            "PATCH /api/org/preferences": self._patch,
        }

    def _page(self, request: Request, size: str, entries: list[Any]) -> list[Any]:
        many = min(int(request.query[size][0]), self.largest_page)
        first = many * (int(request.query["page"][0]) - 1)
        return entries[first : first + many]

    def _search_teams(self, request: Request) -> Answer:
        teams = [{"id": number, "name": name, "email": ""} for name, number in sorted(self.teams.items())]
        return Answer.json({"totalCount": len(teams), "teams": self._page(request, "perpage", teams)})

    def _make_team(self, request: Request) -> Answer:
        name = json.loads(request.body)["name"]
        # As on a database that compares without case.
        if name.casefold() in {team.casefold() for team in self.teams}:
            return Answer.json({"message": "Team name taken"}, 409)
        self.teams[name] = max(self.teams.values(), default=0) + 1
        return Answer.json({"message": "Team created", "teamId": self.teams[name], "uid": "u"})

    def _list_folders(self, request: Request) -> Answer:
        folders = [{"id": 1, "uid": uid, "title": title} for uid, title in self.folders.items()]
        return Answer.json(self._page(request, "limit", folders))

    def _list_permissions(self, _: Request, uid: str) -> Answer:
        return Answer.json([_granted(item, self.teams) for item in self.permissions[uid]])

    def _set_permissions(self, request: Request, uid: str) -> Answer:
        self.permissions[uid] = json.loads(request.body)["items"]
        return Answer.json({"message": "Folder permissions updated"})

    def _dashboard(self, _: Request, uid: str) -> Answer:
        if uid not in self.dashboards:
            return Answer.json({"message": "Dashboard not found"}, 404)
        return Answer.json({"meta": {"folderUid": self.dashboards[uid]}, "dashboard": {"uid": uid}})

    def _patch(self, request: Request) -> Answer:
        self.preferences |= json.loads(request.body)
        return Answer.json({"message": "Preferences updated"})
