"""The text of a first kpi-exporter.yml. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

from exporter.starter.known import REGISTRIES, Known, Package, Repository, Server
from exporter.starter.labels import bug_label, priority_labels
from exporter.starter.text import commented, counted, flow, mapping_lines
from exporter.starter.told import counts_of, downloads_of

__all__ = ["BOT_TOKEN_FILE", "TOKEN_FILE", "configuration_text"]

TOKEN_FILE = "secrets/github_token"  # noqa: S105  # the file, not what is in it
"""Where the token for GitHub is to be put, beside the configuration."""
BOT_TOKEN_FILE = "secrets/discord_token"  # noqa: S105  # the file, not what is in it

_HEADER = """\
# What kpi-exporter reads of {project}. Begun by `kpi-exporter init` on {today}; it is yours to edit.
# docs/configuration.md tells every key. `kpi-exporter validate` checks this file, `kpi-exporter doctor` asks the services.

# Keeps facts over a restart, so that services are asked for what is new alone. The folder must be one that may be written to.
# state_dir: /var/lib/kpi-exporter
"""
_PROJECT = """\

projects:
  - name: {name}
    catalog: {catalog}
    sources:
"""
_SOURCE, _KEY = 6, 8
"""Spaces before the name of a source, and before a key of it."""


def configuration_text(known: Known, today: date, *, catalog: str, figures: str, token_file: str) -> str:
    """The configuration of a project; the paths in it are relative to the folder of the file."""
    blocks = [_HEADER.format(project=known.project, today=today), _contact(known)]
    blocks.append(_PROJECT.format(name=flow(known.project), catalog=catalog))
    if known.repositories:
        blocks.append(_github(known, token_file))
    blocks += [_registry(registry, known) for registry in REGISTRIES]
    if known.server:
        blocks.append(_discord(known.server, known.base_urls))
    blocks += [_remark("Figures that no service counts; people enter them."), _source("manual", {"file": figures}, {})]
    return "".join(blocks)


def _contact(known: Known) -> str:
    """The page of a repository, which all services get to see; a comment where each is private or on a server of its own."""
    public = [repository.url for repository in known.repositories if repository.public and "github" not in known.base_urls]
    lines = mapping_lines(0, {"contact": (public or ["https://example.org"])[0]})
    remark = _remark("Services see it with each request, so that they can reach somebody.", 0)
    return f"\n{remark}{lines if public else commented(lines)}"


def _source(name: str, keys: Mapping[str, object], base_urls: Mapping[str, str]) -> str:
    address = {"base_url": base_urls[name]} if name in base_urls else {}
    return f"{' ' * _SOURCE}{name}:\n" + mapping_lines(_KEY, {**keys, **address})


def _remark(sentence: str, indent: int = _SOURCE) -> str:
    return f"{' ' * indent}# {sentence}\n"


def _github(known: Known, token_file: str) -> str:
    keys = {"repositories": [repository.name for repository in known.repositories], "token_file": token_file}
    remarks = "".join(_remark(_sizes(repository)) for repository in known.repositories)
    return remarks + _source("github", keys, known.base_urls) + _labels(known.repositories)


def _sizes(repository: Repository) -> str:
    return f"{repository.name}: {counted(repository.stars, 'star')}, {counted(repository.forks, 'fork')}."


def _labels(repositories: Sequence[Repository]) -> str:
    """What marks bugs and priorities, as far as the labels show it."""
    issues = [repository for repository in repositories if repository.has_issues]
    if not issues:
        return ""
    labels = list({label.casefold(): label for repository in issues for label in repository.labels or ()}.values())
    unknown = any(repository.labels is None for repository in issues)
    return _bug_label(labels, unknown=unknown) + _priorities(labels, unknown=unknown)


def _bug_label(labels: Sequence[str], *, unknown: bool) -> str:
    label = bug_label(labels)
    if label is not None:
        return "" if label.casefold() == "bug" else mapping_lines(_KEY, {"bug_label": label})
    why = "The labels could not be looked up" if unknown else "No label looks like the one of bugs"
    return _remark(f"{why}; open bugs are counted by this one:", _KEY) + commented(mapping_lines(_KEY, {"bug_label": "bug"}))


def _priorities(labels: Sequence[str], *, unknown: bool) -> str:
    found = priority_labels(labels)
    named = {
        priority: list(names) for priority, names in found.items() if [name.casefold() for name in names] != [priority.lower()]
    }
    if found:
        return mapping_lines(_KEY, {"priorities": named}) if named else ""
    why = "The labels could not be looked up" if unknown else "No label looks like a priority"
    lines = mapping_lines(_KEY, {"priorities": {"P0": ["P0"], "P1": ["P1"], "P2": ["P2"], "P3": ["P3"]}})
    return _remark(f"{why}; bugs are told apart by these:", _KEY) + commented(lines)


def _registry(registry: str, known: Known) -> str:
    """The source with the packages that were confirmed; what was not is a comment with the reason."""
    packages = [package for package in known.packages if package.registry == registry]
    if not packages:
        return ""
    confirmed = [package for package in packages if package.failure is None]
    text = "".join(_remark(f"{package.name}: {package.failure}.") for package in packages if package.failure is not None)
    text += "".join(_remark(_downloads(package)) for package in confirmed)
    source = _source(registry, {"packages": [package.name for package in confirmed or packages]}, known.base_urls)
    return text + (source if confirmed else commented(source))


def _downloads(package: Package) -> str:
    return f"{package.name}: {downloads_of(package)}" + (f"; the name is out of {package.manifest}." if package.manifest else ".")


def _discord(server: Server, base_urls: Mapping[str, str]) -> str:
    source = _source("discord", {server.key: server.value}, base_urls)
    with_bot = mapping_lines(_KEY, {"bot_token_file": BOT_TOKEN_FILE})
    if server.failure is not None:
        return _remark(f"{server.failure}.") + commented(source + (with_bot if server.key == "guild_id" else ""))
    text = _remark(f"{counts_of(server)}.") + source
    if server.members is None:
        text += _remark("A bot that is in the server tells how many members it has; it needs no permissions:", _KEY)
        text += commented(with_bot)
    return text
