"""Questions to the person at the terminal; where nobody is asked, the answer is what was suggested."""

from collections.abc import Callable
from typing import TypeVar

import click

from exporter.errors import KpiExporterError

__all__ = ["Questions"]

Answer = TypeVar("Answer")

_NONE = "-"
"""What one answers to say none where something is suggested."""


class Questions:
    """Asks on the terminal if `asks`, else nobody."""

    def __init__(self, asks: bool) -> None:
        self.asks = asks

    def answer(
        self, question: str, suggested: str | None, understand: Callable[[str], Answer], *, needed: bool = False
    ) -> Answer | None:
        """What a person answers, as `understand` reads it; None where that is none, which a `needed` answer cannot be.

        A ValueError or KpiExporterError of `understand` is told, and the question is asked again.
        """

        def understood(text: str) -> Answer | None:
            if text.strip() in ("", _NONE) and not needed:
                return None
            try:
                return understand(text.strip())
            except (ValueError, KpiExporterError) as error:
                raise click.UsageError(str(error)) from None

        if self.asks:
            none = "" if needed else f" ({_NONE} for none)" if suggested else " (empty for none)"
            return _typed(
                lambda: click.prompt(
                    question + none, default=suggested or "", show_default=bool(suggested), value_proc=understood
                )
            )
        return None if suggested is None else understand(suggested)

    def agree(self, question: str) -> bool:
        """Whether a person agrees; nobody contradicts where nobody is asked."""
        return not self.asks or _typed(lambda: click.confirm(question, default=True))


def _typed(ask: Callable[[], Answer]) -> Answer:
    """What is answered, asked again where the keys gave no text."""
    while True:
        try:
            return ask()
        except UnicodeDecodeError:
            click.echo("Error: what was typed is no text in the encoding of this terminal")
