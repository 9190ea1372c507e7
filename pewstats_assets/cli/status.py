"""`pewstats status`: what the batches hold."""

import click

from pewstats_assets.cli.batches import connect
from pewstats_assets.cli.terminal import json_option
from pewstats_assets.tables import print_records, to_json


@click.command()
@json_option
def status(*, as_json: bool) -> None:
    """Show what every batch holds, and which matches were left out and why.

    \b
    Example:
      pewstats status --json | jq '.left_out[].file'
    """
    from pewstats_assets.warehouse.matches import batches
    from pewstats_assets.warehouse.status import BatchStatus, LeftOutMatch, batch_statuses, left_out

    _, databases = connect()
    with databases.connect() as connection:
        keys = batches(connection)
        statuses = batch_statuses(connection, keys)
        others = left_out(connection, keys)
    if as_json:
        click.echo(to_json({"batches": statuses, "left_out": others}))
        return
    print_records(BatchStatus, statuses)
    if others:
        click.echo("Left out:")
        print_records(LeftOutMatch, others)
