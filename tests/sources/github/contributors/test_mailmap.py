"""A mailmap means here what it means to git."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exporter.sources.github.contributors.mailmap import Mailmap, Mapping


@pytest.mark.parametrize(
    ("line", "name", "email"),
    [
        ("Grace <g@work>", "Grace", "g@work"),
        ("<g@new> <g@work>", "Commit Name", "g@new"),
        ("Grace <g@new> <g@work>", "Grace", "g@new"),
        ("Grace <g@new> Commit Name <g@work>", "Grace", "g@new"),
        ("<g@new> Another Name <g@work>", "Commit Name", "g@work"),
    ],
)
def test_a_line_has_one_of_four_forms(line: str, name: str, email: str) -> None:
    assert Mailmap(line).canonical("Commit Name", "g@work") == (name, email)


@pytest.mark.parametrize("contact", [("Commit Name", "G@WORK"), ("COMMIT name", "g@work")])
def test_case_does_not_matter(contact: tuple[str, str]) -> None:
    assert Mailmap("<g@new> Commit Name <g@Work>").canonical(*contact)[1] == "g@new"


@pytest.mark.parametrize("line", ["# Grace <g@new> <g@work>", "", "Grace", "Grace <g@new", "Grace <> <g@work>", "g@new g@work"])
def test_a_line_without_meaning_is_passed_over(line: str) -> None:
    mailmap = Mailmap(f"{line}\nAda <a@new> <a@work>\n")
    assert mailmap.canonical("Commit Name", "g@work") == ("Commit Name", "g@work")
    assert mailmap.canonical("A", "a@work") == ("Ada", "a@new")


def test_a_name_together_with_an_address_goes_before_the_address_alone() -> None:
    mailmap = Mailmap("<g@new> Grace <shared@x>\n<other@new> <shared@x>\n")
    assert mailmap.canonical("Grace", "shared@x")[1] == "g@new"
    assert mailmap.canonical("Ada", "shared@x")[1] == "other@new"


def test_the_sources_of_an_address_are_those_that_stand_for_it_under_any_name() -> None:
    mailmap = Mailmap("<G@new> <a@old>\n<g@new> <B@old>\n<g@new> Grace <shared@x>\nGrace <g@new>\n")
    assert sorted(mailmap.sources("g@NEW")) == ["a@old", "b@old", "g@new"]
    assert mailmap.sources("nobody@x") == []


def test_what_it_maps_can_be_listed() -> None:
    mailmap = Mailmap("Grace <g@new> <a@old>\n<g@new> Bob <shared@x>\n")
    assert list(mailmap.for_email()) == [("a@old", Mapping("Grace", "g@new"))]
    assert list(mailmap.for_both()) == [("bob", "shared@x", Mapping(None, "g@new"))]


PIECES = ("<a@x>", "<A@x>", "<b@x>", "<é@x>", "<É@x>", "<>", "<", ">", "#", " ", "\t", "\r", "Jo", "jO", "Bo X", "a@x", "\n")
CONTACTS = [(name, email) for name in ("Jo", "Bo X", "Zoë") for email in ("a@x", "b@x", "é@x", "")]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repository")
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    return folder


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example("Jo <a@x>\n<b@x> <a@x>\nBo X <a@x>\n")
@example("<a@x><b@x>\nJo <a@x> Jo <b@x>\n")
@example(" # Jo <a@x>\n#Bo X <b@x>\n")
def test_git_reads_every_mailmap_in_the_same_way(repository: Path, text: str) -> None:
    (repository / ".mailmap").write_bytes(text.encode())
    asked = "".join(f"{name} <{email}>\n" for name, email in CONTACTS)
    told = subprocess.run(
        ["git", "check-mailmap", "--stdin"], cwd=repository, input=asked.encode(), capture_output=True, check=True
    ).stdout.decode()
    mailmap = Mailmap(text)
    assert "".join("{} <{}>\n".format(*mailmap.canonical(*contact)) for contact in CONTACTS) == told
