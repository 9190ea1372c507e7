"""`pewstats register`: telemetry files become match batches."""

import click

from pewstats_assets.cli.batches import batch_size_option, connect, open_dagster, register_files, say_registered
from pewstats_assets.cli.terminal import given_place
from pewstats_assets.places import Place


@click.command()
@click.argument("folder", callback=given_place)
@batch_size_option
def register(folder: Place, batch_size: int | None) -> None:
    """Register the telemetry files below FOLDER, a path or a URL, as new match batches.

    What is already registered is left alone. Nothing is processed yet: see `pewstats backfill`. A batch that the sensor
    is filling is closed as it is.

    \b
    Examples:
      pewstats register ~/telemetry --batch-size 100
      pewstats register s3://bucket/telemetry
    """
    settings, databases = connect()
    registration = register_files(settings, databases, folder, batch_size)
    with open_dagster(settings, databases):
        pass  # only so that Dagster knows the new batches
    say_registered(registration)
