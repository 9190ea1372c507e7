"""The asset `warehouse`: all tables together, which no run makes. It is there for the checks of whole tables.

They are no checks of the tables' own assets, because a backfill from the UI would run them again with every batch.
"""

import dagster as dg

from pewstats_assets.assets import metadata
from pewstats_assets.labels import GROUP, OWNERS, PERSONAL_DATA, RULESET
from pewstats_assets.warehouse.dictionary import TABLES

warehouse = dg.AssetSpec(
    "warehouse",
    deps=["team_fights", "fight_participants", "player_profiles", "player_populations"],
    group_name=GROUP,
    owners=OWNERS,
    tags=RULESET | PERSONAL_DATA,
    kinds={"postgres"},
    description="The tables of PostgreSQL over all batches. Its checks run daily, by the job `check_whole_tables`.",
    metadata=metadata.of_tables(TABLES),
)
