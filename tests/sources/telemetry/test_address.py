"""What a URL means, and what is said of it: never a piece of a password."""

import pytest

from exporter.errors import Reason, UpstreamError
from exporter.sources.telemetry.address import parse_address


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("sqlite:////data/analytics.db", "/data/analytics.db"),
        ("sqlite:///analytics.db", "analytics.db"),
        ("sqlite:////data/my%20events%3F.db", "/data/my events?.db"),
        ("sqlite:////data/a:b@c.db", "/data/a:b@c.db"),
    ],
)
def test_a_file(url: str, target: str) -> None:
    address = parse_address(url)
    assert (address.dialect, address.target, address.called) == ("sqlite", target, f"the database {target}")


@pytest.mark.parametrize(
    ("url", "called"),
    [
        ("postgresql://role:secret@db.example.org:5433/kpi", "the database kpi on db.example.org:5433"),
        ("postgresql+psycopg://db.example.org/kpi", "the database kpi on db.example.org"),
        ("postgresql://role@[2001:db8::7]:5432/kpi", "the database kpi on [2001:db8::7]:5432"),
        ("postgresql://role@a.example,b.example:5433/kpi", "the database kpi on a.example,b.example:5433"),
        ("postgresql:///kpi?host=/run/postgresql", "the database kpi on /run/postgresql"),
        ("postgresql://role@%2Frun%2Fpostgresql/kpi", "the database kpi on /run/postgresql"),
        ("postgresql://?host=db&dbname=kpi&password=secret", "the database kpi on db"),
        ("postgresql:///kpi", "the database kpi"),
        ("postgresql://db.example.org", "the database on db.example.org"),
        ("postgresql://role@host/kpi%20%22two%22", "the database on host"),
    ],
)
def test_a_server(url: str, called: str) -> None:
    address = parse_address(url)
    assert (address.dialect, address.called) == ("postgresql", called)
    assert address.target == url.replace("+psycopg", "")
    assert "secret" not in repr(address)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://role:pla@nted@host/kpi",
        "postgresql://role:pla@nted/x@host/kpi",
        "postgresql://role:planted@[host/kpi",
        "mysql://role:planted@host/kpi",
        "sqlite://planted/analytics.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite:////data/planted.db?mode=rwc",
        "sqlite:////data/planted%00.db",
        "planted",
        "",
    ],
)
def test_a_url_that_is_none_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(UpstreamError, match=r"^the URL of the warehouse cannot be used: ") as caught:
        parse_address(url)
    assert caught.value.reason == Reason.CLIENT_ERROR
    assert "nted" not in str(caught.value)
