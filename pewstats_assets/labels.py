"""What the UI sorts and filters by: who to ask about a thing, and what it holds."""

from typing import Final

from pewstats_assets.fights import DEFAULT_RULESET

OWNERS: Final = ("team:pewstats",)
#: The group of all assets.
GROUP: Final = "match_batches"
#: Account ids and names of players are in it: who is asked to forget a player looks for this tag.
PERSONAL_DATA: Final = {"personal-data": "players"}
#: What a run is for, among the tags of runs.
LOADS: Final = {"purpose": "load"}
CHECKS: Final = {"purpose": "check"}
COMPARES: Final = {"purpose": "compare"}
#: Which rules made it.
RULESET: Final = {"ruleset": DEFAULT_RULESET}
