"""Who works on the project of the demo. Nobody of them exists; their addresses lead nowhere (RFC 2606)."""

from dataclasses import dataclass
from datetime import timedelta

__all__ = ["CONTRIBUTORS", "MAINTAINERS", "VISITORS", "Person"]

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Person:
    """An account: what it is called, what GitHub says of it here, and how long ago it committed first, None for never."""

    login: str
    name: str
    association: str = "NONE"
    began: timedelta | None = None

    @property
    def email(self) -> str:
        """The address of its commits."""
        return f"{self.login}@example.org"


_BEGAN = (300, 290, 271, 240, 215, 190, 171, 160, 140, 121, 108, 95, 81, 66, 52, 44, 31, 23, 15, 12.5, 9, 3)
"""Days ago: 12 people 90 days ago, 20 at the launch, 22 now."""
# fmt: off
_NAMES = (
    "ada", "ben", "cleo", "dario", "edda", "finn", "gero", "hana", "ivo", "jana", "kofi",
    "lena", "milo", "nuria", "olaf", "pia", "quim", "rosa", "sven", "tala", "umar", "vera",
)
# fmt: on
_STAFF = {0: "OWNER", 1: "MEMBER", 2: "MEMBER", 3: "COLLABORATOR"}

CONTRIBUTORS = tuple(
    Person(f"{name}-caro", f"{name.title()} Example", _STAFF.get(number, "CONTRIBUTOR"), days * _DAY)
    for number, (name, days) in enumerate(zip(_NAMES, _BEGAN, strict=True))
)
"""Everybody who has a commit, the first one first."""
MAINTAINERS = CONTRIBUTORS[: len(_STAFF)]
"""Those who answer for the project."""
VISITORS = tuple(Person(f"visitor-{number}", f"Visitor {number} Example") for number in range(1, 31))
"""People who report, ask and discuss, and have no commit."""
