"""What the operator writes about the telemetry warehouse."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from exporter.config.types import UNREAD, Duration, SecretStr, Section, SourceConfig
from exporter.document import did_you_mean, found
from exporter.errors import UpstreamError
from exporter.sources.telemetry.address import parse_address
from exporter.sources.telemetry.tables import TABLES, Kind
from exporter.sources.telemetry.words import may_leave

__all__ = ["ReceiverConfig", "TableConfig", "TelemetryConfig"]

SHORTEST_SALT = 16
"""Bytes of a salt: fewer could be guessed."""
_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a token may be in a header (RFC 6750, section 2.1)."""

Name = Annotated[str, Field(min_length=1, max_length=63)]
Constant = str | bool | int | None
"""What a column is compared with; null stands for no value."""


def _database_url(url: SecretStr) -> SecretStr:
    if url != UNREAD:
        try:
            parse_address(url.get_secret_value())
        except UpstreamError as error:
            raise ValueError(str(error)) from None
    return url


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url)]


class TableConfig(Section):
    """Where a table of this source is to be found in a warehouse that calls it otherwise."""

    name: Name | None = Field(None, description="Name of the table or view. Default: the name here.")
    columns: Mapping[Name, Name | None] = Field(
        {}, description="Names of columns there, by their names here; null says that the product lacks the column."
    )
    where: Mapping[Name, Constant | tuple[Constant, ...]] = Field(
        {}, description="Rows that count: the value, or one of several values, that columns there must have."
    )
    missing: bool = Field(False, description="Whether the product lacks the table; nothing is then said about it.")


def _salt(salt: SecretStr) -> SecretStr:
    if salt != UNREAD and len(salt.get_secret_value().encode()) < SHORTEST_SALT:
        raise ValueError(f"must have at least {SHORTEST_SALT} bytes, such as `openssl rand -hex 32` gives")
    return salt


def _bearer(token: SecretStr) -> SecretStr:
    if not _BEARER.fullmatch(token.get_secret_value()):
        raise ValueError("must be made of letters, digits and - . _ ~ + / alone, so that a header can carry it")
    return token


Salt = Annotated[SecretStr, AfterValidator(_salt)]
BearerToken = Annotated[SecretStr, AfterValidator(_bearer)]


class ReceiverConfig(Section):
    """How `kpi-exporter telemetry receive` takes events into the warehouse."""

    url: DatabaseUrl | None = Field(None, description="Database to write to, as a role that may. Default: the one that is read.")
    salt: Salt = Field(description="Secret of at least 16 bytes that pseudonyms are hashed with once more; never change it.")
    token: BearerToken | None = Field(None, description="Bearer token that clients must send. Default: anybody may send events.")
    events_per_second: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        5_000, description="Most events a second, over all clients; more are answered 429."
    )


class TelemetryConfig(SourceConfig):
    """Where the warehouse is, how its tables are called, and which figures may leave it."""

    url: DatabaseUrl = Field(description="Database with the events, sqlite:// or postgresql://, as a role that may only read.")
    db_schema: Name = Field("analytics", alias="schema", description="Schema of the tables; SQLite has none.")
    tables: Mapping[str, TableConfig] = Field({}, description="Tables that are called otherwise, or that are missing, by name.")
    min_group: Annotated[int, Field(ge=1, le=1_000)] = Field(
        5, description="Fewest users of a platform, category or other group whose figures are exported."
    )
    known: Mapping[str, tuple[str, ...]] = Field(
        {}, description="Words of a column that are exported as 0 when nothing happened, by column: error_type, feature, …."
    )
    intended_errors: tuple[str, ...] = Field(
        ("safety_blocked",), description="Words of error_type that are intended behaviour, and no errors."
    )
    heavy_use: Annotated[int, Field(ge=1)] = Field(100, description="Commands in a week above which a user is a heavy one.")
    late_events: Duration = Field(timedelta(days=2), description="How late events may come and still count at the next refresh.")
    clock_skew: Duration = Field(timedelta(minutes=5), description="By how much the clocks of clients may differ.")
    receiver: ReceiverConfig | None = Field(None, description="The receiver of events. Default: none.")

    @model_validator(mode="after")
    def _tables_and_columns_there_are(self) -> Self:
        for name, table in self.tables.items():
            if name not in TABLES:
                raise ValueError(f"tables has no {found(name)}, {did_you_mean(name, TABLES)}")
            columns = [column.name for column in TABLES[name].columns]
            for column in table.columns:
                if column not in columns:
                    raise ValueError(f"{name} has no column {found(column)}, {did_you_mean(column, columns)}")
        words = {column.name for table in TABLES.values() for column in table.columns if column.kind is Kind.WORD}
        for column, known in self.known.items():
            if column not in words:
                raise ValueError(f"known has no column {found(column)}, {did_you_mean(column, words)}")
            for word in known:
                if not may_leave(column, word):
                    raise ValueError(f"known must have short words such as file_management in {column}, found {found(word)}")
        return self
