"""`pewstats demo`: the whole job on a folder, and what came out."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from pewstats_assets.cli.batches import (
    batch_size_option,
    compare_players,
    connect,
    fail_if_any_failed,
    load,
    open_dagster,
    register_files,
    say_registered,
)
from pewstats_assets.cli.terminal import fail, given_place, json_option, say
from pewstats_assets.places import Place
from pewstats_assets.tables import Form, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    import psycopg

    from pewstats_assets.backfill import LoadedBatch


@click.command()
@click.argument("folder", callback=given_place)
@batch_size_option
@json_option
def demo(folder: Place, batch_size: int | None, *, as_json: bool) -> None:
    """Do the whole job on the telemetry below FOLDER, and show what came out.

    Its matches are registered, their batches materialized and checked; what is registered already is loaded again.

    \b
    Example:
      pewstats demo data/sample --batch-size 7
    """
    from pewstats_assets.telemetry import find_telemetry_files
    from pewstats_assets.warehouse.matches import batches_of_files, claim

    settings, databases = connect()
    say(f"Registering the telemetry below {folder} ...")
    say_registered(register_files(settings, databases, folder, batch_size))
    say("Materializing its batches with Dagster: telemetry, fights, participants, checks, profiles ...")
    with databases.connect() as connection:
        batches = batches_of_files(connection, [str(file.path) for file in find_telemetry_files(folder)])
        claim(connection, batches)
    if not batches:
        fail(f"There is no telemetry below {folder}, or its matches are registered with other files.")
    with open_dagster(settings, databases) as instance:
        loaded = load(instance, batches)
        not_compared = compare_players(instance)
    with databases.connect() as connection:
        _print_summary(connection, loaded, "json" if as_json else "text")
    fail_if_any_failed(loaded, not_compared)
    checks = "No check failed a batch" if any(batch.failed_checks for batch in loaded) else "Every check passed"
    say(f"{checks}. Open the UI with `make ui`, ask the warehouse with `pewstats sql`.")


def _print_summary(connection: "psycopg.Connection", loaded: "Sequence[LoadedBatch]", form: Form) -> None:
    from pewstats_assets.warehouse.status import batch_statuses, number_of_players

    columns = [
        "batch", "matches", "quarantined", "fights", "participants", "players", "null_fight_ids", "orphan_fight_ids",
        "seconds",
    ]  # fmt: skip
    seconds = {batch.batch: batch.seconds for batch in loaded}
    statuses = batch_statuses(connection, list(seconds))
    rows = [{**asdict(status), "seconds": round(seconds[status.batch], 1)} for status in statuses]
    total = {column: sum(row[column] for row in rows) for column in columns[1:]}
    total |= {"batch": "all", "players": number_of_players(connection, list(seconds))}
    total["seconds"] = round(total["seconds"], 1)
    print_table(columns, [[row[column] for column in columns] for row in (*rows, total)], form)
