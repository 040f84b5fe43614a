"""The text of `alertmanager.yml`."""

from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent
from typing import Any

from exporter.document import format_duration
from exporter.render.alertmanager.channels import Channels
from exporter.render.alertmanager.inhibition import inhibitions
from exporter.render.alertmanager.receivers import receivers
from exporter.render.alertmanager.routes import route, time_intervals
from exporter.render.yaml_text import yaml_text

__all__ = ["PATH", "render"]

PATH = "alertmanager/alertmanager.yml"
_HEADER = """\
# Sends alerts where their label `channels` says (",slack-alerts,pagerduty,").
# Rendered by `kpi-exporter render alertmanager`: edit channels.yml, not this file. Secrets stand in the files that paths name.
"""
_TEMPLATES = "templates/*.tmpl"
_ROUTES = """\
# One leaf a channel, so that a new alert needs no new route; what no leaf takes, the root gets. A message is about one project,
# so that a day on which everything breaks is one message; a page is about one alert of one KPI, so that it can be closed alone.
# News (P3) are told once.
"""


def render(channels: Channels, sources: Iterable[str]) -> str:
    """The configuration of Alertmanager, valid since 0.25; `sources` names every source that may be down."""
    windows = time_intervals(channels)
    parts = [
        _HEADER,
        yaml_text({"global": _global(channels)}),
        yaml_text({"templates": [_TEMPLATES]}),
        _ROUTES + yaml_text({"route": route(channels)}),
        _rules(inhibitions(sources)),
        yaml_text({"time_intervals": windows}) if windows else "",
        yaml_text({"receivers": receivers(channels)}),
    ]
    return "\n".join(part for part in parts if part)


def _global(channels: Channels) -> Mapping[str, Any]:
    said: dict[str, Any] = {"resolve_timeout": format_duration(channels.resolve_timeout)}
    if (smtp := channels.smtp) is not None:
        said |= {"smtp_smarthost": smtp.smarthost, "smtp_from": smtp.from_, "smtp_require_tls": smtp.require_tls}
        if smtp.password_file is not None:
            said |= {"smtp_auth_username": smtp.username, "smtp_auth_password_file": smtp.password_file.get_secret_value()}
    if channels.slack_api_url_file is not None:
        said["slack_api_url_file"] = channels.slack_api_url_file.get_secret_value()
    return said


def _rules(groups: Sequence[tuple[str, list[Mapping[str, Any]]]]) -> str:
    listed = [indent(f"# {sentence}\n{yaml_text(rules)}", "  ") for sentence, rules in groups]
    return "inhibit_rules:\n" + "".join(listed)
