"""Profiles in PostgreSQL: what they are summed from, and the sums of a batch."""

from collections.abc import Mapping
from typing import Final

import polars as pl
import psycopg
from psycopg import sql

from pewstats_assets.profiles import FightsOfBatch, ProfileSums
from pewstats_assets.profiles.frames import KNOCKS, PARTICIPANTS, SQUADS
from pewstats_assets.warehouse import dictionary
from pewstats_assets.warehouse.bulk import ONLY_HASH_JOINS, copy_batch, delete_batch, read_frame
from pewstats_assets.warehouse.fights import FightRows, WrittenBatch

# A fight is of the batch of its participants. To say so spares PostgreSQL the fights of all other batches.
_PARTICIPANTS: Final = """
SELECT {columns}
FROM fight_participants p
JOIN team_fights tf ON tf.id = p.fight_id AND tf.batch = p.batch
WHERE p.batch = {batch}
ORDER BY p.id
"""
_KNOCKS: Final = """
SELECT {columns}
FROM fight_knocks p
JOIN team_fights tf ON tf.id = p.fight_id AND tf.batch = p.batch
WHERE p.batch = {batch}
ORDER BY p.fight_id, p.knock_no
"""
_SQUADS: Final = """
SELECT {columns}
FROM match_squads p
JOIN matches m ON m.match_no = p.match_no AND m.batch = p.batch
WHERE p.batch = {batch}
ORDER BY p.match_no, p.team_id
"""
#: Columns that are not those of the same name of the table that the rows are of.
_OTHERS: Final[Mapping[str, sql.SQL]] = {
    "match_no": sql.SQL("tf.match_no"),
    "fight_start_time": sql.SQL("tf.fight_start_time"),
    "team_outcome": sql.SQL("tf.team_outcomes ->> p.team_id::text"),
}
_OTHERS_OF_SQUADS: Final[Mapping[str, sql.SQL]] = {
    "game_mode": sql.SQL("m.game_mode"),
    "match_type": sql.SQL("m.match_type"),
    "player_account_ids": sql.SQL("to_json(p.player_account_ids)"),
}
# By default, PostgreSQL sorts the rows of a batch on disk.
_ROOM_TO_SORT: Final = "SET LOCAL work_mem = '64MB'"
# Two writers of one batch take turns at its matches, as in the write of its fights.
_LOCK_BATCH: Final = "SELECT loaded_at FROM matches WHERE batch = %(batch)s ORDER BY match_no FOR UPDATE"


def fights_of(connection: psycopg.Connection, batch: str, written: WrittenBatch | None = None) -> FightsOfBatch:
    """Return what the profiles of a batch are summed from, and keep others from writing the batch until the commit.

    Args:
        connection: to the warehouse.
        batch: the batch's key.
        written: the last write of the batch's fights that is known of: unless there was one since, nothing is read.
    """
    loaded_at = {at for (at,) in connection.execute(_LOCK_BATCH, {"batch": batch})} - {None}
    if written is not None and loaded_at == {written.at}:
        return _as_read(written.rows)
    for setting in (_ROOM_TO_SORT, *ONLY_HASH_JOINS):
        connection.execute(setting)
    return FightsOfBatch(
        participants=_read(connection, _PARTICIPANTS, PARTICIPANTS, _OTHERS, batch),
        knocks=_read(connection, _KNOCKS, KNOCKS, _OTHERS, batch),
        squads=_read(connection, _SQUADS, SQUADS, _OTHERS_OF_SQUADS, batch),
    )


def _as_read(rows: FightRows) -> FightsOfBatch:
    return FightsOfBatch(
        participants=rows.participants.sort("id").select(PARTICIPANTS.names()).cast(PARTICIPANTS),
        knocks=rows.knocks.sort("fight_id", "knock_no").select(KNOCKS.names()).cast(KNOCKS),
        squads=rows.squads.sort("match_no", "team_id").select(SQUADS.names()).cast(SQUADS),
    )


def _read(
    connection: psycopg.Connection, query: str, schema: pl.Schema, others: Mapping[str, sql.SQL], batch: str
) -> pl.DataFrame:
    columns = sql.SQL(", ").join(others.get(name, sql.Identifier("p", name)) for name in schema)
    return read_frame(connection, sql.SQL(query).format(columns=columns, batch=sql.Literal(batch)), schema)


def replace_profiles(connection: psycopg.Connection, batch: str, sums: ProfileSums) -> None:
    """Write the profile sums of a batch in place of those it had; the caller commits."""
    connection.execute(_LOCK_BATCH, {"batch": batch})
    for table, frame in (
        (dictionary.PLAYER_PROFILE_SUMS, sums.players),
        (dictionary.PLAYER_NAMES, sums.names),
        (dictionary.SQUAD_PROFILE_SUMS, sums.squads),
        (dictionary.SQUAD_FINISHES, sums.finishes),
    ):
        delete_batch(connection, table, batch)
        copy_batch(connection, table, batch, frame)
