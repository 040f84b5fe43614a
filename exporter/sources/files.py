"""Files that people or tools put in place, read as they are."""

from pathlib import Path

from exporter.errors import Reason, UpstreamError

__all__ = ["read_file"]


def read_file(file: Path, largest: int) -> bytes:
    """The content of a file of at most so many bytes, whole MiB; raises UpstreamError, UNREADABLE or TOO_LARGE."""
    try:
        # Anything but a regular file might keep the reader waiting for ever.
        if not file.is_file():
            why = "is not a file" if file.exists() else "does not exist"
            raise UpstreamError(Reason.UNREADABLE, f"{file} {why}")
        with file.open("rb") as opened:
            content = opened.read(largest + 1)
    except OSError as error:
        raise UpstreamError(Reason.UNREADABLE, f"{file} cannot be read: {error.strerror}") from None
    if len(content) > largest:
        raise UpstreamError(Reason.TOO_LARGE, f"{file} is larger than {largest // 2**20} MiB")
    return content
