"""The batch write: fights, how everybody fought in them, squads, and what became of the matches: one transaction."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import polars as pl
import psycopg
from msgspec import structs

from pewstats_assets.fights import Fight, MatchFights
from pewstats_assets.fights.ids import fight_id, participant_id
from pewstats_assets.fights.participation import FightDetails
from pewstats_assets.telemetry.times import TIME
from pewstats_assets.warehouse import dictionary
from pewstats_assets.warehouse.bulk import copy_batch, copy_rows, delete_batch


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
class FightRows:
    """The rows of a batch, but for the batch: the columns of the tables, and what the rows' fights and matches say.

    Attributes:
        participants: of `fight_participants`, by id; with match_no, fight_no, fight_start_time and team_outcome.
        knocks: of `fight_knocks`, by fight_id and knock_no; with match_no and fight_no.
        squads: of `match_squads`, by match_no and team_id; with game_mode and match_type.
    """

    participants: pl.DataFrame
    knocks: pl.DataFrame
    squads: pl.DataFrame


@dataclass(frozen=True, slots=True)
class WrittenBatch:
    """What a batch holds after the write.

    Attributes:
        at: what `loaded_at` of its matches is; no other write of the batch has the same.
        rows: what was written, for whoever would otherwise read it from the database.
    """

    matches: int
    quarantined: int
    fights: int
    participants: int
    knocks: int
    squads: int
    at: datetime
    rows: FightRows


#: Of the match, in the rows of its fights and participants, too.
_OF_THE_MATCH: Final = pl.Schema(
    {"map_name": pl.String(), "game_mode": pl.String(), "match_type": pl.String(), "match_datetime": TIME}
)
#: Of each participant: its number, how the fight ended for its team, and the fields of `Participant` in their order.
_PARTICIPANTS: Final = pl.Schema(
    {
        "participant_no": pl.Int32(),
        "team_outcome": pl.String(),
        "player_name": pl.String(),
        "player_account_id": pl.String(),
        "team_id": pl.Int32(),
        "knocks_dealt": pl.Int32(),
        "kills_dealt": pl.Int32(),
        "damage_dealt": pl.Float64(),
        "damage_taken": pl.Float64(),
        "position_center_x": pl.Float64(),
        "position_center_y": pl.Float64(),
        "was_knocked": pl.Boolean(),
        "was_killed": pl.Boolean(),
        "survived": pl.Boolean(),
        "knocked_at": TIME,
        "killed_at": TIME,
    }
)
_FIGHTS: Final = pl.Schema(
    {
        "match_no": pl.Int64(),
        "fight_no": pl.Int32(),
        "fight_start_time": TIME,
        "match_id": pl.String(),
        **_OF_THE_MATCH,
    }
)
_FIGHT_COLUMNS: Final = {column.name: column.type for column in dictionary.TEAM_FIGHTS.columns}
#: The columns that are filled from the field of the same name.
_FIGHT_FIELDS: Final = tuple(name for name in Fight.__struct_fields__ if name in _FIGHT_COLUMNS)

_FIGHT_ID: Final = fight_id(pl.col("match_no"), pl.col("fight_no"))

_LOCK_BATCH = (
    "SELECT match_no FROM matches WHERE batch = %(batch)s AND status <> 'excluded' ORDER BY match_no FOR UPDATE"
)
#: In this order: none may hold what rows of the next refer to.
_TABLES = (
    dictionary.MATCH_SQUADS,
    dictionary.FIGHT_KNOCKS,
    dictionary.FIGHT_PARTICIPANTS,
    dictionary.TEAM_FIGHTS,
)
# Of what is in a fight, only what is in a fight of the batch.
_WRITTEN = """
SELECT match_no, sum(fights)::int8, sum(participants)::int8, sum(knocks)::int8, sum(squads)::int8
FROM (
    SELECT match_no, 1 AS fights, 0 AS participants, 0 AS knocks, 0 AS squads
    FROM team_fights WHERE batch = %(batch)s
    UNION ALL
    SELECT tf.match_no, 0, 1, 0, 0
    FROM fight_participants fp JOIN team_fights tf ON tf.id = fp.fight_id WHERE tf.batch = %(batch)s
    UNION ALL
    SELECT tf.match_no, 0, 0, 1, 0
    FROM fight_knocks k JOIN team_fights tf ON tf.id = k.fight_id WHERE tf.batch = %(batch)s
    UNION ALL
    SELECT match_no, 0, 0, 0, 1 FROM match_squads WHERE batch = %(batch)s
) AS rows
GROUP BY match_no
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


def replace_fights(  # noqa: PLR0913 each of them is written
    connection: psycopg.Connection,
    batch: str,
    ruleset: str,
    detected: Sequence[MatchFights],
    quarantined: Sequence[QuarantinedMatch],
    *,
    details: FightDetails,
) -> WrittenBatch:
    """Write the fights of a batch, with participants, knocks and squads, in place of those it had; the caller commits.

    What is in the database afterwards is counted. Whoever reads sees the old rows or the new ones, never a mixture; two
    writers of one batch take turns.

    Args:
        connection: to the warehouse, in no transaction yet.
        batch: the batch's key.
        ruleset: what found the fights.
        detected: the batch's decoded matches.
        quarantined: the others.
        details: how everybody fought in the decoded matches, and who played together.

    Raises:
        IncompleteWriteError: matches are missing from the arguments, or participants from the details, or the database
            does not hold what was found.
    """
    to_process = {match_no for (match_no,) in connection.execute(_LOCK_BATCH, {"batch": batch})}
    given = [*(match.match_no for match in detected), *(match.match_no for match in quarantined)]
    if sorted(given) != sorted(to_process):
        msg = f"{batch} has {len(to_process)} matches to process, but results for {len(given)} were given."
        raise IncompleteWriteError(msg)

    rows = _rows(batch, detected, details)
    for table in _TABLES:
        delete_batch(connection, table, batch)
    copy_rows(connection, dictionary.TEAM_FIGHTS.name, _FIGHT_COLUMNS, _fight_rows(batch, ruleset, detected))
    for table, frame in (
        (dictionary.FIGHT_PARTICIPANTS, rows.participants),
        (dictionary.FIGHT_KNOCKS, rows.knocks),
        (dictionary.MATCH_SQUADS, rows.squads),
    ):
        copy_batch(connection, table, batch, frame)
    _verify(connection, batch, detected, details)

    with connection.cursor() as cursor:
        cursor.executemany(_SET_LOADED, [_loaded(match) for match in detected])
        cursor.executemany(_SET_QUARANTINED, [asdict(match) for match in quarantined])
        ((at,),) = cursor.execute("SELECT now()").fetchall()
    return WrittenBatch(
        matches=len(given),
        quarantined=len(quarantined),
        fights=sum(len(match.fights) for match in detected),
        participants=rows.participants.height,
        knocks=rows.knocks.height,
        squads=rows.squads.height,
        at=at,
        rows=rows,
    )


def _fight_rows(batch: str, ruleset: str, detected: Sequence[MatchFights]) -> Iterator[dict[str, Any]]:
    for match in detected:
        of_match = {"match_id": UUID(match.match_id), **{column: getattr(match, column) for column in _OF_THE_MATCH}}
        for fight_no, fight in enumerate(match.fights, start=1):
            yield {
                **of_match,
                **{name: getattr(fight, name) for name in _FIGHT_FIELDS},
                "id": fight_id(match.match_no, fight_no),
                "batch": batch,
                "match_no": match.match_no,
                "fight_no": fight_no,
                "ruleset": ruleset,
            }


def _rows(batch: str, detected: Sequence[MatchFights], details: FightDetails) -> FightRows:
    """Make the rows of a batch of what was found in its matches.

    Raises:
        IncompleteWriteError: a participant has no details, or there are details of somebody else.
    """
    of_match = {
        name: {match.match_no: getattr(match, name) for match in detected}
        for name in ("match_id", "game_mode", "match_type")
    }
    return FightRows(
        participants=_participants(batch, detected, details),
        knocks=details.knocks.with_columns(_FIGHT_ID.alias("fight_id")),
        squads=details.squads.with_columns(
            pl.col("match_no").replace_strict(values, return_dtype=pl.String).alias(name)
            for name, values in of_match.items()
        ),
    )


def _participants(batch: str, detected: Sequence[MatchFights], details: FightDetails) -> pl.DataFrame:
    """Put each participant's details beside what the ruleset found of it."""
    numbered = [(match, no, fight) for match in detected for no, fight in enumerate(match.fights, start=1)]
    fights = pl.DataFrame(
        {
            "match_no": [match.match_no for match, _, _ in numbered],
            "fight_no": [fight_no for _, fight_no, _ in numbered],
            "fight_start_time": [fight.fight_start_time for _, _, fight in numbered],
            **{name: [getattr(match, name) for match, _, _ in numbered] for name in ("match_id", *_OF_THE_MATCH)},
        },
        schema=_FIGHTS,
    )
    of_fight = [fight for fight, (_, _, one) in enumerate(numbered) for _ in one.participants]
    people = [
        (who_no, fight.team_outcomes.get(who.team_id), *structs.astuple(who))
        for _, _, fight in numbered
        for who_no, who in enumerate(fight.participants, start=1)
    ]
    # By column: polars takes three times as long for rows.
    columns = dict(zip(_PARTICIPANTS, zip(*people, strict=True), strict=True)) if people else None
    found = pl.concat([fights[of_fight], pl.DataFrame(columns, schema=_PARTICIPANTS)], how="horizontal")
    key = ["match_no", "fight_no", "participant_no"]
    described = found.join(details.participants, on=key, how="inner", maintain_order="left", validate="1:1")
    if not described.height == found.height == details.participants.height:
        msg = f"{batch}: {found.height} participants were found, but {details.participants.height} are described."
        raise IncompleteWriteError(msg)
    return described.with_columns(
        participant_id(_FIGHT_ID, pl.col("participant_no")).alias("id"),
        _FIGHT_ID.alias("fight_id"),
    )


def _verify(connection: psycopg.Connection, batch: str, detected: Sequence[MatchFights], details: FightDetails) -> None:
    knocks, squads = (Counter(frame["match_no"].to_list()) for frame in (details.knocks, details.squads))
    expected = {
        match.match_no: (len(match.fights), match.participants, knocks[match.match_no], squads[match.match_no])
        for match in detected
        if match.fights or squads[match.match_no]
    }
    written = {match_no: tuple(counts) for match_no, *counts in connection.execute(_WRITTEN, {"batch": batch})}
    if written != expected:
        wrong = sorted(no for no in expected.keys() | written.keys() if expected.get(no) != written.get(no))
        msg = (
            f"{batch}: the database does not hold the fights, participants, knocks and squads that were found in"
            f" matches {wrong[:5]}."
        )
        raise IncompleteWriteError(msg)


def _loaded(match: MatchFights) -> dict[str, Any]:
    return {
        "match_no": match.match_no,
        **{column: getattr(match, column) for column in (*_OF_THE_MATCH, "started_at", "event_count")},
        "fights": len(match.fights),
        "participants": match.participants,
    }
