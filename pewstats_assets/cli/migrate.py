"""`pewstats migrate`: the newest schema."""

import click


@click.command()
def migrate() -> None:
    """Bring the warehouse's schema, its roles, and the comments in it, up to date.

    An empty database needs no call: its first use does it.
    """
    from pewstats_assets.cli.terminal import say
    from pewstats_assets.instance import open_instance
    from pewstats_assets.settings import Settings
    from pewstats_assets.warehouse import connect_databases
    from pewstats_assets.warehouse.roles import lacking

    settings = Settings.from_environment()
    databases = connect_databases(settings, upgrade=True)
    # Dagster makes its tables when they are used first, which a user who may not make tables could not.
    with open_instance(settings, databases) as instance:
        instance.get_runs_count()
    click.echo("The warehouse has the newest schema.")
    with databases.connect() as connection:
        statements = lacking(connection, connection.info.dbname)
    if statements:
        say(
            "It lacks roles, which only matter if several users are to use it: let somebody who may make roles run"
            f" {'; '.join(statements)}; then run `pewstats migrate` again. See docs/postgresql.md."
        )
