"""The asset `warehouse`: all tables together, which no run makes. It is there for the checks of whole tables.

They are no checks of the tables' own assets, because a backfill from the UI would run them again with every batch.
"""

import dagster as dg

warehouse = dg.AssetSpec(
    "warehouse",
    deps=["team_fights", "fight_participants", "player_profiles"],
    group_name="match_batches",
    kinds={"postgres"},
    description="The tables of PostgreSQL over all batches. Its checks run daily, by the job `check_whole_tables`.",
)
