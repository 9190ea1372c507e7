"""`pewstats register`: telemetry files become match batches."""

from pathlib import Path

import click

from pewstats_assets.cli.batches import batch_size_option, connect, open_dagster, register_files, say_registered
from pewstats_assets.cli.terminal import expand_home


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), callback=expand_home)
@batch_size_option
def register(folder: Path, batch_size: int | None) -> None:
    """Register the telemetry files below FOLDER as new match batches.

    What is already registered is left alone. Nothing is processed yet: see `pewstats backfill`. A batch that the sensor
    is filling is closed as it is.

    \b
    Example:
      pewstats register ~/telemetry --batch-size 100
    """
    settings, databases = connect()
    registration = register_files(settings, databases, folder, batch_size)
    with open_dagster(settings, databases):
        pass  # only so that Dagster knows the new batches
    say_registered(registration)
