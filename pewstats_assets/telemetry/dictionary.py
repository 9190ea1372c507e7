"""The data dictionary of a batch's Parquet folder: its frames and their columns, in their order.

Here: the descriptions. Not here: the columns themselves (see `frames` and `store`); a test holds the two together.
"""

from typing import Final

from pewstats_assets.dictionary import Column, Table

_TIME: Final = "Datetime[us, UTC]"
_MATCH_NO: Final = Column("match_no", "Int64", "The match, by number.", "table matches")
_EVENT_INDEX: Final = Column(
    "event_index",
    "UInt32",
    "Place of the event in the file, from 0; the file's order is part of the rules.",
    "the file",
)
_EVENT_TIME: Final = Column("time", _TIME, "When it happened, by the server's clock.", "_D", unit="UTC")


def _player(prefix: str, who: str, source: str) -> tuple[Column, ...]:
    """Describe name, account and team of a player."""
    return (
        Column(f"{prefix}name", "String", f"Name of {who}; empty or null for the environment.", source, nullable=True),
        Column(
            f"{prefix}account_id",
            "String",
            f"Account of {who}; bots are ai.*; empty or null for the environment.",
            source,
            nullable=True,
        ),
        Column(f"{prefix}team_id", "Int32", f"Team of {who}; 0 or null is no team.", source, nullable=True),
    )


def _place(prefix: str, who: str, source: str) -> tuple[Column, ...]:
    """Describe the coordinates of a player, which are null together."""
    return tuple(
        Column(
            f"{prefix}{axis}",
            "Float64",
            f"Where {who} was, {direction}. Null if the event does not say.",
            f"{source}, location",
            unit="cm",
            nullable=True,
        )
        for axis, direction in (("x", "to the east"), ("y", "to the south"), ("z", "up"))
    )


def _in_blue_zone(prefix: str, who: str, source: str) -> Column:
    return Column(
        f"{prefix}in_blue_zone",
        "Boolean",
        f"Whether {who} was in the blue zone. Null if the event does not say.",
        f"{source}, isInBlueZone",
        nullable=True,
    )


_ACTOR_SOURCE: Final = "attacker, finisher (kill), killer (kill_v1) or reviver"
COMBAT: Final = Table(
    "combat",
    "One row per damage, knock, kill and revive; damage by nobody (blue zone, falls) is left out.",
    (
        _MATCH_NO,
        _EVENT_INDEX,
        _EVENT_TIME,
        Column(
            "kind",
            "Enum",
            "damage, knock, kill, revive; or kill_v1, the kill of files before 2021-06, which no ruleset counts.",
            "_T",
        ),
        *_player("actor_", "whoever dealt it, or revived", _ACTOR_SOURCE),
        *_place("actor_", "the actor", _ACTOR_SOURCE),
        _in_blue_zone("actor_", "the actor", _ACTOR_SOURCE),
        *_player("victim_", "whoever took it, or was revived", "victim"),
        *_place("victim_", "the victim", "victim"),
        _in_blue_zone("victim_", "the victim", "victim"),
        Column("damage", "Float64", "Damage; null except for damage.", "damage", unit="HP", nullable=True),
        Column(
            "damage_type",
            "String",
            "Kind of damage, of a kill of the last: Damage_Gun. Null where the event does not say.",
            "damageTypeCategory; of a kill in finishDamageInfo",
            nullable=True,
        ),
        Column(
            "damage_causer",
            "String",
            "Weapon, vehicle or thing: WeapAK47_C. Null where the event does not say.",
            "damageCauserName; of a kill in finishDamageInfo",
            nullable=True,
        ),
        Column(
            "dbno_id",
            "Int64",
            "Joins a knock with the revive or the kill that ends it. Null where the event does not say.",
            "dBNOId",
            nullable=True,
        ),
    ),
)

POSITIONS: Final = Table(
    "positions",
    "One row per LogPlayerPosition: every living player about every 10 s.",
    (
        _MATCH_NO,
        _EVENT_INDEX,
        _EVENT_TIME,
        *_player("player_", "the player", "character")[:2],
        Column(
            "team_id",
            "Int32",
            "Team of the player. Null where the event does not say.",
            "character, teamId",
            nullable=True,
        ),
        *_place("", "the player", "character"),
        _in_blue_zone("", "the player", "character"),
        Column(
            "health",
            "Float64",
            "Health, 0 to 100; 0 while knocked. Null where the event does not say.",
            "character, health",
            unit="HP",
            nullable=True,
        ),
        Column(
            "elapsed_seconds",
            "Float64",
            "Since the match started. Null where the event does not say.",
            "elapsedTime",
            unit="s",
            nullable=True,
        ),
        Column(
            "alive_players",
            "Int32",
            "Players that are alive. Null where the event does not say.",
            "numAlivePlayers",
            nullable=True,
        ),
    ),
)

_ROSTER_SOURCE: Final = "the last of LogPlayerCreate, LogMatchStart and LogMatchEnd that has the account"
ROSTERS: Final = Table(
    "rosters",
    "One row per account of the match.",
    (
        _MATCH_NO,
        Column("player_account_id", "String", "The player, for ever; bots are ai.*.", _ROSTER_SOURCE),
        Column(
            "player_name",
            "String",
            "The player's name in this match. Null where the event does not say.",
            _ROSTER_SOURCE,
            nullable=True,
        ),
        Column(
            "team_id",
            "Int32",
            "The player's team in this match. Null where the event does not say.",
            _ROSTER_SOURCE,
            nullable=True,
        ),
        Column("is_bot", "Boolean", "Played by the server.", "accountId ai.*, or type user_ai"),
        Column(
            "team_rank",
            "Int32",
            "Final place of the team, from 1. Null where the file does not say.",
            "LogMatchEnd, ranking",
            nullable=True,
        ),
    ),
)

PHASES: Final = Table(
    "phases",
    "One row per LogPhaseChange: a zone phase is announced, or begins to close.",
    (
        _MATCH_NO,
        _EVENT_INDEX,
        _EVENT_TIME,
        Column(
            "phase",
            "Int32",
            "Number of the zone phase, from 1. Null where the event does not say.",
            "phase",
            nullable=True,
        ),
        Column(
            "is_closing",
            "Boolean",
            "True when the blue zone starts to close, false when the white circle is announced.",
            "common.isGame, which equals the phase as it starts to close",
        ),
    ),
)

FACTS: Final = Table(
    "facts",
    "One row per match: its facts, and what was left out of the frames, counted.",
    (
        _MATCH_NO,
        Column("match_id", "String", "PUBG's id of the match.", "LogMatchDefinition; without one the file's path"),
        Column(
            "map_name",
            "String",
            "The map, by its name on the wire. Null where nothing says.",
            "match object; without one LogMatchStart",
            nullable=True,
        ),
        Column(
            "game_mode",
            "String",
            "Team size and view. Null where nothing says.",
            "match object; without one LogMatchDefinition",
            nullable=True,
        ),
        Column(
            "match_type",
            "String",
            "Kind of match. Null where nothing says.",
            "match object; without one LogMatchDefinition",
            nullable=True,
        ),
        Column(
            "match_datetime",
            _TIME,
            "When the API stored the match, about its end; without a match object when it started. Null where nothing"
            " says.",
            "match object, createdAt; without one LogMatchStart, or the first dated event",
            unit="UTC",
            nullable=True,
        ),
        Column(
            "started_at",
            _TIME,
            "When the match started. Null if its start is not in the file.",
            "LogMatchStart, _D",
            unit="UTC",
            nullable=True,
        ),
        Column(
            "team_size",
            "Int32",
            "Players in a team at most. Null where the file does not say.",
            "LogMatchStart, teamSize",
            nullable=True,
        ),
        Column("event_count", "UInt32", "Events in the file, of any type.", "length of the file's array"),
        Column("unknown_event_count", "UInt32", "Events of types that nobody documents.", "_T"),
        Column("unknown_event_types", "List[String]", "The first 20 names of such types, sorted.", "_T"),
        Column(
            "undated_event_count", "UInt32", "Events left out of the frames because their time does not parse.", "_D"
        ),
    ),
)

QUARANTINED: Final = Table(
    "quarantined",
    "One row per match of the batch whose file cannot be used.",
    (
        _MATCH_NO,
        Column("reason", "String", "Code of why: see docs/quarantine.md.", "decoding"),
        Column("detail", "String", "The reason in a sentence.", "decoding"),
        Column(
            "byte_offset",
            "Int64",
            "Where the file is broken, from 0: in the inflated JSON, or for broken_gzip in the file; else null.",
            "decoding",
            nullable=True,
        ),
    ),
)

FRAMES: Final = (COMBAT, POSITIONS, ROSTERS, PHASES, FACTS, QUARANTINED)
