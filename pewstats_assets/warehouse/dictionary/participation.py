"""How each participant fought: the columns of `fight_participants`, `fight_knocks` and `match_squads` that say it.

The definitions, with their units and limits, of what `fights.participation` computes; limits are inclusive. Columns
that every table has are not here (see `tables`).
"""

from typing import Final

from pewstats_assets.dictionary import Column

_INTEGER: Final = "integer"
_SMALLINT: Final = "smallint"
_DOUBLE: Final = "double precision"
_TIMESTAMP: Final = "timestamp with time zone"

_HITS: Final = "hits: damage above 0 between different teams of the fight, in its window (v2 rule 17)"
_KNOCKS: Final = "knocks between teams of the fight, in its window (v2 rule 18)"
_BY_DBNO: Final = "dBNOId: the revive or the kill that ends the knock, in the whole match"
_STATES: Final = "knocks, revives and kills of the whole match, by the environment too; health of LogPlayerPosition"
_PLACES: Final = (
    "LogPlayerPosition and the places in combat events; in between straight lines, over 15 s and at 100 m/s at most"
)
_FATES_UNKNOWN: Final = "Null if it is not known of each of them (fight_knocks, fate)."

#: After `killed_at` in `fight_participants`.
PARTICIPATION: Final = (
    Column(
        "first_hit_at",
        _TIMESTAMP,
        "The player's first hit in the fight, dealt or taken. Null if there is none.",
        _HITS,
        unit="UTC",
        nullable=True,
    ),
    Column(
        "dealt_first_hit",
        "boolean",
        "Whether the player dealt the fight's first hit. Null if the fight has no hit.",
        _HITS,
        nullable=True,
    ),
    Column(
        "took_first_hit",
        "boolean",
        "Whether the player took the fight's first hit. Null if the fight has no hit.",
        _HITS,
        nullable=True,
    ),
    Column(
        "first_hit_distance_m",
        _DOUBLE,
        "How far away, in space, the victim of the first hit was that the player dealt. Null if there is none, or if it"
        " lacks a place.",
        _HITS,
        unit="m",
        nullable=True,
    ),
    Column(
        "damage_to_standing",
        _DOUBLE,
        "The part of damage_dealt that went to players who were not knocked.",
        f"v2 rule 17; {_STATES}",
        unit="HP",
    ),
    Column(
        "damage_to_knocked",
        _DOUBLE,
        "The part of damage_dealt that went to players who were knocked; with damage_to_standing it is damage_dealt.",
        f"v2 rule 17; {_STATES}",
        unit="HP",
    ),
    Column("enemy_knocks", _INTEGER, "Knocks of players of other teams.", _KNOCKS),
    Column(
        "knocks_finished_by_self",
        _INTEGER,
        f"Of enemy_knocks: the player himself dealt the last blow. {_FATES_UNKNOWN}",
        _BY_DBNO,
        nullable=True,
    ),
    Column(
        "knocks_finished_by_team",
        _INTEGER,
        f"Of enemy_knocks: a team mate dealt the last blow. {_FATES_UNKNOWN}",
        _BY_DBNO,
        nullable=True,
    ),
    Column(
        "knocks_finished_by_others",
        _INTEGER,
        f"Of enemy_knocks: somebody of another team dealt the last blow. {_FATES_UNKNOWN}",
        _BY_DBNO,
        nullable=True,
    ),
    Column(
        "knocks_revived",
        _INTEGER,
        "Of enemy_knocks: the victim was revived, or, as no event tells when somebody revives himself, was seen with"
        f" health or was knocked again. {_FATES_UNKNOWN}",
        _BY_DBNO,
        nullable=True,
    ),
    Column(
        "knocks_bled_out",
        _INTEGER,
        "Of enemy_knocks: the victim died by nobody or himself, or of bleeding, of the blue zone or by drowning,"
        f" whoever the file names. {_FATES_UNKNOWN}",
        _BY_DBNO,
        nullable=True,
    ),
    Column(
        "knocks_taken",
        _INTEGER,
        "How often the player was knocked, by his own team too; by the environment only where v2 takes it for a team.",
        _KNOCKS,
    ),
    Column("enemy_knocks_taken", _INTEGER, "Of knocks_taken: those by players of other teams.", _KNOCKS),
    Column(
        "knocks_taken_revived",
        _INTEGER,
        "Of knocks_taken: the player was revived, by others or himself. Null if it is not known of each of them.",
        _BY_DBNO,
        nullable=True,
    ),
    Column(
        "revived_after_s",
        _DOUBLE,
        "Mean time from knock to revive of knocks_taken_revived. Null if there are none.",
        _BY_DBNO,
        unit="s",
        nullable=True,
    ),
    Column(
        "trade_opportunities",
        _INTEGER,
        "Knocks of team mates by players of other teams while the player stood.",
        f"{_KNOCKS}; {_STATES}",
    ),
    Column(
        "trades_by_self",
        _INTEGER,
        "Of trade_opportunities: the player was the first of the victim's team mates to knock or to kill the knocker,"
        " within 10 s.",
        "knocks and kills of the whole match",
    ),
    Column(
        "trades_by_team",
        _INTEGER,
        "Of trade_opportunities: another team mate was the first of the victim's team mates to knock or to kill the"
        " knocker, within 10 s.",
        "knocks and kills of the whole match",
    ),
    Column(
        "knocks_taken_traded",
        _INTEGER,
        "Of enemy_knocks_taken: a team mate knocked or killed the knocker within 10 s.",
        "knocks and kills of the whole match",
    ),
    Column(
        "focused_damage",
        _DOUBLE,
        "Damage by hits on players whom a team mate hit, too, within 3 s before or after.",
        _HITS,
        unit="HP",
    ),
    Column(
        "mate_distance_first_hit_m",
        _DOUBLE,
        "At first_hit_at: to the nearest standing team mate whose place is known, in space. Null without one, or"
        " without the player's own place.",
        f"{_PLACES}; team mates of rosters",
        unit="m",
        nullable=True,
    ),
    Column(
        "mate_distance_mean_m",
        _DOUBLE,
        "To the nearest standing team mate: mean over those seconds of the fight in which the player stood and it is"
        " known. Null if it never is.",
        f"{_PLACES}; once a second from the fight's start",
        unit="m",
        nullable=True,
    ),
    *(
        Column(
            f"mates_within_{metres}m",
            _SMALLINT,
            f"Standing team mates within {metres} m at first_hit_at. Null without a hit, or if the place of the player"
            " or of a standing team mate is not known.",
            f"{_PLACES}; team mates of rosters",
            nullable=True,
        )
        for metres in (25, 50, 100)
    ),
    Column(
        "is_alone",
        "boolean",
        "No standing team mate within 100 m at first_hit_at. Null if mates_within_100m is, and for a squad of one.",
        f"{_PLACES}; team mates of rosters",
        nullable=True,
    ),
    Column(
        "distance_moved_m",
        _DOUBLE,
        "Way in the fight, alive, from second to second in straight lines; a lower bound, since places are 10 s apart."
        " Null if no second of it is known.",
        f"{_PLACES}; once a second from the fight's start",
        unit="m",
        nullable=True,
    ),
    Column(
        "mean_speed_mps",
        _DOUBLE,
        "distance_moved_m over the seconds that are known. Null if none is.",
        f"{_PLACES}; once a second from the fight's start",
        unit="m/s",
        nullable=True,
    ),
    Column(
        "height_over_opponent_m",
        _DOUBLE,
        "How much higher than the opponent the player was: mean over the hits dealt and taken that have both places."
        " Null without one.",
        _HITS,
        unit="m",
        nullable=True,
    ),
    Column(
        "zone_phase",
        _SMALLINT,
        "The last zone phase announced when the fight started; 0 before the first. Null if the file has no phases.",
        "LogPhaseChange",
        nullable=True,
    ),
    Column(
        "in_blue_zone",
        "boolean",
        "Whether the player was in the blue zone at some moment of the fight. Null if no event in it says.",
        "isInBlueZone of LogPlayerPosition and of combat events in the window, until the player's death",
        nullable=True,
    ),
    Column(
        "damage_by_weapon",
        "jsonb",
        'Damage by hits per weapon, most first: [{"weapon": "WeapAK47_C", "damage": 31.0}]. Null without a hit dealt.',
        f"{_HITS}; damageCauserName",
        nullable=True,
    ),
    Column(
        "team_standing",
        _SMALLINT,
        "Standing members of the player's team, the player included, when the fight started. Null if the file has no"
        " roster.",
        f"rosters; {_STATES}",
        nullable=True,
    ),
    Column(
        "enemies_standing",
        _SMALLINT,
        "Standing members of the fight's other teams when the fight started. Null if the file has no roster.",
        f"rosters; {_STATES}",
        nullable=True,
    ),
    Column(
        "joined_late",
        "boolean",
        "Whether the fight's first hit was between two other teams: the player's is a third party. Null if the fight"
        " has no hit.",
        _HITS,
        nullable=True,
    ),
    Column(
        "numbers",
        "text",
        "third_party if the fight has more than two teams, else ahead, even or behind by team_standing and"
        " enemies_standing. Null if these are not known.",
        "team_fights; rosters",
        nullable=True,
    ),
)

#: After `batch`, `fight_id` and `knock_no` in `fight_knocks`.
KNOCKS: Final = (
    Column("knocked_at", _TIMESTAMP, "When it happened.", "LogPlayerMakeGroggy", unit="UTC"),
    Column("knocker_name", "text", "Who knocked. Null where the event has none.", "attacker", nullable=True),
    Column(
        "knocker_account_id",
        "text",
        "Account of who knocked; bots are ai.*. Null where the event has none.",
        "attacker",
        nullable=True,
    ),
    Column("knocker_team_id", _INTEGER, "Team of who knocked; the victim's own in friendly fire.", "attacker"),
    Column("victim_name", "text", "Who was knocked. Null where the event has none.", "victim", nullable=True),
    Column(
        "victim_account_id",
        "text",
        "Account of who was knocked; bots are ai.*. Null where the event has none.",
        "victim",
        nullable=True,
    ),
    Column("victim_team_id", _INTEGER, "Team of who was knocked.", "victim"),
    Column(
        "distance_m",
        _DOUBLE,
        "Between the two, in space. Null if the event lacks a place.",
        "attacker and victim, location",
        unit="m",
        nullable=True,
    ),
    Column(
        "weapon",
        "text",
        "What knocked: WeapAK47_C. Null where the event does not say.",
        "damageCauserName",
        nullable=True,
    ),
    Column(
        "mates_standing",
        _SMALLINT,
        "Team mates of the victim who stood: they could trade it. Null if the file has no roster.",
        f"rosters; {_STATES}",
        nullable=True,
    ),
    Column(
        "dbno_id",
        "bigint",
        "The knock, by the file's number, which the revive or the kill that ends it has, too. Null where the event does"
        " not say.",
        "dBNOId",
        nullable=True,
    ),
    Column(
        "fate",
        "text",
        "What became of it: finished (somebody dealt the last blow), bled_out (died by nobody or himself, or of"
        " bleeding, of the blue zone or by drowning), revived (by an event, or he was seen with health or knocked"
        " again), or open at the end of the match. Null if its dBNOId is missing, below 0, or another knock's as well,"
        " or if the victim died by an event without it.",
        _BY_DBNO,
        nullable=True,
    ),
    Column(
        "ended_at",
        _TIMESTAMP,
        "When it was finished, bled out or revived. Null if not.",
        _BY_DBNO,
        unit="UTC",
        nullable=True,
    ),
    Column(
        "ender_account_id",
        "text",
        "Account of who finished or revived. Null if nobody did, or has none.",
        _BY_DBNO,
        nullable=True,
    ),
    Column("ender_team_id", _INTEGER, "Team of who finished or revived. Null if nobody did.", _BY_DBNO, nullable=True),
    Column(
        "traded_by_account_id",
        "text",
        "Account of the victim's first team mate who knocked or killed the knocker within 10 s. Null if none did, or"
        " who did has none.",
        "knocks and kills of the whole match",
        nullable=True,
    ),
    Column(
        "traded_after_s",
        _DOUBLE,
        "How long after the knock that was, 10 at most. Null if no team mate did.",
        "knocks and kills of the whole match",
        unit="s",
        nullable=True,
    ),
)

#: After `batch`, `match_no` and `match_id` in `match_squads`.
SQUADS: Final = (
    Column("team_id", _INTEGER, "The squad's number in this match; never null or 0.", "rosters"),
    Column("squad_id", "text", "The squad, for ever: MD5 of player_account_ids, with commas between.", "rosters"),
    Column("player_account_ids", "text[]", "Accounts of the team's players, sorted; bots are left out.", "rosters"),
    Column(
        "team_rank",
        _INTEGER,
        "Final place of the team, from 1. Null where the file does not say.",
        "LogMatchEnd, ranking",
        nullable=True,
    ),
)
