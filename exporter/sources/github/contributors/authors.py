"""The people behind the commits of a window, and under what names their earlier commits are to be looked for. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from exporter.sources.github.contributors.answers import GitActor
from exporter.sources.github.contributors.groups import Groups
from exporter.sources.github.contributors.identity import Author, Identities
from exporter.sources.github.contributors.mailmap import Mailmap
from exporter.sources.github.contributors.queries import By

__all__ = ["Authors", "Person", "authors_of"]


@dataclass(slots=True)
class Person:
    """Somebody with commits in the window: all names, the first of the commits, and whose commits to look for before them."""

    first: int
    names: set[bytes] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set, repr=False)
    emails: set[str] = field(default_factory=set, repr=False)

    @property
    def by(self) -> list[By]:
        """The questions that find every commit of this person; none for somebody who commits without address or account."""
        asked = [By(account=account) for account in sorted(self.accounts)]
        return [*asked, By(emails=tuple(sorted(self.emails)))] if self.emails else asked


@dataclass(frozen=True, slots=True)
class Authors:
    """The commits of people, as their moments and authors, and these people."""

    commits: list[tuple[int, Author]]
    people: list[Person]


def authors_of(commits: Iterable[tuple[int, GitActor]], mailmap: Mailmap, identities: Identities) -> Authors:
    """Who made commits, each given by its moment and what it says of its author; those of bots are left out."""
    known: dict[GitActor, Author | None] = {}
    kept: list[tuple[int, Author]] = []
    groups = Groups()
    for at, actor in commits:
        if actor not in known:
            known[actor] = identities.author(actor.name or "", actor.email or "", actor.user, mailmap)
        author = known[actor]
        if author is not None:
            kept.append((at, author))
            groups.join(author.names[0], author.names[-1])
    people: dict[bytes, Person] = {}
    for at, author in kept:
        person = people.setdefault(groups.of(author.names[0]), Person(at))
        person.first = min(person.first, at)
        person.names.update(author.names)
    for actor, author in known.items():
        if author is not None:
            _note(people[groups.of(author.names[0])], actor, mailmap)
    # GitHub finds the commits of an account under each address that it ties to it.
    tied = {(actor.email or "").lower() for actor in known if actor.user is not None}
    for person in people.values():
        person.emails -= tied | {""}
    return Authors(kept, list(people.values()))


def _note(person: Person, actor: GitActor, mailmap: Mailmap) -> None:
    """Notes under what the commits of a person are found who is called so in one of them."""
    email = actor.email or ""
    _, canonical = mailmap.canonical(actor.name or "", email)
    if actor.user is not None:
        person.accounts.add(actor.user.id)
    person.emails.update(address.lower() for address in (email, canonical, *mailmap.sources(canonical)))
