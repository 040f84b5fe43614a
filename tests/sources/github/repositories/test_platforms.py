import pytest

from exporter.sources.github.repositories.platforms import Platform, platform_of


@pytest.mark.parametrize(
    "name",
    [
        "caro-darwin-arm64",
        "caro-x86_64-apple-darwin.tar.gz",
        "caro_1.2.0_macOS_universal.zip",
        "caro-osx11.zip",
        "caro-mac.zip",
        "caro-1.2.0.dmg",
        "caro-1.2.0.pkg",
        "Darwin.zip",
    ],
)
def test_a_name_says_macos(name: str) -> None:
    assert platform_of(name) is Platform.MACOS


@pytest.mark.parametrize(
    "name",
    [
        "caro-windows-amd64.zip",
        "caro-x86_64-pc-windows-gnu.zip",
        "caro-x86_64-pc-windows-msvc.zip",
        "caro-win32.zip",
        "caro-win64.zip",
        "caro_win_x64.7z",
        "caro.exe",
        "Caro-Setup-1.2.0.msi",
        "linux-tools-setup.exe",
    ],
)
def test_a_name_says_windows(name: str) -> None:
    assert platform_of(name) is Platform.WINDOWS


@pytest.mark.parametrize(
    "name",
    [
        "caro-linux-amd64",
        "caro-linuxamd64",
        "caro-x86_64-unknown-linux-musl.tar.gz",
        "caro-aarch64-musl.tar.gz",
        "caro-armv7-gnueabihf.tar.gz",
        "caro_1.2.0_amd64.deb",
        "caro-1.2.0.x86_64.rpm",
        "Caro-1.2.0.AppImage",
        "caro-1.2.0-1-x86_64.pkg.tar.zst",
    ],
)
def test_a_name_says_linux(name: str) -> None:
    assert platform_of(name) is Platform.LINUX


@pytest.mark.parametrize(
    "name",
    [
        "caro-1.2.0.tar.gz",
        "caro-freebsd-amd64.tar.gz",
        "caro-aarch64-linux-android.tar.gz",
        "caro-linux-windows-macos.zip",
        "caro-wasm.zip",
        "twin-peaks.zip",
        "caro_1.2.0-py3-none-any.whl",
        "",
    ],
)
def test_a_name_says_no_platform_or_several_or_another_one(name: str) -> None:
    assert platform_of(name) is Platform.OTHER


@pytest.mark.parametrize(
    "name",
    [
        "caro-linux-amd64.sha256",
        "caro-linux-amd64.sha512",
        "caro.exe.md5",
        "caro.dmg.sig",
        "caro.dmg.asc",
        "caro-linux.pem",
        "caro-linux.minisig",
        "caro.sbom",
        "caro-linux.spdx.json",
        "caro-linux.provenance.jsonl",
        "SHA256SUMS",
        "caro_1.2.0_checksums.txt",
        "caro_checksums",
        "latest-mac.yml",
        "Caro.dmg.blockmap",
    ],
)
def test_what_only_accompanies_assets_is_left_out(name: str) -> None:
    assert platform_of(name) is None
