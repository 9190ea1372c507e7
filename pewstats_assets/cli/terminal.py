"""How commands speak to a person: on standard error, so that standard output has results alone."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pewstats_assets import places
from pewstats_assets.places import Place

_messages = Console(stderr=True, highlight=False, markup=False)

#: Every command that prints a table has it.
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def say(message: str) -> None:
    """Print a message, as it is: no markup, no colours."""
    _messages.print(message, soft_wrap=True)


def fail(message: str) -> NoReturn:
    """Print an error, and leave with exit code 1."""
    say(f"Error: {message}")
    sys.exit(1)


def serve(command: Sequence[str], environment: Mapping[str, str]) -> NoReturn:
    """Run a program until it ends or is told to, by Ctrl-C or SIGTERM, and leave with its exit code.

    This process only stays beside it, with the embedded server. Ctrl-C reaches the program by itself.
    """
    program = subprocess.Popen(command, env=environment)  # noqa: S603 one of ours
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: program.terminate())
    sys.exit(program.wait())


def given_place(_: click.Context, __: click.Parameter, text: str) -> Place:
    """Understand a path, with `~` where the shell did not (`make demo TELEMETRY=~/telemetry`), or a URL."""
    try:
        return places.given_place(text)
    except places.PlaceError as error:
        msg = f"{error}."
        raise click.BadParameter(msg) from None


def expand_home(_: click.Context, __: click.Parameter, folder: Path) -> Path:
    """Understand `~` where the shell did not."""
    return folder.expanduser()


def progress_bar(description: str, *, disable: bool = False) -> Progress:
    """Return a progress bar; where no terminal is, or if told so, it shows nothing."""
    return Progress(
        TextColumn(description),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=_messages,
        transient=True,
        # It would print to standard error what is printed to standard output meanwhile.
        redirect_stdout=False,
        disable=disable or not _messages.is_terminal,
    )
