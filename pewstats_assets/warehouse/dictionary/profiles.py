"""What a batch adds to the profiles of players and squads, and the views that add up all batches."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from pewstats_assets.dictionary import Column, Table, Unit

_INTEGER: Final = "integer"
_BIGINT: Final = "bigint"
_DOUBLE: Final = "double precision"
_TIMESTAMP: Final = "timestamp with time zone"

_PARTICIPANTS: Final = "sum over fight_participants"
_TEAM_OUTCOMES: Final = "team_fights, team_outcomes"
_KNOCKS: Final = "fight_knocks"
_SQUADS: Final = "match_squads"
_QUOTIENT: Final = "quotient of the two sums"


def _count(name: str, meaning: str, source: str = _PARTICIPANTS) -> Column:
    return Column(name, _INTEGER, meaning, source)


def _sum_of(name: str, meaning: str, unit: Unit) -> Column:
    return Column(name, _DOUBLE, meaning, _PARTICIPANTS, unit=unit)


def _squares(name: str, of: str, type_: str = _DOUBLE) -> Column:
    return Column(name, type_, f"Squares of {of}, summed: for the spread.", _PARTICIPANTS)


def _values(name: str, column: str, meaning: str, unit: Unit) -> Iterator[Column]:
    """Sums of a figure that not every fight has."""
    yield _count(f"{name}_count", f"Fights in which {meaning} is known.")
    yield Column(f"{name}_sum", _DOUBLE, f"{meaning.capitalize()}, summed over these.", column, unit=unit)
    yield Column(f"{name}_squares", _DOUBLE, "The same, squared: for the spread.", column)


def _by(names: str, meaning: str, source: str) -> Iterator[Column]:
    yield _count(f"fights_{names}", f"Fights {meaning}.", source)
    yield _count(f"wins_{names}", "Of these: those that the player's team won.", _TEAM_OUTCOMES)


_NUMBERS: Final = "fight_participants, numbers"
_PHASE: Final = "fight_participants, zone_phase"
_RANGE: Final = "fight_participants, first_hit_distance_m"

#: What is added up, over the fights of a batch and then over batches.
_PLAYER_SUMS: Final = (
    _count("matches", "Matches with a fight of the player's."),
    _count("fights", "Fights of the player: wins, losses and draws."),
    _count("wins", "Fights that the player's team won.", _TEAM_OUTCOMES),
    _count("losses", "Fights that the player's team lost.", _TEAM_OUTCOMES),
    _count("draws", "Fights that the player's team neither won nor lost.", _TEAM_OUTCOMES),
    _count("survivals", "Fights that the player survived."),
    _count("fights_knocked", "Fights in which the player was knocked."),
    Column("knocks_dealt", _BIGINT, "Knocks, those of team mates included.", _PARTICIPANTS),
    _squares("knocks_dealt_squares", "knocks_dealt per fight", _BIGINT),
    Column("kills_dealt", _BIGINT, "Kills, those of team mates included.", _PARTICIPANTS),
    _squares("kills_dealt_squares", "kills_dealt per fight", _BIGINT),
    _count("deaths", "Fights in which the player was killed."),
    _sum_of("damage_dealt", "Damage dealt.", "HP"),
    _squares("damage_dealt_squares", "damage_dealt per fight"),
    _sum_of("damage_taken", "Damage taken.", "HP"),
    _squares("damage_taken_squares", "damage_taken per fight"),
    _sum_of("damage_to_knocked", "The part of damage_dealt that went to players who were knocked.", "HP"),
    _count("enemy_knocks", "Knocks of players of other teams."),
    _count("knocks_fate_known", "Of enemy_knocks: those in fights that know what became of all of the player's."),
    _count("knocks_finished_by_self", "Of knocks_fate_known: the player himself dealt the last blow."),
    _count("knocks_finished_by_team", "Of knocks_fate_known: a team mate dealt the last blow."),
    _count("knocks_finished_by_others", "Of knocks_fate_known: somebody of another team dealt the last blow."),
    _count("knocks_revived", "Of knocks_fate_known: the victim was revived."),
    _count("knocks_bled_out", "Of knocks_fate_known: the victim died without a finisher."),
    _count("knocks_taken", "How often the player was knocked."),
    _count("knocks_taken_fate_known", "Of knocks_taken: those in fights that know what became of all of the player's."),
    _count("knocks_taken_revived", "Of knocks_taken_fate_known: the player was revived."),
    _sum_of("revive_seconds", "Time from knock to revive, summed over knocks_taken_revived.", "s"),
    _count("enemy_knocks_taken", "Of knocks_taken: those by players of other teams."),
    _count("knocks_taken_traded", "Of enemy_knocks_taken: a team mate knocked or killed the knocker within 10 s."),
    _count("trade_opportunities", "Knocks of team mates by players of other teams while the player stood."),
    _count("trades_by_self", "Of trade_opportunities: the player was the first to knock or kill the knocker."),
    _count("trades_by_team", "Of trade_opportunities: another team mate was."),
    _count("first_hits_known", "Fights of which the first hit is known."),
    _count("first_hits_dealt", "Of first_hits_known: the player dealt it."),
    _count("first_hits_taken", "Of first_hits_known: the player took it."),
    *_values(
        "focus_share",
        "fight_participants, focused_damage by damage_dealt if that is above 0",
        "the share of damage on players whom a team mate hit, too,",
        "share",
    ),
    *_values(
        "mate_distance",
        "fight_participants, mate_distance_mean_m",
        "the mean distance to the nearest standing team mate",
        "m",
    ),
    *_values(
        "first_hit_distance",
        "fight_participants, first_hit_distance_m",
        "the distance of the player's first hit",
        "m",
    ),
    *_values("speed", "fight_participants, mean_speed_mps", "the mean speed", "m/s"),
    *_values("height", "fight_participants, height_over_opponent_m", "the height over the opponent", "m"),
    _count("positions_known", "Fights that know whether a team mate was near: isolated, grouped and loose."),
    _count("isolated", "Of positions_known: no standing team mate within 100 m at the player's first hit."),
    _count("grouped", "Of positions_known: one within 25 m."),
    _count("loose", "Of positions_known: one within 100 m, none within 25 m."),
    _count("joined_late_known", "Fights of which it is known whether the player's team came third."),
    _count("joined_late", "Of joined_late_known: it did."),
    _count("in_blue_known", "Fights of which it is known whether the player was in the blue zone."),
    _count("in_blue", "Of in_blue_known: the player was."),
    *_by("even", "of two teams with as many standing members at the start", _NUMBERS),
    *_by("ahead", "of two teams in which the player's had more standing members at the start", _NUMBERS),
    *_by("behind", "of two teams in which the player's had fewer standing members at the start", _NUMBERS),
    *_by("third_party", "of more than two teams", _NUMBERS),
    *_by("early", "before zone phase 3", _PHASE),
    *_by("middle", "in zone phases 3 to 5", _PHASE),
    *_by("late", "from zone phase 6 on", _PHASE),
    *_by("close", "in which the player's first hit was nearer than 25 m", _RANGE),
    *_by("medium", "in which the player's first hit was from 25 m to nearer than 100 m", _RANGE),
    *_by("long", "in which the player's first hit was from 100 m on", _RANGE),
)
_MODE: Final = (
    Column("game_mode", "text", "Team size and view. Null where nothing says.", "matches", nullable=True),
    Column("match_type", "text", "Kind of match. Null where nothing says.", "matches", nullable=True),
)
_FIRST_AND_LAST: Final = (
    Column("first_fight_at", _TIMESTAMP, "Start of the first of these fights.", "team_fights", unit="UTC"),
    Column("last_fight_at", _TIMESTAMP, "Start of the last of these fights.", "team_fights", unit="UTC"),
)

PLAYER_PROFILE_SUMS: Final = Table(
    "player_profile_sums",
    "What a batch adds to a player's profile, by account id, map, mode, match type and half of the matches: sums that"
    " can be added up. Bots and NPCs are left out. What is unknown is in no sum, and what ends with _known or _count"
    " says how much is known: nothing but results, knocks, kills and damage of fights that were written before the rest"
    " was recorded.",
    (
        Column("batch", "text", "Match batch that the sums are of.", "matches"),
        Column("player_account_id", "text", "The player, for ever.", "fight_participants"),
        Column("map_name", "text", "The map. Null where nothing says.", "matches", nullable=True),
        *_MODE,
        Column("half", "smallint", "Half of the matches: 0 if match_no is even, 1 if it is odd.", "matches"),
        Column("player_name", "text", "The player's name in the last of these fights.", "fight_participants"),
        *_FIRST_AND_LAST,
        *_PLAYER_SUMS,
    ),
)

PLAYER_NAMES: Final = Table(
    "player_names",
    "The names that a player used in the fights of a batch.",
    (
        Column("batch", "text", "Match batch of the fights.", "matches"),
        Column("player_account_id", "text", "The player, for ever; no bots.", "fight_participants"),
        Column("player_name", "text", "The name.", "fight_participants"),
        _count("matches", "Matches with a fight under that name."),
        Column("first_seen_at", _TIMESTAMP, "Start of the first fight under that name.", "team_fights", unit="UTC"),
        Column("last_seen_at", _TIMESTAMP, "Start of the last fight under that name.", "team_fights", unit="UTC"),
    ),
)

_SQUAD: Final = Column(
    "squad_id", "text", "The squad, for ever: MD5 of player_account_ids, with commas between.", _SQUADS
)
_SQUAD_OF_PAIR: Final = Column("squad_id", "text", "The squad, as in squads.", _SQUADS)
_ACCOUNTS: Final = Column("player_account_ids", "text[]", "Accounts of the squad, sorted: who plays together.", _SQUADS)
_SQUAD_SUMS: Final = (
    _count("matches", "Matches that the squad played, those without a fight included.", _SQUADS),
    _count("matches_ranked", "Of matches: those that say which place the squad took.", _SQUADS),
    _count("wins_of_matches", "Of matches_ranked: those that the squad won.", _SQUADS),
    _count("fights", "Fights of the squad: wins, losses and draws."),
    _count("wins", "Fights that the squad won.", _TEAM_OUTCOMES),
    _count("losses", "Fights that the squad lost.", _TEAM_OUTCOMES),
    _count("draws", "Fights that the squad neither won nor lost.", _TEAM_OUTCOMES),
    Column("knocks_dealt", _BIGINT, "Knocks of all members, those of each other included.", _PARTICIPANTS),
    Column("kills_dealt", _BIGINT, "Kills of all members, those of each other included.", _PARTICIPANTS),
    _sum_of("damage_dealt", "Damage that the members dealt.", "HP"),
    _sum_of("damage_taken", "Damage that the members took.", "HP"),
    _count(
        "trade_opportunities", "Knocks of members by other teams while another member stood; each knock once.", _KNOCKS
    ),
    _count("trades", "Of trade_opportunities: a member knocked or killed the knocker within 10 s.", _KNOCKS),
    _sum_of("focused_damage", "The part of damage_dealt on players whom another member hit within 3 s.", "HP"),
)
_LAST_OF_SQUAD: Final = Column(
    "last_fight_at",
    _TIMESTAMP,
    "Start of the squad's last fight. Null without one.",
    "team_fights",
    unit="UTC",
    nullable=True,
)

SQUAD_PROFILE_SUMS: Final = Table(
    "squad_profile_sums",
    "What a batch adds to a squad's profile, by mode and match type: sums that can be added up. A squad is two accounts"
    " or more that are a team in a match, whatever its number; bots are left out.",
    (
        Column("batch", "text", "Match batch that the sums are of.", "matches"),
        _SQUAD,
        _ACCOUNTS,
        *_MODE,
        *_SQUAD_SUMS,
        _LAST_OF_SQUAD,
    ),
)

_PAIR: Final = (
    Column("knocker_account_id", "text", "The member who knocked.", _KNOCKS),
    Column("finisher_account_id", "text", "The member who dealt the last blow; can be the knocker.", _KNOCKS),
)
_FINISHES: Final = "Knocks of other teams' players that it became of; each once, though two fights can have it."
SQUAD_FINISHES: Final = Table(
    "squad_finishes",
    "Who finishes whose knocks in a squad, in the matches of a batch.",
    (
        Column("batch", "text", "Match batch of the knocks.", "matches"),
        _SQUAD_OF_PAIR,
        *_PAIR,
        _count("finishes", _FINISHES, _KNOCKS),
    ),
)


def _merged(columns: tuple[Column, ...], table: str) -> Iterator[Column]:
    """Sums of a batch, added up over all batches: integers become larger ones."""
    for column in columns:
        type_ = _BIGINT if column.type == _INTEGER else column.type
        yield replace(column, type=type_, source=f"sum over {table}")


_OF_PLAYERS: Final = {column.name: column for column in _merged(_PLAYER_SUMS, "player_profile_sums")}

PLAYER_MODE_PROFILES: Final = Table(
    "player_mode_profiles",
    "One row per player, mode and match type: the sums of all batches and maps.",
    (
        Column("player_account_id", "text", "The player, for ever.", "player_profile_sums"),
        *_MODE,
        *_FIRST_AND_LAST,
        *_OF_PLAYERS.values(),
    ),
)

_NO_DEATH: Final = "Kills per fight in which the player was killed. Null while there is none."
PLAYER_PROFILES: Final = Table(
    "player_profiles",
    "One row per player, by account id: the sums of all batches, with averages and rates.",
    (
        Column("player_account_id", "text", "The player, for ever.", "player_profile_sums"),
        Column("player_name", "text", "The player's name in the last fight.", "player_profile_sums"),
        *(
            _OF_PLAYERS[name]
            for name in (
                "matches",
                "fights",
                "wins",
                "losses",
                "draws",
                "survivals",
                "deaths",
                "knocks_dealt",
                "kills_dealt",
                "damage_dealt",
                "damage_taken",
            )
        ),
        Column("fights_per_match", _DOUBLE, "Fights per match with a fight.", _QUOTIENT),
        Column("win_rate", _DOUBLE, "Wins per fight.", _QUOTIENT, unit="share"),
        Column("survival_rate", _DOUBLE, "Survivals per fight.", _QUOTIENT, unit="share"),
        Column("knocks_per_fight", _DOUBLE, "Knocks per fight.", _QUOTIENT),
        Column("kills_per_fight", _DOUBLE, "Kills per fight.", _QUOTIENT),
        Column("kills_per_death", _DOUBLE, _NO_DEATH, _QUOTIENT, nullable=True),
        Column("damage_dealt_per_fight", _DOUBLE, "Damage dealt per fight.", _QUOTIENT, unit="HP"),
        Column("damage_taken_per_fight", _DOUBLE, "Damage taken per fight.", _QUOTIENT, unit="HP"),
        Column("last_fight_at", _TIMESTAMP, "Start of the last fight.", "player_profile_sums", unit="UTC"),
        Column(
            "playstyle_v2",
            "text",
            "One of seven classes by knocks per fight, survival rate and damage dealt per fight, as the earlier system"
            " had them; for comparison: most players are in one of them.",
            "these figures",
        ),
    ),
)

_WITHOUT_FIGHT: Final = "Null without a fight."
SQUADS: Final = Table(
    "squads",
    "One row per squad, mode and match type: the sums of all batches, with rates.",
    (
        _SQUAD,
        _ACCOUNTS,
        *_MODE,
        *_merged(_SQUAD_SUMS, "squad_profile_sums"),
        Column(
            "match_win_rate",
            _DOUBLE,
            "Matches won per match with a known place. Null if there is none.",
            _QUOTIENT,
            unit="share",
            nullable=True,
        ),
        Column("win_rate", _DOUBLE, f"Wins per fight. {_WITHOUT_FIGHT}", _QUOTIENT, unit="share", nullable=True),
        Column(
            "trade_rate", _DOUBLE, "Trades per opportunity. Null without one.", _QUOTIENT, unit="share", nullable=True
        ),
        Column(
            "focus_share",
            _DOUBLE,
            "Focused damage per damage dealt. Null without any.",
            _QUOTIENT,
            unit="share",
            nullable=True,
        ),
        _LAST_OF_SQUAD,
    ),
)

SQUAD_FINISH_PAIRS: Final = Table(
    "squad_finish_pairs",
    "Who finishes whose knocks in a squad, in all batches.",
    (
        _SQUAD_OF_PAIR,
        *_PAIR,
        Column("finishes", _BIGINT, _FINISHES, "sum over squad_finishes"),
    ),
)
