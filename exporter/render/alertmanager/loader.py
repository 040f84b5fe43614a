"""Reads the file of channels; says everything that is wrong with it in one go."""

from collections.abc import Iterator
from pathlib import Path

from exporter.document import Document, Problem, did_you_mean, read, validate
from exporter.errors import InvalidInput
from exporter.render.alertmanager.channels import Channels, Digest, Email, Kinds, Slack
from exporter.render.alertmanager.receivers import NOBODY, WATCHDOG

__all__ = ["build", "load"]

_TAKEN = {WATCHDOG: "is set by the key watchdog of the file", NOBODY: "is the name of the receiver that tells nobody"}


def load(path: Path) -> Channels:
    """The channels that a file sets; raises InvalidInput with every problem in it."""
    return build(read(path))


def build(document: Document) -> Channels:
    """Like `load`, for a document that is read already."""
    channels = validate(document, Channels)
    if problems := list(_problems(document, channels)):
        raise InvalidInput(problems)
    return channels


def _problems(document: Document, channels: Channels) -> Iterator[Problem]:
    """What no part of the file can know alone."""
    kinds: dict[str, str] = {}
    for field, info in Kinds.model_fields.items():
        kind = info.alias or field
        for name, channel in getattr(channels.channels, field).items():
            place = ("channels", kind, name)
            if kinds.setdefault(name, kind) != kind:
                yield document.problem(place, f"is set already, under {kinds[name]}")
            if name in _TAKEN:
                yield document.problem(place, f"must have another name: this one {_TAKEN[name]}")
            if isinstance(channel, Slack) and not (channel.api_url_file or channels.slack_api_url_file):
                yield document.problem(place, "has no api_url_file, and the file has no slack_api_url_file for all")
            if isinstance(channel, Email | Digest) and channels.smtp is None:
                yield document.problem(place, "needs the key smtp of the file, which is missing")
    read_at_once = [name for name, channel in channels.channels.items() if not isinstance(channel, Digest)]
    if channels.root not in read_at_once:
        yield document.problem(
            ("root",),
            f'must be a channel that is set and no digest, found "{channels.root}"; {did_you_mean(channels.root, read_at_once)}',
        )
