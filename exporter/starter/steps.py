"""What is to be done once the files are there, in words. Pure."""

import shlex
from pathlib import Path

from exporter.sources.github.config import GitHubConfig
from exporter.sources.github.grants import PERMISSIONS
from exporter.starter.configuration import BOT_TOKEN_FILE, TOKEN_FILE
from exporter.starter.known import Known
from exporter.starter.text import listed
from exporter.starter.texts import CATALOG_FILE, CONFIG_FILE

__all__ = ["next_steps"]

_NEW_TOKEN = "https://github.com/settings/personal-access-tokens/new"  # noqa: S105  # where one is made


def next_steps(known: Known, folder: Path, *, has_token: bool) -> str:
    """The steps, numbered, each with the command for it."""
    steps = [_github_token(known, folder)] if known.repositories and not has_token else []
    if known.server and known.server.key == "guild_id" and known.server.failure is not None:
        steps.append(
            f"Without a bot the Discord server tells nothing. Make one at https://discord.com/developers/applications,\n"
            f"invite it without any permissions, and take the # away before discord in {folder / CONFIG_FILE}.\n"
            + _put("its token", folder / BOT_TOKEN_FILE)
        )
    steps.append(f"Read {folder / CATALOG_FILE}: targets and alerts are yours to change.")
    config = f"--config.file {shlex.quote(str(folder / CONFIG_FILE))}"
    steps.append(
        "Check the files, ask the services, and see every KPI:\n"
        + "\n".join(f"  kpi-exporter {command} {config}" for command in ("validate", "doctor", "check"))
    )
    lines = [f"{number}. {step}".replace("\n", "\n   ") for number, step in enumerate(steps, 1)]
    return "Next:\n\n" + "\n".join(lines) + "\n\ndocs/getting-started.md goes on from here, to dashboards on the screen."


def _github_token(known: Known, folder: Path) -> str:
    topics = ("repositories", *GitHubConfig.model_fields["read"].default)
    names = dict.fromkeys(name.replace("_", " ").capitalize() for topic in topics for name in PERMISSIONS[topic])
    where = "in the settings of your account" if "github" in known.base_urls else f"at {_NEW_TOKEN}"
    repositories = listed([repository.name for repository in known.repositories])
    return f"Make a token for GitHub {where}.\nIt needs read-only access to {listed(list(names))} of {repositories}.\n" + _put(
        "it", folder / TOKEN_FILE
    )


def _put(what: str, file: Path) -> str:
    """How a secret gets into its file without standing in the history of a shell."""
    path, parent = shlex.quote(str(file)), shlex.quote(str(file.parent))
    return (
        f"Paste {what} after this command, then press Enter and Ctrl-D; git must never see the file:\n"
        f"  mkdir -p {parent} && (umask 077 && cat > {path})"
    )
