"""`pewstats migrate`: the newest schema."""

import click


@click.command()
def migrate() -> None:
    """Bring the warehouse's schema, and the comments in it, up to date.

    An empty database needs no call: its first use does it.
    """
    from pewstats_assets.settings import Settings
    from pewstats_assets.warehouse import connect_databases

    connect_databases(Settings.from_environment(), upgrade=True)
    click.echo("The warehouse has the newest schema.")
