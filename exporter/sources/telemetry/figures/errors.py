"""Errors: how often a command that was asked for could not be made."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, or_, true

from exporter.facts import Sample
from exporter.sources.telemetry.figures.commands import COMMANDS
from exporter.sources.telemetry.figures.counts import EVENTS, Tally, by_window, by_word, events_with, how_many, of_week
from exporter.sources.telemetry.figures.optional import optional
from exporter.sources.telemetry.metrics import PLATFORM_ERRORS, PLATFORM_REQUESTS, REQUESTS, TOTAL_ERRORS, TYPE_ERRORS
from exporter.sources.telemetry.reading import Reading
from exporter.sources.telemetry.warehouse import Relation

__all__ = ["samples"]


def samples(reading: Reading) -> Iterator[Sample]:
    """Errors and requests by window and by platform, and errors by type.

    Requests are left out where the product has no table of commands. Without types nothing can be told, unless the configuration
    says that no error is intended.
    """
    intended = reading.config.intended_errors
    relation = reading.warehouse.relation("command_generation_error", *(["error_type"] if intended else []))
    commands = optional(reading, "command_generated")
    made = dict(by_window(reading, COMMANDS)) if commands else {}
    for window, sums in by_window(reading, _errors(intended)):
        errors = sums.get(EVENTS, 0)
        yield TOTAL_ERRORS.sample(errors, window=window)
        if window in made:
            yield REQUESTS.sample(made[window].get(EVENTS, 0) + errors, window=window)
    yield from by_word(reading, TYPE_ERRORS, relation, "error_type")
    if relation.has("platform"):
        yield from _by_platform(reading, relation, commands)


def _by_platform(reading: Reading, relation: Relation, commands: Relation | None) -> Iterator[Sample]:
    """A platform is told where enough users had errors on it or, because errors are hoped to be few, commands."""
    errors = of_week(reading, relation, "platform", _unintended(relation, reading.config.intended_errors))
    made = of_week(reading, commands, "platform") if commands and commands.has("platform") else None
    for word in sorted({*errors, *(made or ())}):
        failed, succeeded = events_with(word, errors), events_with(word, made or {})
        if failed is None or succeeded is None or not reading.groups.may_be_told(errors.get(word), (made or {}).get(word)):
            continue
        yield PLATFORM_ERRORS.sample(failed, platform=word, window="7d")
        if made is not None:
            yield PLATFORM_REQUESTS.sample(failed + succeeded, platform=word, window="7d")


def _errors(intended: Sequence[str]) -> Tally:
    return Tally("errors", "command_generation_error", lambda relation: {EVENTS: how_many(_unintended(relation, intended))})


def _unintended(relation: Relation, intended: Sequence[str]) -> ColumnElement[bool]:
    if not intended:
        return true()
    return or_(relation["error_type"].is_(None), relation["error_type"].not_in(intended))
