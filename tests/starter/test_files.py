"""Files are written all together or not at all, and never over others unasked."""

import os
from collections.abc import Mapping
from pathlib import Path, PosixPath

import pytest

from exporter.errors import KpiExporterError
from exporter.starter.files import there_already, write_together

TEXTS = {"one.yml": "first: ü\n", "two.yml": "second: 2\n"}


def content(folder: Path) -> dict[str, str]:
    """Everything in a folder, what is hidden included."""
    return {path.name: path.read_text() for path in sorted(folder.iterdir()) if path.is_file()}


def test_all_files_are_written_and_nothing_else(tmp_path: Path) -> None:
    write_together(tmp_path / "new" / "folder", TEXTS, replace=False)
    assert content(tmp_path / "new" / "folder") == TEXTS


def test_others_may_read_what_they_may_read_otherwise(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        write_together(tmp_path, TEXTS, replace=False)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o644}


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "two.yml").write_text("mine\n")
    assert there_already(tmp_path, TEXTS) == ["two.yml"]
    with pytest.raises(KpiExporterError, match=r"two\.yml is there already; nothing was written$"):
        write_together(tmp_path, TEXTS, replace=False)
    assert content(tmp_path) == {"two.yml": "mine\n"}


def test_what_is_there_is_replaced_where_that_is_wanted(tmp_path: Path) -> None:
    (tmp_path / "two.yml").write_text("mine\n")
    write_together(tmp_path, TEXTS, replace=True)
    assert content(tmp_path) == TEXTS


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "real.yml").write_text("mine\n")
    (tmp_path / "one.yml").symlink_to("elsewhere/real.yml")
    write_together(tmp_path, TEXTS, replace=True)
    assert (tmp_path / "one.yml").is_symlink()
    assert content(tmp_path / "elsewhere") == {"real.yml": TEXTS["one.yml"]}


def test_who_could_not_read_the_old_file_cannot_read_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "two.yml").write_text("mine\n")
    (tmp_path / "two.yml").chmod(0o600)
    write_together(tmp_path, TEXTS, replace=True)
    assert (tmp_path / "two.yml").stat().st_mode & 0o777 == 0o600


def test_a_link_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    (tmp_path / "two.yml").symlink_to("two.yml")
    with pytest.raises(KpiExporterError, match=r"cannot be written to: Too many levels of symbolic links; nothing was written$"):
        write_together(tmp_path, TEXTS, replace=True)
    assert content(tmp_path) == {}


def test_two_names_of_one_file_are_not_written_over_each_other(tmp_path: Path) -> None:
    (tmp_path / "one.yml").write_text("mine\n")
    (tmp_path / "two.yml").symlink_to("one.yml")
    with pytest.raises(KpiExporterError, match="has one file under several of the names, by a link; nothing was written"):
        write_together(tmp_path, TEXTS, replace=True)
    assert content(tmp_path) == {"one.yml": "mine\n", "two.yml": "mine\n"}


def test_a_folder_that_is_a_link_into_nowhere_is_told_as_one_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "folder").symlink_to("nowhere")
    with pytest.raises(KpiExporterError, match=r"folder cannot be written to: File exists; nothing was written$"):
        write_together(tmp_path / "folder", TEXTS, replace=False)


def test_a_link_into_nowhere_counts_as_there(tmp_path: Path) -> None:
    (tmp_path / "one.yml").symlink_to("nowhere")
    assert there_already(tmp_path, TEXTS) == ["one.yml"]


@pytest.mark.parametrize("mine", [{}, {"one.yml": "mine\n"}])
def test_a_name_that_cannot_be_written_leaves_all_as_it_was(tmp_path: Path, mine: Mapping[str, str]) -> None:
    for name, text in mine.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "two.yml").mkdir()
    with pytest.raises(KpiExporterError, match=r"cannot be written to: Is a directory; nothing was written$"):
        write_together(tmp_path, TEXTS, replace=True)
    assert content(tmp_path) == mine


def test_a_folder_that_is_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KpiExporterError, match="nothing was written"):
        write_together(tmp_path / "file" / "below", TEXTS, replace=False)
    assert content(tmp_path) == {"file": ""}


def test_a_pipe_is_no_file_to_replace(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "two.yml")
    with pytest.raises(KpiExporterError, match="what has such a name is no file; nothing was written"):
        write_together(tmp_path, TEXTS, replace=True)
    assert content(tmp_path) == {}


class Impatient(PosixPath):
    """A path at which somebody presses Ctrl-C when the last file is about to get its name."""

    def replace(self, target: str | os.PathLike[str]) -> PosixPath:
        if Path(target).name == "two.yml" and not self.name.endswith(".before"):
            raise KeyboardInterrupt
        return super().replace(target)


@pytest.mark.parametrize("mine", [{}, {"one.yml": "mine\n"}, {"one.yml": "mine\n", "two.yml": "mine too\n"}])
def test_an_interruption_in_between_leaves_all_as_it_was(tmp_path: Path, mine: Mapping[str, str]) -> None:
    for name, text in mine.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(KeyboardInterrupt):
        write_together(Impatient(tmp_path), TEXTS, replace=True)
    assert content(tmp_path) == mine


def test_an_interruption_leaves_no_folder_behind(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        write_together(Impatient(tmp_path / "new" / "folder"), TEXTS, replace=False)
    assert list(tmp_path.iterdir()) == []
