"""Why a git command failed, told from what it printed, in sentences of our own.

What git prints may hold addresses, names and text of the server, so it is matched against known fragments and then dropped.
"""

import re
import signal

from exporter.errors import Reason, UpstreamError

__all__ = ["failure"]

_FOREIGN = re.compile(r"^remote:.*$|'[^'\n]*'", re.MULTILINE)
"""Lines that git passes on from the server, and addresses and names in quotes: anybody could write what they say."""

# The first match counts: the special before the general.
_KNOWN: tuple[tuple[str, Reason, str], ...] = (
    (r"no space left on device|disk quota exceeded", Reason.UNREADABLE, "the disk of the state directory is full"),
    (
        r"dubious ownership",
        Reason.UNREADABLE,
        "git does not trust the folder, which belongs to another user; add it to safe.directory in git's configuration",
    ),
    (r"died of signal 9\b", Reason.UNREADABLE, "git was killed; it may need more memory"),
    (r"transport +not allowed", Reason.CLIENT_ERROR, "the repository is behind a kind of URL that is not allowed"),
    (r"returned error: 429", Reason.RATE_LIMITED, "the server asks to send fewer requests"),
    (r"returned error: 30\d", Reason.REDIRECT, "the server names another address; configure that one"),
    (
        r"authentication failed|could not read (username|password)|returned error: 40[13]|permission denied \("
        r"|host key verification failed|invalid credentials",
        Reason.AUTH,
        "the server refuses the credentials, or has none for this reader; check the token, or the SSH key and known_hosts",
    ),
    (
        r"repository .*not found|returned error: (404|410)|does not appear to be a git repository|couldn't find remote ref"
        r"|access denied or repository not exported|repository .*does not exist",
        Reason.NOT_FOUND,
        "there is no such repository, or it is not visible with these credentials",
    ),
    (r"returned error: 5\d\d", Reason.SERVER_ERROR, "the server failed"),
    (r"unadvertised object|not our ref", Reason.CLIENT_ERROR, "the server hands out no single objects"),
    (r"returned error: 4\d\d", Reason.CLIENT_ERROR, "the server refuses the request"),
    (r"timed out|timeout", Reason.TIMEOUT, "the server did not answer in time"),
    (
        r"could not resolve|couldn't resolve|connection refused|failed to connect|couldn't connect|unable to connect"
        r"|unable to look up|network is unreachable|no route to host|connection reset|connection closed|early eof"
        r"|hung up unexpectedly|unexpected disconnect|empty reply|recv failure|send failure|transfer closed|proxy connect",
        Reason.CONNECTION,
        "no connection to the server, or it broke off",
    ),
    (
        r"\bcertificate\b|gnutls_handshake|ssl routines|ssl_connect|ssl_error|ssl connect error|tls handshake",
        Reason.TLS,
        "no trusted TLS connection; check the certificate of the server and the certificate authorities of this machine",
    ),
    (r"rpc failed", Reason.CONNECTION, "no connection to the server, or it broke off"),
    (r"permission denied", Reason.UNREADABLE, "a folder may not be read or written by this user"),
    (
        r"protocol error|bad line length|invalid server response|not valid: is this a git repository",
        Reason.MALFORMED,
        "what the server says is not git",
    ),
)


def failure(printed: bytes, status: int) -> UpstreamError:
    """The error for a git command that ended with this exit status and printed this on its standard error."""
    if status == -signal.SIGKILL:
        printed = b"died of signal 9"
    text = _FOREIGN.sub("", printed.decode("utf-8", "replace")).lower()
    for fragment, reason, sentence in _KNOWN:
        if re.search(fragment, text):
            return UpstreamError(reason, sentence)
    return UpstreamError(Reason.INTERNAL, f"git failed with exit status {status}")
