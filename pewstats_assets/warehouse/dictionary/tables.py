"""The tables and columns of the warehouse, in the order in which the database has them."""

from dataclasses import replace
from typing import Final

from pewstats_assets.dictionary import Column, Table
from pewstats_assets.warehouse.dictionary import participation
from pewstats_assets.warehouse.dictionary.populations import PLAYER_FIGURES, PLAYER_PLAYSTYLES, POPULATION_FIGURES
from pewstats_assets.warehouse.dictionary.profiles import (
    PLAYER_MODE_PROFILES,
    PLAYER_NAMES,
    PLAYER_PROFILE_SUMS,
    PLAYER_PROFILES,
    SQUAD_FINISH_PAIRS,
    SQUAD_FINISHES,
    SQUAD_PROFILE_SUMS,
    SQUADS,
)

_REGISTRATION: Final = "registration"
_TIMESTAMP: Final = "timestamp with time zone"
_DOUBLE: Final = "double precision"
_OF_THE_MATCH: Final = (
    Column(
        "map_name",
        "text",
        "The map, by its name on the wire: Baltic_Main is Erangel. Null where nothing says.",
        "match object, mapName; without one LogMatchStart",
        nullable=True,
    ),
    Column(
        "game_mode",
        "text",
        "Team size and view: squad-fpp, say. Null where nothing says.",
        "match object, gameMode; without one LogMatchDefinition",
        nullable=True,
    ),
    Column(
        "match_type",
        "text",
        "Kind of match: official, competitive, custom. The set is open. Null where nothing says.",
        "match object, matchType; without one LogMatchDefinition",
        nullable=True,
    ),
    Column(
        "match_datetime",
        _TIMESTAMP,
        "When the API stored the match, about its end; without a match object when it started. Null where nothing"
        " says.",
        "match object, createdAt; without one LogMatchStart, or the first dated event",
        unit="UTC",
        nullable=True,
    ),
)

_RECORDED_LATER: Final = "Null if the batch has not been materialized since it is recorded."


def _recorded_later(column: Column) -> Column:
    """Say of a column of a later migration that it is null in the rows that were there before."""
    if column.nullable:
        return column
    return replace(column, meaning=f"{column.meaning} {_RECORDED_LATER}", nullable=True)


_BATCH: Final = Column("batch", "text", "Match batch of the match.", "matches")

MATCHES: Final = Table(
    "matches",
    "Every registered match: its file, its batch for ever, and what became of it.",
    (
        Column(
            "match_no",
            "bigint",
            "Number that the match got when it was registered, from 1; ids of fights are made of it.",
            _REGISTRATION,
        ),
        Column(
            "match_id",
            "uuid",
            "PUBG's id of the match. Null while neither the file nor its path says.",
            "LogMatchDefinition, MatchId; without one the file's path",
            nullable=True,
        ),
        Column("batch", "text", "Match batch, which is a partition in Dagster: batch_00001.", _REGISTRATION),
        Column("file", "text", "Path of the telemetry file.", _REGISTRATION),
        Column(
            "match_object",
            "text",
            "Path of the API's match object. Null if there was none beside the file.",
            _REGISTRATION,
            nullable=True,
        ),
        Column(
            "checksum",
            "text",
            "SHA-256 of the file as it was registered, in hexadecimal. Null if it could not be read.",
            _REGISTRATION,
            nullable=True,
        ),
        Column(
            "status",
            "text",
            "What became of the match: registered (waits for a run), loaded, quarantined or excluded.",
            "registration, then the run that loads the batch",
        ),
        Column(
            "reason",
            "text",
            "Code of why it is quarantined (see docs/quarantine.md) or excluded (match_type); else null.",
            "registration, decoding or detection",
            nullable=True,
        ),
        Column("detail", "text", "The reason in a sentence; else null.", "as reason", nullable=True),
        *_OF_THE_MATCH,
        Column(
            "started_at",
            _TIMESTAMP,
            "When the match started. Null until it is loaded, and if its start is not in the file.",
            "LogMatchStart, _D",
            unit="UTC",
            nullable=True,
        ),
        Column(
            "event_count",
            "integer",
            "Events in the file, of any type. Null unless the match is loaded.",
            "length of the file's array",
            nullable=True,
        ),
        Column(
            "fights",
            "integer",
            "Fights that were found in the match. Null unless it is loaded.",
            "rows of team_fights",
            nullable=True,
        ),
        Column(
            "participants",
            "integer",
            "Participants of all its fights together. Null unless it is loaded.",
            "rows of fight_participants",
            nullable=True,
        ),
        Column("registered_at", _TIMESTAMP, "When the match was registered.", "the database's clock", unit="UTC"),
        Column(
            "loaded_at",
            _TIMESTAMP,
            "When its fights were last written. Null unless it is loaded.",
            "the database's clock",
            unit="UTC",
            nullable=True,
        ),
        Column(
            "byte_offset",
            "bigint",
            "Where the file is broken, from 0: in the inflated JSON, or for broken_gzip in the file; else null.",
            "decoding",
            nullable=True,
        ),
    ),
)

_SENSOR: Final = "the sensor new_matches"
MATCH_BATCHES: Final = Table(
    "match_batches",
    "Every match batch. At most one is open, the last: the sensor new_matches is filling it.",
    (
        Column("batch", "text", "The batch, which is a partition in Dagster once it is closed.", _REGISTRATION),
        Column("opened_at", _TIMESTAMP, "When its first match was registered.", _REGISTRATION, unit="UTC"),
        Column(
            "closed_at",
            _TIMESTAMP,
            "Since when its matches do not change any more. Null while it is open.",
            "registration, or the run that loads the batch",
            unit="UTC",
            nullable=True,
        ),
        Column("awaits_run", "boolean", "Whether the sensor has to request a run, once it is closed.", _SENSOR),
    ),
)

DUPLICATE_FILES: Final = Table(
    "duplicate_files",
    "Second files of registered matches, as the sensor new_matches found them: left alone while they do not change.",
    (
        Column("file", "text", "Path of the file.", _SENSOR),
        Column("match_id", "uuid", "The match, which is registered with another file.", "as matches.match_id"),
        Column("changed_ns", "bigint", "When the file was changed last, in ns since 1970.", "its ctime"),
    ),
)

TEAM_FIGHTS: Final = Table(
    "team_fights",
    "One row per team fight.",
    (
        Column("id", "bigint", "match_no * 1000 + fight_no, the same in every run.", "match_no and fight_no"),
        _BATCH,
        Column("match_no", "bigint", "The match, by number.", "matches"),
        Column("match_id", "uuid", "The match, by PUBG's id.", "matches"),
        Column("fight_no", "integer", "Number of the fight in its match, by start time, from 1.", "start time"),
        Column("ruleset", "text", "Which rules found the fight: v2.", "the run"),
        Column(
            "fight_start_time",
            _TIMESTAMP,
            "Time of the first event of the fight: start of its window.",
            "v2 rules 8 to 14",
            unit="UTC",
        ),
        Column(
            "fight_end_time",
            _TIMESTAMP,
            "Time of the last event of the fight: end of its window.",
            "v2 rules 8 to 14",
            unit="UTC",
        ),
        Column("duration_seconds", _DOUBLE, "From start to end, 0 to 240.", "v2 rules 8 to 14", unit="s"),
        Column("team_ids", "integer[]", "Teams of the participants, ascending.", "v2 rule 26"),
        Column(
            "primary_team_1", "integer", "Team with the highest score, 3 kills + 2 knocks + damage / 100.", "v2 rule 23"
        ),
        Column("primary_team_2", "integer", "Team with the second highest score.", "v2 rule 23"),
        Column(
            "third_party_teams",
            "integer[]",
            "The other teams by falling score, with those of which only NPCs took part. Null if there are none.",
            "v2 rule 23",
            nullable=True,
        ),
        Column("total_knocks", "integer", "Knocks between all teams in the window.", "v2 rules 18 and 27"),
        Column("total_kills", "integer", "Kills between all teams in the window.", "v2 rules 19 and 27"),
        Column(
            "total_damage", _DOUBLE, "Damage dealt between the teams in the window.", "v2 rules 17 and 27", unit="HP"
        ),
        Column("total_damage_events", "integer", "Damage events that belong to the fight itself.", "v2 rule 27"),
        Column(
            "outcome",
            "text",
            "How it ended: DECISIVE_WIN, MARGINAL_WIN, THIRD_PARTY (a decision among more than two teams) or DRAW.",
            "v2 rules 33 and 34",
        ),
        Column(
            "winning_team_id",
            "integer",
            "The winner. Null in a draw, and if all were killed.",
            "v2 rules 33 and 34",
            nullable=True,
        ),
        Column(
            "loser_team_id",
            "integer",
            "The team with the most deaths; it can be the winner, too. Null in a draw.",
            "v2 rules 33 and 34",
            nullable=True,
        ),
        Column("team_outcomes", "jsonb", 'WON, LOST or DRAW for each of team_ids: {"7": "WON"}.', "v2 rules 33 and 34"),
        Column("fight_reason", "text", "Why it is a fight: casualties, or damage both ways.", "v2 rules 28 to 31"),
        Column(
            "fight_center_x",
            _DOUBLE,
            "Mean x of all positions in the fight, to the east. Null if no event has a position.",
            "v2 rule 25",
            unit="cm",
            nullable=True,
        ),
        Column(
            "fight_center_y",
            _DOUBLE,
            "Mean y of all positions in the fight, to the south. Null if no event has a position.",
            "v2 rule 25",
            unit="cm",
            nullable=True,
        ),
        Column(
            "fight_spread_radius",
            _DOUBLE,
            "From the centre to the farthest position, in space. Null if no event has a position.",
            "v2 rule 25",
            unit="m",
            nullable=True,
        ),
        *_OF_THE_MATCH,
    ),
)

FIGHT_PARTICIPANTS: Final = Table(
    "fight_participants",
    "One row per player and fight: who took part, with what result, and how. From first_hit_at on, columns are null in"
    " batches, too, that have not been materialized since they are recorded.",
    (
        Column(
            "id",
            "bigint",
            "fight_id * 1000 + participant_no, the same in every run.",
            "fight_id and participant_no",
        ),
        _BATCH,
        Column("fight_id", "bigint", "The fight: never null, always the id of a row.", "team_fights"),
        Column("participant_no", "integer", "By first appearance in the fight, from 1.", "v2 rule 21"),
        Column("match_id", "uuid", "The match, by PUBG's id.", "matches"),
        Column("player_name", "text", "The player's name in this match; it may be another in the next.", "v2 rule 21"),
        Column(
            "player_account_id",
            "text",
            "The player, for ever; bots are ai.*, with ids that recur. Null where the event has none.",
            "v2 rule 21",
            nullable=True,
        ),
        Column("team_id", "integer", "The player's team in this match.", "v2 rule 21"),
        Column("knocks_dealt", "integer", "Knocks in the window, those of team mates included.", "v2 rule 18"),
        Column("kills_dealt", "integer", "Finishes in the window, those of team mates included.", "v2 rule 19"),
        Column("damage_dealt", _DOUBLE, "Damage to the fight's other teams in the window.", "v2 rule 17", unit="HP"),
        Column("damage_taken", _DOUBLE, "Damage by the fight's other teams in the window.", "v2 rule 17", unit="HP"),
        Column(
            "position_center_x",
            _DOUBLE,
            "Mean x of the player's positions in the fight, to the east. Null if no event has one.",
            "v2 rule 22",
            unit="cm",
            nullable=True,
        ),
        Column(
            "position_center_y",
            _DOUBLE,
            "Mean y of the player's positions in the fight, to the south. Null if no event has one.",
            "v2 rule 22",
            unit="cm",
            nullable=True,
        ),
        Column("was_knocked", "boolean", "Knocked in the window.", "v2 rule 18"),
        Column("was_killed", "boolean", "Killed in the window.", "v2 rule 19"),
        Column("survived", "boolean", "Not killed in the window; the zone may have.", "v2 rule 35"),
        Column(
            "knocked_at",
            _TIMESTAMP,
            "When the player was knocked last in the window. Null if not.",
            "v2 rule 18",
            unit="UTC",
            nullable=True,
        ),
        Column(
            "killed_at",
            _TIMESTAMP,
            "When the player was killed in the window. Null if not.",
            "v2 rule 19",
            unit="UTC",
            nullable=True,
        ),
        *_OF_THE_MATCH,
        *map(_recorded_later, participation.PARTICIPATION),
    ),
)

FIGHT_KNOCKS: Final = Table(
    "fight_knocks",
    "One row per knock in the window of a fight: who knocked whom, and what became of it.",
    (
        _BATCH,
        Column("fight_id", "bigint", "The fight: never null, always the id of a row.", "team_fights"),
        Column("knock_no", "integer", "Number of the knock in its fight, in the file's order, from 1.", "v2 rule 18"),
        *participation.KNOCKS,
    ),
)

MATCH_SQUADS: Final = Table(
    "match_squads",
    "One row per match and team in which somebody is no bot: the accounts that played together.",
    (
        _BATCH,
        Column("match_no", "bigint", "The match, by number.", "matches"),
        Column("match_id", "uuid", "The match, by PUBG's id.", "matches"),
        *participation.SQUADS,
    ),
)

VIEWS: Final = (PLAYER_PROFILES, PLAYER_MODE_PROFILES, SQUADS, SQUAD_FINISH_PAIRS)
TABLES: Final = (
    MATCHES,
    MATCH_BATCHES,
    DUPLICATE_FILES,
    TEAM_FIGHTS,
    FIGHT_PARTICIPANTS,
    FIGHT_KNOCKS,
    MATCH_SQUADS,
    PLAYER_PROFILE_SUMS,
    PLAYER_NAMES,
    SQUAD_PROFILE_SUMS,
    SQUAD_FINISHES,
    POPULATION_FIGURES,
    PLAYER_FIGURES,
    PLAYER_PLAYSTYLES,
    *VIEWS,
)
