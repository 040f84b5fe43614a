"""Who the author of a commit is: an account, an address, a name, a bot."""

import pytest

from exporter.sources.git.identity import identity
from exporter.sources.github.contributors.identity import Author, Identities
from exporter.sources.github.contributors.mailmap import Mailmap
from exporter.sources.github.people import Actor

GITHUB = "https://api.github.com"
NOBODY = Mailmap()


def identities(base_url: str = GITHUB, *bots: str) -> Identities:
    return Identities(base_url, frozenset(bots), lambda text: text.casefold().encode())


def account(login: str, kind: str = "User") -> Actor:
    return Actor.model_validate({"__typename": kind, "login": login})


def test_an_author_with_an_account_is_known_by_login_and_address() -> None:
    assert identities().author("Ada", "Ada@X.org", account("AdaL"), NOBODY) == Author(b"login:adal", b"email:ada@x.org")


def test_an_author_without_an_account_is_known_by_the_address() -> None:
    assert identities().author("Ada", "Ada@X.org", None, NOBODY) == Author(None, b"email:ada@x.org")


def test_an_author_with_neither_is_known_by_the_name() -> None:
    assert identities().author("Ada", " ", None, NOBODY) == Author(None, b"name:ada")
    assert identities().author("Ada", "", account("adal"), NOBODY) == Author(b"login:adal", None)


def test_an_author_without_any_name_is_nobody() -> None:
    assert identities().author("", "", None, NOBODY) is None


@pytest.mark.parametrize("email", ["12345+AdaL@users.noreply.github.com", "adal@users.noreply.github.com"])
def test_a_noreply_address_is_the_login(email: str) -> None:
    assert identities().author("Ada", email, None, NOBODY) == Author(b"login:adal", None)
    assert identities().author("Ada", email, account("AdaL"), NOBODY) == Author(b"login:adal", None)


def test_the_noreply_address_of_a_renamed_account_is_a_further_name() -> None:
    email = "12345+old@users.noreply.github.com"
    assert identities().author("Ada", email, account("new"), NOBODY) == Author(b"login:new", b"login:old")


@pytest.mark.parametrize(
    ("base_url", "email"),
    [
        ("https://git.acme.example/api/v3", "12345+adal@users.noreply.git.acme.example"),
        ("https://git.acme.example/api/v3", "adal@users.noreply.github.com"),
        ("https://api.acme.ghe.com", "12345+adal@users.noreply.acme.ghe.com"),
    ],
)
def test_an_enterprise_has_noreply_addresses_of_its_own(base_url: str, email: str) -> None:
    assert identities(base_url).author("Ada", email, None, NOBODY) == Author(b"login:adal", None)


def test_the_noreply_address_of_another_host_is_an_address() -> None:
    email = "adal@users.noreply.git.acme.example"
    assert identities().author("Ada", email, None, NOBODY) == Author(None, f"email:{email}".encode())


def test_the_mailmap_says_which_address_counts() -> None:
    mailmap = Mailmap("Ada <new@x> <old@x>\nAda <5+adal@users.noreply.github.com> <work@x>\n")
    assert identities().author("A", "old@x", None, mailmap) == Author(None, b"email:new@x")
    assert identities().author("A", "work@x", None, mailmap) == Author(b"login:adal", None)
    assert identities().author("A", "old@x", account("adal"), mailmap) == Author(b"login:adal", b"email:new@x")


@pytest.mark.parametrize(
    ("name", "email", "user"),
    [
        ("Helper", "h@x", account("helper", "Bot")),
        ("Helper", "h@x", account("helper[bot]")),
        ("Helper", "h@x", account("Renovate-Acme")),
        ("helper[bot]", "h@x", None),
        ("Helper", "49699333+helper[bot]@users.noreply.github.com", None),
        ("Helper", "helper[bot]@acme.example", None),
        ("Helper", "7+renovate-acme@users.noreply.github.com", None),
        ("Renovate-Acme", "h@x", None),
    ],
)
def test_bots_are_nobody(name: str, email: str, user: Actor | None) -> None:
    assert identities(GITHUB, "renovate-acme").author(name, email, user, NOBODY) is None


@pytest.mark.parametrize(
    ("name", "email"),
    [("Ada", "ada@x"), ("Ada", "5+adal@users.noreply.github.com"), ("Ada", ""), ("x[bot]", "h@x"), ("Me", "robot@x"), ("", "")],
)
def test_without_accounts_people_are_told_apart_as_the_source_git_does(name: str, email: str) -> None:
    known_as = identity(name, email, frozenset({"robot@x"}))
    author = identities(GITHUB, "robot@x").author(name, email, None, NOBODY)
    assert (author.names if author else ()) == ((known_as.encode(),) if known_as else ())


class TestLists:
    MAILMAP = Mailmap(
        "<new@x> <old@x>\n<grace@x> Grace <shared@x>\nrenovate[bot] <ci@x>\n<7+adal@users.noreply.github.com> <a@x>\n"
    )

    def meant(self, name: str, email: str) -> bytes | None:
        """The person that an author on a list stands for."""
        listed = identities().listed(name, email)
        assert listed is not None
        aliases = dict(identities().aliases(self.MAILMAP))
        return aliases.get(listed[0], aliases.get(listed[1], listed[1]))

    @pytest.mark.parametrize(
        ("name", "email", "person"),
        [
            ("Ada", "other@x", b"email:other@x"),
            ("Ada", "Old@x", b"email:new@x"),
            ("GRACE", "shared@x", b"email:grace@x"),
            ("Ada", "shared@x", b"email:shared@x"),
            ("Ada", "a@x", b"login:adal"),
            ("Somebody", "ci@x", None),
        ],
    )
    def test_what_is_on_a_list_can_be_mailmapped_later(self, name: str, email: str, person: bytes | None) -> None:
        assert self.meant(name, email) == person

    def test_bots_on_a_list_are_nobody(self) -> None:
        assert identities().listed("helper[bot]", "h@x") is None
        assert identities().listed("", "") is None
