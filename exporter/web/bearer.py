"""A token that whoever asks must know (RFC 6750)."""

import hmac

__all__ = ["Bearer"]


class Bearer:
    """Says who may ask, in a time that tells nothing of the token."""

    def __init__(self, token: str) -> None:
        self._authorization = f"Bearer {token}".encode()

    def admits(self, authorization: str) -> bool:
        """Whether the value of an Authorization header holds the token."""
        scheme, _, token = authorization.partition(" ")
        # The scheme of an authorization may be written in any case (RFC 9110, section 11.1).
        given = f"{scheme.capitalize()} {token.strip()}".encode("latin-1", "replace")
        return hmac.compare_digest(given, self._authorization)
