"""What the warehouse holds, batch by batch, and what was left out of it and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from pewstats_assets.warehouse.integrity.rules import EVERY_FIGHT_ID_HAS_A_FIGHT, FIGHT_ID_IS_NOT_NULL


@dataclass(frozen=True, slots=True)
class BatchStatus:
    """What a batch holds. `waiting` matches are registered, but not processed yet; `players` have a profile."""

    batch: str
    matches: int
    loaded: int
    waiting: int
    quarantined: int
    excluded: int
    fights: int
    participants: int
    players: int
    null_fight_ids: int
    orphan_fight_ids: int


@dataclass(frozen=True, slots=True)
class LeftOutMatch:
    """A match that is quarantined or excluded."""

    batch: str
    match_id: str | None
    status: str
    reason: str
    detail: str
    file: str


_BATCHES: Final = sql.SQL("""
SELECT
    m.batch,
    count(*) AS matches,
    count(*) FILTER (WHERE status = 'loaded') AS loaded,
    count(*) FILTER (WHERE status = 'registered') AS waiting,
    count(*) FILTER (WHERE status = 'quarantined') AS quarantined,
    count(*) FILTER (WHERE status = 'excluded') AS excluded,
    (SELECT count(*) FROM team_fights tf WHERE tf.batch = m.batch) AS fights,
    (SELECT count(*) FROM fight_participants fp WHERE fp.batch = m.batch) AS participants,
    (SELECT count(DISTINCT player_account_id) FROM player_profile_sums p WHERE p.batch = m.batch) AS players,
    coalesce(nulls.count, 0) AS null_fight_ids,
    coalesce(orphans.count, 0) AS orphan_fight_ids
FROM matches m
LEFT JOIN (SELECT batch, count(*) FROM ({nulls}) AS v GROUP BY batch) AS nulls USING (batch)
LEFT JOIN (SELECT batch, count(*) FROM ({orphans}) AS v GROUP BY batch) AS orphans USING (batch)
WHERE m.batch = ANY (%(batches)s)
GROUP BY m.batch, nulls.count, orphans.count
ORDER BY m.batch
""").format(nulls=sql.SQL(FIGHT_ID_IS_NOT_NULL.violations), orphans=sql.SQL(EVERY_FIGHT_ID_HAS_A_FIGHT.violations))
_PLAYERS: Final = "SELECT count(DISTINCT player_account_id) FROM player_profile_sums WHERE batch = ANY (%(batches)s)"
_LEFT_OUT: Final = """
SELECT batch, match_id::text, status, reason, coalesce(detail, '') AS detail, file
FROM matches
WHERE batch = ANY (%(batches)s) AND status IN ('quarantined', 'excluded')
ORDER BY match_no
"""


def batch_statuses(connection: psycopg.Connection, batches: Sequence[str]) -> list[BatchStatus]:
    """Return what the batches hold, in their order."""
    with connection.cursor(row_factory=class_row(BatchStatus)) as cursor:
        return cursor.execute(_BATCHES, {"batches": list(batches)}).fetchall()


def number_of_players(connection: psycopg.Connection, batches: Sequence[str]) -> int:
    """Return how many different players have a profile from the batches."""
    row = connection.execute(_PLAYERS, {"batches": list(batches)}).fetchone()
    return row[0] if row else 0


def left_out(connection: psycopg.Connection, batches: Sequence[str]) -> list[LeftOutMatch]:
    """Return the quarantined and excluded matches of the batches."""
    with connection.cursor(row_factory=class_row(LeftOutMatch)) as cursor:
        return cursor.execute(_LEFT_OUT, {"batches": list(batches)}).fetchall()
