"""Profiles in PostgreSQL: what they are summed from, and the sums of a batch."""

from typing import Final

import polars as pl
import psycopg

from pewstats_assets.warehouse.bulk import copy_rows

_PARTICIPANTS: Final = """
SELECT fp.player_account_id, fp.player_name, fp.match_id::text AS match_id, tf.fight_start_time,
       tf.team_outcomes ->> fp.team_id::text AS team_outcome, fp.survived, fp.knocks_dealt, fp.kills_dealt,
       fp.damage_dealt, fp.damage_taken
FROM fight_participants fp
JOIN team_fights tf ON tf.id = fp.fight_id
WHERE fp.batch = %(batch)s
ORDER BY fp.id
"""
_PARTICIPANT_SCHEMA: Final = pl.Schema(
    {
        "player_account_id": pl.String(),
        "player_name": pl.String(),
        "match_id": pl.String(),
        "fight_start_time": pl.Datetime("us", "UTC"),
        "team_outcome": pl.String(),
        "survived": pl.Boolean(),
        "knocks_dealt": pl.Int64(),
        "kills_dealt": pl.Int64(),
        "damage_dealt": pl.Float64(),
        "damage_taken": pl.Float64(),
    }
)
_SUM_COLUMNS: Final = {
    "batch": "text",
    "player_account_id": "text",
    "player_name": "text",
    "matches": "int4",
    "fights": "int4",
    "wins": "int4",
    "losses": "int4",
    "draws": "int4",
    "survivals": "int4",
    "knocks_dealt": "int8",
    "kills_dealt": "int8",
    "damage_dealt": "float8",
    "damage_taken": "float8",
    "last_fight_at": "timestamptz",
}
# Two writers of one batch take turns at its matches, as in the write of its fights.
_LOCK_BATCH: Final = "SELECT FROM matches WHERE batch = %(batch)s ORDER BY match_no FOR UPDATE"
_DELETE: Final = "DELETE FROM player_profile_sums WHERE batch = %(batch)s"


def participants_of(connection: psycopg.Connection, batch: str) -> pl.DataFrame:
    """Return what the profiles of a batch are summed from, one row per player and fight."""
    rows = connection.execute(_PARTICIPANTS, {"batch": batch}).fetchall()
    return pl.DataFrame(rows, schema=_PARTICIPANT_SCHEMA, orient="row")


def replace_profiles(connection: psycopg.Connection, batch: str, sums: pl.DataFrame) -> None:
    """Write the profile sums of a batch in place of those it had; the caller commits."""
    connection.execute(_LOCK_BATCH, {"batch": batch})
    connection.execute(_DELETE, {"batch": batch})
    rows = ({"batch": batch, **row} for row in sums.iter_rows(named=True))
    copy_rows(connection, "player_profile_sums", _SUM_COLUMNS, rows)
