"""People as the REST API shows them, and what they wrote and committed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from support.github.world import PLANTED, Account, Comment, Repository

__all__ = ["LINKED_ADDRESSES", "contributors", "listed_comments", "number_of", "user", "written"]

LINKED_ADDRESSES = 500
"""E-mail addresses of a repository that GitHub links to accounts; whoever commits with a further one is anonymous."""

_SITE = "https://github.com"


def written(moment: datetime) -> str:
    """A moment as GitHub writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def number_of(node_id: str) -> int:
    """The number under which REST knows what GraphQL calls `node_id`."""
    return int(node_id.rpartition("_")[2])


def user(account: Account) -> dict[str, Any]:
    """An account; the login of a bot ends in [bot] here."""
    login = f"{account.login}[bot]" if account.kind == "Bot" else account.login
    url = f"{_SITE}/users/{login}"
    lists = ("followers", "following", "gists", "starred", "subscriptions", "organizations", "repos", "events", "received_events")
    return {
        "login": login,
        "id": number_of(account.id),
        "node_id": account.id,
        "avatar_url": f"{url}.png",
        "gravatar_id": "",
        "url": url,
        "html_url": url,
        **{f"{name}_url": f"{url}/{name}" for name in lists},
        "type": account.kind,
        "site_admin": False,
    }


def contributors(repository: Repository, *, anonymous: bool, linked: int = LINKED_ADDRESSES) -> list[dict[str, Any]]:
    """Who committed, the busiest first: accounts, and with `anonymous` addresses that lead to none. No .mailmap holds here."""
    addresses = set(list(dict.fromkeys(commit.email for commit in repository.commits))[:linked])
    known: Counter[Account] = Counter()
    unknown: Counter[str] = Counter()
    names: dict[str, str] = {}
    for commit in repository.commits:
        if commit.author is not None and commit.email in addresses:
            known[commit.author] += 1
        else:
            unknown[commit.email] += 1
            names[commit.email] = commit.name
    entries = [{**user(account), "contributions": commits} for account, commits in known.items()]
    if anonymous:
        entries += [
            {"email": email, "name": names[email], "type": "Anonymous", "contributions": commits}
            for email, commits in unknown.items()
        ]
    return sorted(entries, key=lambda entry: -entry["contributions"])


def listed_comments(
    repository: Repository, url: str, wanted: Mapping[str, str], edited: Mapping[Comment, datetime]
) -> list[dict[str, Any]]:
    """The comments on issues and pull requests, by the parameters `since`, `sort` and `direction`; `since` asks for changes."""
    entries = [
        _comment(comment, f"{url}/{number_of(comment.id)}", thread.number, edited.get(comment, comment.created_at))
        for thread in (*repository.issues, *repository.pull_requests)
        for comment in thread.comments
    ]
    if "since" in wanted:
        since = written(datetime.fromisoformat(wanted["since"]))
        entries = [entry for entry in entries if entry["updated_at"] >= since]
    if "sort" not in wanted:
        return _ordered(entries, ("id",), backwards=False)
    return _ordered(entries, (f"{wanted['sort']}_at", "id"), backwards=wanted.get("direction") == "desc")


def _ordered(entries: Iterable[dict[str, Any]], keys: tuple[str, ...], *, backwards: bool) -> list[dict[str, Any]]:
    return sorted(entries, key=lambda entry: [entry[key] for key in keys], reverse=backwards)


def _comment(comment: Comment, url: str, thread: int, updated_at: datetime) -> dict[str, Any]:
    reactions = dict.fromkeys(("+1", "-1", "laugh", "confused", "heart", "hooray", "eyes", "rocket"), 0)
    return {
        "id": number_of(comment.id),
        "node_id": comment.id,
        "url": url,
        "html_url": url,
        "issue_url": f"{_SITE}/issues/{thread}",
        "body": PLANTED,
        "user": user(comment.author) if comment.author else None,
        "created_at": written(comment.created_at),
        "updated_at": written(updated_at),
        "author_association": comment.association,
        "reactions": {"url": f"{url}/reactions", **reactions, "+1": comment.reactions, "total_count": comment.reactions},
    }
