"""Writes files all together or not at all: what goes wrong in between, Ctrl-C included, leaves the folder as it was."""

import errno
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path

from exporter.errors import KpiExporterError

__all__ = ["there_already", "write_together"]

Steps = list[Callable[[], object]]
"""What to do so that everything is as it was, the last step first."""


def there_already(folder: Path, names: Iterable[str]) -> list[str]:
    """The names that something in the folder has already, in their order."""
    return [name for name in names if os.path.lexists(folder / name)]


def write_together(folder: Path, texts: Mapping[str, str], *, replace: bool) -> None:
    """Writes each text to its name in the folder, which is made if need be.

    Without `replace` nothing that is there is overwritten, not even what came a moment ago. Raises KpiExporterError where it
    cannot be done.
    """
    undo: Steps = []
    mark = f".{secrets.token_hex(4)}"
    try:
        _make(folder, undo)
        paths = {_led_to(folder / name): text for name, text in texts.items()}
        if len(paths) < len(texts):
            raise KpiExporterError(f"{folder} has one file under several of the names, by a link; nothing was written")
        staged = {path: _staged(path, text, mark, undo) for path, text in paths.items()}
        copies = [_placed(new, path, mark, undo, replace=replace) for path, new in staged.items()]
    except BaseException as error:
        for step in reversed(undo):
            _quietly(step)
        if isinstance(error, OSError):
            # A pipe or a device has no such text: nothing of the system went wrong.
            reason = error.strerror or "what has such a name is no file"
            raise KpiExporterError(f"{folder} cannot be written to: {reason}; nothing was written") from None
        raise
    for copy in copies:
        _quietly(partial(copy.unlink, missing_ok=True))


def _make(folder: Path, undo: Steps) -> None:
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir()
        undo.append(path.rmdir)


def _led_to(path: Path) -> Path:
    """Where a name leads: a link stays what it is, and what it leads to is written."""
    try:
        return path.resolve()
    except RuntimeError:
        # So Python up to 3.12 says that a link leads to itself.
        raise OSError(errno.ELOOP, os.strerror(errno.ELOOP)) from None


def _staged(path: Path, text: str, mark: str, undo: Steps) -> Path:
    """A file beside `path` that holds the text."""
    new = path.with_name(f".{path.name}{mark}")
    undo.append(partial(new.unlink, missing_ok=True))
    with new.open("x", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return new


def _placed(new: Path, path: Path, mark: str, undo: Steps, *, replace: bool) -> Path:
    """Gives a written file its name; the result is where a copy of what had it before is, if anything had."""
    copy = path.with_name(f".{path.name}{mark}.before")
    if replace and os.path.lexists(path):
        undo.append(partial(copy.unlink, missing_ok=True))
        shutil.copy2(path, copy)
        # Whoever could not read the old file is not to read the new one.
        shutil.copymode(path, new)
        undo.append(partial(copy.replace, path))
    else:
        # Takes the name only where nobody was faster.
        try:
            path.open("x").close()
        except FileExistsError:
            raise KpiExporterError(f"{path} is there already; nothing was written") from None
        undo.append(path.unlink)
    new.replace(path)
    return copy


def _quietly(step: Callable[[], object]) -> None:
    try:
        step()
    except OSError:
        return
