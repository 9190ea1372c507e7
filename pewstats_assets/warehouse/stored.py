"""A match as the warehouse holds it, fights and participants included, in the form in which they were detected."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from pewstats_assets.fights import Fight, MatchFights, Outcome, Participant, TeamOutcome
from pewstats_assets.fights.ids import MAX_FIGHTS_PER_MATCH, MAX_PARTICIPANTS_PER_FIGHT, fight_id, participant_id

#: As the table `matches` has it: for all of them there are ids.
MAX_MATCH_NO: Final = 9_000_000_000
_FIGHT_COLUMNS: Final = ", ".join(name for name in Fight.__struct_fields__ if name != "participants")
_PARTICIPANT_COLUMNS: Final = ", ".join(Participant.__struct_fields__)
_MATCH: Final = """
SELECT match_no, match_id::text, batch, status, reason, map_name, game_mode, match_type, match_datetime, started_at,
    coalesce(event_count, 0) AS event_count
FROM matches
"""
_MATCH_BY_NO: Final = f"{_MATCH} WHERE match_no = %(match_no)s"
_MATCH_BY_ID: Final = f"{_MATCH} WHERE match_id = %(match_id)s"
_FIGHTS: Final = f"SELECT {_FIGHT_COLUMNS} FROM team_fights WHERE match_no = %(match_no)s ORDER BY fight_no"  # noqa: S608  our own names
#: By their primary key, of which the ids of a match's participants are one range.
_PARTICIPANTS: Final = f"""
SELECT fight_id, {_PARTICIPANT_COLUMNS} FROM fight_participants
WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id
"""  # noqa: S608  our own names


@dataclass(frozen=True, slots=True)
class StoredMatch:
    """A registered match.

    Attributes:
        batch: the batch it belongs to.
        status: `loaded` if it has been processed; only then it has fights. `reason` says why it was left out.
        match: its facts, and its fights; where it has not been loaded, none, and an empty `match_id` if it is unknown.
    """

    batch: str
    status: str
    reason: str | None
    match: MatchFights


def stored_match(connection: psycopg.Connection, which: int | UUID) -> StoredMatch | None:
    """Return a match with all its fights, by its number or PUBG's id; None if there is none.

    Args:
        connection: to the warehouse, in no transaction yet: all is read as it was at one moment.
        which: the number, up to `MAX_MATCH_NO`, or the id.
    """
    key, query = ("match_id", _MATCH_BY_ID) if isinstance(which, UUID) else ("match_no", _MATCH_BY_NO)
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        match = cursor.execute(query, {key: which}).fetchone()
        match_no = match["match_no"] if match else 0
        last = participant_id(fight_id(match_no, MAX_FIGHTS_PER_MATCH), MAX_PARTICIPANTS_PER_FIGHT)
        ids = {"first": participant_id(fight_id(match_no, 0), 0), "last": last}
        fights = cursor.execute(_FIGHTS, {"match_no": match_no}).fetchall()
        participants = cursor.execute(_PARTICIPANTS, ids).fetchall()
    if match is None:
        return None
    of_fight: dict[int, list[Participant]] = {}
    for row in participants:
        of_fight.setdefault(row.pop("fight_id"), []).append(Participant(**row))
    batch, status, reason = (match.pop(name) for name in ("batch", "status", "reason"))
    match["match_id"] = match["match_id"] or ""
    return StoredMatch(
        batch,
        status,
        reason,
        MatchFights(
            **match,
            fights=[
                _fight(row, of_fight.get(fight_id(match_no, fight_no), []))
                for fight_no, row in enumerate(fights, start=1)
            ],
        ),
    )


def _fight(row: dict[str, Any], participants: list[Participant]) -> Fight:
    row["outcome"] = Outcome(row["outcome"])
    row["team_outcomes"] = {int(team): TeamOutcome(outcome) for team, outcome in row["team_outcomes"].items()}
    return Fight(**row, participants=participants)
