"""The folder and the ports of the demo."""

import os
import socket
from pathlib import Path

import pytest

from exporter.demo.site import PARTS, new_site
from exporter.errors import KpiExporterError


def test_a_folder_of_its_own_is_gone_at_the_end() -> None:
    with new_site(None, None) as site:
        folder = site.folder
        (folder / "something").write_text("planted")
        assert (folder / "logs").is_dir()
    assert not folder.exists()


def test_a_folder_that_was_named_stays(tmp_path: Path) -> None:
    with new_site(tmp_path / "a" / "b", None) as site:
        (site.folder / "something").write_text("planted")
    assert (tmp_path / "a" / "b" / "something").read_text() == "planted"


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("planted")
    with pytest.raises(KpiExporterError, match="is not empty"), new_site(tmp_path, None):
        pass
    assert (tmp_path / "mine").read_text() == "planted"


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with (
        pytest.raises(KpiExporterError, match="cannot be used as the folder of the demo"),
        new_site(tmp_path / "file" / "x", None),
    ):
        pass


@pytest.mark.parametrize("name", ["a[b]", "what?", "all*", "back\\slash"])
def test_a_folder_that_programs_take_for_a_pattern_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(KpiExporterError, match="programs take its name for a pattern"), new_site(tmp_path / name, None):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_whose_name_cannot_be_written_is_refused(tmp_path: Path) -> None:
    with pytest.raises(KpiExporterError, match="must be in UTF-8"), new_site(tmp_path / os.fsdecode(b"\xff"), None):
        pass


def test_every_part_has_a_port_of_its_own(tmp_path: Path) -> None:
    with new_site(tmp_path / "demo", None) as site:
        assert sorted(site.ports) == sorted(PARTS)
        assert len(set(site.ports.values())) == len(PARTS)
        assert site.url("exporter") == f"http://127.0.0.1:{site.ports['exporter']}"


def test_fixed_ports_follow_each_other(tmp_path: Path) -> None:
    with new_site(tmp_path / "demo", 28_100) as site:
        assert [site.ports[part] for part in PARTS] == list(range(28_100, 28_100 + len(PARTS)))


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(KpiExporterError, match=f"the port {port} for .* is taken on 127.0.0.1"),
            new_site(tmp_path / "x", port),
        ):
            pass
    assert not (tmp_path / "x").exists()


def test_ports_end_where_there_are_no_more(tmp_path: Path) -> None:
    with pytest.raises(KpiExporterError, match="must leave room for 7 ports"), new_site(tmp_path / "x", 65_530):
        pass
