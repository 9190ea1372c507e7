"""The assets: thin shells that read a batch, call the rooms below, and record what came out.

`match_batch` is the one op that makes all four assets of a batch; each of them has a module that says what it is and
how it is made. Each batch has its own transactions. `player_populations` is about the players of all batches together.
"""

from pewstats_assets.assets.match_batch import match_batch
from pewstats_assets.assets.populations import player_populations
from pewstats_assets.assets.warehouse import warehouse

ASSETS = (match_batch, player_populations, warehouse)

__all__ = ["ASSETS", "match_batch", "player_populations", "warehouse"]
