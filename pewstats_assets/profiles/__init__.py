"""The room that turns fights into figures per player and squad.

Here: sums per batch that can be added up over batches; and made of the sums of all batches, what each figure is, how
sure, and compared with whom (`figures`, `populations`, `player`). Not here: how they are stored and merged (see
`warehouse`).
"""

from pewstats_assets.profiles.frames import FightsOfBatch, ProfileSums
from pewstats_assets.profiles.sums import sum_profiles

__all__ = ["FightsOfBatch", "ProfileSums", "sum_profiles"]
