"""The assets: thin shells that read a batch, call the rooms below, and record what came out.

Every asset goes through `context.partition_keys`, so that a run of one batch and a run of several are the same code;
each batch has its own transaction.
"""

from pewstats_assets.assets.fights import team_fights_and_participants
from pewstats_assets.assets.profiles import player_profiles
from pewstats_assets.assets.telemetry import telemetry
from pewstats_assets.assets.warehouse import warehouse

ASSETS = (telemetry, team_fights_and_participants, player_profiles, warehouse)

__all__ = ["ASSETS", "player_profiles", "team_fights_and_participants", "telemetry", "warehouse"]
