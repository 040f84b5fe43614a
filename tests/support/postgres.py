"""A real PostgreSQL server on loopback, from `with` to its end, with a database for each test."""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from exporter.sources.telemetry.warehouse.schema import shipped_statements
from support.programs import free_port

__all__ = ["OWNER", "PASSWORD", "READER", "Postgres"]

OWNER = "product"
"""The role that makes the tables and writes events. It may log in with PASSWORD."""
READER = "kpi_reader"
"""The role that may only select. It may log in with PASSWORD."""
PASSWORD = "planted/p@ss:word"
"""Needs every kind of quoting in a URL; hunt for it."""

SCHEMA = "analytics"
_ADMINISTRATOR = "administrator"
_TEMPLATE = "shipped"
_START_UP = 30.0
"""Seconds after which a server that does not answer counts as failed."""

_QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off", "max_connections": "50"}
_ENDS_WITH_ITS_INPUT = '"$@" & server=$!; cat > /dev/null; kill -INT $server 2> /dev/null; wait $server'
"""A server outlives nobody: when whoever started it ends, in whatever way, its input ends too."""


class Postgres:
    """A server of Debian's PostgreSQL, or of one on PATH; data and socket are in a temporary folder of its own.

    Over the socket everybody is trusted, over TCP roles need their password. `port` is that of 127.0.0.1. The server can be
    stopped and started again; the data stay until the end of the block.
    """

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self._settings = {**_QUICK, **(settings or {})}
        self._user = _unprivileged_user()
        self._programs = _programs()
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.folder: Path

    def __enter__(self) -> Self:
        # A path of a socket has 107 characters at most, which the folders of pytest may exceed.
        self.folder = Path(tempfile.mkdtemp(prefix="kpi-pg-"))
        try:
            if self._user is not None:
                shutil.chown(self.folder, self._user)
            self._initialise()
            self.start()
            self._make_template()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        settings = {
            **self._settings,
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
        }
        flags = [flag for name, value in settings.items() for flag in ("-c", f"{name}={value}")]
        server = [str(self._programs / "postgres"), "-D", str(self.folder / "data"), *flags]
        with (self.folder / "server.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", _ENDS_WITH_ITS_INPUT, "sh", *server],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,  # an interrupt from the keyboard is for pytest, which then stops the server in order
                user=self._user,
                cwd=self.folder,
            )
        end = time.monotonic() + _START_UP
        while True:
            try:
                psycopg.connect(self._conninfo("postgres"), connect_timeout=2).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise AssertionError(f"PostgreSQL does not start:\n{self.log()}") from None
                time.sleep(0.05)
            else:
                return

    def stop(self) -> None:
        """Stops the server as an administrator would: sessions are ended, data are kept."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_START_UP)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    def log(self) -> str:
        """What the server wrote so far."""
        return (self.folder / "server.log").read_text(errors="replace")

    def create(self, *, shipped: bool = True) -> str:
        """A new database, and its name; it has the shipped tables, or nothing at all."""
        name = f"test_{next(self._numbers)}"
        template = _TEMPLATE if shipped else "template1"
        self.execute("postgres", f"CREATE DATABASE {name} TEMPLATE {template} OWNER {OWNER}")
        return name

    def drop(self, name: str) -> None:
        """Removes a database, whoever is connected to it."""
        self.execute("postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def url(self, database: str, role: str = READER, password: str = PASSWORD) -> str:
        """The address of a database over TCP, as a configuration has it."""
        return f"postgresql://{quote(role, safe='')}:{quote(password, safe='')}@127.0.0.1:{self.port}/{database}"

    def execute(self, database: str, statement: str) -> None:
        """Runs a statement as an administrator, over the socket."""
        with self.connect(database) as connection:
            connection.execute(statement)

    def connect(self, database: str, role: str = _ADMINISTRATOR) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection over the socket, where each statement is a transaction of its own."""
        return psycopg.connect(self._conninfo(database, role), autocommit=True)

    def _conninfo(self, database: str, role: str = _ADMINISTRATOR) -> str:
        return f"host={self.folder} port={self.port} dbname={database} user={role}"

    def _initialise(self) -> None:
        command = ["--pgdata", "data", "--username", _ADMINISTRATOR, "--auth-local=trust", "--auth-host=scram-sha-256"]
        more = ["--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions", "--pwfile=password"]
        (self.folder / "password").write_text(PASSWORD)
        if self._user is not None:
            shutil.chown(self.folder / "password", self._user)
        initdb = [str(self._programs / "initdb"), *command, *more]
        done = subprocess.run(initdb, user=self._user, cwd=self.folder, capture_output=True, text=True)
        assert done.returncode == 0, f"initdb failed:\n{done.stdout}{done.stderr}"

    def _make_template(self) -> None:
        for role in (OWNER, READER):
            self.execute("postgres", f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
        self.execute("postgres", f"CREATE DATABASE {_TEMPLATE} OWNER {OWNER}")
        with self.connect(_TEMPLATE, OWNER) as template:
            for statement in shipped_statements("postgresql", SCHEMA):
                template.execute(statement)
            template.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {READER}")
            template.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO {READER}")
            template.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA {SCHEMA} GRANT SELECT ON TABLES TO {READER}")


def _programs() -> Path:
    """The folder of PostgreSQL's programs: Debian keeps them out of PATH, by version."""
    found = shutil.which("initdb")
    if found is not None and shutil.which("postgres", path=str(Path(found).parent)):
        return Path(found).parent
    folders = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
    if not folders:
        raise AssertionError("PostgreSQL's server is not installed: on Debian or Ubuntu, apt-get install postgresql")
    return max(folders, key=lambda folder: int(folder.parent.name))


def _unprivileged_user() -> str | None:
    """Who runs the server where oneself is root, whom it refuses; None for oneself."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"
