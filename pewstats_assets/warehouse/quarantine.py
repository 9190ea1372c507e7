"""Quarantined matches, and how they are put back into their batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import psycopg
from psycopg.rows import class_row

from pewstats_assets.warehouse.matches import LOCK, NewMatch


@dataclass(frozen=True, slots=True)
class MatchInQuarantine:
    """A quarantined match: a code, a sentence for people, and where its file is broken, if there is a place."""

    batch: str
    match_no: int
    match_id: str | None
    reason: str
    detail: str
    byte_offset: int | None
    file: str


@dataclass(frozen=True, slots=True)
class PutBack:
    """What became of a quarantined match.

    Attributes:
        status: `registered` if it is to be loaded with its batch, `excluded` if its type is not processed.
        is_same_file: whether the file's bytes are those that were registered before.
        match_id: which match it is registered as; None if that cannot be told.
        registered_with: the file that the match of the new file is registered with already; None if with no other.
    """

    status: str
    is_same_file: bool
    match_id: str | None
    registered_with: str | None


@dataclass(frozen=True, slots=True)
class RetriedMatch:
    """What a match is that was quarantined; what it lacks is null once it is loaded."""

    batch: str
    match_no: int
    match_id: str | None
    status: str
    reason: str | None
    detail: str | None
    byte_offset: int | None
    file: str


_QUARANTINED: Final = """
SELECT batch, match_no, match_id::text, reason, coalesce(detail, '') AS detail, byte_offset, file
FROM matches
WHERE status = 'quarantined' AND (cardinality(%(batches)s::text[]) = 0 OR batch = ANY (%(batches)s))
ORDER BY match_no
"""
_RETRIED: Final = """
SELECT batch, match_no, match_id::text, status, reason, detail, byte_offset, file
FROM matches
WHERE match_no = ANY (%(match_nos)s)
ORDER BY match_no
"""
_REGISTERED_WITH: Final = "SELECT file FROM matches WHERE match_id = %(match_id)s AND match_no <> %(match_no)s"
_CHECKSUM: Final = "SELECT checksum FROM matches WHERE match_no = %(match_no)s AND status = 'quarantined' FOR UPDATE"
_PUT_BACK: Final = """
UPDATE matches
SET status = %(status)s, reason = %(reason)s, detail = %(detail)s, byte_offset = NULL,
    match_id = coalesce(match_id, %(match_id)s), match_object = %(match_object)s, checksum = %(checksum)s,
    match_type = %(match_type)s
WHERE match_no = %(match_no)s AND status = 'quarantined'
RETURNING match_id::text
"""


def in_quarantine(connection: psycopg.Connection, batches: Sequence[str] = ()) -> list[MatchInQuarantine]:
    """Return the quarantined matches of the batches, or of all if none is named, by number."""
    with connection.cursor(row_factory=class_row(MatchInQuarantine)) as cursor:
        return cursor.execute(_QUARANTINED, {"batches": list(batches)}).fetchall()


def put_back(connection: psycopg.Connection, match_no: int, found: NewMatch) -> PutBack | None:
    """Register the file of a quarantined match as it is now, in place of what was registered; the caller commits.

    Number and batch stay, and so does the match id; one that was unknown is added, unless another file has it.

    Returns:
        What became of it; None if it is quarantined no longer, and was left alone.
    """
    # The row before the lock: who waits for a run that is writing the batch keeps no registrar waiting.
    before = connection.execute(_CHECKSUM, {"match_no": match_no}).fetchone()
    if before is None:
        return None
    connection.execute(LOCK)
    other = connection.execute(_REGISTERED_WITH, {"match_id": found.match_id, "match_no": match_no}).fetchone()
    status, reason = found.status_and_reason
    values = {
        "match_no": match_no,
        "status": status,
        "reason": reason,
        "detail": found.excluded_because,
        "match_id": None if other else found.match_id,
        "match_object": found.match_object,
        "checksum": found.checksum,
        "match_type": found.match_type,
    }
    (match_id,) = connection.execute(_PUT_BACK, values).fetchone() or (None,)
    return PutBack(status, before[0] == found.checksum, match_id, other[0] if other else None)


def retried_matches(connection: psycopg.Connection, match_nos: Sequence[int]) -> list[RetriedMatch]:
    """Return what became of matches, by number."""
    with connection.cursor(row_factory=class_row(RetriedMatch)) as cursor:
        return cursor.execute(_RETRIED, {"match_nos": list(match_nos)}).fetchall()
