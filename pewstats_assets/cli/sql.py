"""`pewstats sql`: ask the warehouse."""

from typing import TYPE_CHECKING

import click

from pewstats_assets.cli.batches import connect
from pewstats_assets.cli.terminal import fail
from pewstats_assets.tables import Form, print_table

if TYPE_CHECKING:
    import psycopg


@click.command()
@click.argument("query")
@click.option("--csv", "form", flag_value="csv", help="Print comma-separated values with a header.")
@click.option("--json", "form", flag_value="json", help="Print JSON: an array of objects.")
def sql(query: str, form: Form | None) -> None:
    """Run a QUERY (SELECT, WITH, VALUES) on the warehouse and print what it gives. Nothing can be written.

    Tables: matches, team_fights, fight_participants, player_profiles, squads, player_figures, player_playstyles; more
    in docs/tables.md.

    \b
    Examples:
      pewstats sql "SELECT outcome, count(*) FROM team_fights GROUP BY outcome"
      pewstats sql --csv "SELECT * FROM player_profiles" > profiles.csv
    """
    from psycopg import Error

    _, databases = connect()
    try:
        with databases.connect() as connection:
            columns, rows = _read_only(connection, query)
    except Error as error:
        fail(str(error).strip())
    if form == "json" and len(set(columns)) < len(columns):
        fail(f"Two columns have one name, but JSON needs a name for each: use AS. ({', '.join(columns)})")
    print_table(columns, rows, form or "text")


def _read_only(connection: "psycopg.Connection", query: str) -> tuple[list[str], list[tuple[object, ...]]]:
    connection.read_only = True
    # A cursor takes a query and nothing else (no COPY ... TO PROGRAM), and a prepared statement is one statement:
    # nothing can follow that would end the read-only transaction.
    connection.execute(b"DECLARE answer NO SCROLL CURSOR FOR " + query.encode(), prepare=True)
    cursor = connection.execute("FETCH ALL FROM answer")
    return [column.name for column in cursor.description or []], cursor.fetchall()
