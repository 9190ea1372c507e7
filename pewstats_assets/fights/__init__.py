"""The room that finds team fights in combat events.

Here: the rulesets, each frozen under its name, and the fights with their participants that come out. Not here: how
events are decoded (see `telemetry`) or where fights are stored (see `warehouse`).
"""

from pewstats_assets.fights.batch import MatchFights, UndetectedMatch, detect_batch
from pewstats_assets.fights.detect import DEFAULT_RULESET, RULESETS, detect_fights
from pewstats_assets.fights.find import FoundFights, find_fights, joined
from pewstats_assets.fights.model import Fight, Outcome, Participant, TeamOutcome, TooMuchCombatError

__all__ = [
    "DEFAULT_RULESET",
    "RULESETS",
    "Fight",
    "FoundFights",
    "MatchFights",
    "Outcome",
    "Participant",
    "TeamOutcome",
    "TooMuchCombatError",
    "UndetectedMatch",
    "detect_batch",
    "detect_fights",
    "find_fights",
    "joined",
]
