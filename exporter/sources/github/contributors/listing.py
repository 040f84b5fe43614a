"""GitHub's list of everybody who ever committed to a repository.

GitHub ties the first 500 addresses of a repository to accounts and gives the others with their addresses alone, and keeps a list
for some hours before it makes a new one (docs.github.com, "List repository contributors").
"""

from exporter.errors import Reason, UpstreamError
from exporter.sources.github.api.answer import read
from exporter.sources.github.api.rest import Rest
from exporter.sources.github.contributors.answers import Entry
from exporter.sources.github.contributors.identity import Identities
from exporter.sources.github.people import is_bot

__all__ = ["read_list"]


def read_list(rest: Rest, repository: str, identities: Identities, bots: frozenset[str]) -> dict[bytes, bytes | None] | None:
    """The hashes of everybody on the list: of accounts with None, of the others with the hash of the address alone.

    None where GitHub refuses the list. It does so where a history is too large; the token is not the reason, because who sees a
    repository at all may see this. Raises UpstreamError.
    """
    people: dict[bytes, bytes | None] = {}
    try:
        for data in rest.pages(f"/repos/{repository}/contributors", {"anon": "1"}, personal=True):
            entry = read(Entry, data)
            if entry.account is None:
                listed = identities.listed(entry.name or "", entry.email or "")
                if listed is not None:
                    people[listed[0]] = listed[1]
            elif not is_bot(entry.account, bots):
                people[identities.login(entry.account.login)] = None
    except UpstreamError as error:
        if error.reason is not Reason.AUTH:
            raise
        return None
    return people
