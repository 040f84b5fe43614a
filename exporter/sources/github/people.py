"""Who wrote something on GitHub: a person, a bot, or an account that is gone. Logins are looked at here and go no further."""

from pydantic import Field

from exporter.sources.github.api.answer import Answer

__all__ = ["AUTHOR", "MAINTAINERS", "Actor", "is_bot", "is_other_person"]

AUTHOR = "author { __typename login }"
"""What to ask for to tell who wrote something; the answer is an `Actor`, or null where the account is gone."""
MAINTAINERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
"""The values of `authorAssociation` of those who maintain a repository."""

_BOT_SUFFIX = "[bot]"


class Actor(Answer):
    """An account of GitHub."""

    kind: str = Field(alias="__typename")
    login: str


def is_bot(author: Actor | None, bots: frozenset[str]) -> bool:
    """Whether an account is a bot: by its type, by a login that ends in [bot], or as one of `bots` (in lower case)."""
    if author is None:
        return False
    login = author.login.casefold()
    return author.kind == "Bot" or login.endswith(_BOT_SUFFIX) or login in bots


def is_other_person(writer: Actor | None, author: Actor | None, bots: frozenset[str]) -> bool:
    """Whether `writer` is a person and not the author of the thread.

    An account that is gone was a person; where author and writer are both gone, they may have been the same.
    """
    if is_bot(writer, bots):
        return False
    if writer is None or author is None:
        return writer is not author
    return writer.login.casefold() != author.login.casefold()
