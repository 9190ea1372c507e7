"""The page `docs/command-line.md`, made of the commands' own help: `python -m pewstats_assets.cli.page`."""

import sys
from collections.abc import Iterator
from typing import Final

import click

from pewstats_assets.cli.root import cli

_WIDTH: Final = 100
_HEAD: Final = """\
# Command line

<!-- Made of the help of the commands by `make docs`. Change pewstats_assets/cli instead. -->

`make demo` installs `pewstats` as `.venv/bin/pewstats`. What prints a table prints JSON with `--json`: an array of
objects, its times in ISO 8601 and UTC. Results go to standard output, messages and progress bars to standard error, and
colours only to a terminal (never with `NO_COLOR` set). An error is a sentence that says what to do; with `--debug`,
before the command, its stack trace comes first, with secrets masked.

Completion of commands and options, for this shell and the next ones:

    eval "$(_PEWSTATS_COMPLETE=bash_source pewstats)"                                             # ~/.bashrc
    eval "$(_PEWSTATS_COMPLETE=zsh_source pewstats)"                                              # ~/.zshrc
    _PEWSTATS_COMPLETE=fish_source pewstats > ~/.config/fish/completions/pewstats.fish
"""


def page() -> str:
    """Write the page, in Markdown."""
    with cli.make_context("pewstats", [], resilient_parsing=True, terminal_width=_WIDTH) as context:
        return _HEAD + "".join(_sections(cli, context))


def _sections(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"\n## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            part = command.commands[name]
            with click.Context(part, info_name=name, parent=context) as of_part:
                yield from _sections(part, of_part)


if __name__ == "__main__":
    sys.stdout.write(page())
