"""Structured logs: one line an event, as logfmt or JSON, with secrets taken out.

What goes with an event is given as fields: `logger.info("refreshed", extra=fields(source="github", seconds=1.5))`.
Of an exception the log names the type, and the text only where it is this project's own, which says nothing that came from
outside. At the level `debug` there is the traceback, too.
"""

import json
import logging
import math
import re
import sys
import threading
import traceback
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from types import TracebackType
from typing import Any, TextIO
from urllib.parse import quote

from exporter.errors import KpiExporterError

__all__ = ["FORMATS", "LEVELS", "configure", "fields", "handler", "hide", "redact"]

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warn": logging.WARNING, "error": logging.ERROR}
FORMATS = ("logfmt", "json")

_SECRET = "<secret>"  # noqa: S105  # what stands in its place
_SHORTEST = 4
"""A secret of fewer characters is not looked for: it would be found everywhere."""

_PATTERNS = (
    # Tokens that say themselves what they are: GitHub, GitLab, Slack, npm, PyPI, crates.io, Typeform, AWS, JWT, Discord, bcrypt.
    (re.compile(r"\b(?:gh[a-z]_|github_pat_|glpat-|xox[a-z]-|npm_|pypi-|cio|tfp_|AKIA)[A-Za-z0-9_-]{16,}"), _SECRET),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), _SECRET),
    (re.compile(r"\b[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}"), _SECRET),
    (re.compile(r"\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}"), _SECRET),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.DOTALL), _SECRET),
    # User and password in a URL; a password may hold a slash or an at sign.
    (re.compile(r"(?<=://)(?:[^\s/?#\"']*@|[^\s/?#@:\"']+:[^\s@\"']*@)"), f"{_SECRET}@"),
    # Authorization headers, with or without their name. A scheme alone must be followed by something that is no plain word.
    (re.compile(r"(?i)(\bauthorization\b[\"']?\s*[:=]\s*[\"']?(?:(?:basic|bearer|bot|token)\s+)?)[^\s\"',}]+"), rf"\1{_SECRET}"),
    (re.compile(r"\b((?:Basic|Bearer|Bot|bearer|basic|token) +)(?=\S+[\dA-Z=+/])[\w.~+/=-]{8,}"), rf"\1{_SECRET}"),
    # Parameters of URLs and connection strings, and members of JSON.
    (
        re.compile(
            r"(?i)((?:password|passwd|pwd|secret|token|api_?key|signature)(?:=|[\"']\s*[:=]\s*)[\"']?)[^\s\"'&,;}]+",
        ),
        rf"\1{_SECRET}",
    ),
    # E-mail addresses; `git@host:path` is none.
    (re.compile(r"(?<![\w.+-])(?!git@)[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"), _SECRET),
)

_RESERVED = frozenset(("time", "level", "caller", "msg"))
_BARE = re.compile(r"[^\s\"=\\]+")


class _Hidden:
    """Secrets that are known, to be found in any text."""

    def __init__(self) -> None:
        self._values: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self._lock = threading.Lock()

    def add(self, values: Iterable[str]) -> None:
        with self._lock:
            for value in values:
                # A key of many lines may be quoted line by line, a password percent-encoded in a URL.
                parts = (value, value.strip(), *value.splitlines(), quote(value, safe=""))
                self._values.update(part for part in parts if len(part) >= _SHORTEST)
            if self._values:
                longest_first = sorted(self._values, key=len, reverse=True)
                self._pattern = re.compile("|".join(re.escape(value) for value in longest_first))

    def redact(self, text: str) -> str:
        return self._pattern.sub(_SECRET, text) if self._pattern else text


_hidden = _Hidden()


def hide(values: Iterable[str]) -> None:
    """From now on these values are shown as `<secret>` in every line, also where they stand inside other text."""
    _hidden.add(values)


def redact(text: str) -> str:
    """The text without what is hidden and without what looks like a credential or an e-mail address."""
    text = _hidden.redact(text)
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def fields(**values: object) -> dict[str, Mapping[str, object]]:
    """What goes with an event, for the argument `extra` of a logging call."""
    return {"fields": values}


def handler(level: str, form: str, stream: TextIO) -> logging.Handler:
    """A logging handler that writes events of at least a level (one of LEVELS) in a format (one of FORMATS)."""
    made = logging.StreamHandler(stream)
    made.setLevel(LEVELS[level])
    made.setFormatter(_Formatter(form, tracebacks=level == "debug"))
    return made


def configure(level: str = "info", form: str = "logfmt", stream: TextIO | None = None) -> None:
    """Sends everything the process logs to standard error, warnings of Python and errors that nobody caught included."""
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    root.addHandler(handler(level, form, stream or sys.stderr))
    root.setLevel(LEVELS[level])
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, (KeyboardInterrupt, SystemExit)):
        return
    logging.getLogger("exporter").error("unexpected error", exc_info=(kind, error or kind(), trace))


class _Formatter(logging.Formatter):
    """An event as one line."""

    def __init__(self, form: str, *, tracebacks: bool) -> None:
        super().__init__()
        self._line = _json if form == "json" else _logfmt
        self._tracebacks = tracebacks

    def format(self, record: logging.LogRecord) -> str:
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        event: dict[str, object] = {
            "time": time.replace("+00:00", "Z"),
            "level": _level(record.levelno),
            "caller": f"{record.name.removeprefix('exporter.')}:{record.lineno}",
        }
        given = {_key(name): value for name, value in getattr(record, "fields", {}).items()}
        # What an event is about comes first.
        event |= {name: given.pop(name) for name in ("project", "source") if name in given}
        event["msg"] = record.getMessage()
        event |= given
        if record.exc_info and record.exc_info[1] is not None:
            event |= self._failure(record.exc_info[1])
        return self._line({name: _plain(value) for name, value in event.items() if value is not None})

    def _failure(self, error: BaseException) -> dict[str, object]:
        kind = type(error).__name__
        told: dict[str, object] = {"error": f"{kind}: {error}" if isinstance(error, KpiExporterError) else kind}
        if self._tracebacks:
            told["traceback"] = "".join(traceback.format_exception(error))
        return told


def _level(number: int) -> str:
    return max((level, name) for name, level in LEVELS.items() if level <= max(number, logging.DEBUG))[1]


def _key(name: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_.]", "_", name)
    return f"{name}_" if name in _RESERVED else name


def _plain(value: object) -> str | int | float | bool:
    """A value that both formats can write; text is redacted."""
    if isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return redact(value.isoformat() if isinstance(value, date) else str(value))


def _logfmt(event: Mapping[str, Any]) -> str:
    return " ".join(f"{name}={_logfmt_value(value)}" for name, value in event.items())


def _logfmt_value(value: str | float) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    return value if value.isprintable() and _BARE.fullmatch(value) else _quoted(value)


def _quoted(text: str) -> str:
    """In double quotes; whatever could end the line or hide in it is written as an escape."""
    return "".join(one if one.isprintable() else json.dumps(one)[1:-1] for one in json.dumps(text, ensure_ascii=False))


def _json(event: Mapping[str, Any]) -> str:
    return json.dumps(event)
