"""`pewstats prune`: remove what nobody needs any more."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from pewstats_assets.cli.batches import connect
from pewstats_assets.cli.terminal import fail, json_option, progress_bar, say
from pewstats_assets.tables import print_records, printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pewstats_assets.prune import StrayTelemetry

_dry_run_option = click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")


@click.group()
def prune() -> None:
    """Remove records of old runs, and telemetry as Parquet that belongs to no batch."""


@prune.command()
@click.option(
    "--older-than",
    "days",
    type=click.FloatRange(min=0, max=36_500),
    default=90,
    show_default=True,
    metavar="DAYS",
    help="How long ago a run must have ended.",
)
@_dry_run_option
@json_option
def runs(days: float, *, dry_run: bool, as_json: bool) -> None:
    """Remove old runs of Dagster: their events, results of checks, and logs.

    Every status in the UI stays what it is: a run with the last materialization, the last failed attempt, or the last
    result of a check of a batch stays, however old it is. So what goes is of batches that were loaded again, of
    schedules, and of checks that ran again. Nothing of fights, profiles or telemetry is touched.

    It may run while Dagster does, by a timer say (docs/production.md), and be stopped at any time.

    \b
    Examples:
      pewstats prune runs --dry-run
      pewstats prune runs --older-than 30
    """
    from pewstats_assets.instance import open_instance
    from pewstats_assets.prune import PrunedRuns, prune_runs

    settings, databases = connect()
    with open_instance(settings, databases) as instance, progress_bar("Looking at old runs") as progress:
        pruned = prune_runs(instance, timedelta(days=days), progress.track, dry_run=dry_run)
    print_records(PrunedRuns, [pruned], "json" if as_json else "text")
    if dry_run:
        say("Nothing was removed: --dry-run.")


@prune.command()
@_dry_run_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def telemetry(*, dry_run: bool, yes: bool, as_json: bool) -> None:
    """Remove Parquet of batches that are not registered, and what killed writers left.

    It asks first. Telemetry files, from which Parquet can be made again, are not touched. Where no batch of the folder
    has the matches that the warehouse says, the two do not belong together, and nothing is removed.
    """
    from pewstats_assets.prune import remove_stray, stray_telemetry
    from pewstats_assets.telemetry import TelemetryStore

    settings, databases = connect()
    store = TelemetryStore(settings.parquet_root)
    where = printable(str(store.root))
    strays = stray_telemetry(databases, store)
    if not strays or dry_run:
        _print(strays, as_json=as_json)
        say("Nothing was removed: --dry-run." if strays else f"Nothing below {where} is stray.")
        return
    if not yes:
        _ask(strays)
    with progress_bar("Removing") as progress:
        removed = [stray for stray in progress.track(strays) if remove_stray(databases, store, stray)]
    _print(removed, as_json=as_json)
    say(f"Removed the stray telemetry of {len(removed)} batches below {where}.")


def _ask(strays: "Sequence[StrayTelemetry]") -> None:
    say("This telemetry as Parquet will be removed:")
    say("\n".join(f"  {printable(stray.batch)}: {stray.reason}" for stray in strays))
    if not sys.stdin.isatty():
        fail("Nothing was removed, for nobody can be asked: say so by --yes.")
    if not click.confirm("Remove it?", err=True):
        fail("Nothing was removed.")


def _print(strays: "Sequence[StrayTelemetry]", *, as_json: bool) -> None:
    from pewstats_assets.prune import StrayTelemetry

    if strays or as_json:
        print_records(StrayTelemetry, strays, "json" if as_json else "text")
