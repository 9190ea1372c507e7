"""The page `docs/tables.md`, made of the data dictionary: `python -m pewstats_assets.warehouse.dictionary.page`."""

import sys
from typing import Final

from pewstats_assets.dictionary import Column, Table
from pewstats_assets.telemetry.dictionary import FRAMES
from pewstats_assets.warehouse.dictionary.tables import TABLES

_HEAD: Final = """\
# Tables: every column, its unit, and where it comes from

<!-- Made of the data dictionary by `make docs`. Change pewstats_assets/warehouse/dictionary and
pewstats_assets/telemetry/dictionary.py instead. -->

The same descriptions are comments in the database (`\\d+ team_fights` in psql) and the column schemas in Dagster's UI.
After an update of the software `pewstats migrate` brings the comments up to date.

Times are UTC, coordinates cm (x to the east, y to the south, z up), spreads m, durations s, damage and health HP; a
share is 0 to 1. "v2 rule 25" is of ruleset v2; the match object is the PUBG API's, names like `LogMatchStart` are
events of the telemetry.

## In PostgreSQL
"""
_FRAMES_HEAD: Final = """
## In Parquet

The frames of the asset `telemetry`, one folder per batch: `<PEWSTATS_HOME>/telemetry/<batch>/<frame>.<part>.parquet`,
or where `PEWSTATS_PARQUET` says.
Types are those of polars.
"""


def page() -> str:
    """Write the page, in Markdown."""
    return _HEAD + "".join(map(_section, TABLES)) + _FRAMES_HEAD + "".join(map(_section, FRAMES))


def _section(table: Table) -> str:
    rows = "".join(map(_row, table.columns))
    return (
        f"\n### `{table.name}`\n\n{table.description}\n\n"
        f"| column | type | null | unit | meaning | source |\n|---|---|---|---|---|---|\n{rows}"
    )


def _row(column: Column) -> str:
    null = "yes" if column.nullable else ""
    return f"| `{column.name}` | {column.type} | {null} | {column.unit or ''} | {column.meaning} | {column.source} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
