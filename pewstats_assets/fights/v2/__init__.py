"""Ruleset v2: the frozen contract behind 822,684 fights. It is never changed, its oddities included.

The numbers in comments and docstrings (rule 12, say) are those of the ruleset's description. In short: combat events
between teams are clustered into engagements by time, teams and distance (`engagements`); the engagement's own events
decide whether it is a fight (`decision`); all events between its teams inside its time window give the statistics, the
participants (`window`) and the outcome (`outcome`).
"""

from pewstats_assets.fights.v2.detect import detect

__all__ = ["detect"]
