"""How the fields of the schema are answered: each by the function that a topic registers for it, else by an attribute."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any

from support.github.connections import Arguments, Key, Page, page
from support.github.world import Account, Comment, Discussion, Placed, Repository

__all__ = ["Resolver", "answers", "kind_of", "listed", "resolve"]

Resolver = Callable[[Any, Arguments, Any], Any]
"""Makes the value of a field of a thing from its arguments, for a query that is being answered (`server.Asking`)."""

_resolvers: dict[tuple[str, str], Resolver] = {}


def answers(*fields: str) -> Callable[[Resolver], Resolver]:
    """Makes a function the resolver of fields, each written as `Type.field`."""

    def register(resolver: Resolver) -> Resolver:
        for field in fields:
            kind, _, name = field.partition(".")
            _resolvers[kind, name] = resolver
        return resolver

    return register


def resolve(source: Any, info: Any, **arguments: Any) -> Any:
    """The value of a field."""
    name = info.field_name
    resolver = _resolvers.get((info.parent_type.name, name))
    if resolver is None:
        return _plain(source[name] if isinstance(source, dict) else getattr(source, _snake(name)))
    if isinstance(source, Repository):
        info.context.github.check(source, name)
    return _plain(resolver(source, arguments, info.context))


def kind_of(thing: Any, info: Any, abstract: Any) -> str:
    """The type of the schema that a thing has."""
    if isinstance(thing, Account):
        return thing.kind
    if isinstance(thing, Comment):
        return "DiscussionComment" if isinstance(thing.place, Discussion | Comment) else "IssueComment"
    return thing["__typename"] if isinstance(thing, dict) else _kind_names.get(type(thing).__name__, type(thing).__name__)


def listed(items: Any, arguments: Arguments, asking: Any, key: Key, place: Any, *, backwards: bool = False) -> Page:
    """The page of things that are at a place, and know that from now on."""
    found = page(items, arguments, key, backwards=backwards, offsets=asking.github.offset_cursors)
    for thing in found.entries:
        if isinstance(place, Repository):
            place.place(thing)
        elif isinstance(thing, Placed):
            thing.place = place
    return found


_kind_names = {"Review": "PullRequestReview", "Category": "DiscussionCategory"}


def _plain(value: Any) -> Any:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value


@lru_cache(maxsize=1024)
def _snake(name: str) -> str:
    return re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)
