"""The page on access says what the command does."""

import re
from pathlib import Path

from click.testing import CliRunner

from exporter.cli import main
from exporter.document import parse
from exporter.grafana.levels import Access, FolderAccess, build, load
from exporter.http.retry import RETRIES

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "access.md").read_text(encoding="utf-8")
(FILE,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
WORDS = {2: "three times"}


def test_the_file_it_shows_is_the_one_that_ships() -> None:
    assert build(parse(FILE, "access.yml")) == load(ROOT / "grafana" / "access.yml")


def test_every_key_and_every_flag_is_explained() -> None:
    told = " ".join(CliRunner().invoke(main, ["access", "--help"]).output.split())
    flags = {
        flag for flag in re.findall(r" (--[a-z.-]+)", told.partition("Options:")[2]) if not flag.startswith(("--log", "--help"))
    }
    assert flags == {"--grafana.url", "--grafana.token-file", "--access.file", "--check"}
    assert [word for word in (*flags, *Access.model_fields, *FolderAccess.model_fields) if f"`{word}" not in PAGE] == []
    assert [name for name in re.findall(r"KPI_EXPORTER_(?!LOG)[A-Z_]+", told) if f"`{name}`" not in PAGE] == []


def test_the_number_of_tries_it_tells_is_that_of_the_code() -> None:
    assert WORDS[RETRIES] in PAGE
