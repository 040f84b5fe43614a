"""What GitHub may answer about commits and contributors: every value checked before anything is made of it."""

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from exporter.sources.github.api.answer import Answer, Moment, PageInfo
from exporter.sources.github.api.rest import RestAnswer
from exporter.sources.github.people import Actor

__all__ = ["Commit", "Earlier", "Entry", "Head", "HistoryPage", "Mailmapped", "OfHead"]

LONGEST_PAGE = 100

Personal = Annotated[str | None, Field(repr=False)]


class User(Actor):
    """The account that GitHub ties an address to."""

    id: Annotated[str, Field(min_length=1, repr=False)]


class GitActor(Answer):
    """The author of a commit as the commit says it, and the account."""

    name: Personal
    email: Personal
    user: Annotated[User | None, Field(repr=False)]


class Commit(Answer):
    """A commit."""

    oid: Annotated[str, Field(min_length=1)]
    committed_date: Moment
    author: GitActor | None


class HistoryPage(Answer):
    """A page of the commits of a span of time, the last one first."""

    page_info: PageInfo
    nodes: Annotated[list[Commit], Field(max_length=LONGEST_PAGE)]


class Known(Answer):
    """A commit of which nothing but its id was asked for."""

    oid: str


class Earlier(Answer):
    """The last of the commits by somebody until a moment, if there is one."""

    nodes: Annotated[list[Known], Field(max_length=1)]


class Head(Answer):
    """The commit that was asked for; its histories are read one by one."""

    oid: str


class OfHead(Answer):
    """What is asked of a repository: a commit, None where GitHub no longer has it."""

    head: dict[str, Any] | None


class File(Answer):
    """What there is under a path; only a file has more than a kind, and a binary one no text."""

    kind: str = Field(alias="__typename")
    text: Personal = None
    is_truncated: bool = False

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "Blob" and not {"text", "is_truncated"} <= self.model_fields_set:
            raise ValueError("a file without what was asked for")
        return self


class Mailmapped(Answer):
    """The file .mailmap of a repository, if it has one."""

    mailmap: File | None

    @property
    def text(self) -> str:
        """What can be read of it, in whole lines."""
        text = (self.mailmap.text if self.mailmap else None) or ""
        return text.rpartition("\n")[0] if self.mailmap and self.mailmap.is_truncated else text


class Entry(RestAnswer):
    """An entry of the list of contributors: an account, or an author whose address GitHub ties to none."""

    type: str
    login: Personal = None
    name: Personal = None
    email: Personal = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if self.login is None and self.email is None:
            raise ValueError("nobody")
        return self

    @property
    def account(self) -> Actor | None:
        """The account."""
        return None if self.login is None else Actor.model_validate({"__typename": self.type, "login": self.login})
