"""Following a remote: paths, file URLs and a smart HTTP server on loopback, with real repositories."""

from pathlib import Path

import pytest

from exporter.errors import Reason
from support.gits import ADA, BOB, CLEO, Origin, clone_in, counts, follow, git, git_backend, read, refusal
from support.upstream import Answer, Request, Upstream


def objects(state: Path) -> dict[str, int]:
    """How many objects of each kind the clone holds."""
    listed = git(clone_in(state), "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split()
    return {kind: listed.count(kind) for kind in set(listed)}


def test_a_repository_is_read_however_it_is_reached(url: str, origin: Origin, state: Path) -> None:
    origin.commit(ADA, BOB, ADA, days_ago=3)
    assert read(url, state) == (3, 2)


def test_a_file_url_is_a_path(origin: Origin, state: Path) -> None:
    origin.commit(ADA, BOB, files={"README": "x"})
    assert read(f"file://{origin.folder}", state) == (2, 2)
    assert objects(state) == {"commit": 2, "tree": 1}


def test_a_clone_holds_commits_without_their_files(url: str, origin: Origin, state: Path) -> None:
    origin.commit(ADA, BOB, files={"src/big": "x" * 1000, "README": "y"})
    read(url, state)
    assert objects(state) == {"commit": 2, "tree": 1}  # the root folder of the newest commit may name a mailmap


def test_nothing_in_a_clone_lets_git_fetch_what_is_missing_one_by_one(url: str, origin: Origin, state: Path) -> None:
    origin.commit(ADA)
    read(url, state)
    assert "promisor" not in (clone_in(state) / "config").read_text()


def test_a_commit_has_the_time_it_landed(origin: Origin, state: Path) -> None:
    origin.commit(ADA, days_ago=27)
    history = follow(origin.folder).history(state, frozenset())
    assert list(history.times) == [1_767_182_400]  # 2025-12-31 12:00 UTC; it was written in 2001


def test_the_mailmap_joins_two_addresses(url: str, origin: Origin, state: Path) -> None:
    origin.commit(ADA, "Ada at home <ada@home.example>", BOB)
    origin.commit(BOB, files={".mailmap": "Ada <ada@example.org> <ada@home.example>\n", "src/x": "y"})
    assert read(url, state) == (4, 2)


def test_a_mailmap_that_changes_is_noticed(url: str, origin: Origin, state: Path) -> None:
    followed = follow(url)
    origin.commit(ADA, "Ada at home <ada@home.example>", files={".mailmap": "# nothing yet\n"})
    assert counts(followed.history(state, frozenset())) == (2, 2)
    origin.commit(ADA, files={".mailmap": "Ada <ada@example.org> <ada@home.example>\n"})
    assert counts(followed.history(state, frozenset())) == (3, 1)


def test_a_mailmap_that_is_a_link_is_not_followed(origin: Origin, state: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("Ada <ada@example.org> <bob@example.org>\n")
    origin.commit(ADA)
    origin.commit(BOB, links={".mailmap": str(tmp_path / "outside")})
    assert read(origin.folder, state) == (2, 2)


def test_without_a_mailmap_two_fetches_are_all(origin: Origin, server: Upstream, state: Path) -> None:
    origin.commit(ADA, files={"README": "x"})
    read(f"{server.url}/owner/project.git", state)
    assert sum(b"command=fetch" in request.body for request in server.requests) == 2  # the commits, the root folder


def test_a_folder_called_mailmap_is_no_mailmap(origin: Origin, state: Path) -> None:
    origin.commit(ADA, BOB, files={".mailmap/README": "x"})
    assert read(origin.folder, state) == (2, 2)


def test_the_mailmap_of_whoever_runs_the_exporter_does_not_count(origin: Origin, state: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / "mailmap").write_text("Ada <ada@example.org> <bob@example.org>\n")
    (tmp_path / "home" / "gitconfig").write_text(f"[mailmap]\n\tfile = {tmp_path}/home/mailmap\n")
    origin.commit(ADA, BOB)
    assert read(origin.folder, state) == (2, 2)


def test_only_what_is_new_is_fetched(url: str, origin: Origin, state: Path) -> None:
    followed = follow(url)
    origin.commit(*[ADA] * 30)
    followed.history(state, frozenset())
    before = set(clone_in(state).rglob("*.idx"))
    origin.commit(BOB)
    assert counts(followed.history(state, frozenset())) == (31, 2)
    fetched = [git(state, "show-index", stdin=index.read_bytes()) for index in set(clone_in(state).rglob("*.idx")) - before]
    assert [len(listing.splitlines()) for listing in fetched] == [1]  # the tree of the commit was there already


def test_a_branch_that_has_not_moved_costs_one_question(origin: Origin, server: Upstream, state: Path) -> None:
    followed = follow(f"{server.url}/owner/project.git")
    origin.commit(ADA)
    first = followed.history(state, frozenset())
    server.requests.clear()
    assert followed.history(state, frozenset()) is first
    assert {request.path.rpartition("/")[2] for request in server.requests} == {"refs", "git-upload-pack"}
    assert all(b"command=ls-refs" in request.body for request in server.requests if request.method == "POST")


def test_a_process_that_starts_again_goes_on_with_the_clone_of_the_last_one(
    origin: Origin, server: Upstream, state: Path
) -> None:
    origin.commit(ADA, BOB)
    url = f"{server.url}/owner/project.git"
    read(url, state)
    server.requests.clear()
    assert read(url, state) == (2, 2)
    assert not any(b"command=fetch" in request.body for request in server.requests)


def test_other_bots_make_another_history(origin: Origin, state: Path) -> None:
    followed = follow(origin.folder)
    origin.commit(ADA, BOB)
    assert counts(followed.history(state, frozenset())) == (2, 2)
    assert counts(followed.history(state, frozenset({"bob"}))) == (2, 1)


def test_a_forced_push_is_followed(url: str, origin: Origin, state: Path) -> None:
    followed = follow(url)
    origin.commit(ADA, BOB, CLEO)
    followed.history(state, frozenset())
    origin.rewind(2)
    assert counts(followed.history(state, frozenset())) == (1, 1)
    origin.commit(ADA)
    assert counts(followed.history(state, frozenset())) == (2, 1)


def test_the_default_branch_is_the_remotes(url: str, origin: Origin, state: Path) -> None:
    origin.commit(ADA, branch="main")
    origin.commit(ADA, BOB, branch="trunk")
    git(origin.folder, "symbolic-ref", "HEAD", "refs/heads/trunk")
    assert read(url, state) == (2, 2)


def test_the_configured_branch_is_read(url: str, origin: Origin, state: Path) -> None:
    origin.commit(ADA, branch="main")
    origin.commit(ADA, BOB, branch="release/1.x")
    origin.commit(ADA, branch="old/release/1.x")
    assert read(url, state, branch="release/1.x") == (2, 2)


def test_a_branch_that_is_not_there_is_told(url: str, origin: Origin, state: Path) -> None:
    origin.commit(ADA)
    error = refusal(follow(url, branch="next"), state)
    assert (error.reason, str(error)) == (Reason.NOT_FOUND, "there is no branch next")


def test_a_default_branch_that_is_not_there_is_told(origin: Origin, state: Path) -> None:
    origin.commit(ADA, branch="trunk")
    error = refusal(follow(origin.folder), state)
    assert (error.reason, str(error)) == (
        Reason.NOT_FOUND,
        "there is no default branch; configure `branch`",
    )


@pytest.mark.parametrize("branch", [None, "main"])
def test_a_repository_without_commits_has_an_empty_history(url: str, state: Path, branch: str | None) -> None:
    assert read(url, state, branch=branch) == (0, 0)


def test_a_repository_that_names_commits_by_sha_256_is_read(tmp_path: Path, state: Path) -> None:
    origin = Origin(tmp_path / "sha256.git", form="sha256")
    origin.commit(ADA, BOB, files={".mailmap": "Ada <ada@example.org> <bob@example.org>\n"})
    assert read(origin.folder, state) == (2, 1)


def test_a_server_that_leaves_nothing_out_is_read_as_well(tmp_path: Path, origin: Origin, state: Path) -> None:
    origin.commit(ADA, BOB, files={".mailmap": "Ada <ada@example.org> <bob@example.org>\n"})
    with Upstream(git_backend(tmp_path / "srv", filters=False)) as server:
        assert read(f"{server.url}/owner/project.git", state) == (2, 1)


def test_a_server_that_hands_out_no_single_objects_costs_the_mailmap_only(
    tmp_path: Path, origin: Origin, server: Upstream, state: Path, may_warn: set[str]
) -> None:
    (tmp_path / "home" / "gitconfig").write_text("[protocol]\n\tversion = 0\n")
    origin.commit(ADA, BOB, files={".mailmap": "Ada <ada@example.org> <bob@example.org>\n"})
    assert read(f"{server.url}/owner/project.git", state) == (2, 2)
    may_warn.add("mailmap ignored")


def test_a_dumb_http_server_is_read(tmp_path: Path, origin: Origin, state: Path) -> None:
    origin.commit(ADA, BOB)
    git(origin.folder, "update-server-info")

    def files(request: Request) -> Answer:
        file = tmp_path / "srv" / request.path.lstrip("/")
        return Answer(200, file.read_bytes()) if file.is_file() else Answer(404)

    with Upstream(files) as server:
        assert read(f"{server.url}/owner/project.git", state) == (2, 2)


def test_an_author_is_the_same_in_another_encoding(origin: Origin, state: Path, tmp_path: Path) -> None:
    (tmp_path / "home" / "gitconfig").write_text("[i18n]\n\tlogOutputEncoding = UTF-16\n")
    origin.raw_commit(b"J\xf6rg <j\xf6rg@example.org> 5 +0000", b"1700000000 +0000", encoding=b"ISO-8859-1")
    origin.raw_commit("Jörg <jörg@example.org> 5 +0000".encode(), b"1700000000 +0000")
    assert read(origin.folder, state) == (2, 1)


def test_an_encoding_that_hides_a_line_break_in_a_name_adds_nobody(origin: Origin, state: Path) -> None:
    origin.raw_commit(b"A+AAo-author B <b@x+AD4- 1 +0000+AAA-x <ada@example.org> 5 +0000", b"1700000000 +0000", encoding=b"UTF-7")
    history = follow(origin.folder).history(state, frozenset())
    assert len(history.times) == 1
    assert len(history.people) <= 1


def test_authors_with_odd_bytes_are_read(origin: Origin, state: Path) -> None:
    origin.raw_commit(b"\xff\xfe\xc3( <zo\xe9@example.org> 5 +0000", b"1700000000 +0000")
    origin.raw_commit(b"A\0B <nul@example.org> 5 +0000", b"1700000000 +0000")
    origin.raw_commit(b"no address at all", b"1700000000 +0000")
    origin.raw_commit(b" <> 5 +0000", b"1700000000 +0000")
    origin.raw_commit(b"Ada <ada@example.org> 5 +0000", b"99999999999999999999 +0000")
    origin.raw_commit(b"Ada <ada@example.org> 5 +0000", b"-100 +0000")
    history = follow(origin.folder).history(state, frozenset())
    assert len(history.times) == 6
    assert len(history.people) >= 2  # those whose author line git can read
