"""`pewstats` itself: the group of all commands, and what becomes of an error that nothing caught."""

from collections.abc import Sequence

import click

from pewstats_assets.cli.alerts import alerts
from pewstats_assets.cli.backfill import backfill
from pewstats_assets.cli.demo import demo
from pewstats_assets.cli.detect import detect
from pewstats_assets.cli.migrate import migrate
from pewstats_assets.cli.player import player
from pewstats_assets.cli.quarantine import quarantine
from pewstats_assets.cli.register import register
from pewstats_assets.cli.settings import settings
from pewstats_assets.cli.simulate import simulate
from pewstats_assets.cli.sql import sql
from pewstats_assets.cli.status import status
from pewstats_assets.cli.terminal import fail
from pewstats_assets.cli.ui import ui
from pewstats_assets.cli.verify import verify
from pewstats_assets.errors import PewstatsError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run `pewstats`. Exit codes: 0 done, 1 it failed or something in it did, 2 wrong usage."""
    try:
        cli(arguments)
    except (PewstatsError, NotADirectoryError) as error:
        fail(str(error))
    except Exception as error:
        import psycopg

        from pewstats_assets.failures import STORAGE_ERRORS, cause_of_exception

        if not isinstance(error, (psycopg.Error, *STORAGE_ERRORS)):
            raise
        fail(f"PostgreSQL failed in the middle of the work, which was rolled back: {cause_of_exception(error)}")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pewstats-assets")
def cli() -> None:
    """Team fights, fight participants and player profiles from PUBG telemetry."""


for command in (
    alerts,
    backfill,
    demo,
    detect,
    migrate,
    player,
    quarantine,
    register,
    settings,
    simulate,
    sql,
    status,
    ui,
    verify,
):
    cli.add_command(command)
