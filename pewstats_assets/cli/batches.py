"""What several commands do with the warehouse and its batches: connect, register, load, say how it went."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from pewstats_assets.cli.terminal import fail, progress_bar, say
from pewstats_assets.tables import printable

if TYPE_CHECKING:
    import dagster as dg

    from pewstats_assets.backfill import LoadedBatch
    from pewstats_assets.places import Place
    from pewstats_assets.settings import Settings
    from pewstats_assets.warehouse import Databases
    from pewstats_assets.warehouse.matches import Registration

#: How many matches a batch is to have; None for what the settings say.
batch_size_option = click.option(
    "--batch-size",
    type=click.IntRange(min=1),
    help="Matches in a batch, instead of PEWSTATS_BATCH_SIZE.",
)


def connect() -> "tuple[Settings, Databases]":
    """Read the settings, and connect to the databases they name."""
    from pewstats_assets.settings import Settings
    from pewstats_assets.warehouse import connect_databases

    settings = Settings.from_environment()
    return settings, connect_databases(settings)


def register_files(
    settings: "Settings", databases: "Databases", folder: "Place", batch_size: int | None
) -> "Registration":
    """Register the telemetry below a folder, with a progress bar."""
    from pewstats_assets.partitions import register_folder

    with progress_bar("Registering files") as progress:
        return register_folder(databases, settings, folder, batch_size or settings.batch_size, progress.track)


def say_registered(registration: "Registration") -> None:
    """Say which batches there are now, and which files were left alone."""
    batches = registration.batches
    where = f" as {batches[0]}" + (f" to {batches[-1]}" if len(batches) > 1 else "") if batches else ""
    say(f"Registered {registration.registered} new matches{where}.")
    for file in registration.duplicates:
        say(f"Left alone, its match is registered with another file: {printable(file)}")


@contextmanager
def open_dagster(settings: "Settings", databases: "Databases") -> "Iterator[dg.DagsterInstance]":
    """Open Dagster's instance, once its partitions are the warehouse's batches."""
    from pewstats_assets.instance import open_instance
    from pewstats_assets.partitions import follow_warehouse

    with open_instance(settings, databases) as instance:
        follow_warehouse(databases, instance)
        yield instance


def require_registered(batches: Sequence[str], registered: Sequence[str]) -> None:
    """Refuse the command line if it names a batch that is not registered."""
    unknown = [batch for batch in batches if batch not in registered]
    if unknown:
        msg = f"{', '.join(unknown)}: not registered. See `pewstats status`."
        raise click.BadParameter(msg)


def load(instance: "dg.DagsterInstance", batches: Sequence[str]) -> "list[LoadedBatch]":
    """Materialize batches, with a progress bar, and say of each how it went."""
    from pewstats_assets.backfill import load_batches

    loaded = []
    with progress_bar("Materializing batches") as progress:
        task = progress.add_task("", total=len(batches))
        for batch in load_batches(instance, batches):
            progress.advance(task)
            outcome = "failed" if batch.failures else f"complete in {batch.seconds:.1f} s"
            if batch.failed_checks:
                outcome += f"; failed checks: {', '.join(batch.failed_checks)}, see `pewstats verify {batch.batch}`"
            progress.console.print(f"{batch.batch}: {outcome}", highlight=False, soft_wrap=True)
            loaded.append(batch)
    return loaded


def compare_players(instance: "dg.DagsterInstance") -> Sequence[str]:
    """Compare the players of each mode; return what failed it."""
    from pewstats_assets import backfill

    say("Comparing the players of each mode ...")
    return backfill.compare_players(instance)


def fail_if_any_failed(loaded: "Sequence[LoadedBatch]", comparison_failures: Sequence[str]) -> None:
    """Leave with exit code 1 if a batch failed, or the comparison of players, and say why."""
    problems = []
    failed = [batch for batch in loaded if batch.failures]
    if failed:
        reasons = "\n".join(
            f"  {batch.batch} (run {batch.run_id}): {printable(failure)}"
            for batch in failed
            for failure in batch.failures
        )
        problems.append(f"{len(failed)} of {len(loaded)} batches failed:\n{reasons}")
    if comparison_failures:
        problems.append(f"The players could not be compared: {printable('; '.join(comparison_failures))}")
    if problems:
        fail("\n".join(problems))
