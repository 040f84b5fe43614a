"""The page of all commands, made of what each says of itself: its help, flags, variables, defaults and exit codes."""

from collections.abc import Iterator
from typing import Any

import click

__all__ = ["commands_page", "leaves"]

_INTRODUCTION = """\
# Commands

Every command of `kpi-exporter`. Rendered by `kpi-exporter render docs`; edit the commands, not this page.

A flag wins over its environment variable, and the variable over the default. A flag without a value is on where its variable is
`1`, `true` or `yes`. `-h` and `--help` explain a command on the spot, `kpi-exporter --version` tells the version. With `NO_COLOR`
set, or `TERM=dumb`, nothing is coloured. What ends by a signal has the exit code that shells give for it: 130 for Ctrl-C, 143 for
SIGTERM; commands that run until they are ended end with 0.
"""
_EXIT_CODES = "Exit codes:"


def commands_page(root: click.Group) -> str:
    """The page of a command line, in Markdown."""
    found = list(leaves(root))
    index = ["| command | what it does |", "|---|---|"]
    index += [f"| [`{name}`](#{_anchor(name)}) | {_cell(_first_sentence(command))} |" for name, command in found]
    return "\n".join([_INTRODUCTION, *index, "", *(_section(name, command) for name, command in found)]).rstrip("\n") + "\n"


def leaves(group: click.Group, name: str = "kpi-exporter") -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by the words that call it."""
    context = click.Context(group)
    for word in group.list_commands(context):
        command = group.get_command(context, word)
        if isinstance(command, click.Group):
            yield from leaves(command, f"{name} {word}")
        elif command is not None:
            yield f"{name} {word}", command


def _section(name: str, command: click.Command) -> str:
    told, _, codes = _help(command).partition(_EXIT_CODES)
    parts = [f"## `{name}`", f"```text\n{' '.join([name, *_usage(command)])}\n```", told.strip()]
    if codes:
        parts.append(f"{_EXIT_CODES} {codes.strip()}")
    if rows := [_row(option) for option in command.params if isinstance(option, click.Option) and not option.hidden]:
        parts.append("\n".join(["| flag | variable | default | meaning |", "|---|---|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _usage(command: click.Command) -> Iterator[str]:
    if any(isinstance(parameter, click.Option) for parameter in command.params):
        yield "[OPTIONS]"
    for argument in command.params:
        if isinstance(argument, click.Argument):
            name = (argument.name or "").upper()
            yield (name if argument.required else f"[{name}]") + ("..." if argument.nargs == -1 else "")


def _row(option: click.Option) -> str:
    value = _value(option)
    flags = ", ".join(f"`{name}{f' {value}' if value else ''}`" for name in option.opts)
    variable = f"`{option.envvar}`" if isinstance(option.envvar, str) else "–"
    default = "required" if option.required else f"`{text}`" if (text := _default(option)) else "–"
    return f"| {_cell(flags)} | {variable} | {_cell(default)} | {_cell(_meaning(option))} |"


def _value(option: click.Option) -> str:
    """What stands behind a flag; nothing where it takes no value."""
    if option.is_flag:
        return ""
    if option.metavar:
        return option.metavar
    if isinstance(option.type, click.Choice):
        return "WORD"
    kinds = {click.types.IntParamType: "NUMBER", click.types.FloatParamType: "NUMBER", click.Path: "PATH"}
    return next((word for kind, word in kinds.items() if isinstance(option.type, kind)), "TEXT")


def _default(option: click.Option) -> str:
    """The default as it would be written; nothing where there is none, or where a flag is off."""
    default: Any = option.get_default(click.Context(click.Command("")), call=False)
    if option.is_flag or not isinstance(default, str | int | float):
        return ""
    return f"{default:g}" if isinstance(default, float) else str(default)


def _meaning(option: click.Option) -> str:
    told = " ".join((option.help or "").split())
    if isinstance(option.type, click.Choice):
        *others, last = (f"`{word}`" for word in option.type.choices)
        told += f" One of {', '.join(others)} and {last}."
    return told


def _help(command: click.Command) -> str:
    """The help without the lines that it has on a terminal, paragraph by paragraph."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in (command.help or "").split("\n\n"))


def _first_sentence(command: click.Command) -> str:
    return _help(command).partition("\n\n")[0].partition(". ")[0].rstrip(".") + "."


def _anchor(name: str) -> str:
    """What a heading is linked by."""
    return name.replace(" ", "-")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
