"""For which platform a release asset is, as far as its name tells."""

import re
from enum import StrEnum

__all__ = ["Platform", "platform_of"]


class Platform(StrEnum):
    """Values of the label `platform`; OTHER stands for every further platform and for assets of none or of several."""

    LINUX = "linux"
    MACOS = "macos"
    WINDOWS = "windows"
    OTHER = "other"


_WORDS = re.compile(r"[^a-z0-9]+")

# What a file ends in decides, whatever else its name says.
_ENDINGS = {
    "appimage": Platform.LINUX,
    "deb": Platform.LINUX,
    "rpm": Platform.LINUX,
    "dmg": Platform.MACOS,
    "pkg": Platform.MACOS,
    "exe": Platform.WINDOWS,
    "msi": Platform.WINDOWS,
}

# Looked for anywhere in a word: nothing else is spelled with these, and build tools join them to what follows (linuxamd64).
_INSIDE = (
    ("linux", Platform.LINUX),
    ("darwin", Platform.MACOS),
    ("macos", Platform.MACOS),
    ("windows", Platform.WINDOWS),
)

# Whole words only, digits at their end left aside (win64, osx11): "win" alone is a part of "darwin".
_WHOLE = {
    "appimage": Platform.LINUX,
    "deb": Platform.LINUX,
    "rpm": Platform.LINUX,
    "apple": Platform.MACOS,
    "dmg": Platform.MACOS,
    "mac": Platform.MACOS,
    "osx": Platform.MACOS,
    "exe": Platform.WINDOWS,
    "mingw": Platform.WINDOWS,
    "msi": Platform.WINDOWS,
    "msvc": Platform.WINDOWS,
    "win": Platform.WINDOWS,
}

# These name a C library, which Windows builds can have too, so they count only where nothing else names a platform.
_C_LIBRARIES = frozenset({"gnu", "gnueabi", "gnueabihf", "musl", "musleabi", "musleabihf"})

# What the packages of Arch Linux end in; .pkg alone is an installer for macOS.
_ARCH_PACKAGE = re.compile(r"\.pkg\.tar\.\w+$")

_COMPANIONS = frozenset(
    {"asc", "att", "cer", "cert", "crt", "gpg", "minisig", "pem", "prov", "pub", "sig", "sigstore"}
    | {"md5", "md5sum", "sha1", "sha1sum", "sha224", "sha256", "sha256sum", "sha384", "sha512", "sha512sum"}
    | {"blockmap", "cdx", "json", "jsonl", "md", "sbom", "spdx", "txt", "xml", "yaml", "yml"}
)
"""Endings of files that say something about assets and are none themselves."""
_CHECKSUMS = re.compile(r"checksums?|(md5|sha\d+)sums?")


def platform_of(name: str) -> Platform | None:
    """The platform of the asset called `name`; None for what only accompanies assets: checksums, signatures, descriptions."""
    name = name.lower()
    words = [word for word in _WORDS.split(name) if word]
    ending = name.rpartition(".")[2]
    if ending in _COMPANIONS or any(_CHECKSUMS.fullmatch(word) for word in words):
        return None
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    if "android" in words:
        # Its target triples say linux as well.
        return Platform.OTHER
    named = {platform for word in words for platform in _named_by(word)}
    if not named and (_ARCH_PACKAGE.search(name) or not _C_LIBRARIES.isdisjoint(words)):
        return Platform.LINUX
    return named.pop() if len(named) == 1 else Platform.OTHER


def _named_by(word: str) -> set[Platform]:
    named = {platform for part, platform in _INSIDE if part in word}
    whole = _WHOLE.get(word.rstrip("0123456789"))
    return named | {whole} if whole else named
