"""telemetry: who uses the product, and how well it does, from the tables of events in an SQL database.

config        what the operator writes
tables        which tables and columns of events there are
metrics       what is declared, by topic
source        the adapter; imports nothing of SQL before it is asked
warehouse     the database: connection, session that only reads, where tables and columns are, moments, failures, DDL
figures       what is counted, one module a topic
words         what a word is, and what tells too much to be one
groups        which words and which groups may leave the warehouse
rollups       figures of days and weeks that are over, kept so that they are not counted again
refresh       one reading of everything
"""

from exporter.sources.telemetry.source import TelemetrySource

__all__ = ["SOURCE"]

SOURCE = TelemetrySource
