"""What can be changed in Grafana, one request each; all but the first may be done twice without harm."""

from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from exporter.grafana.api import Grafana
from exporter.grafana.state import Grants

__all__ = ["MakeTeam", "SetFolder", "SetHome", "Step"]


class Step(Protocol):
    """One change: `lines` say what is different after it."""

    @property
    def lines(self) -> Sequence[str]: ...

    def take(self, grafana: Grafana, teams: MutableMapping[str, int]) -> None:
        """Changes it; `teams` are the numbers of the teams by name, those that were made among them. Raises UpstreamError."""


@dataclass(frozen=True, slots=True)
class MakeTeam:
    """A team without members."""

    name: str

    @property
    def lines(self) -> Sequence[str]:
        return (f"made team {self.name}",)

    def take(self, grafana: Grafana, teams: MutableMapping[str, int]) -> None:
        teams[self.name] = grafana.make_team(self.name)


@dataclass(frozen=True, slots=True)
class SetFolder:
    """All permissions in a folder."""

    uid: str
    grants: Grants
    lines: Sequence[str]

    def take(self, grafana: Grafana, teams: MutableMapping[str, int]) -> None:
        items: list[Mapping[str, int | str]] = [{"role": role, "permission": may} for role, may in self.grants.roles.items()]
        items += [{"teamId": teams[name], "permission": may} for name, may in self.grants.teams.items()]
        grafana.set_permissions(self.uid, items)


@dataclass(frozen=True, slots=True)
class SetHome:
    """The home page of the organisation."""

    dashboard: str

    @property
    def lines(self) -> Sequence[str]:
        return (f"home is {self.dashboard}",)

    def take(self, grafana: Grafana, teams: MutableMapping[str, int]) -> None:
        grafana.set_home(self.dashboard)
