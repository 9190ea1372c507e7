"""`pewstats backfill`: load match batches in this process."""

import click

from pewstats_assets.cli.batches import (
    compare_players,
    connect,
    fail_if_any_failed,
    load,
    open_dagster,
    require_registered,
)
from pewstats_assets.cli.terminal import say


@click.command()
@click.argument("batches", nargs=-1, metavar="[BATCH]...")
@click.option("--all", "load_all", is_flag=True, help="All batches, those that are complete included.")
def backfill(batches: tuple[str, ...], *, load_all: bool) -> None:
    """Materialize match batches in this process: telemetry, fights, checks, profiles.

    Without a BATCH: those that are not complete, the one that the sensor is filling included. A batch that fails does
    not stop the others; the exit code is 1.

    \b
    Examples:
      pewstats backfill
      pewstats backfill batch_00007 batch_00008
    """
    from pewstats_assets.worker_server import prepare_workers

    prepare_workers()  # while Dagster is imported
    from pewstats_assets.backfill import unfinished
    from pewstats_assets.warehouse.matches import batches as registered_batches
    from pewstats_assets.warehouse.matches import claim, waiting_batches

    settings, databases = connect()
    with databases.connect() as connection:
        waiting = waiting_batches(connection)
        registered = registered_batches(connection)
        require_registered(batches, registered)
        claim(connection, batches or registered)
    with open_dagster(settings, databases) as instance:
        chosen = list(batches) or (registered if load_all else unfinished(instance, registered, waiting))
        if not chosen:
            complete = "Nothing to do: every registered batch is complete."
            say(complete if registered else "No batch is registered: see `pewstats register`.")
            return
        loaded = load(instance, chosen)
        not_compared = compare_players(instance)
    fail_if_any_failed(loaded, not_compared)
