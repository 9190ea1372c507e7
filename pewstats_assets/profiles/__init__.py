"""The room that turns fights into figures per player.

Here: sums per batch and player that can be added up over batches. Not here: how they are stored and merged
(see `warehouse`).
"""

from pewstats_assets.profiles.sums import PROFILE_SUMS, sum_profiles

__all__ = ["PROFILE_SUMS", "sum_profiles"]
