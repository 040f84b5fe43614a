"""The page that a person sees who opens the exporter in a browser."""

import base64
import hashlib
from html import escape

from exporter import URL, __version__

__all__ = ["CONTENT_SECURITY_POLICY", "landing_page"]

_SENTENCE = "Reads what an open-source project measures itself by and serves it to Prometheus."

# Relative, so that the links also hold behind a proxy that puts a path in front.
_LINKS = (
    ("metrics", "Metrics", "Every KPI with its target and status, and the raw facts behind it."),
    ("config", "Configuration", "The configuration in use, with secrets hidden."),
    ("-/healthy", "Health", "Answers as long as the process serves."),
    ("-/ready", "Readiness", "Answers with 503 until each source has been tried once."),
    (URL, "Project", "Source code, documentation and help."),
)

_STYLE = """
:root {
  color-scheme: light dark;
  --text: #1f2933; --quiet: #52606d; --back: #fff; --card: #f5f7fa; --line: #d9e0e7; --link: #0b5fb3;
}
@media (prefers-color-scheme: dark) {
  :root { --text: #e4e9ee; --quiet: #a3b1bf; --back: #14191f; --card: #1d242c; --line: #35404b; --link: #7cbcff; }
}
body { margin: 0; padding: 3rem 1.25rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 40rem; margin: 0 auto; }
h1 { margin: 0; font-size: 1.75rem; }
h1 small { color: var(--quiet); font-size: 1rem; font-weight: normal; }
p { color: var(--quiet); }
ul { margin: 1.5rem 0; padding: 0; list-style: none; }
li { margin: 0.75rem 0; padding: 0.75rem 1rem; border: 1px solid var(--line); border-radius: 0.5rem; background: var(--card); }
li span { display: block; color: var(--quiet); }
a { color: var(--link); font-weight: 600; }
code { font-size: 0.95em; }
"""

_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Lets the browser use the page's own style and nothing else."""


def landing_page() -> bytes:
    """The page as HTML in UTF-8; it loads nothing."""
    items = "\n".join(
        f'<li><a href="{escape(target)}">{escape(title)}</a><span>{escape(text)}</span></li>' for target, title, text in _LINKS
    )
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>kpi-exporter</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1>kpi-exporter <small>{escape(__version__)}</small></h1>
<p>{_SENTENCE}</p>
<ul>
{items}
</ul>
<p>To read the configuration again, send <code>POST</code> to <code>-/reload</code>.</p>
</main>
</body>
</html>
""".encode()
