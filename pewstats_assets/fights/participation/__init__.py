"""How each participant of a fight fought, what became of every knock, and who played together.

Here: figures of participants beyond those of the ruleset, each rule in a module of its name; frames in, frames out,
all matches of a part at once. Not here: what a fight is and who took part in it (see the rulesets), and sums over
fights (see `profiles`).
"""

from pewstats_assets.fights.participation.columns import KNOCKS, PARTICIPATION, SQUADS, FightDetails
from pewstats_assets.fights.participation.describe import describe_fights
from pewstats_assets.fights.participation.size import TooMuchToDescribeError

__all__ = ["KNOCKS", "PARTICIPATION", "SQUADS", "FightDetails", "TooMuchToDescribeError", "describe_fights"]
