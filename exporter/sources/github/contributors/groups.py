"""Which names belong to the same person."""

__all__ = ["Groups"]


class Groups:
    """Names that were said to be one person's, directly or through others."""

    def __init__(self) -> None:
        self._above: dict[bytes, bytes] = {}

    def of(self, name: bytes) -> bytes:
        """The one name that stands for all of its group, itself where nothing was said."""
        top = name
        while (above := self._above.get(top, top)) != top:
            top = above
        # Later walks from here are short.
        while name != top:
            self._above[name], name = top, self._above[name]
        return top

    def join(self, one: bytes, other: bytes) -> None:
        """Says that two names are one person's."""
        self._above[self.of(one)] = self.of(other)
