"""The page that shows what each channel would have got."""

import base64
import hashlib
import re
from collections.abc import Sequence
from html import escape

from exporter.demo.messages.inbox import Message

__all__ = ["CONTENT_SECURITY_POLICY", "messages_page"]

_REFRESH_SECONDS = 3
_LINK = re.compile(r"(https?://[^\s()&]+(?:&amp;[^\s()&]+)*)")

_STYLE = """
:root {
  color-scheme: light dark;
  --text: #1f2933; --quiet: #52606d; --back: #fff; --card: #f5f7fa; --line: #d9e0e7;
  --P0: #b3261e; --P1: #b25e00; --P2: #7a6a00; --P3: #0b5fb3; --over: #2e7d32;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e4e9ee; --quiet: #a3b1bf; --back: #14191f; --card: #1d242c; --line: #35404b;
    --P0: #ff8a80; --P1: #ffb74d; --P2: #ffe082; --P3: #7cbcff; --over: #81c784;
  }
}
body { margin: 0; padding: 2rem 1.25rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.75rem; }
p, time { color: var(--quiet); }
ol { margin: 1.5rem 0; padding: 0; list-style: none; }
li { margin: 0.75rem 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-left-width: 0.4rem; border-radius: 0.5rem;
  background: var(--card); }
li.P0 { border-left-color: var(--P0); } li.P1 { border-left-color: var(--P1); } li.P2 { border-left-color: var(--P2); }
li.P3 { border-left-color: var(--P3); } li.over { border-left-color: var(--over); }
a { color: var(--P3); }
li strong { margin-right: 0.5rem; }
.what { margin: 0.25rem 0; font-weight: 600; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: 0.875rem/1.5 ui-monospace, monospace; }
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Lets the browser use the page's own style and nothing else."""


def messages_page(messages: Sequence[Message]) -> bytes:
    """The page as HTML in UTF-8, which loads itself again every few seconds; the first message stands at its top."""
    items = "\n".join(map(_item, messages)) or "<li>Nothing yet. An alert is told once its condition has held for its time.</li>"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="{_REFRESH_SECONDS}">
<title>{len(messages)} messages</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>Messages</h1>
<p>What Alertmanager told each channel, the newest first. Nothing of it has left this machine.</p>
<ol>
{items}
</ol>
</main>
</body>
</html>
""".encode()


def _item(message: Message) -> str:
    kind = "over" if message.resolved else message.priority
    priority = f"<strong>{escape(message.priority)}</strong>" if message.priority else ""
    over = ", resolved" if message.resolved else ""
    text = _LINK.sub(r'<a href="\1">\1</a>', escape(message.text))
    return (
        f'<li class="{escape(kind)}"><strong>{escape(message.channel)}</strong>{priority}'
        f"<time>{message.at:%H:%M:%S} UTC, {escape(message.service)}{over}</time>"
        f'<div class="what">{escape(message.title)}</div><pre>{text}</pre></li>'
    )
