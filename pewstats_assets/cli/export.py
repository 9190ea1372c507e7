"""`pewstats export`: the warehouse's tables as Parquet."""

from pathlib import Path

import click

from pewstats_assets.cli.batches import connect, require_registered
from pewstats_assets.cli.terminal import expand_home, json_option, progress_bar
from pewstats_assets.tables import print_records


@click.command()
@click.option(
    "--out",
    "folder",
    required=True,
    type=click.Path(path_type=Path),
    callback=expand_home,
    help="The folder, made if it is not there.",
)
@click.option("--batch", "batches", multiple=True, help="Only the rows of this batch; may be repeated.")
@json_option
def export(folder: Path, batches: tuple[str, ...], *, as_json: bool) -> None:
    """Write fights, participants, profiles and more as Parquet, with columns described.

    A file a table, in place of that of an earlier export once all are complete. All tables are of one moment. Those
    about all batches, such as player_profiles, are written whole even with --batch. How to read them: docs/export.md.

    \b
    Examples:
      pewstats export --out ~/pewstats
      pewstats export --out ~/pewstats --batch batch_00007 --batch batch_00008
    """
    from pewstats_assets.warehouse.export import ExportedTable, begin_export, export_tables
    from pewstats_assets.warehouse.matches import batches as registered_batches

    _, databases = connect()
    with databases.connect() as connection:
        total = begin_export(connection, batches)
        require_registered(batches, registered_batches(connection))
        with progress_bar("Exporting rows") as progress:
            task = progress.add_task("", total=total)
            tables = export_tables(connection, folder, batches, lambda rows: progress.advance(task, rows))
    print_records(ExportedTable, tables, "json" if as_json else "text")
