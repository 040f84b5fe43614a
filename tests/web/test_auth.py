"""Basic authentication against bcrypt hashes."""

import base64
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import bcrypt
import pytest

from exporter.web.auth import BasicAuth

PASSWORD = "correct horse"


def digest(password, prefix=b"2b"):
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).replace(b"$2b$", b"$" + prefix + b"$").decode()


@pytest.fixture(scope="module")
def auth():
    return BasicAuth({"prometheus": digest(PASSWORD), "grafana": digest("other"), "größe": digest("pässwort")})


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_a_user_with_the_right_password_is_admitted(auth):
    assert auth.admits(basic("prometheus", PASSWORD))


def test_admitted_once_means_admitted_again(auth):
    assert [auth.admits(basic("prometheus", PASSWORD)) for _ in range(3)] == [True, True, True]


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic !!!",
        "Basic " + base64.b64encode(b"no colon").decode(),
        "Bearer " + base64.b64encode(f"prometheus:{PASSWORD}".encode()).decode(),
        basic("prometheus", "wrong"),
        basic("prometheus", ""),
        basic("prometheus", PASSWORD + " "),
        basic("prometheus", "other"),
        basic("nobody", PASSWORD),
        basic("", PASSWORD),
        basic("prometheus", "with\x00zero"),
    ],
)
def test_nobody_else_is_admitted(auth, header):
    assert not auth.admits(header)
    assert not auth.admits(header), "a failure is not remembered as a success"


def test_the_scheme_is_read_in_any_case_and_letters_beyond_ascii_are_utf8(auth):
    assert auth.admits(basic("größe", "pässwort").replace("Basic", "bAsIc"))


def test_a_password_may_hold_colons():
    assert BasicAuth({"a": digest("b:c:d")}).admits(basic("a", "b:c:d"))


def test_user_and_password_are_not_confused_where_one_ends_and_the_other_begins():
    auth = BasicAuth({"a": digest("bc"), "ab": digest("other")})
    assert auth.admits(basic("a", "bc"))
    assert not auth.admits(basic("ab", "c"))


@pytest.mark.parametrize("prefix", [b"2a", b"2b", b"2y"])
def test_hashes_of_all_makers_are_understood(prefix):
    assert BasicAuth({"a": digest("b", prefix)}).admits(basic("a", "b"))


def test_of_a_long_password_the_first_72_bytes_count_as_everywhere():
    auth = BasicAuth({"a": digest("x" * 72)})
    assert auth.admits(basic("a", "x" * 80))
    assert not auth.admits(basic("a", "x" * 71))


def test_a_success_is_remembered_and_an_unknown_user_costs_as_much_as_a_known_one():
    checks = []
    counted = BasicAuth({"prometheus": digest(PASSWORD)}, check=lambda *given: checks.append(given) or bcrypt.checkpw(*given))
    for user, password in [("prometheus", PASSWORD), ("prometheus", PASSWORD), ("prometheus", "wrong"), ("nobody", "wrong")]:
        counted.admits(basic(user, password))
    assert [password for password, _ in checks] == [PASSWORD.encode(), b"wrong", b"wrong"]
    assert len({used for _, used in checks}) == 1


def test_no_password_stays_in_memory(auth):
    auth.admits(basic("prometheus", PASSWORD))
    assert PASSWORD not in repr(vars(auth))


def test_many_logins_at_once_are_all_answered_right(auth):
    headers = [basic("prometheus", PASSWORD), basic("prometheus", "wrong")] * 20
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(auth.admits, headers)) == [True, False] * 20


def test_without_bcrypt_the_error_says_what_to_install():
    program = (
        "import sys; sys.modules['bcrypt'] = None\n"
        "from exporter.errors import KpiExporterError\n"
        "from exporter.web.auth import BasicAuth\n"
        "try: BasicAuth({'a': 'b'})\n"
        "except KpiExporterError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == 'basic authentication needs the package bcrypt; install it with pip install "kpi-exporter[web]"\n'
