import pytest

from exporter.errors import Reason
from exporter.sources.git.failure import failure


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("fatal: Authentication failed for 'https://h/a/b/'", Reason.AUTH),
        ("fatal: could not read Username for 'https://h': terminal prompts disabled", Reason.AUTH),
        ("fatal: unable to access 'https://h/a/': The requested URL returned error: 403", Reason.AUTH),
        ("git@h: Permission denied (publickey).\nfatal: Could not read from remote repository.", Reason.AUTH),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", Reason.AUTH),
        ("remote: Repository not found.\nfatal: repository 'https://h/a/b/' not found", Reason.NOT_FOUND),
        ("ERROR: Repository not found.\nfatal: Could not read from remote repository.", Reason.NOT_FOUND),
        ("fatal: '/srv/x' does not appear to be a git repository", Reason.NOT_FOUND),
        ("fatal: couldn't find remote ref refs/heads/x", Reason.NOT_FOUND),
        ("fatal: unable to access 'https://h/a/': Could not resolve host: h", Reason.CONNECTION),
        ("ssh: Could not resolve hostname h: Name or service not known", Reason.CONNECTION),
        ("ssh: connect to host h port 22: Connection refused", Reason.CONNECTION),
        ("fatal: the remote end hung up unexpectedly", Reason.CONNECTION),
        ("fatal: early EOF\nfatal: fetch-pack: invalid index-pack output", Reason.CONNECTION),
        ("ssh: connect to host h port 22: Connection timed out", Reason.TIMEOUT),
        ("fatal: unable to access 'https://h/': SSL certificate problem: self-signed certificate", Reason.TLS),
        ("fatal: unable to access 'https://h/': server certificate verification failed. CAfile: none CRLfile: none", Reason.TLS),
        ("fatal: unable to access 'https://h/': gnutls_handshake() failed: Handshake failed", Reason.TLS),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 503", Reason.SERVER_ERROR),
        ("error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502", Reason.SERVER_ERROR),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 429", Reason.RATE_LIMITED),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 301", Reason.REDIRECT),
        ("fatal: unable to access 'https://h/': The requested URL returned error: 418", Reason.CLIENT_ERROR),
        ("error: Server does not allow request for unadvertised object 1234", Reason.CLIENT_ERROR),
        ("fatal: remote error: upload-pack: not our ref 1234", Reason.CLIENT_ERROR),
        ("fatal: https://h/a/info/refs not valid: is this a git repository?", Reason.MALFORMED),
        ("fatal: protocol error: bad line length character: <htm", Reason.MALFORMED),
        ("fatal: detected dubious ownership in repository at '/srv/x'", Reason.UNREADABLE),
        ("fatal: write error: No space left on device", Reason.UNREADABLE),
        ("error: index-pack died of signal 9\nfatal: fetch-pack: invalid index-pack output", Reason.UNREADABLE),
        ("fatal: bad object HEAD", Reason.INTERNAL),
        ("", Reason.INTERNAL),
    ],
)
def test_what_git_prints_tells_the_reason(printed: str, reason: Reason) -> None:
    assert failure(printed.encode(), 128).reason is reason


def test_a_git_that_was_killed_may_need_more_memory() -> None:
    error = failure(b"", -9)
    assert (error.reason, str(error)) == (Reason.UNREADABLE, "git was killed; it may need more memory")


def test_what_the_server_has_git_print_is_not_believed() -> None:
    assert (
        failure(b"remote: Authentication failed\nremote:returned error: 404\nfatal: early EOF", 128).reason is Reason.CONNECTION
    )


def test_an_address_is_not_taken_for_a_message() -> None:
    printed = b"fatal: unable to access 'https://h/ssl certificate/returned error: 404/': Could not resolve host: h"
    assert failure(printed, 128).reason is Reason.CONNECTION


def test_the_text_repeats_nothing_that_was_printed() -> None:
    error = failure(b"fatal: unable to read planted-secret \xff\xfe", 7)
    assert str(error) == "git failed with exit status 7"
