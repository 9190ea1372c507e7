"""The batch write: fights and participants of a batch, and what became of its matches, in one transaction."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

import psycopg

from pewstats_assets.fights import Fight, MatchFights, Participant
from pewstats_assets.warehouse.bulk import copy_rows

MAX_FIGHTS_PER_MATCH: Final = 999
MAX_PARTICIPANTS_PER_FIGHT: Final = 999


class IncompleteWriteError(Exception):
    """The database does not hold what detection found; the transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class QuarantinedMatch:
    """A match that cannot be used: a code, a sentence for people, and where its file is broken, if there is a place."""

    match_no: int
    reason: str
    detail: str
    byte_offset: int | None = None


@dataclass(frozen=True, slots=True)
class WrittenBatch:
    """What a batch holds after the write."""

    matches: int
    quarantined: int
    fights: int
    participants: int


_MATCH_COLUMNS: Final = {"map_name": "text", "game_mode": "text", "match_type": "text", "match_datetime": "timestamptz"}
_FIGHT_COLUMNS: Final = {
    "id": "int8",
    "batch": "text",
    "match_no": "int8",
    "match_id": "uuid",
    "fight_no": "int4",
    "ruleset": "text",
    "fight_start_time": "timestamptz",
    "fight_end_time": "timestamptz",
    "duration_seconds": "float8",
    "team_ids": "int4[]",
    "primary_team_1": "int4",
    "primary_team_2": "int4",
    "third_party_teams": "int4[]",
    "total_knocks": "int4",
    "total_kills": "int4",
    "total_damage": "float8",
    "total_damage_events": "int4",
    "outcome": "text",
    "winning_team_id": "int4",
    "loser_team_id": "int4",
    "team_outcomes": "jsonb",
    "fight_reason": "text",
    "fight_center_x": "float8",
    "fight_center_y": "float8",
    "fight_spread_radius": "float8",
    **_MATCH_COLUMNS,
}
_PARTICIPANT_COLUMNS: Final = {
    "id": "int8",
    "batch": "text",
    "fight_id": "int8",
    "participant_no": "int4",
    "match_id": "uuid",
    "player_name": "text",
    "player_account_id": "text",
    "team_id": "int4",
    "knocks_dealt": "int4",
    "kills_dealt": "int4",
    "damage_dealt": "float8",
    "damage_taken": "float8",
    "position_center_x": "float8",
    "position_center_y": "float8",
    "was_knocked": "bool",
    "was_killed": "bool",
    "survived": "bool",
    "knocked_at": "timestamptz",
    "killed_at": "timestamptz",
    **_MATCH_COLUMNS,
}

#: The columns that are filled from the field of the same name.
_FIGHT_FIELDS: Final = tuple(name for name in Fight.__struct_fields__ if name in _FIGHT_COLUMNS)
_PARTICIPANT_FIELDS: Final = tuple(name for name in Participant.__struct_fields__ if name in _PARTICIPANT_COLUMNS)

_LOCK_BATCH = (
    "SELECT match_no FROM matches WHERE batch = %(batch)s AND status <> 'excluded' ORDER BY match_no FOR UPDATE"
)
_DELETE_PARTICIPANTS = "DELETE FROM fight_participants WHERE batch = %(batch)s"
_DELETE_FIGHTS = "DELETE FROM team_fights WHERE batch = %(batch)s"
_WRITTEN = """
SELECT tf.match_no, count(DISTINCT tf.id), count(fp.id)
FROM team_fights tf
LEFT JOIN fight_participants fp ON fp.fight_id = tf.id
WHERE tf.batch = %(batch)s
GROUP BY tf.match_no
"""
_SET_LOADED = """
UPDATE matches
SET status = 'loaded', reason = NULL, detail = NULL, byte_offset = NULL, map_name = %(map_name)s,
    game_mode = %(game_mode)s, match_type = %(match_type)s, match_datetime = %(match_datetime)s,
    started_at = %(started_at)s, event_count = %(event_count)s, fights = %(fights)s, participants = %(participants)s,
    loaded_at = now()
WHERE match_no = %(match_no)s
"""
_SET_QUARANTINED = """
UPDATE matches
SET status = 'quarantined', reason = %(reason)s, detail = %(detail)s, byte_offset = %(byte_offset)s,
    event_count = NULL, fights = NULL, participants = NULL, loaded_at = NULL
WHERE match_no = %(match_no)s
"""


def replace_fights(
    connection: psycopg.Connection,
    batch: str,
    ruleset: str,
    detected: Sequence[MatchFights],
    quarantined: Sequence[QuarantinedMatch],
) -> WrittenBatch:
    """Write the fights and participants of a batch in place of those it had, verified; the caller commits.

    Whoever reads sees the old rows or the new ones, never a mixture; two writers of one batch take turns.

    Args:
        connection: to the warehouse, in no transaction yet.
        batch: the batch's key.
        ruleset: what found the fights.
        detected: the batch's decoded matches.
        quarantined: the others.

    Raises:
        IncompleteWriteError: matches are missing from the arguments, or the database does not hold what was detected.
    """
    to_process = {match_no for (match_no,) in connection.execute(_LOCK_BATCH, {"batch": batch})}
    given = [*(match.match_no for match in detected), *(match.match_no for match in quarantined)]
    if sorted(given) != sorted(to_process):
        msg = f"{batch} has {len(to_process)} matches to process, but results for {len(given)} were given."
        raise IncompleteWriteError(msg)

    connection.execute(_DELETE_PARTICIPANTS, {"batch": batch})
    connection.execute(_DELETE_FIGHTS, {"batch": batch})
    copy_rows(connection, "team_fights", _FIGHT_COLUMNS, _fight_rows(batch, ruleset, detected))
    copy_rows(connection, "fight_participants", _PARTICIPANT_COLUMNS, _participant_rows(batch, detected))
    _verify(connection, batch, detected)

    with connection.cursor() as cursor:
        cursor.executemany(_SET_LOADED, [_loaded(match) for match in detected])
        cursor.executemany(_SET_QUARANTINED, [asdict(match) for match in quarantined])
    return WrittenBatch(
        matches=len(given),
        quarantined=len(quarantined),
        fights=sum(len(match.fights) for match in detected),
        participants=sum(match.participants for match in detected),
    )


def _fight_rows(batch: str, ruleset: str, detected: Sequence[MatchFights]) -> Iterator[dict[str, Any]]:
    for match in detected:
        of_match = _match_values(match)
        for fight_no, fight in enumerate(match.fights, start=1):
            yield {
                **of_match,
                **{name: getattr(fight, name) for name in _FIGHT_FIELDS},
                "id": _fight_id(match, fight_no),
                "batch": batch,
                "match_no": match.match_no,
                "fight_no": fight_no,
                "ruleset": ruleset,
            }


def _participant_rows(batch: str, detected: Sequence[MatchFights]) -> Iterator[dict[str, Any]]:
    for match in detected:
        of_match = _match_values(match)
        for fight_no, fight in enumerate(match.fights, start=1):
            fight_id = _fight_id(match, fight_no)
            for participant_no, participant in enumerate(fight.participants, start=1):
                yield {
                    **of_match,
                    **{name: getattr(participant, name) for name in _PARTICIPANT_FIELDS},
                    "id": fight_id * (MAX_PARTICIPANTS_PER_FIGHT + 1) + participant_no,
                    "batch": batch,
                    "fight_id": fight_id,
                    "participant_no": participant_no,
                }


def _match_values(match: MatchFights) -> dict[str, Any]:
    return {"match_id": UUID(match.match_id), **{column: getattr(match, column) for column in _MATCH_COLUMNS}}


def _fight_id(match: MatchFights, fight_no: int) -> int:
    return match.match_no * (MAX_FIGHTS_PER_MATCH + 1) + fight_no


def _verify(connection: psycopg.Connection, batch: str, detected: Sequence[MatchFights]) -> None:
    expected = {match.match_no: (len(match.fights), match.participants) for match in detected if match.fights}
    rows = connection.execute(_WRITTEN, {"batch": batch})
    written = {match_no: (fights, participants) for match_no, fights, participants in rows}
    if written != expected:
        wrong = sorted(no for no in expected.keys() | written.keys() if expected.get(no) != written.get(no))
        msg = f"{batch}: the database does not hold the fights and participants that were found in matches {wrong[:5]}."
        raise IncompleteWriteError(msg)


def _loaded(match: MatchFights) -> dict[str, Any]:
    return {
        "match_no": match.match_no,
        **{column: getattr(match, column) for column in (*_MATCH_COLUMNS, "started_at", "event_count")},
        "fights": len(match.fights),
        "participants": match.participants,
    }
