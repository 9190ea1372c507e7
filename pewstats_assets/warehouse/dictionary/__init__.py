"""The data dictionary of the warehouse: every table, view and column, described once.

Here: the descriptions, their way into the database as comments, and the page about them. Not here: the columns
themselves (see the migrations); a test holds the two together.
"""

from pewstats_assets.warehouse.dictionary.comments import write_comments
from pewstats_assets.warehouse.dictionary.populations import PLAYER_FIGURES, PLAYER_PLAYSTYLES, POPULATION_FIGURES
from pewstats_assets.warehouse.dictionary.profiles import (
    PLAYER_NAMES,
    PLAYER_PROFILE_SUMS,
    PLAYER_PROFILES,
    SQUAD_FINISHES,
    SQUAD_PROFILE_SUMS,
)
from pewstats_assets.warehouse.dictionary.tables import (
    FIGHT_KNOCKS,
    FIGHT_PARTICIPANTS,
    MATCH_SQUADS,
    MATCHES,
    TABLES,
    TEAM_FIGHTS,
    VIEWS,
)

__all__ = [
    "FIGHT_KNOCKS",
    "FIGHT_PARTICIPANTS",
    "MATCHES",
    "MATCH_SQUADS",
    "PLAYER_FIGURES",
    "PLAYER_NAMES",
    "PLAYER_PLAYSTYLES",
    "PLAYER_PROFILES",
    "PLAYER_PROFILE_SUMS",
    "POPULATION_FIGURES",
    "SQUAD_FINISHES",
    "SQUAD_PROFILE_SUMS",
    "TABLES",
    "TEAM_FIGHTS",
    "VIEWS",
    "write_comments",
]
