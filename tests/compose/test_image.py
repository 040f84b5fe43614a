"""exporter/Dockerfile: what can be proved of an image without an engine that builds it."""

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from exporter import __version__
from support.compose import ROOT, SERVICES, plain

FILE = ROOT / "exporter" / "Dockerfile"
TEXT = FILE.read_text(encoding="utf-8").replace("\\\n", "")
BUILD, RUN = TEXT.split("\nFROM ")[1:]
CONTEXT = [line[2:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!/")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
EXTRAS = ("github-app", "google", "postgres", "web")


def locked(name: str) -> dict[str, Requirement]:
    """The requirements of a lock by name; each must have hashes."""
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert all("--hash=sha256:" in line for line in lines)
    found = [Requirement(line.partition(" --hash")[0]) for line in lines]
    return {one.name.lower(): one for one in found}


def copied(stage: str) -> list[str]:
    """What a stage takes from the context."""
    lines = re.findall(r"^COPY (?!--from)(.+) (\S+)$", stage, re.MULTILINE)
    # A folder is copied under its own name: its content, that is.
    assert all(target in ("./", sources) for sources, target in lines)
    return [word for sources, _ in lines for word in sources.split()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("context"))


def built(folder: Path) -> Path:
    """The wheel that the first stage makes of what it copies, and of nothing else."""
    for name in copied(BUILD):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        else:
            shutil.copy(ROOT / name, folder)
    epoch = re.search(r"ARG SOURCE_DATE_EPOCH=(\d+)", BUILD)
    assert epoch
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder / "dist")]
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env={"SOURCE_DATE_EPOCH": epoch[1]})
    (found,) = (folder / "dist").iterdir()
    return found


def test_it_is_written_well() -> None:
    result = subprocess.run([Path(sys.executable).with_name("hadolint"), FILE], capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_it_is_made_of_what_the_context_has() -> None:
    parts = {next((one for one in CONTEXT if Path(name).is_relative_to(one)), name) for name in copied(BUILD)}
    assert parts == set(CONTEXT)
    assert copied(RUN) == []
    assert all((ROOT / name).exists() for name in CONTEXT)


def test_both_stages_stand_on_one_release_of_python() -> None:
    assert re.search(r"^ARG PYTHON_IMAGE=python:3\.\d+\.\d+-slim-[a-z]+$", TEXT, re.MULTILINE)
    assert [stage.split()[0] for stage in (BUILD, RUN)] == ["${PYTHON_IMAGE}"] * 2


def test_it_runs_as_nobody_in_particular_and_without_a_shell() -> None:
    last = dict(re.findall(r"^([A-Z]+) (.+)$", RUN, re.MULTILINE))
    assert last["USER"] == "65532:65532"
    assert last["ENTRYPOINT"] == '["kpi-exporter"]'
    assert last["CMD"] == '["serve"]'
    assert last["HEALTHCHECK"].endswith('CMD ["kpi-exporter", "healthcheck"]')


def test_what_volumes_of_compose_cover_belongs_to_its_user() -> None:
    """An empty volume takes over the owner of the folder that it covers."""
    volumes = [SERVICES["kpi-exporter"]["volumes"][-1], *SERVICES["demo"]["volumes"]]
    made = re.search(r"install --directory --owner=65532 --group=65532 --mode=0700 (.+)", RUN)
    assert made
    assert {mount.split(":")[1] for mount in volumes} == set(made[1].split())


def test_its_version_is_that_of_the_package() -> None:
    assert f"ARG VERSION={__version__}\n" in TEXT
    assert plain(SERVICES["kpi-exporter"]["image"]) == f"kpi-exporter:{__version__}"
    assert plain(SERVICES["kpi-exporter"]["build"]["args"]["VERSION"]) == __version__


def test_its_labels_tell_what_it_is() -> None:
    labels = dict(re.findall(r'org\.opencontainers\.image\.(\w+)="([^"]+)"', RUN))
    about = PROJECT["project"]
    assert set(labels) == {"title", "description", "licenses", "revision", "version"}
    assert (labels["title"], labels["description"], labels["licenses"]) == (about["name"], about["description"], about["license"])


def test_everything_that_is_installed_is_locked_by_hash() -> None:
    installs = re.findall(r"pip .*?install .*?(?=&&|\n)", BUILD)
    assert len(installs) == 3
    for install in installs:
        assert "--no-deps" in install
        assert "--require-hashes" in install or "--no-index" in install


def test_the_lock_has_what_the_package_and_its_extras_ask_for() -> None:
    pinned = locked("exporter/requirements.lock")
    extras = PROJECT["project"]["optional-dependencies"]
    asked = [
        Requirement(text) for text in [*PROJECT["project"]["dependencies"], *(one for name in EXTRAS for one in extras[name])]
    ]
    assert set(EXTRAS) == set(extras) - {"test"}
    for requirement in asked:
        (pin,) = pinned[requirement.name.lower()].specifier
        assert pin.operator == "=="
        assert requirement.specifier.contains(pin.version), requirement
    backend = locked("exporter/requirements-build.lock")
    assert all(Requirement(text).name in backend for text in PROJECT["build-system"]["requires"])


def test_no_file_of_it_names_a_place_to_install_from() -> None:
    names = (
        "exporter/Dockerfile",
        "exporter/requirements.lock",
        "exporter/requirements-build.lock",
        ".dockerignore",
        "docker-compose.yml",
    )
    text = "".join((ROOT / name).read_text(encoding="utf-8") for name in names)
    assert re.findall(r"--index-url|--extra-index|--find-links|--trusted-host|https://", text) == []


def test_the_wheel_has_all_that_the_package_has(wheel: Path) -> None:
    """Catalogs, templates and queries too; what is no part of the program is left out."""
    files = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("exporter/")}
    package = ROOT / "exporter"
    there = {
        path.relative_to(ROOT).as_posix()
        for path in package.rglob("*")
        if path.is_file() and not re.search(r"__pycache__|/\.", path.relative_to(ROOT).as_posix())
    }
    assert there - files == {"exporter/Dockerfile", "exporter/requirements.lock", "exporter/requirements-build.lock"}


def test_the_wheel_runs_by_itself(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "kpi-exporter.yml").write_bytes((ROOT / "docs/examples/compose/kpi-exporter.yml").read_bytes())
    (tmp_path / "figures.csv").write_bytes((ROOT / "docs/examples/compose/figures.csv").read_bytes())
    result = subprocess.run(
        [sys.executable, "-m", "exporter", "validate"], capture_output=True, text=True, cwd=tmp_path, env={"PYTHONSAFEPATH": ""}
    )
    assert result.returncode == 0, result.stderr


def test_the_same_files_give_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    assert built(tmp_path).read_bytes() == wheel.read_bytes()
