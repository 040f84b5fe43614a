"""The past of projects, as far as their sources still know it: the same series that a scrape and the rules make."""

from exporter.backfill.blocks import DataDirectory, promtool
from exporter.backfill.known import LONGEST_IN_MEMORY, asked_of, in_log, in_memory, limit, read_from
from exporter.backfill.ledger import FILE, Ledger
from exporter.backfill.run import Outcome, Run
from exporter.backfill.span import Span

__all__ = [
    "FILE",
    "LONGEST_IN_MEMORY",
    "DataDirectory",
    "Ledger",
    "Outcome",
    "Run",
    "Span",
    "asked_of",
    "in_log",
    "in_memory",
    "limit",
    "promtool",
    "read_from",
]
