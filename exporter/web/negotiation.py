"""Which format and encoding a client asks for (RFC 9110, section 12.5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exporter.web.page import Format

__all__ = ["accepts_gzip", "wanted_format"]

_OPENMETRICS = "application/openmetrics-text"
_OPENMETRICS_VERSION = "1.0.0"
_TEXT_VERSION = "0.0.4"


@dataclass(frozen=True, slots=True)
class _Range:
    """One member of an Accept header."""

    name: str
    parameters: Mapping[str, str]
    quality: float


def wanted_format(accept: str) -> Format:
    """OpenMetrics when the client names it in our version and likes it at least as much as plain text, else plain text.

    A wildcard never means OpenMetrics: who sends one is a browser or a person with curl.
    """
    ranges = list(_ranges(accept))
    named = [one.quality for one in ranges if one.name == _OPENMETRICS and _is_version(one, _OPENMETRICS_VERSION)]
    quality = max(named, default=0.0)
    return Format.OPENMETRICS if quality > 0 and quality >= _text_quality(ranges) else Format.TEXT


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether the client takes gzip and does not prefer the plain bytes."""
    qualities = {one.name: one.quality for one in _ranges(accept_encoding)}
    gzip = qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0.0)))
    return gzip > 0 and gzip >= qualities.get("identity", 0.0)


def _text_quality(ranges: list[_Range]) -> float:
    """How much the client likes plain text, by the most specific range that covers it; 0 where none does."""
    for name in ("text/plain", "text/*", "*/*"):
        covering = [one.quality for one in ranges if one.name == name and _is_version(one, _TEXT_VERSION)]
        if covering:
            return max(covering)
    return 0.0


def _is_version(one: _Range, version: str) -> bool:
    return one.parameters.get("version", version) == version


def _ranges(header: str) -> Iterator[_Range]:
    """The members of a header; one whose quality is not a number from 0 to 1 is left out."""
    for member in header.split(","):
        name, *rest = (piece.strip() for piece in member.split(";"))
        parameters = {}
        for piece in rest:
            key, _, value = piece.partition("=")
            parameters[key.strip().lower()] = value.strip().strip('"')
        try:
            quality = float(parameters.pop("q", "1"))
        except ValueError:
            continue
        if name and 0 <= quality <= 1:
            yield _Range(name.lower(), parameters, quality)
