"""The data dictionary of the warehouse: every table, view and column, described once.

Here: the descriptions, their way into the database as comments, and the page about them. Not here: the columns
themselves (see the migrations); a test holds the two together.
"""

from pewstats_assets.warehouse.dictionary.comments import write_comments
from pewstats_assets.warehouse.dictionary.tables import (
    FIGHT_PARTICIPANTS,
    MATCHES,
    PLAYER_PROFILE_SUMS,
    PLAYER_PROFILES,
    TABLES,
    TEAM_FIGHTS,
)

__all__ = [
    "FIGHT_PARTICIPANTS",
    "MATCHES",
    "PLAYER_PROFILES",
    "PLAYER_PROFILE_SUMS",
    "TABLES",
    "TEAM_FIGHTS",
    "write_comments",
]
