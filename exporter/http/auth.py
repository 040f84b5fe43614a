"""With what right a request is sent."""

from dataclasses import dataclass, field

__all__ = ["Auth"]


@dataclass(frozen=True, slots=True)
class Auth:
    """The value of the header Authorization, and a name for whose quota it uses.

    Limits and quotas are kept apart by `holder`, which is no secret: a token that replaces another of the same account has the
    same one.
    """

    authorization: str = field(repr=False)
    holder: str
