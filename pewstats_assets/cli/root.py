"""`pewstats` itself: the group of all commands, and what a person sees of an error that no command has caught."""

import errno
import os
import sys
import traceback
from collections.abc import Sequence

import click

from pewstats_assets.cli.alerts import alerts
from pewstats_assets.cli.backfill import backfill
from pewstats_assets.cli.clean import clean
from pewstats_assets.cli.demo import demo
from pewstats_assets.cli.detect import detect
from pewstats_assets.cli.doctor import doctor
from pewstats_assets.cli.export import export
from pewstats_assets.cli.fight import fight
from pewstats_assets.cli.match import match
from pewstats_assets.cli.migrate import migrate
from pewstats_assets.cli.player import player
from pewstats_assets.cli.prune import prune
from pewstats_assets.cli.quarantine import quarantine
from pewstats_assets.cli.register import register
from pewstats_assets.cli.settings import settings
from pewstats_assets.cli.simulate import simulate
from pewstats_assets.cli.sql import sql
from pewstats_assets.cli.status import status
from pewstats_assets.cli.terminal import fail, say
from pewstats_assets.cli.ui import ui
from pewstats_assets.cli.verify import verify
from pewstats_assets.cli.worker import worker
from pewstats_assets.errors import PewstatsError
from pewstats_assets.tables import printable


class _Pewstats(click.Group):
    """The commands in the order in which they were added, and errors in a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx  # click's interface
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Exception as error:
            if _is_for_click(error):
                raise
            from pewstats_assets.settings import redacted

            if ctx.params["debug"]:
                trace = redacted(traceback.format_exc())
                say("\n".join(map(printable, trace.splitlines())))
            fail(redacted(_sentence(error)))


def _is_for_click(error: Exception) -> bool:
    """Wrong usage, an exit, Ctrl-C at a question; and a pipe that nobody reads any more, as of `| head`."""
    return isinstance(error, click.ClickException | click.exceptions.Exit | click.Abort) or (
        isinstance(error, OSError) and error.errno == errno.EPIPE
    )


def _sentence(error: Exception) -> str:
    if isinstance(error, PewstatsError | NotADirectoryError):
        return str(error)
    if isinstance(error, OSError):
        reason = f"{error.strerror}: {error.filename}" if error.filename else str(error)
        return f"{printable(reason)}. `pewstats doctor` looks at folders and disk space."
    import psycopg

    from pewstats_assets.failures import STORAGE_ERRORS, cause_of_exception

    cause = printable(cause_of_exception(error))
    if isinstance(error, (psycopg.Error, *STORAGE_ERRORS)):
        return f"PostgreSQL failed in the middle of the work, which was rolled back: {cause}"
    return f"{type(error).__name__}: {cause}. This is a mistake in pewstats: `pewstats --debug ...` shows where."


@click.group(cls=_Pewstats, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="pewstats-assets")
@click.option("--debug", is_flag=True, help="Print the stack trace of an error, too.")
def cli(*, debug: bool) -> None:
    """Team fights, fight participants and player profiles from PUBG telemetry.

    Results go to standard output, messages and progress to standard error. Settings are variables PEWSTATS_... of the
    environment: see `pewstats settings`.

    \b
    Exit codes:
      0  done
      1  it failed, or something that it did or looked at did
      2  wrong usage
    """
    del debug  # _Pewstats looks at it


for command in (
    demo,
    ui,
    worker,
    register,
    backfill,
    status,
    quarantine,
    verify,
    sql,
    fight,
    match,
    player,
    export,
    detect,
    simulate,
    alerts,
    settings,
    doctor,
    migrate,
    prune,
    clean,
):
    cli.add_command(command)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `pewstats`."""
    results = sys.stdout  # click puts another in its place if nobody reads any more
    try:
        cli(arguments)
    finally:
        try:
            results.flush()
        except BrokenPipeError:
            # Python would try again at its end, and complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), results.fileno())
