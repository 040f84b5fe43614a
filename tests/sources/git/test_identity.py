import pytest

from exporter.sources.git.identity import identity

NONE: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    "email", ["12345+Ada@users.noreply.github.com", "ada@users.noreply.github.com", "7+ADA@USERS.NOREPLY.GITHUB.COM"]
)
def test_a_noreply_address_of_github_means_the_login(email: str) -> None:
    assert identity("Ada", email, NONE) == "login:ada"


def test_any_other_address_is_the_person_in_lower_case() -> None:
    assert identity("Ada", "Ada@Example.ORG ", NONE) == "email:ada@example.org"


def test_an_address_that_only_looks_like_noreply_is_an_address() -> None:
    assert identity("Ada", "ada@users.noreply.github.com.example.org", NONE) == ("email:ada@users.noreply.github.com.example.org")


def test_who_has_no_address_is_known_by_name() -> None:
    assert identity("Ada Lovelace", "", NONE) == "name:ada lovelace"


def test_who_has_neither_cannot_be_counted() -> None:
    assert identity(" ", "", NONE) is None


def test_a_login_is_not_mistaken_for_an_address_of_the_same_text() -> None:
    assert identity("x", "ada@users.noreply.github.com", NONE) != identity("x", "ada", NONE)


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("dependabot[bot]", "support@github.com"),
        ("Renovate", "29139614+renovate[bot]@users.noreply.github.com"),
        ("Actions", "github-actions[bot]@example.org"),
    ],
)
def test_bot_in_brackets_at_the_end_of_name_login_or_local_part_means_a_bot(name: str, email: str) -> None:
    assert identity(name, email, NONE) is None


@pytest.mark.parametrize("bot", ["release machine", "machine", "9+machine@users.noreply.github.com"])
def test_a_configured_bot_is_known_by_name_login_or_address(bot: str) -> None:
    assert identity("Release Machine", "9+machine@users.noreply.github.com", frozenset({bot})) is None


def test_a_name_that_only_begins_like_a_bots_is_a_person() -> None:
    assert identity("Machine", "ada@example.org", frozenset({"mach"})) == "email:ada@example.org"
