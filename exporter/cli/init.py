"""`kpi-exporter init`: writes a first configuration and catalog for a project, out of what its services tell of it."""

import sys
import time
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from exporter.cli.lookup import Given, Looking
from exporter.cli.options import flag, logging_flags, one_error_at_most, parsed
from exporter.cli.questions import Questions
from exporter.errors import KpiExporterError
from exporter.http import Client, MemoryCache
from exporter.starter import FILES, ROOT, TOKEN_FILE, GitHub, Services, next_steps, texts_of, there_already, wish, write_together

__all__ = ["command"]

_TIMEOUT = timedelta(seconds=20)

_address = partial(flag, metavar="URL", hidden=True)


@click.command("init")
@flag("--repository", "repositories", multiple=True, metavar="OWNER/NAME", help="Repository on GitHub; may be given again.")
@flag("--npm", multiple=True, metavar="NAME", help="Package on npm; may be given again.")
@flag("--pypi", multiple=True, metavar="NAME", help="Package on PyPI; may be given again.")
@flag("--crates", multiple=True, metavar="NAME", help="Crate on crates.io; may be given again.")
@flag("--discord", metavar="GUILD", help="Discord server, by its id or by an invite.")
@flag("--project", metavar="NAME", help="Name of the project. Default: that of the repository, or of the package.")
@flag("--into", type=click.Path(path_type=Path, file_okay=False), default=".", help="Folder for the files; made if need be.")
@flag("--yes", is_flag=True, help="Ask nothing: take what is given, and the packages that the repository names.")
@flag("--force", is_flag=True, help="Overwrite files that are there.")
@flag(
    "--github.token-file",
    "token_file",
    type=click.Path(path_type=Path, readable=False),
    help="File that holds a token for GitHub; needed for what is not public, and beyond 60 requests an hour.",
)
@flag("--github.base-url", "github_url", metavar="URL", help="Root of the API of GitHub Enterprise Server: https://HOST/api/v3.")
@_address("--npm.base-url", "npm_url")
@_address("--pypi.base-url", "pypi_url")
@_address("--crates.base-url", "crates_url")
@_address("--discord.base-url", "discord_url")
@logging_flags
def command(
    repositories: tuple[str, ...],
    npm: tuple[str, ...],
    pypi: tuple[str, ...],
    crates: tuple[str, ...],
    discord: str | None,
    project: str | None,
    into: Path,
    yes: bool,
    force: bool,
    token_file: Path | None,
    **addresses: str | None,
) -> None:
    """Write a first kpi-exporter.yml, catalog.yml and figures.csv for a project.

    Looks up what GitHub, the package registries and Discord tell of it, without any account as far as it is public, and makes
    targets of today's figures. On a terminal it asks for what the flags leave out.
    Exit codes: 0 written, 1 a service failed or nothing could be written, 2 wrong usage or files that are there already.
    """
    given = Given(
        tuple(parsed("--repository", partial(wish.repository_name, text)) for text in repositories),
        {name: _packages_given(name, texts) for name, texts in (("npm", npm), ("pypi", pypi), ("crates", crates)) if texts},
        None if discord is None else parsed("--discord", partial(wish.server, discord)),
        None if project is None else parsed("--project", partial(wish.project_name, project)),
    )
    base_urls = {
        name.removesuffix("_url"): parsed(f"--{name.removesuffix('_url')}.base-url", partial(wish.base_url, url))
        for name, url in addresses.items()
        if url is not None
    }
    # Python has no standard input where the caller closed it.
    questions = Questions(asks=sys.stdin is not None and sys.stdin.isatty() and not yes)
    if not (questions.asks or given.anything):
        raise click.UsageError(
            "Name something to read: --repository, --npm, --pypi, --crates or --discord; on a terminal, init asks."
        )
    if (taken := there_already(into, FILES)) and not force:
        raise click.UsageError(f"{into / taken[0]} is there already; --force overwrites it.")
    token = None if token_file is None else parsed("--github.token-file", partial(wish.token_in, token_file))
    # Of a pipe, nothing is left that the exporter could read.
    kept = token_file if token_file is not None and token_file.is_file() else None
    named = TOKEN_FILE if kept is None else parsed("--github.token-file", partial(_from, into, kept))
    now = datetime.now(UTC)
    with one_error_at_most():
        with closing(Client(timeout=_TIMEOUT, cache=MemoryCache())) as client, TemporaryDirectory() as folder:
            github = GitHub(client, base_urls.get("github", ROOT), token)
            services = Services(client, base_urls, Path(folder), now, time.sleep)
            known = Looking(given, questions, github, services).known()
        if not questions.agree(f"Write {', '.join(FILES)} into {into}?"):
            raise KpiExporterError("nothing was written")
        texts = texts_of(known, now.date(), named)
        write_together(into, texts, replace=force)
    click.echo(f"\nWrote {', '.join(str(into / name) for name in texts)}.\n")
    click.echo(next_steps(known, into, has_token=kept is not None))


def _packages_given(registry: str, texts: Sequence[str]) -> Sequence[str]:
    return parsed(f"--{registry}", partial(wish.package_names, registry, texts))


def _from(folder: Path, file: Path) -> str:
    """A path as the configuration in a folder names it: relative where it lies below, else from the root.

    Raises ValueError where no configuration could name it.
    """
    path, base = file.absolute(), folder.absolute()
    name = str(path.relative_to(base) if path.is_relative_to(base) else path)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise ValueError("must have a path in UTF-8, since the configuration names it") from None
    return name
