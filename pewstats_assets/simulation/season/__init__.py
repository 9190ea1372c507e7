"""A season of telemetry with natural combat: matches as production has them, and the truth about them.

Beside the scripted matches of the sample, whose fights are known one by one, these are what whole systems are tried on:
hundreds of matches at the sizes, rates and distributions of real ones, in which accounts with skills of their own meet
again and again.
"""

from pewstats_assets.simulation.season.files import WrittenMatch, write_season
from pewstats_assets.simulation.season.match import SeasonMatch, Size, play_match

__all__ = ["SeasonMatch", "Size", "WrittenMatch", "play_match", "write_season"]
