"""The room of PostgreSQL: schema and migrations, registration of matches, the batch write, queries.

Here: everything that speaks SQL. Not here: how fights are found or profiles are computed, and anything of Dagster.
"""

from pewstats_assets.warehouse.errors import DatabaseError
from pewstats_assets.warehouse.fights import QuarantinedMatch, WrittenBatch, replace_fights
from pewstats_assets.warehouse.matches import Match, matches_of, register
from pewstats_assets.warehouse.server import Databases, connect_databases

__all__ = [
    "DatabaseError",
    "Databases",
    "Match",
    "QuarantinedMatch",
    "WrittenBatch",
    "connect_databases",
    "matches_of",
    "register",
    "replace_fights",
]
